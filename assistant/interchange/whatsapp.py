"""WhatsApp's text exports, whatever the phone's layout was: each message's time, sender and words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise

_UNSEEN = "\u200e\u200f\u202a-\u202e\ufeff"
_DATE = r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})"
_TIME = r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?[\s\u202f\u00a0]*([AaPp]\.?[\s\u202f\u00a0]?[Mm]\b\.?)?"
_WHEN = rf"{_DATE},?[\s\u202f\u00a0]+(?:pukul[\s\u202f\u00a0]+)?{_TIME}"
# Android writes "12/03/26, 09.15 - Budi: …", an iPhone "[12/03/26 09.15.20] Budi: …".
_LINE = re.compile(rf"^[{_UNSEEN}]*(?:{_WHEN}[\s\u202f\u00a0]+[-–]|\[{_WHEN}\])[ \u00a0](.*)$")
_SENDER = re.compile(rf"^[{_UNSEEN}~\s\u202f]*([^:\n]{{1,80}}?): ?(.*)$")
_STUB = re.compile(
    r"^<(?:media|attached|lampiran)\b.*>$|^.{0,30}\b(?:omitted|tidak disertakan|(?:file|berkas) terlampir|file attached\))$"
    r"|^(?:this message was deleted|you deleted this message|pesan ini (?:telah )?dihapus|anda menghapus pesan ini)\.?$",
    re.IGNORECASE,
)
_LEAST = 2  # messages that make a text an export


@dataclass(frozen=True)
class Message:
    """`sender` is "" where WhatsApp itself speaks."""

    at: datetime
    sender: str
    words: str


@dataclass(frozen=True)
class _Raw:
    """The three numbers of its date as written, hour and minute, sender and words."""

    numbers: tuple[str, str, str]
    hour: int
    minute: int
    sender: str
    words: str


def is_export(text: str) -> bool:
    lines = text.lstrip("\n").split("\n")[:200]
    return bool(_LINE.match(lines[0])) and sum(_LINE.match(line) is not None for line in lines) >= _LEAST


def is_stub(words: str) -> bool:
    """Whether a message only says that something was here: a picture, or a message that was deleted."""
    return bool(_STUB.match(words.strip()))


def messages(text: str) -> list[Message]:
    """The export's messages; none for a text that is no export or whose dates make no sense."""
    found = list(_parsed(text.lstrip("\n").split("\n")))
    order = _order(found)
    made = []
    for one in found if order else ():
        day = _date(one.numbers, order or "")
        if day and one.hour < 24 and one.minute < 60:
            made.append(Message(datetime.combine(day, time(one.hour, one.minute)), one.sender, one.words))
    return made


def _parsed(lines: list[str]) -> Iterator[_Raw]:
    """The messages; a line that begins none goes on with the one before."""
    held: _Raw | None = None
    for line in lines:
        start = _LINE.match(line)
        if start is None and held is not None:
            held = replace(held, words=f"{held.words}\n{_seen(line)}")
        elif start is not None:
            if held is not None:
                yield held
            held = _message(start)
    if held is not None:
        yield held


def _message(start: re.Match[str]) -> _Raw:
    groups = start.groups()
    one, two, three, hour, minute, half = groups[:6] if groups[0] else groups[6:12]
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    sender = _SENDER.match(groups[12])
    who, words = sender.groups() if sender else ("", groups[12])
    return _Raw((one, two, three), hours, int(minute), _seen(who).strip(), _seen(words))


def _order(found: list[_Raw]) -> str | None:
    """Which of a date's numbers is what: "ymd", "dmy" or "mdy", by what is possible, then by what goes forward.

    None where no order makes dates of all.
    """
    likely = "mdy" if any(_unpadded(m.numbers) for m in found) else "dmy"
    possible = []
    for order in ("ymd", likely, "dmy", "mdy"):
        dates = [_date(message.numbers, order) for message in found]
        known = [day for day in dates if day is not None]
        if len(known) == len(dates):
            possible.append((sum(a > b for a, b in pairwise(known)), order))
    return min(possible, key=lambda back: back[0])[1] if possible else None


def _unpadded(numbers: tuple[str, str, str]) -> bool:
    """Whether a date looks American: 3/5/26, where most others write 05/03/26 or 5/3/2026."""
    return len(numbers[2]) == 2 and (len(numbers[0]) == 1 or len(numbers[1]) == 1)


def _date(numbers: tuple[str, str, str], order: str) -> date | None:
    said = dict(zip(order, numbers, strict=True))
    if len(said["y"]) not in (2, 4) or len(said["m"]) > 2 or len(said["d"]) > 2:
        return None
    if order == "ymd" and len(said["y"]) != 4:
        return None
    try:
        return date(int(said["y"]) + (2000 if len(said["y"]) == 2 else 0), int(said["m"]), int(said["d"]))
    except ValueError:
        return None


def _seen(text: str) -> str:
    """Without the marks that only order the writing."""
    return re.sub(f"[{_UNSEEN}]", "", text)
