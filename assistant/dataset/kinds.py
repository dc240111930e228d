"""What sort of task the examples teach, read off their answers."""

from collections.abc import Sequence
from typing import Literal

from assistant.dataset.examples import Example

Kind = Literal["labels", "fields", "text"]


def kind_of(given: Sequence[Example]) -> Kind:
    """labels: few short answers that repeat; fields: nearly every answer is the same "Name: value" lines."""
    outputs = [e.output.strip() for e in given]
    if not outputs:
        return "text"
    distinct = set(outputs)
    if (
        len(outputs) >= 6
        and len(distinct) <= max(2, len(outputs) // 5)
        and all(len(o) <= 60 for o in distinct)
    ):
        return "labels"
    forms = [field_names(o) for o in outputs]
    common = max(forms, key=forms.count)
    return "fields" if len(common) >= 2 and forms.count(common) >= 0.9 * len(forms) else "text"


def field_names(output: str) -> tuple[str, ...]:
    """The names of an answer's "Name: value" lines; empty when a line is none."""
    names = []
    for line in output.strip().splitlines():
        name, colon, _ = line.partition(":")
        if not colon or not name.strip() or len(name) > 40:
            return ()
        names.append(name.strip())
    return tuple(names)
