"""The metrics that lm-evaluation-harness and Ragas have too, on the same answers, score by score.

    pip install lm-eval ragas rouge-score "langchain-community<0.4"      # beside Penala, in an environment of its own
    python -m benchmarks.peer_metrics [COMPARISON …]

COMPARISON: the folder of a finished comparison, whose answers are scored. Without one: the samples' ideal answers, as
they are, misspelt, framed by courtesies, and each against the next one's. A metric is "defined alike" for a pair of
texts where both sides cut them into the same words; there the largest difference is printed, wanted below 1e-6.
Elsewhere: how many pairs, the mean difference, and why.
"""

import asyncio
import json
import math
import random
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.dataset import noise
from assistant.evaluation import metrics, wording
from assistant.evaluation.statistics import mean_interval
from assistant.evaluation.values import Answered, Case
from assistant.settings import KNOWLEDGE

Pairs = list[tuple[str, str]]  # an answer and its ideal
Score = Callable[[str, str], float]


def main(folders: Sequence[str]) -> None:
    pairs = [pair for folder in folders for pair in answered(Path(folder))] or planted()
    print(f"{len(pairs)} pairs of answer and ideal answer\n")
    print(
        f"{'metric, beside':52} {'alike':>6} {'largest difference':>19}   {'other':>5} {'mean':>7}  why other"
    )
    for name, ours, theirs, alike, why in texts():
        rows = [(abs(ours(a, b) - theirs(a, b)), alike(a, b)) for a, b in pairs]
        same, other = [d for d, like in rows if like], [d for d, like in rows if not like]
        mean = f"{np.mean(other):.4f}" if other else "–"
        print(f"{name:52} {len(same):6} {max(same, default=0):19.1e}   {len(other):5} {mean:>7}  {why}")
    for name, difference, count in (*labels(pairs), *spread(pairs)):
        print(f"{name:52} {count:6} {difference:19.1e}")


def answered(folder: Path) -> Pairs:
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
    return [
        (row["text"], row["reference"]) for row in rows if row["reference"].strip() and row["text"].strip()
    ]


def planted() -> Pairs:
    ideal = [
        json.loads(line)["output"].splitlines()[-1].removeprefix("Balasan: ").removeprefix("Reply: ")
        for sample in ("sulur", "harbour")
        for line in (KNOWLEDGE / "samples" / sample / "examples.jsonl").read_text("utf-8").splitlines()
    ]
    ways = (
        lambda text, _: text,
        lambda text, _: noise.misspelt(text),
        lambda text, _: noise.framed(text),
        lambda _, other: other,
    )
    return [(way(text, ideal[i - 1]), text) for way in ways for i, text in enumerate(ideal)]


# --- texts


def texts() -> list[tuple[str, Score, Score, Callable[[str, str], bool], str]]:
    from lm_eval.api import metrics as harness
    from lm_eval.tasks.qasper import metrics as qasper
    from ragas.dataset_schema import SingleTurnSample
    from ragas.metrics import ExactMatch, RougeScore
    from rouge_score import rouge_scorer

    plain = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
    stemmed, exact, loop = RougeScore(), ExactMatch(), asyncio.new_event_loop()

    def ragas(metric: Any, answer: str, ideal: str) -> float:
        sample = SingleTurnSample(response=answer, reference=ideal)
        return float(loop.run_until_complete(metric._single_turn_ascore(sample, None)))

    def harness_exact(answer: str, ideal: str) -> float:
        given = {
            "predictions": [answer],
            "references": [ideal],
            "ignore_case": True,
            "ignore_punctuation": True,
        }
        return float(harness.exact_match_hf_evaluate(**given)["exact_match"])

    kept = "1.500 is 1500, % and currency kept, spaces joined"
    return [
        ("chrF, lm-eval chrf", wording.chrf, lambda a, b: harness.chrf([(b, a)]) / 100, lambda a, b: True, "–"),
        ("exact, lm-eval exact_match (no case, punctuation)", lambda a, b: float(wording.same(a, b)), harness_exact, alike_squad, kept),
        ("exact, Ragas ExactMatch", lambda a, b: float(wording.same(a, b)), lambda a, b: ragas(exact, a, b), as_written, "ours reads over case and stops"),
        ("token F1, lm-eval qasper (SQuAD's)", wording.token_f1, lambda a, b: float(qasper.f1_abstractive([a], [b])), alike_squad, f"SQuAD drops a, an, the; {kept}"),
        ("ROUGE-L, rouge-score without stemmer", wording.rouge_l, lambda a, b: float(plain.score(b, a)["rougeL"].fmeasure), alike_rouge, "it cuts at every sign, é and 1.500 too"),
        ("ROUGE-L, Ragas RougeScore (Porter stemmer)", wording.rouge_l, lambda a, b: ragas(stemmed, a, b), alike_stems, "it stems, as English, whatever the language"),
    ]  # fmt: skip


def as_written(answer: str, ideal: str) -> bool:
    return answer == ideal or not wording.same(answer, ideal)


def alike_squad(answer: str, ideal: str) -> bool:
    from lm_eval.tasks.qasper.metrics import normalize_answer

    return all(normalize_answer(text) == wording.normalise(text) for text in (answer, ideal))


def alike_rouge(answer: str, ideal: str) -> bool:
    return all(_cut(text) == wording.normalise(text).split() for text in (answer, ideal))


def alike_stems(answer: str, ideal: str) -> bool:
    from nltk.stem.porter import PorterStemmer

    stem = PorterStemmer().stem
    words = {word for text in (answer, ideal) for word in _cut(text)}
    return alike_rouge(answer, ideal) and all(len(word) <= 3 or stem(word) == word for word in words)


def _cut(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).split()


# --- labels, and the spread of a mean


def labels(pairs: Pairs) -> list[tuple[str, float, int]]:
    """Accuracy, and each label's F1 as two classes; the answers are drawn where the pairs hold no labels."""
    from lm_eval.api import metrics as harness

    names = {wording.label(ideal) for _, ideal in pairs}
    if len(names) > 20:
        draw, names = random.Random(0), {"positif", "negatif", "netral"}
        ideal = [draw.choice(sorted(names)) for _ in range(1000)]
        pairs = [(one if draw.random() < 0.7 else draw.choice(sorted(names)), one) for one in ideal]
    cases = [Case(f"c{i}", f"x{i}", ideal) for i, (_, ideal) in enumerate(pairs)]
    given = [Answered(case.id, answer, 0, 0, 0) for case, (answer, _) in zip(cases, pairs, strict=True)]
    found = metrics.measure("prompt", "f", "labels", cases, given)
    hits = [float(wording.label(a) == wording.label(b)) for a, b in pairs]
    accuracy = abs(found.metric("accuracy").value - harness.mean(hits))
    apart = [
        abs(
            one.f1
            - harness.f1_score(
                [(wording.label(b) == one.label, wording.label(a) == one.label) for a, b in pairs]
            )
        )
        for one in found.classes
    ]
    macro = abs(found.metric("macro_f1").value - float(np.mean([one.f1 for one in found.classes])))
    n = len(pairs)
    return [
        ("accuracy, lm-eval acc and mean", accuracy, n), ("F1 a label, lm-eval f1", max(apart), n * len(apart)),
        ("macro-F1, mean of lm-eval f1", macro, n),
    ]  # fmt: skip


def spread(pairs: Pairs) -> list[tuple[str, float, int]]:
    """The standard error that our interval of a mean score holds, beside lm-eval's mean_stderr."""
    from lm_eval.api import metrics as harness
    from scipy.special import stdtrit

    scores = [wording.chrf(a, b) for a, b in pairs]
    got, n = mean_interval(scores), len(scores)
    ours = (got.high - got.low) / 2 / float(stdtrit(n - 1, 0.975))
    return [("standard error of a mean, lm-eval mean_stderr", abs(ours - harness.mean_stderr(scores)), n)] if math.isfinite(ours) else []  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
