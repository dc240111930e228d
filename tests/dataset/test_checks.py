import pytest

from assistant.dataset.checks import Finding, Report, check, registered
from assistant.dataset.examples import Example


def _good(count: int) -> list[Example]:
    """Replies without a fault; a split as it would be made."""
    sides = ["train"] * 7 + ["validation"] + ["test"] * 2
    return [
        Example(
            f"e{n}", f"{n:03d} {hash_word(n)} " * 5, f"Jawaban {n} {hash_word(n + 7)}.", split=sides[n % 10]
        )
        for n in range(count)
    ]


def hash_word(n: int) -> str:
    return "".join(chr(97 + (n * 7919 + i * 104729) % 26) for i in range(8))


def _report(rows: list[Example], longest: int = 10_000) -> Report:
    return check(rows, lambda text: len(text.split()), longest)


def _found(report: Report) -> dict[str, Finding]:
    return {f"{f.check}_{f.variant}".rstrip("_"): f for f in report.findings}


def test_good_data_is_ready() -> None:
    report = _report(_good(200))
    assert (report.ready, report.findings) == ("ready", ())


def test_three_examples_are_not_enough_and_it_is_said() -> None:
    report = _report(_good(3))
    assert report.ready == "not_ready"
    finding = _found(report)["amount_floor"]
    assert "3" in finding.say("id")
    assert "20" in finding.remedy("id")
    assert "20" in finding.remedy("en")
    assert _report([]).ready == "not_ready"


def test_fewer_than_a_hundred_is_a_warning() -> None:
    assert _report(_good(60)).ready == "warnings"


def test_each_planted_fault_is_found_by_its_rows() -> None:
    rows = _good(200)
    planted = [
        Example("empty", "…", "ada", split="train"),
        Example("twice", rows[0].input.upper() + "!", rows[0].output, split="train"),
        Example("torn", rows[10].input, "Bukan itu.", split="train"),
        Example("near", rows[20].input + "ya", "Lain lagi ceritanya.", split="train"),
        Example("long", "kata " * 300, "ya", split="train"),
        Example("leak", rows[1].input, rows[1].output, split="test"),
        Example("near_leak", rows[2].input + "ya", "Beda jauh.", split="test"),
    ]
    report = _report([*rows, *planted], longest=100)
    found = _found(report)
    assert report.ready == "not_ready"
    assert found["empty"].rows == ("empty",)
    assert found["exact_duplicate"].rows == ("twice", "leak")
    assert set(found["contradiction"].rows) == {"e10", "torn"}
    assert set(found["near_duplicate"].rows) == {"near", "near_leak"}
    assert found["over_length"].rows == ("long",)
    assert found["leakage"].rows == ("leak",)
    assert found["leakage_near"].rows == ("near_leak",)
    assert [f.severity for f in report.findings] == sorted(
        (f.severity for f in report.findings), key=["blocking", "warning", "note"].index
    )


def test_a_source_on_two_sides_blocks() -> None:
    rows = [Example(e.id, e.input, e.output, f"talk{n // 4}", e.split) for n, e in enumerate(_good(100))]
    finding = _found(_report(rows))["leakage_source"]
    assert finding.severity == "blocking"
    assert "e7" in finding.rows


def test_validation_rows_in_test_are_leakage_too() -> None:
    rows = [*_good(100), Example("v", _good(100)[7].input, _good(100)[7].output, split="test")]
    assert _found(_report(rows))["leakage"].rows == ("v",)


def test_long_answers_in_other_words_are_a_warning_only() -> None:
    rows = _good(150)
    twin = Example(
        "twin",
        rows[0].input,
        "Kami mohon maaf, paket Anda sedang kami periksa bersama pihak kurir " * 2,
        split="train",
    )
    assert _found(_report([*rows, twin]))["contradiction_wording"].severity == "warning"


def test_labels_are_weighed() -> None:
    inputs = [e.input for e in _good(200)]
    rows = [Example(f"l{n}", text, "negatif" if n < 5 else "positif") for n, text in enumerate(inputs)]
    found = _found(_report(rows))
    assert found["imbalance"].values["label"] == "positif"
    assert found["imbalance_rare"].rows == tuple(f"l{n}" for n in range(5))


def test_an_answer_out_of_form_is_named() -> None:
    rows = [
        Example(e.id, e.input, f"Kategori: kirim\nUrgensi: tinggi\nBalasan: baik {e.id}", split=e.split)
        for e in _good(120)
    ]
    odd = Example("odd", "xyz " * 9, "Kategori: kirim", split="train")
    finding = _found(_report([*rows, odd]))["schema"]
    assert finding.rows == ("odd",)
    assert "Kategori, Urgensi, Balasan" in finding.say("en")


def test_a_thousand_copies_take_no_time() -> None:
    rows = [Example(f"c{n}", "paket saya belum sampai juga", "lacak") for n in range(2000)]
    found = _found(_report(rows))
    assert len(found["exact_duplicate"].rows) == 1999


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_check_is_worded(language: str) -> None:
    from assistant import texts

    for name in registered():
        for part in ("message", "remedy"):
            assert any(
                k.startswith(f"dataset.checks.{name}") and k.endswith(part) for k in texts.keys(language)
            )
