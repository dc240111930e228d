"""Makes the data that the advisor reads with: `python -m assistant.advisor.build`, after a change in knowledge/.

`reader.npz` from messages.jsonl (written messages, each fact with the words that show it, or none where the whole
implies it; `hand` tells who wrote it, `open` names signals that it may tell without a mark), the same messages
shortened (see `thinning.py`), and replies.jsonl (replies to one question); `vectors.npz` from the guides and the
checklist. Prints how the reader does on messages of hands that it has not learned from. Takes over half an hour of
processor time; what the embedder says of a text, six minutes of it, is kept in the home folder for the next time.
"""

import hashlib
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.advisor import bank, checklist, explaining, guides
from assistant.advisor.hearing import reader, states
from assistant.advisor.hearing.learning import Lesson, train
from assistant.advisor.hearing.reader import LAYERS, NONE, WHOLE, Pair, Reader, Weights, by_signal
from assistant.advisor.hearing.thinning import thinned
from assistant.advisor.hearing.understanding import signs
from assistant.models.embedding import open_embedder
from assistant.models.machine import dtype_here
from assistant.models.values import Tokens, Vectors
from assistant.settings import KNOWLEDGE, from_environment

MESSAGES, REPLIES = "messages.jsonl", "replies.jsonl"
_HELD = ("g", "h", "i")  # they mark most fully what their messages tell, so here a fact too many is one
_PRECISION = 0.95  # an answer counts from the chance on at which so many were right
_OPEN = 0.3  # how far a signal left open teaches that it is not told; an answer read there is half right

Row = dict[str, Any]
Codes = dict[str, str]  # a message's signals and the codes of their answers
Judged = tuple[
    float, float, bool
]  # an answer's chance, how far it is right (0 to 1), whether a rule finds it too


def main() -> int:
    settings = from_environment()
    embedder, brief = open_embedder(settings), dtype_here(settings) == "bfloat16"
    messages, draw = _lines(KNOWLEDGE / MESSAGES), random.Random(0)
    shorter = [row for message in messages if (row := _shorter(message, draw))]
    rows = [*messages, *shorter, *map(_as_message, _lines(KNOWLEDGE / REPLIES))]
    codes = [told(row) for row in rows]
    outcomes = columns(codes)
    kept = states.tokens(
        [row["text"][:WHOLE] for row in rows], LAYERS, embedder, settings.home / "reader-states"
    )
    lessons = lessons_of(rows, codes, outcomes, kept)
    sizes = [len(mine) for mine in by_signal(outcomes).values()]
    tried = train([one for one, row in zip(lessons, rows, strict=True) if not _held(row)], sizes, brief)
    least, least_twice = thresholds(tried, rows, codes, lessons, outcomes)
    every = train(lessons, sizes, brief)
    write(outcomes, (tried, every), least, least_twice)  # together they know better how sure they are
    count = bank.save(fixed_texts(), embedder, KNOWLEDGE / bank.FILE)
    print(f"{len(rows)} messages, shortened ones and replies, {len(outcomes)} outcomes; {count} vectors")
    return 0


def _lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _shorter(message: Row, draw: random.Random) -> Row | None:
    """A message shortened, with all its facts; the quote is missing where the words that show a fact are gone."""
    quoted = {name: fact["quote"] for name, fact in message["facts"].items() if fact["quote"]}
    marks = {name: _place(message["text"], quote) for name, quote in quoted.items()}
    left = thinned(message["text"], marks, draw)
    if left is None:
        return None
    quotes = {name: left.text[start:stop] for name, (start, stop) in left.marks.items()}
    facts = {name: fact | {"quote": quotes.get(name)} for name, fact in message["facts"].items()}
    return message | {"text": left.text, "facts": facts}


def _as_message(reply: Row) -> Row:
    known = reply["signal"] in checklist.load().signals
    fact = {reply["signal"]: {"value": reply["code"], "quote": reply["text"]}} if known else {}
    return {"text": reply["text"], "facts": fact, "reply": True}


def fixed_texts() -> dict[str, Sequence[str]]:
    """All texts of knowledge/ that are compared with what a user writes, by the embedder's prompt."""
    sections = guides.load()
    asks = [ask for section in sections for ask in section.asks]
    return {
        "query": [*asks, *explaining.elsewhere()],
        "passage": [explaining.body(section) for section in sections],
    }


def told(row: Row) -> Codes:
    """The codes of a message's facts, names of platforms left out: rules read those."""
    signals = checklist.load().signals
    return {
        name: signals[name].code(value)
        for name, fact in row["facts"].items()
        if signals[name].kind != "text" and (value := signals[name].parse(fact["value"])) is not None
    }


def columns(codes: Sequence[Codes]) -> tuple[Pair, ...]:
    """Each signal's answers and NONE, side by side."""
    pairs = {pair for one in codes for pair in one.items()}
    return tuple(sorted(pairs | {(signal, NONE) for signal, _ in pairs}))


def lessons_of(
    rows: Sequence[Row], codes: Sequence[Codes], outcomes: tuple[Pair, ...], kept: Sequence[Tokens]
) -> list[Lesson]:
    known, places = checklist.load(), {pair: n for n, pair in enumerate(outcomes)}
    found = []
    for row, one, tokens in zip(rows, codes, kept, strict=True):
        sure = signs(row["text"], known)
        signals = by_signal(outcomes)
        right = tuple(places[name, one.get(name, NONE)] - mine[0] for name, mine in signals.items())
        marks = tuple(
            (places[pair], *_place(row["text"], quote))
            for pair in one.items()
            if (quote := row["facts"][pair[0]]["quote"])
        )
        seen = np.array([pair in sure for pair in outcomes], np.float32)
        certain = tuple(_certain(row, name, one) for name in signals)
        found.append(Lesson(tokens, seen, right, certain, marks, "reply" in row))
    return found


def _certain(row: Row, signal: str, codes: Codes) -> float:
    """How far a message tells the outcome of a signal; no text implies a count that is not in it."""
    if signal in row.get("open", ()) and signal not in codes:
        return _OPEN
    unsaid = signal in codes and row["facts"][signal]["quote"] is None
    return 0.0 if unsaid and checklist.load().signals[signal].kind == "number" else 1.0


def _place(text: str, quote: str) -> tuple[int, int]:
    start = text.find(quote)
    return start, start + len(quote)


def thresholds(
    net: Weights,
    rows: Sequence[Row],
    codes: Sequence[Codes],
    lessons: Sequence[Lesson],
    outcomes: tuple[Pair, ...],
) -> tuple[float, float]:
    """The chances from which on an answer counts, for every hand that the net did not learn from: of all answers, and
    of those that a rule finds in the text too."""
    made = Reader(outcomes, (net,), 0.0, 0.0)
    found: dict[str, list[Judged]] = {}
    for row, one, lesson in zip(rows, codes, lessons, strict=True):
        if _held(row):
            chances, _ = made.chances(lesson.tokens, lesson.signs)
            judged = _judged(chances, lesson.signs, one, outcomes, row.get("open", ()))
            found.setdefault(row["hand"], []).extend(judged)
    # The hand that is hardest to read decides: users are other hands still.
    least = max(map(_least, found.values()))
    least_twice = max(_least([one for one in judged if one[2]]) for judged in found.values())
    for hand, judged in found.items():
        there = sum(len(one) for one, row in zip(codes, rows, strict=True) if row.get("hand") == hand)
        read = [right for chance, right, twice in judged if chance >= (least_twice if twice else least)]
        print(f"{hand}: {there} facts, precision {np.mean(read):.3f}, recall {sum(read) / there:.3f}")
    print(f"an answer counts from a chance of {least:.2f} on, {least_twice:.2f} where a rule finds it too")
    return least, least_twice


def _held(row: Row) -> bool:
    return row.get("hand") in _HELD


def _judged(
    chances: Vectors, signs: Vectors, codes: Codes, outcomes: tuple[Pair, ...], unmarked: Sequence[str]
) -> list[Judged]:
    """The likeliest answer for each signal."""
    found = []
    for signal, mine in by_signal(outcomes).items():
        best = max((n for n in mine if outcomes[n][1] != NONE), key=lambda n: chances[n])
        left_open = signal in unmarked and signal not in codes
        right = 0.5 if left_open else float(outcomes[best][1] == codes.get(signal))
        found.append((float(chances[best]), right, bool(signs[best])))
    return found


def _least(judged: Sequence[Judged]) -> float:
    """The lowest chance from which on enough answers are right."""
    ordered = sorted(judged, reverse=True)
    good = np.cumsum([right for _, right, _ in ordered]) / np.arange(1, len(ordered) + 1)
    return ordered[int(np.flatnonzero(good >= _PRECISION)[-1])][0]


def learned_from() -> str:
    """The hash of the written messages and replies, which the reader keeps: a test says when they are others."""
    return hashlib.sha256(
        b"".join((KNOWLEDGE / name).read_bytes() for name in (MESSAGES, REPLIES))
    ).hexdigest()


def write(outcomes: tuple[Pair, ...], made: Sequence[Weights], least: float, least_twice: float) -> None:
    weights = {
        f"{n}:{name}": weight.astype(np.float16) for n, net in enumerate(made) for name, weight in net.items()
    }
    np.savez_compressed(
        KNOWLEDGE / reader.FILE,
        outcomes=np.array(["|".join(pair) for pair in outcomes]),
        nets=np.array(len(made)),
        least=np.array(least),
        least_twice=np.array(least_twice),
        learned_from=np.array(learned_from()),
        **weights,  # type: ignore[arg-type]
    )


if __name__ == "__main__":
    sys.exit(main())
