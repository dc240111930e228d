"""Claim: with every fact given, the checklist decides as the written situations expect (reference: 39 of 40).

Prints strict agreement (the expected approach) and lenient agreement (an acceptable one counts too).
The situations are read from ../shared/eval/advisor; without that folder there is nothing to measure.
"""

import json
import sys
from pathlib import Path

from assistant.advisor.checklist import load
from assistant.advisor.decision import decide
from assistant.advisor.facts import Fact
from assistant.advisor.signals import Checklist

CASES = Path(__file__).resolve().parents[2] / "shared/eval/advisor/scenarios_dev.jsonl"


def facts_of(case: dict[str, object], checklist: Checklist) -> dict[str, Fact]:
    given = case["facts"]
    assert isinstance(given, dict)
    parsed = {name: checklist.signals[name].parse(value) for name, value in given.items()}
    assert None not in parsed.values(), parsed
    return {name: Fact(name, value, "given", "said") for name, value in parsed.items() if value is not None}


def main() -> int:
    if not CASES.is_file():
        print("skipped: no situations here")
        return 0
    checklist = load()
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    chosen = [decide(facts_of(case, checklist), checklist, "en").approach for case in cases]
    strict = sum(a == case["expected_verdict"] for a, case in zip(chosen, cases, strict=True))
    lenient = sum(
        a in (case["expected_verdict"], *case["acceptable_verdicts"])
        for a, case in zip(chosen, cases, strict=True)
    )
    print(f"checklist {checklist.version}: strict {strict}/{len(cases)}, lenient {lenient}/{len(cases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
