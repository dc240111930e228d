"""The rules of the decision: gates, ties, reasons, and that only known facts count."""

import json
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.advisor import checklist as knowledge
from assistant.advisor.decision import decide
from assistant.advisor.facts import Fact
from assistant.advisor.interview import MOST_QUESTIONS, next_question
from assistant.advisor.scores import Tally, tally
from assistant.advisor.signals import APPROACHES, HYBRID, Checklist, Value

KNOWN = knowledge.load()
PROVEN: dict[str, Value] = {"tried_prompting": "serious", "eval_baseline": "measured"}


def facts(values: Mapping[str, Value]) -> dict[str, Fact]:
    return {name: Fact(name, value, f"words for {name}", "said") for name, value in values.items()}


def result(**values: Value) -> Tally:
    return tally(values, KNOWN)


any_values = st.fixed_dictionaries(
    {},
    optional={
        signal.name: st.sampled_from(signal.allowed)
        | (st.integers(0, 10**7) if signal.kind == "number" else st.nothing())
        for signal in KNOWN.signals.values()
    },
)


@given(any_values, st.sampled_from(["contradictory", "leaky", "no_rights"]), st.integers(0, 19))
@settings(max_examples=200, deadline=None)
def test_unfit_data_or_too_few_examples_never_open_tuning(
    values: dict[str, Value], state: str, few: int
) -> None:
    for held in ({"data_quality": state}, {"examples": few}):
        assert tally({**values, **PROVEN, **held}, KNOWN).approach not in ("fine_tune", HYBRID)


@given(any_values)
@settings(max_examples=200, deadline=None)
def test_tuning_needs_serious_prompting_and_a_measured_baseline(values: dict[str, Value]) -> None:
    found = tally(values, KNOWN)
    proven = all(values.get(name) == value for name, value in PROVEN.items())
    if not proven:
        assert found.approach not in ("fine_tune", HYBRID)
        assert found.scores["fine_tune"] <= 0


@given(any_values)
@settings(max_examples=200, deadline=None)
def test_both_at_once_needs_both_gaps_and_three_points_each(values: dict[str, Value]) -> None:
    found = tally(values, KNOWN)
    if found.approach == HYBRID:
        weaker = min(found.scores["rag"], found.scores["fine_tune"])
        assert values["gap"] == "both"
        assert weaker >= 3
        assert weaker > max(found.scores["not_llm"], found.scores["not_ready"])
    elif any(found.scores.values()) and values.get("eval_baseline") == "measured":
        assert found.scores[found.approach] == max(
            found.scores[a]
            for a in APPROACHES
            if a != "fine_tune" or found.approach == a or not _blocked(values)
        )


def _blocked(values: Mapping[str, Value]) -> bool:
    return any(values.get(name) != value for name, value in PROVEN.items())


@given(any_values, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_facts_does_not_matter(values: dict[str, Value], shuffle: random.Random) -> None:
    given_facts = list(facts(values).items())
    first = decide(dict(given_facts), KNOWN, "en")
    shuffle.shuffle(given_facts)
    assert decide(dict(given_facts), KNOWN, "en") == first


@given(any_values)
@settings(max_examples=60, deadline=None)
def test_a_decision_is_whole_and_within_its_limits(values: dict[str, Value]) -> None:
    for language in ("en", "id"):
        found = decide(facts(values), KNOWN, language)
        assert 1 <= len(found.reasons) <= 5
        assert 1 <= len(found.risks) <= 4
        assert 1 <= len(found.next_steps) <= 4
        assert len(found.would_change) <= 3
        assert all(reason.source in KNOWN.sources for reason in found.reasons)
        assert all(set(reason.signals) <= set(values) for reason in found.reasons)
        assert set(found.scores) == set(APPROACHES)
        json.dumps(found.to_json())


@given(any_values)
@settings(max_examples=60, deadline=None)
def test_what_is_said_to_change_it_does(values: dict[str, Value]) -> None:
    found = decide(facts(values), KNOWN, "en")
    for change in found.would_change:
        assert change.approach != found.approach
        assert tally({**values, change.signal: change.value}, KNOWN).approach == change.approach


@given(any_values)
@settings(max_examples=60, deadline=None)
def test_assumed_facts_decide_nothing(values: dict[str, Value]) -> None:
    assumed = {name: Fact(name, value, None, "assumed") for name, value in values.items()}
    assert decide(assumed, KNOWN, "en") == decide({}, KNOWN, "en")


def test_nothing_known_is_not_ready() -> None:
    found = decide({}, KNOWN, "id")
    assert (found.approach, found.confidence) == ("not_ready", "thin")
    assert len(found.reasons) == 1


def test_a_tie_goes_to_the_simpler_way() -> None:
    assert result(task_type="classify").approach == "not_llm"  # tuning is blocked
    assert result(**PROVEN, task_type="classify", examples=0, gap="none").approach == "prompting"


def test_untrusted_scores_count_against_tuning() -> None:
    sound = result(**PROVEN, data_quality="clean")
    leaky = result(**PROVEN, data_quality="leaky")
    assert "untrusted_score" in leaky.gates
    assert leaky.scores["not_ready"] == -2 + 5 + 3
    assert leaky.scores["fine_tune"] == sound.scores["fine_tune"] - 1 - 3 - 2
    assert "untrusted_score" not in result(data_quality="leaky", eval_baseline="none").gates


def test_high_stakes_without_evaluation_are_not_ready() -> None:
    assert result(error_cost="high", eval_baseline="none").scores["not_ready"] == 0.5 + 2 + 2
    assert result(error_cost="high", eval_baseline="informal").scores["not_ready"] == 0.5 + 1


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"examples": 1000, "volume_per_day": 10_000}, True),
        ({"examples": "1000+", "cost_pressure": "high"}, True),
        ({"examples": 999, "volume_per_day": 10_000}, False),
        ({"examples": 5000, "volume_per_day": 9_999}, False),
        ({"examples": "500-999", "cost_pressure": "high"}, False),
    ],
)
def test_distillation(values: dict[str, Value], holds: bool) -> None:
    assert ("distil" in result(target_met="yes", **values).gates) is holds
    assert "distil" not in result(target_met="no", **values).gates


def test_many_labels_in_milliseconds_need_no_language_model() -> None:
    fast: dict[str, Value] = {"task_type": "classify", "latency": "ultra_low"}
    assert "fast_labels" in result(**fast, examples=10_000).gates
    assert "fast_labels" not in result(**fast, examples=9_999).gates


def test_the_block_is_given_as_a_reason_when_it_held_tuning_back() -> None:
    values: dict[str, Value] = {
        "tried_prompting": "serious",
        "examples": 5000,
        "gap": "behavior",
        "data_quality": "clean",
    }
    found = decide(facts(values), KNOWN, "en")
    assert found.approach == "prompting"
    assert any(
        "tried_prompting" in r.signals and r.text.startswith("Tuning stays closed") for r in found.reasons
    )


def test_both_gaps_with_proof_are_the_hybrid() -> None:
    values: dict[str, Value] = {**PROVEN, "gap": "both", "examples": 2000, "knowledge_change": "weekly"}
    found = decide(facts(values), KNOWN, "en")
    assert found.approach == HYBRID
    assert {"baseline", "data", "tune"} <= {step.page for step in found.next_steps}


def test_two_gate_signals_come_right_after_the_task() -> None:
    order = []
    known: dict[str, Fact] = {}
    while (signal := next_question(known, KNOWN, len(known))) is not None:
        order.append(signal.name)
        known[signal.name] = Fact(signal.name, "unknown", "idk", "said")
    assert order[:4] == ["use_case_clear", "task_type", "tried_prompting", "eval_baseline"]
    assert len(order) <= MOST_QUESTIONS
    assert "compute" not in order  # it changes no decision


@given(any_values)
@settings(max_examples=100, deadline=None)
def test_no_question_is_asked_twice(values: dict[str, Value]) -> None:
    signal = next_question(facts(values), KNOWN)
    assert signal is None or signal.name not in values
    assert next_question(facts(values), KNOWN, MOST_QUESTIONS) is None


@given(any_values)
@settings(max_examples=100, deadline=None)
def test_once_the_gates_are_settled_only_what_can_change_the_choice_is_asked(
    values: dict[str, Value],
) -> None:
    settled: dict[str, Value] = {"use_case_clear": "yes", "task_type": "qa", "gap": "knowledge"}
    known = facts({**settled, "tried_prompting": "basic", "eval_baseline": "informal", **values})
    if next_question(known, KNOWN) is not None:
        assert decide(known, KNOWN, "en").would_change


def test_no_gate_is_asked_about_where_nothing_could_overturn_the_lead() -> None:
    values: dict[str, Value] = {"use_case_clear": "yes", "task_type": "predict", "input_kind": "tabular"}
    known = facts({**values, "output_form": "number", "determinism": "needed"})
    assert next_question(known, KNOWN) is None


def test_a_clear_case_is_settled_early() -> None:
    values: dict[str, Value] = {
        "use_case_clear": "yes", "task_type": "predict", "input_kind": "tabular", "tried_prompting": "no",
        "eval_baseline": "none", "gap": "none", "determinism": "needed", "output_form": "number",
    }  # fmt: skip
    assert next_question(facts(values), KNOWN) is None


@pytest.mark.skipif(
    not (Path(__file__).parents[3] / "shared/eval/advisor").is_dir(), reason="the situations are not here"
)
def test_the_written_situations() -> None:
    file = Path(__file__).parents[2] / "benchmarks/advisor_reference.py"
    shown = subprocess.run([sys.executable, file], capture_output=True, text=True, check=True).stdout
    assert "strict 39/40" in shown


def test_checklist_type(checklist: Checklist) -> None:
    assert checklist.version == KNOWN.version
