"""One input with two different answers: no model can learn both, though long ones may only be worded differently."""

from collections import defaultdict

from assistant.dataset.checks import Data, Finding

_SHORT = 80  # letters; two such answers to one input are two decisions, longer ones may say the same


def check(data: Data) -> list[Finding]:
    answers: dict[str, set[str]] = defaultdict(set)
    for form, answer in zip(data.like.keys, data.answers, strict=True):
        answers[form].add(answer)
    torn = [
        (e.id, form)
        for e, form in zip(data.examples, data.like.keys, strict=True)
        if form and len(answers[form]) > 1
    ]
    short = tuple(id for id, form in torn if all(len(a) <= _SHORT for a in answers[form]))
    long = tuple(id for id, form in torn if any(len(a) > _SHORT for a in answers[form]))
    left_out = tuple(row.id for row in data.left_out if row.code == "row_contradicts")
    found = [
        Finding("contradiction", "blocking", short),
        Finding("contradiction", "warning", long, variant="wording"),
        Finding("contradiction", "warning", left_out, variant="left_out"),
        Finding("contradiction", "note", _nearly(data, answers, {*short, *long}), variant="near"),
    ]
    return [finding for finding in found if finding.rows]


def _nearly(data: Data, answers: dict[str, set[str]], told: set[str]) -> tuple[str, ...]:
    """Nearly the same input under another label; only where the answers are labels, for other answers always differ."""
    if data.kind != "labels":
        return ()
    torn = {form for a, b in data.like.pairs if answers[a] != answers[b] for form in (a, b)}
    return tuple(
        e.id
        for e, form in zip(data.examples, data.like.keys, strict=True)
        if form in torn and e.id not in told
    )
