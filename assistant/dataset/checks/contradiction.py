"""One input, or nearly one, with two different answers: no model can learn both, though long ones may only be worded
differently, and a small difference between inputs may matter."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from assistant.dataset.checks import Data, Finding
from assistant.dataset.similar import misspelt

_SHORT = 80  # letters; two such answers to one input are two decisions, longer ones may say the same

_Answers = Mapping[str, Counter[str]]  # by the inputs' form


def check(data: Data) -> list[Finding]:
    answers = _answers(data)
    torn = {form for form, given in answers.items() if form and len(given) > 1}
    short = {form for form in torn if _short(answers[form])}
    slipped, near = _nearly(data, answers, torn)
    left_out = tuple(row.id for row in data.left_out if row.code == "row_contradicts")
    found = [
        Finding("contradiction", "blocking", _rows(data, short), {"spare": len(outvoted(data))}),
        Finding("contradiction", "warning", _rows(data, torn - short), variant="wording"),
        Finding("contradiction", "warning", left_out, variant="left_out"),
        Finding("contradiction", "warning", _rows(data, slipped), variant="slip"),
        Finding("contradiction", "note", _rows(data, near - slipped), variant="near"),
    ]
    return [finding for finding in found if finding.rows]


def _rows(data: Data, forms: set[str]) -> tuple[str, ...]:
    return tuple(e.id for e, form in zip(data.examples, data.like.keys, strict=True) if form in forms)


def outvoted(data: Data) -> list[str]:
    """The rows that answer otherwise than more than half of those with the same input, the answers being short."""
    answers = _answers(data)
    usual = {
        form: answer
        for form, given in answers.items()
        for answer, times in given.most_common(1)
        if form and 2 * times > given.total() and _short(given)
    }
    rows = zip(data.examples, data.like.keys, data.answers, strict=True)
    return [e.id for e, form, answer in rows if usual.get(form, answer) != answer]


def _answers(data: Data) -> dict[str, Counter[str]]:
    """How often each answer is given, by the input's form."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for form, answer in zip(data.like.keys, data.answers, strict=True):
        answers[form][answer] += 1
    return answers


def _short(answers: Counter[str]) -> bool:
    return all(len(answer) <= _SHORT for answer in answers)


def _nearly(data: Data, answers: _Answers, torn: set[str]) -> tuple[set[str], set[str]]:
    """Inputs that have another answer than most of those nearly like them: where only the spelling differs, and where
    a word does. An input that is itself answered twice is told already, and what is right of it is open. Longer
    answers always differ, so nearly the same is not enough there: it must be the spelling, and then it is a note."""
    with_, against = Counter[str](), Counter[str]()  # rows nearly like a form, by whether they answer alike
    labels = data.kind == "labels"
    slips, rows = set[str](), {form: given.total() for form, given in answers.items()}
    for a, b in data.like.pairs:
        if a in torn or b in torn:
            continue
        one, other = answers[a], answers[b]
        differ = one.keys() != other.keys()
        spelling = differ and misspelt(a, b, {} if labels else data.like.uses)
        if differ and not labels and not spelling:
            continue
        side = against if differ else with_
        side[a] += rows[b]
        side[b] += rows[a]
        if spelling and _short(one) and _short(other):
            slips.update((a, b))
    odd = {form for form, others in against.items() if with_[form] + rows[form] - 1 < others}
    return odd & slips, odd
