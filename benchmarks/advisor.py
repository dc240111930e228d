"""Claim: the interview reads a situation from one message and decides as a panel of experts would.

    python benchmarks/advisor.py [CASES.jsonl ...]      default: the development cases and our own

Each case is shown by its text and language only; questions are answered from its facts. Prints, a file:
facts read from the first message (precision, recall, a signal each), the decision after it, the decision after the
whole interview, questions asked, and the share of key reasons and red flags that the decision mentions.
Peers in the same run: always the commonest verdict, and the nearest written message's verdict (embeddings).
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from assistant.advisor import checklist
from assistant.advisor.decision import Decision, decide
from assistant.advisor.facts import Fact
from assistant.advisor.session import Session, Turn
from assistant.advisor.signals import UNKNOWN
from assistant.models.embedding import open_embedder
from assistant.models.values import Embedder
from assistant.settings import KNOWLEDGE, from_environment
from assistant.workspace.project import create_project

HERE = Path(__file__).resolve()
FILES = (HERE.parents[2] / "shared/eval/advisor/scenarios_dev.jsonl", HERE.with_name("advisor_cases.jsonl"))
Case = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=FILES)
    parser.add_argument(
        "--wrong", action="store_true", help="show each fact read wrongly and each decision missed"
    )
    asked = parser.parse_args()
    embedder = open_embedder(from_environment())
    for file in asked.files:
        if file.is_file():
            measure(file, embedder, asked.wrong)
        else:
            print(f"skipped: {file.name} is not here")
    return 0


def measure(file: Path, embedder: Embedder, wrong: bool) -> None:
    cases = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    read: Counter[tuple[str, str]] = Counter()
    first, last, asked, seconds, reasons, flags = [], [], [], [], [], []
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            session = Session(
                create_project(Path(folder) / "p", "p", case["language"]),
                checklist.load(),
                embedder,
                case["language"],
            )
            began = time.perf_counter()
            turn = session.say(case["text"])
            seconds.append(time.perf_counter() - began)
            compared(case, turn, read, wrong)
            first.append(decide(turn.facts, checklist.load(), case["language"]))
            questions = 0
            while turn.asks and questions < 20:
                questions += 1
                value = case["facts"].get(turn.asks.signal)
                turn = session.set(turn.asks.signal, UNKNOWN if value is None else value)
            decision = session.end().decision
            assert decision is not None
        asked.append(questions)
        last.append(decision)
        reasons += [mentioned(r["any_of"], [x.text for x in decision.reasons]) for r in case["key_reasons"]]
        flags += [
            mentioned(words, [x.text for x in decision.risks] + [x.text for x in decision.reasons])
            for words in case["red_flag_any_of"].values()
        ]
        if wrong and decision.approach != case["expected_verdict"]:
            print(f"{case['id']} {decision.approach} for {case['expected_verdict']} {dict(decision.scores)}")
    there, taken, right = (
        sum(n for (_, kind), n in read.items() if kind == k) for k in ("there", "read", "right")
    )
    print(f"{file.name}: {len(cases)} cases")
    print(
        f"  first message: facts {there}, read {taken}, right {right}: precision {right / max(1, taken):.3f}, recall {right / there:.3f}"
    )
    for name in sorted({name for name, _ in read}):
        print(
            f"    {name:20} there {read[name, 'there']:3} read {read[name, 'read']:3} right {read[name, 'right']:3}"
        )
    print(f"  decision after the first message: {agreement(cases, first)}")
    print(
        f"  decision after the interview: {agreement(cases, last)}; questions median {np.median(asked):.1f}, most {max(asked)}"
    )
    print(f"  key reasons {sum(reasons)}/{len(reasons)}, red flags {sum(flags)}/{len(flags)}")
    print(f"  seconds a first reply: median {np.median(seconds):.2f}, p95 {np.quantile(seconds, 0.95):.2f}")
    peers(cases, embedder)


def compared(case: Case, turn: Turn, read: Counter[tuple[str, str]], wrong: bool) -> None:
    """Count the facts that the text tells, those read, and those read rightly (numbers by their band). A case
    whose facts go beyond its text lists those that it tells under "said"."""
    signals = checklist.load().signals
    for name, signal in signals.items():
        value, fact = signal.parse(case["facts"].get(name)), turn.facts.get(name)
        is_there = value is not None and value != UNKNOWN and name in case.get("said", signals)
        is_read = fact is not None and fact.value != UNKNOWN and fact.origin != "assumed"
        read[name, "there"] += is_there
        read[name, "read"] += is_read
        if is_read and fact is not None:
            good = value is not None and signal.code(fact.value) == signal.code(value)
            read[name, "right"] += good
            if wrong and not good:
                print(f"{case['id']} {name}: {fact.value} for {value} from “{fact.quote}”")


def mentioned(words: list[str], said: list[str]) -> bool:
    plain = " ".join(said).casefold()
    return any(word.casefold() in plain for word in words)


def agreement(cases: list[Case], decisions: list[Decision]) -> str:
    pairs = list(zip(cases, (d.approach for d in decisions), strict=True))
    strict = sum(a == c["expected_verdict"] for c, a in pairs)
    lenient = sum(a in (c["expected_verdict"], *c["acceptable_verdicts"]) for c, a in pairs)
    return f"strict {strict}/{len(cases)}, lenient {lenient}/{len(cases)}"


def peers(cases: list[Case], embedder: Embedder) -> None:
    rows = [json.loads(line) for line in (KNOWLEDGE / "messages.jsonl").read_text("utf-8").splitlines()]
    known = embedder.queries([row["text"] for row in rows])
    near = (embedder.queries([case["text"] for case in cases]) @ known.T).argmax(axis=1)
    commonest = Counter(case["expected_verdict"] for case in cases).most_common(1)[0][0]
    for name, given in (
        ("commonest verdict", [commonest] * len(cases)),
        ("nearest message", [rows[n]["verdict"] for n in near]),
    ):
        good = [
            g in (c["expected_verdict"], *c["acceptable_verdicts"]) for g, c in zip(given, cases, strict=True)
        ]
        print(f"  peer, {name}: lenient {sum(good)}/{len(cases)}")
    every = [
        decide(
            {
                n: Fact(n, v, "given", "said")
                for n, s in checklist.load().signals.items()
                if (v := s.parse(c["facts"].get(n))) is not None
            },
            checklist.load(),
            "en",
        )
        for c in cases
    ]
    print(f"  with every fact given: {agreement(cases, every)}")


if __name__ == "__main__":
    sys.exit(main())
