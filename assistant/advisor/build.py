"""Makes the data that the advisor reads with: `python -m assistant.advisor.build`, after a change in knowledge/.

`reader.npz` from messages.jsonl (written messages, each fact with the words it is seen in) and replies.jsonl
(replies to one question), `vectors.npz` from the guides and the checklist. Prints how the reader does on
messages that were left out when it learned.
"""

import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.advisor import bank, checklist, explaining, guides
from assistant.advisor.hearing import likeness, reader
from assistant.advisor.hearing.reader import NONE, Pair, by_signal
from assistant.advisor.hearing.understanding import signs
from assistant.models.embedding import open_embedder
from assistant.models.values import Embedder, Vectors
from assistant.settings import KNOWLEDGE, from_environment

MESSAGES, REPLIES = "messages.jsonl", "replies.jsonl"
_FOLDS = 6
_RIDGE = {"spans": 3.0, "messages": 1.0}
_REPLY = 0.3  # what a reply weighs beside a message in the second step
_PENALTY = 1.0  # of the second step (C of scikit-learn's logistic regression)
_PRECISION = 0.955  # an answer counts from the chance on at which so many were right on messages left out

Row = dict[str, Any]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Lesson:
    """What is learned from: features of spans and of messages, their targets by pair, and the sure signs."""

    pairs: list[Pair]
    mean: Vectors
    spans: Vectors
    of_message: Rows  # the message that a span belongs to
    span_targets: Vectors
    messages: Vectors
    targets: Vectors
    signs: Vectors
    whole: NDArray[np.bool_]  # a message, not a reply: only these say how good the reader is


def main() -> int:
    embedder = open_embedder(from_environment())
    rows = [*_lines(KNOWLEDGE / MESSAGES), *map(_as_message, _lines(KNOWLEDGE / REPLIES))]
    known = lesson(rows, embedder)
    out = left_out(known)
    fold = np.random.default_rng(1).integers(0, _FOLDS, len(rows))
    outcomes = [
        (s, known.pairs[n][1] if n >= 0 else NONE)
        for s, ns in by_signal(known.pairs).items()
        for n in (*ns, -1)
    ]
    chances = np.zeros((len(rows), len(outcomes)), np.float32)
    for k in range(_FOLDS):
        chances[fold == k] = reader.chances(out[fold == k], outcomes, *weigh(known, out, outcomes, fold != k))
    least = told(known, outcomes, chances)
    write(known, outcomes, weigh(known, out, outcomes, fold >= 0), least)
    count = bank.save(fixed_texts(), embedder, KNOWLEDGE / bank.FILE)
    print(
        f"{len(rows)} messages and replies, {len(known.spans)} spans, {len(known.pairs)} answers; {count} vectors"
    )
    return 0


def _lines(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _as_message(reply: Row) -> Row:
    known = reply["signal"] in checklist.load().signals
    fact = {reply["signal"]: {"value": reply["code"], "quote": reply["text"]}} if known else {}
    return {"text": reply["text"], "facts": fact, "reply": True}


def fixed_texts() -> dict[str, Sequence[str]]:
    """All texts of knowledge/ that are compared with what a user writes, by the embedder's prompt."""
    sections = guides.load()
    asks = [ask for section in sections for ask in section.asks]
    says = [example.text for example in likeness.examples(checklist.load())]
    return {
        "query": [*asks, *says, *explaining.elsewhere()],
        "passage": [explaining.body(section) for section in sections],
    }


def lesson(rows: Sequence[Row], embedder: Embedder) -> Lesson:
    signals = checklist.load().signals
    labels = [
        {name: signals[name].code(value) for name, fact in row["facts"].items()
         if signals[name].kind != "text" and (value := signals[name].parse(fact["value"])) is not None}
        for row in rows
    ]  # fmt: skip
    pairs = sorted({pair for one in labels for pair in one.items()})
    spans = [reader.spans(row["text"]) for row in rows]
    texts = [span for found in spans for span in found]
    wholes = [row["text"][: reader.WHOLE] for row in rows]
    mean = embedder.queries(wholes).mean(axis=0)
    span_targets = np.zeros((len(texts), len(pairs)), np.float32)
    targets = np.array([[one.get(s) == code for s, code in pairs] for one in labels], np.float32)
    start = 0
    for row, found, one in zip(rows, spans, labels, strict=True):
        for pair in one.items():
            held = [_overlap(row["text"], span, row["facts"][pair[0]]["quote"]) for span in found]
            span_targets[start : start + len(found), pairs.index(pair)] = held
        start += len(found)
    sure = [signs(row["text"], checklist.load()) for row in rows]
    return Lesson(
        pairs, mean, reader.features(texts, embedder, mean),
        np.repeat(np.arange(len(rows)), [len(found) for found in spans]), span_targets,
        reader.features(wholes, embedder, mean), targets,
        np.array([[pair in one for pair in pairs] for one in sure], np.float32),
        np.array(["reply" not in row for row in rows]),
    )  # fmt: skip


def _overlap(text: str, span: str, quote: str) -> float:
    """1 when the span holds most of the quote; its part when less; nothing for a mere touch."""
    a, c = text.find(span), text.find(quote)
    held = max(0, min(a + len(span), c + len(quote)) - max(a, c)) / max(1, len(quote))
    return 1.0 if held >= 0.6 else held if held >= 0.3 else 0.0


def ridge(features: Vectors, targets: Vectors, strength: float) -> Vectors:
    """Weights (features, pairs) of a ridge regression, solved in the smaller of the two ways."""
    if len(features) < features.shape[1]:
        gram = features @ features.T + strength * np.eye(len(features), dtype=np.float32)
        return np.asarray(features.T @ np.linalg.solve(gram, targets), np.float32)
    gram = features.T @ features + strength * np.eye(features.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(gram, features.T @ targets), np.float32)


def left_out(known: Lesson) -> Vectors:
    """(messages, 3 x pairs): each message's scores by models that have not seen it, and its sure signs."""
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(known.messages))
    width = len(known.pairs)
    out = np.zeros((len(known.messages), 3 * width), np.float32)
    out[:, 2 * width :] = known.signs
    for k in range(_FOLDS):
        seen = fold[known.of_message] != k
        of_spans = ridge(known.spans[seen], known.span_targets[seen], _RIDGE["spans"])
        learned = (fold != k) & known.whole
        whole = ridge(known.messages[learned], known.targets[learned], _RIDGE["messages"])
        for n in np.flatnonzero(fold == k):
            mine = known.spans[known.of_message == n] @ of_spans
            out[n, :width] = mine.max(axis=0) if len(mine) else 0.0
            out[n, width : 2 * width] = known.messages[n] @ whole
    return out


def weigh(
    known: Lesson, out: Vectors, outcomes: list[Pair], which: NDArray[np.bool_]
) -> tuple[Vectors, Vectors]:
    """The second step, learned on the rows `which`: weights (3 x pairs, outcomes) and biases."""
    from sklearn.linear_model import LogisticRegression

    weights, biases = (
        np.zeros((out.shape[1], len(outcomes)), np.float32),
        np.full(len(outcomes), -20.0, np.float32),
    )
    for signal, columns in by_signal(outcomes).items():
        right = _outcome(known, signal, outcomes)[which]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged to the last digit
            made = LogisticRegression(C=_PENALTY, max_iter=300).fit(
                out[which], right, sample_weight=np.where(known.whole[which], 1.0, _REPLY)
            )
        two = len(made.classes_) == 2  # then scikit-learn keeps one row, for the second class
        for row, column in enumerate(made.classes_):
            if two and row == 0:
                biases[column] = 0.0
                continue
            weights[:, column], biases[column] = made.coef_[row - two], made.intercept_[row - two]
        assert set(made.classes_) <= set(columns)
    return weights, biases


def _outcome(known: Lesson, signal: str, outcomes: list[Pair]) -> Rows:
    """Which of the signal's outcomes each message has, as a column of `outcomes`."""
    found = np.full(len(known.targets), outcomes.index((signal, NONE)))
    for n, pair in enumerate(known.pairs):
        if pair[0] == signal:
            found[known.targets[:, n] > 0] = outcomes.index(pair)
    return found


def told(known: Lesson, outcomes: list[Pair], chances: Vectors) -> float:
    """Print how the reader did on messages it had not seen; the chance from which on an answer counts."""
    found, there = [], dict.fromkeys(by_signal(outcomes), 0)
    for signal, columns in by_signal(outcomes).items():
        none = outcomes.index((signal, NONE))
        answers = np.array([n for n in columns if n != none])
        right = _outcome(known, signal, outcomes)[known.whole]
        best = answers[chances[known.whole][:, answers].argmax(axis=1)]
        sure = chances[known.whole, best]
        there[signal] = int((right != none).sum())
        found += [(float(c), bool(ok), signal) for c, ok in zip(sure, best == right, strict=True)]
    found.sort(reverse=True)
    good = np.cumsum([ok for _, ok, _ in found])
    last = int(np.flatnonzero(good / np.arange(1, len(found) + 1) >= _PRECISION)[-1])
    for signal, count in there.items():
        mine = [ok for _, ok, s in found[: last + 1] if s == signal]
        print(f"{signal:20} there {count:4} read {len(mine):4} right {sum(mine):4}")
    least, total = found[last][0], sum(there.values())
    print(
        f"left out: precision {good[last] / (last + 1):.3f}, recall {good[last] / total:.3f} of {total}, chance {least:.2f}"
    )
    return least


def write(known: Lesson, outcomes: list[Pair], second: tuple[Vectors, Vectors], least: float) -> None:
    parts: dict[str, Any] = {}
    for name, features, targets in (
        ("span", known.spans, known.span_targets),
        ("message", known.messages[known.whole], known.targets[known.whole]),
    ):
        weights = ridge(features, targets, _RIDGE[f"{name}s"])
        scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127
        parts |= {f"{name}s": np.round(weights / scales).astype(np.int8), f"{name}_scales": scales}
    for name, pairs in (("pairs", known.pairs), ("outcomes", outcomes)):
        parts[name] = np.array(["|".join(pair) for pair in pairs])
    np.savez_compressed(
        KNOWLEDGE / reader.FILE,
        mean=known.mean,
        weights=second[0],
        biases=second[1],
        least=np.array(least),
        **parts,
    )


if __name__ == "__main__":
    sys.exit(main())
