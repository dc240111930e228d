"""What differs between two sets of examples, row by row and word by word; knows nothing of where they are kept."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from difflib import SequenceMatcher
from typing import Literal

from assistant.dataset.examples import Example

Kind = Literal["added", "changed", "removed"]
KINDS: tuple[Kind, ...] = ("added", "changed", "removed")
WORDY = ("input", "output", "rejected", "note")  # fields whose words are compared; of others only the whole
_FIELDS = tuple(field.name for field in fields(Example) if field.name not in ("id", "revision"))
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 1500  # tokens of a text whose words are compared; the time grows with their square


@dataclass(frozen=True)
class RowChange:
    """One example that was added (no `before`), removed (no `after`) or changed; at least one of them is there."""

    before: Example | None
    after: Example | None

    @property
    def id(self) -> str:
        return (self.after or self.before).id  # type: ignore[union-attr]

    @property
    def kind(self) -> Kind:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def fields(self) -> tuple[str, ...]:
        """Which fields differ; none for a row that is not in both."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name in _FIELDS if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True)
class Piece:
    text: str
    kind: Literal["same", "gone", "new"]


def between(old: Sequence[Example], new: Sequence[Example]) -> list[RowChange]:
    """Every row that differs: the changed and added ones in the new order, then the removed ones in the old."""
    before = {e.id: replace(e, revision=1) for e in old}
    after = {e.id: replace(e, revision=1) for e in new}
    found = [RowChange(before.get(i), e) for i, e in after.items() if before.get(i) != e]
    return found + [RowChange(e, None) for i, e in before.items() if i not in after]


def counts(found: Sequence[RowChange]) -> dict[Kind, int]:
    """How many rows were added, changed and removed."""
    kinds = Counter(c.kind for c in found)
    return {kind: kinds[kind] for kind in KINDS}


def words(before: str, after: str) -> list[Piece]:
    """The text as it was and is, in pieces: kept, gone, new. Joined without the new ones they are `before`."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MOST:
        return [Piece(t, k) for t, k in ((before, "gone"), (after, "new")) if t]  # type: ignore[arg-type]
    return list(_pieces(old, new))


def plain(value: object) -> str:
    """A field's value as text."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(asdict(value), ensure_ascii=False) if value else ""  # type: ignore[call-overload]


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece("".join(old[a:b]), "same")
            continue
        if a < b:
            yield Piece("".join(old[a:b]), "gone")
        if c < d:
            yield Piece("".join(new[c:d]), "new")
