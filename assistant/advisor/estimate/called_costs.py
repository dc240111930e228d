"""The rows of a cost estimate for ways that leave the model as it is: prompts, examples, passages, whole documents."""

from collections.abc import Iterator
from math import ceil, floor

from assistant.advisor.estimate.assumptions import Assumptions, Range
from assistant.advisor.estimate.bill import (
    PATHS,
    ZERO,
    Case,
    Part,
    Row,
    has_material,
    idle_note,
    machines_with_models,
    million,
    people,
    place_problem,
    ready,
    serving,
    wages,
)
from assistant.advisor.estimate.offers import Fact, Model, OpenModel, Price, Provider


def rows(case: Case) -> Iterator[Row]:
    for provider in case.providers.all:
        for model in provider.models:
            if model.offered and model.base:
                for path in PATHS[:5]:
                    yield _hosted(case, path, provider, model, model.base)
    for provider, open_model in machines_with_models(case):
        for path in PATHS[:3]:
            yield _own(case, path, provider, open_model)


def _problem(case: Case, path: str, provider: Provider) -> str | None:
    a = case.a
    if problem := place_problem(case, provider):
        return problem
    if path in ("rag", "rag_cached", "whole_document") and not has_material(case):
        return case.say("reason.no_material")
    if path == "whole_document" and a.corpus.low > a.whole_document_limit.high:
        return case.say(
            "reason.too_long", tokens=round(a.corpus.low), limit=round(a.whole_document_limit.high)
        )
    return None


def prompt_tokens(a: Assumptions, path: str) -> tuple[Range, Range]:
    """Tokens of one request: the beginning that never changes, and the rest."""
    if path == "few_shot":
        return a.instruction_tokens + a.shot_tokens, a.input_tokens
    if path in ("rag", "rag_cached"):
        return a.instruction_tokens, a.passage_tokens + a.input_tokens
    if path == "whole_document":
        limit = a.whole_document_limit.high
        whole = Range(min(a.corpus.low, limit), min(a.corpus.high, limit))
        return a.instruction_tokens + whole, a.input_tokens
    return a.instruction_tokens, a.input_tokens


def _cached(price: Price, hits: Range) -> Range | None:
    """USD per 1M tokens of a beginning that is in the cache for a share of the requests."""
    if price.cached.low is None or price.input.low is None:
        return None
    ends = [
        share * cached + (1 - share) * full
        for share in (hits.low, hits.high)
        for cached, full in ((price.cached.low, price.input.low), (price.cached.high, price.input.high))
        if cached is not None and full is not None
    ]
    return Range(min(ends), max(ends))


def _bill(case: Case, path: str, price: Price) -> tuple[Part, ...]:
    """A month of requests: input and output tokens at the vendor's prices."""
    a, (fixed, rest) = case.a, prompt_tokens(case.a, path)
    output = Part("output", "month", million(a.requests * a.output_tokens, price.output))
    if path not in ("rag_cached", "whole_document"):
        return Part("input", "month", million(a.requests * (fixed + rest), price.input)), output
    again = _cached(price, a.cache_hits)
    start = Part("cached_input", "month", again and a.requests * fixed * again * 1e-6)
    return start, Part("input", "month", million(a.requests * rest, price.input)), output


def _embedding(case: Case) -> tuple[tuple[Part, ...], tuple[Fact, ...]]:
    """Embedding the material once and each question: free with the embedder that comes along, up to a vendor's price."""
    offers = tuple(
        fact for one in case.providers.all for fact in one.embedding.values() if fact.high is not None
    )
    dearest = max((fact.high or 0.0 for fact in offers), default=0.0)
    price = Range(0, dearest * 1e-6)
    parts = (
        Part("embedding", "once", case.a.corpus * price),
        Part("embedding", "month", case.a.requests * case.a.input_tokens * price),
    )
    return parts, tuple(fact for fact in offers if fact.high == dearest)


def _index_note(case: Case) -> str:
    """The index on the own disk: 384 numbers of 4 bytes for each 256 tokens, and about 5 bytes of text a token."""
    size = case.a.corpus * ((384 * 4 / 256 + 5) * 1e-6)
    return case.say("notes.index", low=floor(size.low), high=ceil(size.high))


def _hosted(case: Case, path: str, provider: Provider, model: Model, price: Price) -> Row:
    used: tuple[Fact, ...] = (price.input, price.output)
    parts, problem = _bill(case, path, price), _problem(case, path, provider)
    notes: tuple[str, ...] = ()
    if path in ("rag_cached", "whole_document"):
        used, notes = (*used, price.cached), (case.say("notes.caching"),)
    work: tuple[Range, ...] = ()
    if path in ("rag", "rag_cached"):
        extra, offers = _embedding(case)
        parts, used, work = (*parts, *extra), (*used, *offers), (case.a.retrieval_hours,)
        notes = (*notes, _index_note(case))
    if path == "whole_document":
        work, notes = (case.a.retrieval_hours,), (*notes, case.say("notes.long"))
    if path == "few_shot":
        work = (case.a.shots * case.a.minutes_per_example * (1 / 60),)
    if model.off(case.today):
        problem = problem or case.say("reason.model_off", day=str(model.ends and model.ends.day))
    hours = people(case.a, *work)
    return Row(
        path, provider.id, case.name(provider), model.id, case.name(model), (*parts, *wages(case.a, hours)), ZERO, None,
        hours, problem is None, problem, (*case.notes(used), *notes), case.cited(used), case.relevant(provider),
    )  # fmt: skip


def _own(case: Case, path: str, provider: Provider, model: OpenModel) -> Row:
    a, problem = case.a, _problem(case, path, provider)
    work = (a.retrieval_hours,) if path == "rag" else (a.shots * a.minutes_per_example * (1 / 60),)
    hours = people(a, *(work if path != "prompting" else ()))
    standing, prompt = ready(case, provider), sum(prompt_tokens(a, path), ZERO)
    notes = (case.say("notes.machine"), *((_index_note(case),) if path == "rag" else ()))
    notes = (*notes, *(idle_note(case, standing) if provider.place == "rented" else ()))
    used = (case.providers.gpu.price,) if provider.place == "rented" else (provider.hosting,)
    memory = Range(2.4e-9 * model.parameters, 2.4e-9 * model.parameters)  # 1.2 × weights of 2 bytes
    return Row(
        path, provider.id, case.name(provider), model.id, case.name(model),
        (serving(case, provider, model, prompt), *wages(a, hours)), ZERO, memory, hours,
        problem is None, problem, notes, case.cited(used), case.relevant(provider), False, provider.place, standing,
    )  # fmt: skip
