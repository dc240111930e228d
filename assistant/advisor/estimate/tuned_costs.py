"""The rows of a cost estimate for ways that train something: tuning with a vendor or on a machine, and a classifier."""

from collections.abc import Iterator

from assistant.advisor.estimate import hardware
from assistant.advisor.estimate.assumptions import Range
from assistant.advisor.estimate.bill import (
    CLASSIFIER,
    ZERO,
    Case,
    Part,
    Row,
    hourly,
    idle,
    idle_note,
    label_task,
    machines_with_models,
    million,
    people,
    place_problem,
    ready,
    serving,
    wages,
)
from assistant.advisor.estimate.offers import Fact, Model, OpenModel, Provider


def rows(case: Case) -> Iterator[Row]:
    for provider in case.providers.all:
        for model in provider.models:
            if model.tunable:
                yield _hosted(case, provider, model)
    for provider, open_model in machines_with_models(case):
        for method in hardware.METHODS:
            yield _trained(case, provider, open_model, method)
    if label_task(case.values):
        yield _classifier(case)


def _examples_work(case: Case) -> Range:
    """Hours to write the examples that are missing and to check those that exist."""
    a = case.a
    missing = Range(
        max(0.0, a.examples.low - a.examples_at_hand.high), max(0.0, a.examples.high - a.examples_at_hand.low)
    )
    checked = Range(a.examples_at_hand.low, max(a.examples_at_hand.low, a.examples_at_hand.high))
    return (missing * a.minutes_per_example + checked * a.minutes_per_check) * (1 / 60)


def _too_few(case: Case, floor: float) -> str | None:
    """Why the examples that exist are too few; nothing while their number is only assumed."""
    have = case.a.examples_at_hand
    if have.origin == "assumed" or have.high >= floor:
        return None
    return case.say("reason.too_few", have=round(have.high), floor=round(floor))


def _door(case: Case, provider: Provider, model: Model) -> str | None:
    """Why this door is shut: the provider's, the model's, or the project's own limits."""
    state = provider.tuning.state_on(case.today)
    if state in ("closed", "unknown"):
        return provider.tuning.notice.text.say(case.language)
    if model.off(case.today):
        return case.say("reason.model_off", day=str(model.ends and model.ends.day))
    if problem := place_problem(case, provider):
        return problem
    longest = provider.limits.get("tokens_per_example")
    if longest and longest.high is not None and case.a.row_tokens.low > longest.high:
        return case.say("reason.too_long", tokens=round(case.a.row_tokens.low), limit=round(longest.high))
    least = provider.limits.get("rows_min")
    return _too_few(case, max(1.0, (least and least.low) or 1.0))


def _hosted_notes(case: Case, provider: Provider, model: Model) -> tuple[str, ...]:
    notes: list[str] = []
    if provider.tuning.state_on(case.today) == "closing":
        notes.append(provider.tuning.notice.text.say(case.language))
    if model.ends is not None and not model.off(case.today):
        left = (model.ends.day - case.today).days
        notes.append(case.say("notes.ends", model=case.name(model), day=str(model.ends.day), days=left))
    advised, have = provider.limits.get("rows_advised"), case.a.examples_at_hand
    few = advised and advised.low is not None and have.high < advised.low
    if few and advised and have.origin != "assumed":
        notes.append(case.say("notes.advised", low=round(advised.low or 0), high=round(advised.high or 0)))
    return tuple(notes)


def _hosted(case: Case, provider: Provider, model: Model) -> Row:
    """Google, OpenAI: training tokens = examples × tokens × epochs, times the price; Azure adds hosting by the hour."""
    a, tune, price = case.a, model.tune, model.tuned
    used: tuple[Fact, ...] = tuple(fact for fact in (tune, provider.hosting) if fact)
    parts = [Part("tuning", "once", million(hardware.training_tokens(a), tune) if tune else None)]
    request = a.short_prompt_tokens + a.input_tokens
    parts.append(Part("input", "month", million(a.requests * request, price.input) if price else None))
    parts.append(
        Part("output", "month", million(a.requests * a.output_tokens, price.output) if price else None)
    )
    if price:
        used = (*used, price.input, price.output)
    fee = provider.hosting
    known = fee.low is not None and fee.high is not None
    standing = a.serving_hours * Range(fee.low or 0, fee.high or 0) if known else None
    if fee.low is None or fee.high is None:
        parts.append(Part("hosting", "month", None))
    elif standing and standing.high > 0:
        parts.append(Part("hosting", "month", ZERO if idle(case) else standing))
    hours, problem = people(a, _examples_work(case)), _door(case, provider, model)
    notes = (*_hosted_notes(case, provider, model), *case.notes(used), *idle_note(case, standing))
    closing = provider.tuning.state_on(case.today) == "closing"
    return Row(
        "tuned", provider.id, case.name(provider), model.id, case.name(model), (*parts, *wages(a, hours)), None, None, hours,
        problem is None, problem, notes, case.cited(used), case.relevant(provider), closing, "hosted", standing,
    )  # fmt: skip


def _trained(case: Case, provider: Provider, model: OpenModel, method: str) -> Row:
    """LoRA, QLoRA or full tuning of an open model on a rented or own machine."""
    a, gpu, card = case.a, provider.id != "own_cpu", case.providers.gpu
    memory = hardware.memory_gb(model, method, a, gpu)
    hour, hours, wall = hourly(case, provider), None, None
    notes = [case.say("notes.machine")]
    if not gpu:
        hours = wall = hardware.cpu_hours(model, method, a)
    elif provider.place == "own":
        hours = wall = hardware.gpu_hours(model, method, a, a.own_gpu_tflops)
    elif card.tflops.low is not None and card.tflops.high is not None:
        hours = hardware.gpu_hours(model, method, a, Range(card.tflops.low, card.tflops.high))
        count = hardware.cards(memory, card.memory_gb or memory.high)
        wall = Range(hours.low / count.high, hours.high / count.low)
        if count.high > 1:
            notes.append(
                case.say("notes.cards", low=round(count.low), high=round(count.high), card=card.name)
            )
    if method == "qlora":
        notes.append(case.say("notes.qlora"))
    if provider.id == "own_gpu" and case.compute not in ("gpu", "cluster"):
        notes.append(case.say("notes.gpu_assumed"))
    work, prompt, standing = (
        people(a, _examples_work(case)),
        a.short_prompt_tokens + a.input_tokens,
        ready(case, provider),
    )
    notes += idle_note(case, standing) if provider.place == "rented" else ()
    parts = (
        Part("training", "once", hours and hour and hours * hour),
        serving(case, provider, model, prompt),
    )
    used = (card.price, card.tflops) if provider.place == "rented" else (provider.hosting,)
    problem = place_problem(case, provider) or _too_few(case, 1)
    return Row(
        method, provider.id, case.name(provider), model.id, case.name(model), (*parts, *wages(a, work)), wall, memory, work,
        problem is None, problem, tuple(notes), case.cited(used), case.relevant(provider), False, provider.place, standing,
    )  # fmt: skip


def _classifier(case: Case) -> Row:
    """Logistic regression on embeddings: each text is embedded once, and the fit takes seconds on any computer."""
    a, own = case.a, case.providers.provider("own_cpu")
    seconds = a.examples * a.embedding_seconds + Range(1, 10)
    power = (hourly(case, own) or Range(0, 0)) * (1 / 3600)
    work = people(a, _examples_work(case))
    parts = (
        Part("training", "once", seconds * power),
        Part("serving", "month", a.requests * a.embedding_seconds * power),
        *wages(a, work),
    )
    floor = case.providers.classifier
    problem = _too_few(case, 2 * (floor.low or 1))
    notes = (case.say("notes.classifier", floor=round(floor.low or 0)),)
    return Row(
        CLASSIFIER, own.id, case.name(own), "multilingual-e5-small", "multilingual-e5-small", parts,
        seconds * (1 / 3600), None, work, problem is None, problem, notes, case.cited((floor,)), True, False, own.place,
    )  # fmt: skip
