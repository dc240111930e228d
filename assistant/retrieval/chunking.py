"""Cuts a text into chunks that fit the embedder, along its headings, paragraphs and sentences, with exact offsets.

Knows nothing of files or indexes. `text.content[chunk.start:chunk.stop] == chunk.text` always holds.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assistant.retrieval.loaders import PAGE_BREAK, Heading, Row, Text

LIMIT = 256  # tokens a chunk; see benchmarks/retrieval.py
OVERLAP = 64  # tokens of a chunk's last sentences that begin the next one
Span = tuple[int, int]
Piece = tuple[int, int, int]  # start, stop, tokens
_PARTINGS = (re.compile(r"\n[ \t]*\n+"), re.compile(r"(?<=[.!?…;:])[\"”’)\]]*\s+|\n"), re.compile(r"\s+"))


@dataclass(frozen=True)
class Chunk:
    """A piece of a text: its characters [start, stop), page (None where pages mean nothing), heading path.

    A piece that begins within a table or a message ends its path with what it needs from before (`Row.lead`).
    """

    text: str
    start: int
    stop: int
    page: int | None
    heading: str

    @property
    def embedded(self) -> str:
        """What is embedded and searched: the heading path says what a bare paragraph is about."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


def chunks(
    text: Text, count: Callable[[str], int], limit: int = LIMIT, overlap: int = OVERLAP
) -> list[Chunk]:
    """The chunks of a text in order, each of at most `limit` tokens by `count`.

    A piece without any space that is longer than the limit is cut by characters.
    """
    content = text.content
    breaks = [found.start() for found in re.finditer(PAGE_BREAK, content)]
    found: list[Chunk] = []
    row_starts = [row.start for row in text.rows]
    for start, stop, heading in _sections(content, text.headings):
        rows = text.rows[bisect_left(row_starts, start) : bisect_left(row_starts, stop)]
        above = _joined(heading, max((row.lead for row in rows), key=len, default=""))
        room = max(limit // 2, limit - count(above)) if above else limit
        for a, b in _packed(content, _trimmed(content, start, stop), rows, count, room, overlap):
            page = bisect_right(breaks, a) + 1 if text.paged else None
            lead = _lead(content, a, text.rows, row_starts)
            found.append(Chunk(content[a:b], a, b, page, _joined(heading, lead)))
    return found


def _lead(content: str, at: int, rows: tuple[Row, ...], starts: list[int]) -> str:
    """What a piece that begins here needs from before; "" where it is within no row, or begins with it."""
    index = bisect_right(starts, at) - 1
    if index < 0 or at >= rows[index].stop or content.startswith(rows[index].lead, at):
        return ""
    return rows[index].lead


def _joined(heading: str, lead: str) -> str:
    return f"{heading} > {lead}" if heading and lead else heading or lead


def _sections(content: str, headings: tuple[Heading, ...]) -> Iterator[tuple[int, int, str]]:
    """Stretches between headings and page breaks with their heading path; a bare heading joins what follows."""
    marks = sorted(headings, key=lambda heading: heading.start)
    starts = [heading.start for heading in marks]
    breaks = [found.end() for found in re.finditer(PAGE_BREAK, content)]
    cuts = sorted({0, *starts, *breaks, len(content)})
    named, begin = set(starts), 0
    for start, stop in pairwise(cuts):
        under = bisect_right(starts, start)
        bare = start in named and not content[start:stop].partition("\n")[2].strip("=- \n")
        if bare and stop != len(content) and stop not in breaks:
            continue  # nothing under this heading yet: its words begin the next section
        yield begin, stop, _path(marks[:under])
        begin = stop


def _path(before: list[Heading]) -> str:
    """ "Returns > Refunds": the headings that a place stands under, outermost first."""
    path: list[Heading] = []
    for heading in before:
        path = [outer for outer in path if outer.level < heading.level] + [heading]
    return " > ".join(heading.text for heading in path)


def _packed(
    content: str, span: Span, rows: tuple[Row, ...], count: Callable[[str], int], limit: int, overlap: int
) -> Iterator[Span]:
    """Units gathered until the next would pass the limit; the next chunk repeats the last few tokens, where
    its first unit leaves room for them."""
    held: list[Piece] = []
    for unit in _units(content, span, rows, count, limit):
        if held and _size(held) + _size(unit) > limit:
            yield held[0][0], held[-1][1]
            held = _kept(held, min(overlap, limit - _size(unit)))
        held += unit
    if held:
        yield held[0][0], held[-1][1]


def _units(
    content: str, span: Span, rows: tuple[Row, ...], count: Callable[[str], int], limit: int
) -> Iterator[list[Piece]]:
    """What is never parted: a table's row and a paragraph that fit in a chunk; of a longer one, each sentence."""
    at, end = span
    for row in rows:
        start, stop = _trimmed(content, max(row.start, at), min(row.stop, end))
        yield from _paragraphs(content, (at, start), count, limit)
        size = count(content[start:stop])
        if start < stop and size <= limit:
            yield [(start, stop, size)]
        else:
            yield from _paragraphs(content, (start, stop), count, limit)
        at = max(at, stop)
    yield from _paragraphs(content, (at, end), count, limit)


def _paragraphs(content: str, span: Span, count: Callable[[str], int], limit: int) -> Iterator[list[Piece]]:
    for paragraph in _parts(content, span, _PARTINGS[0]):
        pieces = [(a, b, count(content[a:b])) for a, b in _pieces(content, paragraph, count, limit, 1)]
        if _size(pieces) <= limit:
            yield pieces
        else:
            yield from ([piece] for piece in pieces)


def _size(pieces: list[Piece]) -> int:
    return sum(tokens for *_, tokens in pieces)


def _kept(held: list[Piece], room: int) -> list[Piece]:
    """The last pieces that fit in `room` tokens, never all of them."""
    kept: list[Piece] = []
    for piece in reversed(held[1:]):
        room -= piece[2]
        if room < 0:
            break
        kept.insert(0, piece)
    return kept


def _pieces(content: str, span: Span, count: Callable[[str], int], limit: int, level: int) -> Iterator[Span]:
    """The span in paragraphs and sentences; what is longer than the limit in words, then in characters."""
    start, stop = span
    if start >= stop:
        return
    fits = count(content[start:stop]) <= limit
    if fits and level >= 2:
        yield span
    elif level == len(_PARTINGS):
        yield from _halves(content, span, count, limit)
    else:
        for part in _parts(content, span, _PARTINGS[level]):
            yield from _pieces(content, part, count, limit, level + 1)


def _halves(content: str, span: Span, count: Callable[[str], int], limit: int) -> Iterator[Span]:
    start, stop = span
    if stop - start <= 1 or count(content[start:stop]) <= limit:
        yield span
        return
    middle = (start + stop) // 2
    yield from _halves(content, (start, middle), count, limit)
    yield from _halves(content, (middle, stop), count, limit)


def _parts(content: str, span: Span, parting: re.Pattern[str]) -> Iterator[Span]:
    start, stop = span
    for end in [*(found.end() for found in parting.finditer(content, start, stop)), stop]:
        part = _trimmed(content, start, end)
        if part[0] < part[1]:
            yield part
        start = end


def _trimmed(content: str, start: int, stop: int) -> Span:
    """The span without white space at its ends."""
    text = content[start:stop]
    return start + len(text) - len(text.lstrip()), stop - (len(text) - len(text.rstrip()))
