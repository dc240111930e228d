"""Rows that teach nothing: the prompt fills the whole length, so that the answer is cut off; or the answer is the input."""

from assistant.dataset.checks import Data, Finding


def check(data: Data) -> list[Finding]:
    cut = tuple(
        e.id
        for e in data.examples
        if len(e.input.encode()) + data.frame >= data.longest
        and data.frame + data.count(e.input) >= data.longest
    )
    echoed = tuple(
        e.id for e, form, answer in zip(data.examples, data.like.keys, data.answers, strict=True) if form and form == answer
    )  # fmt: skip
    found = [
        Finding("nothing_to_learn", "warning", cut, {"longest": data.longest}),
        Finding("nothing_to_learn", "warning", echoed, variant="echo"),
    ]
    return [finding for finding in found if finding.rows]
