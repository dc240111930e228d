"""What sort of task the examples teach, read off their answers."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from assistant.dataset.examples import Example

Kind = Literal["labels", "fields", "text"]
_NAME = re.compile(r"[^\W\d]\S*(?: \S*[^\W\d.?!]\S*){0,3}")  # one word, or up to four and no sentence


def kind_of(given: Sequence[Example], share: float = 1.0) -> Kind:
    """labels: few short answers that repeat; fields: nearly every answer is the same "Name: value" lines or a JSON
    object of the same members.

    `share`: how many of the answers must be labels; below 1, odd ones do not hide what the others are.
    """
    outputs = Counter(e.output.strip() for e in given)
    if not outputs:
        return "text"
    labels = [o for o, times in outputs.items() if len(o) <= 60 and (times > 1 or share == 1.0)]
    total = outputs.total()
    names = all(_NAME.fullmatch(label) for label in labels)  # they repeat less in a small part of a long list
    few = max(2, total // (3 if names else 5))
    if total >= 6 and len(labels) <= few and sum(outputs[o] for o in labels) >= share * total:
        return "labels"
    forms = Counter[tuple[str, ...]]()
    for output, times in outputs.items():
        forms[field_names(output) or member_names(output)] += times
    common, times = forms.most_common(1)[0]
    return "fields" if len(common) >= 2 and times >= min(0.9, share) * total else "text"


def field_names(output: str) -> tuple[str, ...]:
    """The names of an answer's "Name: value" lines; empty when a line is none."""
    names = []
    for line in output.strip().splitlines():
        name, colon, _ = line.partition(":")
        if not colon or not name.strip() or len(name) > 40:
            return ()
        names.append(name.strip())
    return tuple(names)


def member_names(output: str) -> tuple[str, ...]:
    """The names of a JSON object's members, sorted; empty when the answer is none."""
    if not output.lstrip().startswith("{"):
        return ()
    try:
        found = json.loads(output)
    except (ValueError, RecursionError):
        return ()
    return tuple(sorted(found)) if isinstance(found, dict) else ()
