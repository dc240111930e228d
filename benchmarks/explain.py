"""Claim: the guides answer what people ask about adapting models, and nothing else.

    python benchmarks/explain.py [FILE.jsonl]     questions with what the answer must mention, and off-topic ones
    python benchmarks/explain.py --fit            how the weights and the least score were chosen

An answer counts when it mentions something of each group in `must_mention` and cites one of the sources named.
Peer in the same run: the section with the best BM25 score (bm25 with the usual k1 1.2, b 0.75), never refusing.
"""

import argparse
import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from assistant.advisor import checklist, explaining, guides
from assistant.models.embedding import open_embedder
from assistant.models.values import Embedder
from assistant.settings import from_environment
from assistant.texts.terms import language as language_of
from assistant.texts.terms import terms

CASES = Path(__file__).resolve().parents[2] / "shared/eval/advisor/knowledge_qa_dev.jsonl"
OFF_TOPIC = Path(__file__).with_name("off_topic.txt")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=CASES)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    embedder = open_embedder(from_environment())
    off_topic = OFF_TOPIC.read_text("utf-8").splitlines()
    if asked.fit:
        return fit(explaining.open_shelf(embedder), embedder, off_topic)
    if not asked.file.is_file():
        print("skipped: no questions here")
        return 0
    cases = [json.loads(line) for line in asked.file.read_text("utf-8").splitlines()]
    ours = [explaining.explain(case["question"], embedder, case["lang"]) for case in cases]
    peer = Bm25(guides.load())
    theirs = [peer.best(case["question"], case["lang"]) for case in cases]
    right = [
        judged(c, e.answer, [k for one in e.citations for k in one.source])
        for c, e in zip(cases, ours, strict=True)
    ]
    beside = [judged(c, s.text, list(s.sources)) for c, s in zip(cases, theirs, strict=True)]
    for case, found, ok in zip(cases, ours, right, strict=True):
        if ok != (True, True):
            print(f"{case['id']} mentioned {ok[0]} cited {ok[1]} score {found.score:.2f}: {case['question']}")
            print(f"    {[(c.guide, c.section, c.source) for c in found.citations]}")
    refused = [explaining.explain(text, embedder, "en").refused for text in off_topic]
    for name, rows in (("guides", right), ("bm25", beside)):
        said, cited = sum(a for a, _ in rows), sum(a and b for a, b in rows)
        print(f"{name}: mentioned {said}/{len(rows)}, mentioned and cited {cited}/{len(rows)}")
    print(f"off-topic refused {sum(refused)}/{len(refused)}")
    return 0


def judged(case: dict[str, Any], answer: str, cited: list[str]) -> tuple[bool, bool]:
    plain = answer.casefold()
    mentions = all(any(word.casefold() in plain for word in group) for group in case["must_mention"])
    return mentions, any(_same(source, key) for source in case["source"] for key in cited)


def _same(source: str, key: str) -> bool:
    """Whether our key stands for the source as the case names it."""
    if source.startswith("seed "):
        return key == f"seed{source[5:8]}"
    known = checklist.load().sources[key]
    return known.title.casefold()[:24] in source.casefold() or bool(
        known.link and known.link.split("//")[1] in source
    )


class Bm25:
    def __init__(self, sections: tuple[guides.Section, ...]) -> None:
        self.sections = sections
        self.bags = [Counter(terms(f"{s.title} {s.heading} {s.text}")) for s in sections]
        self.seen = Counter(word for bag in self.bags for word in bag)
        self.mean = sum(map(len, self.bags)) / len(self.bags)

    def best(self, question: str, language: str) -> guides.Section:
        spoken = language_of(question) or language
        scores = [
            self._score(terms(question), bag) if s.language == spoken else -1.0
            for s, bag in zip(self.sections, self.bags, strict=True)
        ]
        return self.sections[int(np.argmax(scores))]

    def _score(self, words: list[str], bag: Counter[str]) -> float:
        n, length = len(self.bags), sum(bag.values())
        return sum(
            math.log(1 + (n - self.seen[w] + 0.5) / (self.seen[w] + 0.5)) * bag[w] * 2.2
            / (bag[w] + 1.2 * (0.25 + 0.75 * length / self.mean))
            for w in words if w in bag
        )  # fmt: skip


def fit(shelf: explaining.Shelf, embedder: Embedder, off_topic: list[str]) -> int:
    """Sections asked for by one of their questions, that one hidden; and questions that nothing answers."""
    asks = [ask for section in (*shelf.sections["en"], *shelf.sections["id"]) for ask in section.asks]
    draw = np.random.default_rng(0)
    picked = draw.choice(len(asks), min(900, len(asks)), replace=False)
    questions = [asks[n] for n in picked]
    kept = np.stack(
        [
            shelf.likenesses(q, v, int(n))
            for q, v, n in zip(questions, embedder.queries(questions), picked, strict=True)
        ]
    )
    away = np.stack(
        [shelf.likenesses(q, v) for q, v in zip(off_topic, embedder.queries(off_topic), strict=True)]
    )
    wanted = shelf.of_ask[picked]
    tried = []
    for _ in range(3000):
        weights = draw.dirichlet(np.ones(kept.shape[1]))
        right = np.tensordot(weights, kept, (0, 1)).argmax(axis=1) == wanted
        tried.append((float(right.mean()), weights))
    for found, weights in sorted(tried, key=lambda one: -one[0])[:6]:
        wrong = np.tensordot(weights, away, (0, 1)).max(axis=1)
        print(
            f"{np.round(weights, 2)} first {found:.3f}; off-topic at most {wrong.max():.3f}, 98 % below {np.quantile(wrong, 0.98):.3f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
