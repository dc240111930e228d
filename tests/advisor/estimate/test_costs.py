from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import texts
from assistant.advisor import checklist as signals
from assistant.advisor.estimate import cost_record, cost_table, costs, hardware, providers
from assistant.advisor.estimate.assumptions import NAMES, Range, assume
from assistant.advisor.estimate.bill import Row
from assistant.advisor.facts import Fact
from assistant.errors import PenalaError

TODAY = date(2026, 11, 23)
KNOWN, CHECKLIST = providers.load(), signals.load()
EXACT = {
    "requests_per_day": (1000, 1000),
    "instruction_tokens": (500, 500),
    "input_tokens": (100, 100),
    "output_tokens": (50, 50),
    "shots": (5, 5),
    "short_prompt_tokens": (50, 50),
    "examples_at_hand": (500, 500),
    "examples": (500, 500),
    "epochs": (3, 3),
    "months": (10, 10),
}


def _told(**values: str | int) -> dict[str, Fact]:
    return {name: Fact(name, value, "so", "said") for name, value in values.items()}


def _estimate(
    facts: dict[str, Fact] | None = None, own: dict[str, tuple[float, float]] | None = None
) -> costs.Estimate:
    return costs.estimate(facts or {}, KNOWN, CHECKLIST, TODAY, "en", own)


def _row(found: costs.Estimate, path: str, provider: str, model: str) -> Row:
    [row] = [r for r in found.rows if (r.path, r.provider, r.model) == (path, provider, model)]
    return row


def test_a_month_of_few_shot_prompts_by_hand() -> None:
    # 1,000 a day × 30 days = 30,000 requests. Each sends 500 + 5 × (100 + 50) + 100 = 1,350 tokens and gets 50.
    # GPT-6 Luna: 30,000 × 1,350 = 40.5M × US$0.10 = 4.05; 30,000 × 50 = 1.5M × US$0.50 = 0.75. Together US$4.80.
    row = _row(_estimate(own=EXACT), "few_shot", "openai", "gpt-6-luna")
    assert row.month is not None and row.month.low == row.month.high == pytest.approx(4.80)
    assert row.once == Range(0, 0)


def test_tuning_gemini_flash_by_hand() -> None:
    # 500 examples × (50 + 100 + 50 = 200 tokens) × 3 epochs = 0.3M × US$5 = US$1.50 once.
    # A month: 30,000 × (50 + 100) = 4.5M × US$0.30 = 1.35; 1.5M × US$2.50 = 3.75. Together US$5.10.
    row = _row(_estimate(own=EXACT), "tuned", "vertex", "gemini-2.5-flash")
    assert row.once is not None and row.once.high == pytest.approx(1.50)
    assert row.month is not None and row.month.high == pytest.approx(5.10)


def test_break_even_by_hand() -> None:
    # Against few-shot on the same model a request saves 1,350 − 150 = 1,200 input tokens × US$0.30 per 1M = US$0.00036.
    # US$1.50 over 10 months is US$0.15 a month: 0.15 / (0.00036 × 30 days) = 13.9 requests a day.
    found = _estimate(own=EXACT)
    [one] = [b for b in found.break_evens if b.model == b.against == "gemini-2.5-flash"]
    assert one.low == pytest.approx(13.888, rel=1e-3) and one.high == pytest.approx(13.888, rel=1e-3)


def test_a_tuned_model_that_costs_more_a_token_than_it_saves_never_pays() -> None:
    # GPT-4.1 tuned: 150 × 3 + 50 × 12 = US$1,050 per 1M requests; GPT-6 Luna: 1,350 × 0.10 + 50 × 0.50 = US$160.
    found = _estimate(own=EXACT)
    [one] = [b for b in found.break_evens if (b.model, b.against) == ("gpt-4.1", "gpt-6-luna")]
    assert one.low is None and one.high is None


def test_cached_beginnings_by_hand() -> None:
    # Material 20 pages × 500 = 10,000 tokens + 500 of instructions, all requests hit: 30,000 × 10,500 = 315M
    # × US$0.01 = 3.15; input 30,000 × 100 = 3M × 0.10 = 0.30; output 0.75. Together US$4.20.
    more = {"pages": (20.0, 20.0), "tokens_per_page": (500.0, 500.0), "cache_hits": (1.0, 1.0)}
    row = _row(_estimate(own={**EXACT, **more}), "whole_document", "openai", "gpt-6-luna")
    assert row.month is not None and row.month.high == pytest.approx(4.20)


def test_memory_as_the_reference_computes_it() -> None:
    # 8B parameters, 42M of them trained: full 128–144 GB, LoRA 16.7 GB, QLoRA 4.9 GB, each + activations.
    model = next(one for one in KNOWN.open_models if one.id == "open-8b")
    none = replace(assume({}, KNOWN, CHECKLIST), batch=Range(1e-9, 1e-9))
    full, lora, qlora = (hardware.memory_gb(model, m, none, gpu=False) for m in ("full", "lora", "qlora"))
    assert (full.low, full.high) == (pytest.approx(128), pytest.approx(144))
    assert lora.high == pytest.approx(16.7, abs=0.1) and qlora.high == pytest.approx(4.9, abs=0.1)


def test_gpu_hours_by_hand() -> None:
    # 0.3M tokens × 8e9 × 6 operations = 1.44e16; at 312e12 × 0.4 that is 115 s.
    model = next(one for one in KNOWN.open_models if one.id == "open-8b")
    a = assume({}, KNOWN, CHECKLIST, EXACT)
    assert hardware.gpu_hours(model, "full", a, Range(312, 312)).low * 3600 == pytest.approx(115.4, abs=0.1)


def test_lora_parameters_follow_from_the_layers_shapes() -> None:
    # 16 × (in + out) over q, k, v, o, gate, up and down of each layer.
    smol = 16 * 30 * (1152 + 768 + 768 + 1152 + 3 * 2112)
    gemma = 16 * 18 * (1664 + 896 + 896 + 1664 + 3 * 2688)
    eight = 16 * 32 * (8192 + 5120 + 5120 + 8192 + 3 * 18432)
    assert [one.trainable for one in KNOWN.open_models] == [smol, gemma, eight]


def test_an_unknown_price_leaves_the_amount_unknown_and_never_zero() -> None:
    for row in _estimate().rows:
        for when, amount in (("once", row.once), ("month", row.month)):
            missing = [part for part in row.parts if part.when == when and part.amount is None]
            assert (amount is None) == bool(missing)
    tuned = _row(_estimate(), "tuned", "vertex", "gemini-3.5-flash")
    assert tuned.once is None and "tuning" in tuned.unknown and tuned.to_json()["once_low"] is None
    azure = _row(_estimate(), "tuned", "azure", "gpt-4o")
    assert azure.month is None and "299" in cost_table.money(azure, "month", "en")  # 176 hours × US$1.70


def test_closed_doors_are_shut_and_say_why() -> None:
    for language in texts.LANGUAGES:
        found = costs.estimate({}, KNOWN, CHECKLIST, TODAY, language)
        shut = {(row.provider, row.model) for row in found.rows if not row.available}
        assert shut == {
            ("gemini_api", "gemini"),
            ("openai", "gpt-4.1-nano"),
            ("mistral", "mistral"),
            ("cohere", "cohere"),
        }
        assert all(row.reason for row in found.rows if not row.available)
    later = costs.estimate({}, KNOWN, CHECKLIST, date(2027, 1, 6), "en")
    assert not any(row.available for row in later.rows if (row.provider, row.path) == ("openai", "tuned"))


def test_data_that_must_stay_leaves_only_own_machines() -> None:
    for row in _estimate(_told(privacy="on_prem", compute="none")).rows:
        assert row.available == (row.provider == "own_cpu"), (row.path, row.provider)


def test_the_providers_floor_counts_only_examples_that_were_told() -> None:
    few = _estimate(_told(examples=5))
    assert not _row(few, "tuned", "openai", "gpt-4.1-mini").available  # floor 10
    assert _row(few, "tuned", "fireworks", "open-up-to-16b").available  # floor 3
    assert _row(_estimate(), "tuned", "openai", "gpt-4.1-mini").available


def test_a_label_task_gets_the_classifier_and_others_do_not() -> None:
    labels = [
        row for row in _estimate(_told(task_type="classify", examples=500)).rows if row.path == "classifier"
    ]
    assert len(labels) == 1 and labels[0].once is not None and 0 < labels[0].once.high < 0.01
    assert not any(row.path == "classifier" for row in _estimate(_told(task_type="summarize")).rows)


def test_a_fact_narrows_what_an_unknown_one_leaves_wide() -> None:
    wide = _row(_estimate(), "prompting", "openai", "gpt-6-luna").month
    narrow = _row(
        _estimate(_told(volume_per_day=1000, task_type="qa")), "prompting", "openai", "gpt-6-luna"
    ).month
    assert wide and narrow and wide.low < narrow.low <= narrow.high < wide.high
    assert _estimate(_told(volume_per_day="10k-999k")).assumptions.requests_per_day == Range(
        10000, 999999, "facts"
    )
    assert _estimate(_told(knowledge_size="none")).assumptions.pages.high == 0


def test_assumptions_can_be_set_and_are_checked() -> None:
    assert _estimate(own={"epochs": (2, 4)}).assumptions.epochs == Range(2, 4, "yours", "yours")
    wrong = [("nothing", 1, 1), ("epochs", 4, 2), ("epochs", 0, 1), ("cache_hits", 0.5, 2), ("wage", -1, 1)]
    for name, low, high in wrong:
        with pytest.raises(PenalaError):
            _estimate(own={name: (low, high)})
    with pytest.raises(PenalaError):
        _estimate(own={"output_tokens": (float("nan"), float("nan"))})


def test_every_row_names_sources_that_exist() -> None:
    for row in _estimate(_told(task_type="classify")).rows:
        assert row.sources and all(cited.source in KNOWN.sources for cited in row.sources)


AMOUNTS = st.sampled_from([n for n in NAMES if n not in ("cache_hits", "utilisation", "requests_per_day")])


@settings(max_examples=40, deadline=None)
@given(
    name=AMOUNTS,
    ends=st.tuples(st.floats(0.01, 1e5), st.floats(0.01, 1e5)),
    volume=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)),
    task=st.sampled_from([*KNOWN.tasks, "unknown"]),
)
def test_amounts_are_ordered_never_negative_and_grow_with_volume(
    name: str, ends: tuple[float, float], volume: tuple[int, int], task: str
) -> None:
    own = {name: (min(ends), max(ends))}
    less, more = (
        _estimate(_told(task_type=task), {**own, "requests_per_day": (n, n)}) for n in sorted(volume)
    )
    for one, other in zip(less.rows, more.rows, strict=True):
        for small, large in ((one.once, other.once), (one.month, other.month), (one.hours, other.hours)):
            assert (small is None) == (large is None)
            if small and large:
                assert 0 <= small.low <= small.high
                assert small.low <= large.low * (1 + 1e-9) and small.high <= large.high * (1 + 1e-9)
    for pair in more.break_evens:
        assert pair.high is None or (pair.low is not None and 0 <= pair.low <= pair.high * (1 + 1e-9))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_table_has_a_cell_for_every_head(language: str) -> None:
    found = costs.estimate(_told(platform="openai"), KNOWN, CHECKLIST, TODAY, language)
    heads, cells = cost_table.table(found.rows, language)
    assert cells and all(len(line) == len(heads) for line in cells)
    notes = providers.status_notes(_told(platform="openai"), language, TODAY, KNOWN)
    text = cost_table.text(found, notes, KNOWN, TODAY, language, everything=False)
    assert "2027-01-06" in text and "2027-01-14" in text and KNOWN.version in text


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_the_record_holds_costs_notices_and_the_price_lists_version(language: str) -> None:
    facts = _told(platform="openai", task_type="classify", volume_per_day=3000)
    blocks = cost_record.sections(facts, CHECKLIST, language, TODAY)
    text = "\n\n".join(blocks)
    assert text.count("\n## ") + text.startswith("## ") == 2
    assert "2027-01-06" in text and KNOWN.version in text and KNOWN.dated in text
    assert texts.say(language, "costs.paths.classifier") in text


def test_seconds_of_a_request_by_hand() -> None:
    # 8B on 312 TFLOPS at 0.4: 312e12 × 0.4 / 16e9 = 7,800 tokens a second read; 1,350 of them and 50 written at 3,000.
    model = next(one for one in KNOWN.open_models if one.id == "open-8b")
    a = assume({}, KNOWN, CHECKLIST, EXACT)
    work = hardware.seconds(model, a, Range(1350, 1350), Range(312, 312))
    assert work.low == pytest.approx(1350 / 7800 + 50 / 3000, rel=1e-6)


@pytest.mark.parametrize("provider", [p.id for p in KNOWN.all if p.place != "hosted"])
def test_machines_cost_more_with_longer_prompts(provider: str) -> None:
    long = {**EXACT, "requests_per_day": (200_000.0, 200_000.0), "input_tokens": (4000.0, 4000.0)}
    short = {**long, "input_tokens": (100.0, 100.0)}
    for path in ("prompting", "few_shot", "lora"):
        pairs = [
            (a.month, b.month)
            for a, b in zip(_estimate(own=short).rows, _estimate(own=long).rows, strict=True)
            if (a.path, a.provider) == (path, provider)
        ]
        assert pairs and all(a and b and a.low < b.low and a.high < b.high for a, b in pairs)


def test_a_month_without_requests_pays_for_no_machine_and_says_what_an_idle_one_costs() -> None:
    none = _estimate(own={**EXACT, "requests_per_day": (0.0, 0.0)})
    for row in none.rows:
        assert row.month is None or row.month.high == 0, (row.path, row.provider, row.month)
    azure, rented = _row(none, "tuned", "azure", "gpt-4o"), _row(none, "lora", "gpu_hour", "open-8b")
    assert any("US$299 to US$1,241" in note for note in azure.notes)  # 176–730 h × US$1.70
    assert any("Nothing is asked" in note for note in rented.notes)
    busy = _estimate(own=EXACT)
    assert not any("Nothing is asked" in note for row in busy.rows for note in row.notes)
    key = ("vertex", "gemini-2.5-flash", "gemini-2.5-flash")
    pays = [
        [b.low for b in found.break_evens if (b.provider, b.model, b.against) == key]
        for found in (none, busy)
    ]
    assert pays[0] == pays[1] and len(pays[0]) == 1  # from when on it pays does not hang on today's use


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (0.02, 11, "1.2 min–11 h"),
        (2, 3, "2–3 h"),
        (0, 2, "0–2 h"),
        (0.2, 0.9, "12–54 min"),
        (0.003, 0.9, "11 s–54 min"),
    ],
)
def test_a_long_span_of_time_names_each_end_in_its_own_unit(low: float, high: float, shown: str) -> None:
    assert cost_table.duration(Range(low, high), "en") == shown
