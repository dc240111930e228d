"""What goes out, what stays, and what a target would say to it."""

import ast
import io
import json
from dataclasses import replace

import pytest
import yaml

from assistant.dataset import exports
from assistant.dataset.examples import Example
from assistant.dataset.exports import Export, Setting
from assistant.dataset.exports.records import FORMS
from assistant.errors import PenalaError
from assistant.texts import LANGUAGES

_SETTING = Setting(
    "toko-satu", "Toko Satu", "Jawab singkat.", "HuggingFaceTB/SmolLM2-135M-Instruct", "id", "id", "v003"
)


def _rows(train: int, validation: int = 0, test: int = 0) -> list[Example]:
    splits = ["train"] * train + ["validation"] * validation + ["test"] * test
    return [
        Example(f"e{n}", f"pesan {n}", f"jawaban {n}", split=s, rejected="entah")
        for n, s in enumerate(splits)
    ]


def _codes(made: Export) -> set[tuple[str, str]]:
    return {(p.code, p.severity) for p in made.problems}


def test_every_target_is_told_of_in_both_languages_and_has_its_form() -> None:
    targets = exports.all_targets()
    assert {to.id for to in targets} == set(FORMS)
    for to in targets:
        assert all(to.about.say(language) and to.name.say(language) for language in LANGUAGES)
        assert to.group in exports.GROUPS
        assert exports.target(to.id.replace("_", "-").upper()) == to
    names = [name for to in targets for name in (to.id, *to.also)]
    assert len(names) == len(set(names))
    with pytest.raises(PenalaError, match="vertex_preference"):
        exports.target("nowhere")


@pytest.mark.parametrize("to", exports.all_targets(), ids=lambda to: to.id)
@pytest.mark.parametrize("validation", [0, 3])
def test_recipes_are_whole_and_name_the_files_that_are_there(to: exports.Target, validation: int) -> None:
    made = exports.build(_rows(12, validation, 5), to, _SETTING)
    for name, text in made.recipes.items():
        assert "$" not in text
        if name.endswith(".py"):
            ast.parse(text)
        elif name.endswith(".json"):
            assert all(entry["file_name"] in made.files for entry in json.loads(text).values())
        else:
            assert yaml.safe_load(text)
        if not to.whole:
            said = made.recipes.get("dataset_info.json", text)
            assert (made.data in said) or (name == "config.yml" and "train_split: train" in text)
            assert ("validation.jsonl" in said) == bool(validation) or to.id in (
                "unsloth",
                "autotrain_csv",
                "autotrain_jsonl",
            )
    if to.model == "project":
        assert _SETTING.model in "".join(made.recipes.values())


def test_a_training_tool_never_sees_the_test_rows_unless_asked_for() -> None:
    for to in exports.all_targets():
        made = exports.build(_rows(12, 2, 5), to, _SETTING)
        text = "".join(
            d.decode("utf-8", "replace")
            for n, d in made.files.items()
            if n.endswith((".jsonl", ".json", ".csv"))
        )
        seen = "pesan 18" in text
        assert (made.left_out, seen) == (
            (0, made.target.suffix in (".jsonl", ".csv")) if to.whole else (5, False)
        )
        if not to.whole:
            everything = exports.build(_rows(12, 2, 5), to, _SETTING, every_split=True)
            assert (everything.rows, everything.left_out) == (19, 0)


def test_too_few_rows_are_said_with_the_limit_and_its_source() -> None:
    for name, least in (("openai", 10), ("azure", 10), ("gemini_legacy", 20)):
        made = exports.build(_rows(least - 1), exports.target(name), _SETTING)
        problem = next(p for p in made.problems if p.code == "too_few")
        assert (problem.severity, problem.values["least"]) == ("refused", least)
        assert str(least) in problem.say("id")
        assert problem.limit and problem.limit.source
        assert "too_few" not in {
            p.code for p in exports.build(_rows(least), exports.target(name), _SETTING).problems
        }


def test_what_is_too_long_or_too_much_is_said() -> None:
    long = replace(_rows(30)[0], input="kata " * 9000)
    made = exports.build([long, *_rows(30)[1:]], exports.target("gemini_legacy"), _SETTING)
    assert ("input_too_long", "refused") in _codes(made)
    assert next(p for p in made.problems if p.code == "input_too_long").rows == ("e0",)
    made = exports.build(
        [replace(long, input="kata " * 100_000), *_rows(30)[1:]], exports.target("vertex"), _SETTING
    )
    assert ("too_long", "warning") in _codes(made)
    made = exports.build(_rows(2000, 1100), exports.target("vertex"), _SETTING)
    assert ("validation_share", "refused") in _codes(made)
    made = exports.build(_rows(20, 5100), exports.target("vertex"), _SETTING)
    assert ("too_much_validation", "refused") in _codes(made)
    twice = [*_rows(10), replace(_rows(1)[0], id="v", split="validation")]
    assert ("validation_in_training", "warning") in _codes(
        exports.build(twice, exports.target("openai"), _SETTING)
    )
    with pytest.raises(PenalaError, match="e0"):
        exports.build([long], exports.target("xlsx"), _SETTING)


@pytest.mark.parametrize("name", ["openai", "trl", "alpaca", "autotrain_csv"])
def test_an_example_without_an_answer_is_refused(name: str) -> None:
    with pytest.raises(PenalaError, match="e1"):
        exports.build([*_rows(1), Example("e1", "x", " ", split="train")], exports.target(name), _SETTING)


@pytest.mark.parametrize("name", [to.id for to in exports.all_targets() if to.pairs])
def test_pairs_need_a_worse_answer_that_is_another(name: str) -> None:
    rows = [replace(e, rejected="") for e in _rows(3)]
    with pytest.raises(PenalaError) as caught:
        exports.build(rows, exports.target(name), _SETTING)
    assert caught.value.code == "export_no_pairs"
    same = replace(rows[1], rejected=rows[1].output)
    made = exports.build([replace(rows[0], rejected="entah"), same, rows[2]], exports.target(name), _SETTING)
    assert made.rows == 1
    assert next(p for p in made.problems if p.code == "no_pair").rows == ("e1", "e2")


def test_the_mark_at_the_beginning_is_there_only_when_switched_on() -> None:
    for bom in (False, True):
        made = exports.build(_rows(12), exports.target("azure"), replace(_SETTING, bom=bom))
        assert made.files["train.jsonl"].startswith(b"\xef\xbb\xbf") is bom


def test_no_cell_of_a_spreadsheet_runs() -> None:
    evil = ["=1+1", "+1", "-1", "@a", "＝1", "'=1", "\t=1"]
    rows = [Example(f"={n}", text, text) for n, text in enumerate(evil)]
    made = exports.build(rows, exports.target("csv"), _SETTING)
    import csv

    for record in csv.reader(io.StringIO(made.files[made.data].decode())):
        assert not any(cell.startswith(("=", "+", "-", "@", "＝", "\t")) for cell in record)
    from openpyxl import load_workbook

    book = load_workbook(
        io.BytesIO(exports.build(rows, exports.target("xlsx"), _SETTING).files["toko-satu.xlsx"])
    )
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr"}


def test_an_earlier_answer_of_a_conversation_is_not_learned_again() -> None:
    talk = Example("e1", "User: mana?\nAssistant: apa?\nUser: paketku", "di kurir")
    made = exports.build([talk], exports.target("openai"), _SETTING)
    said = json.loads(made.files["train.jsonl"])["messages"]
    assert [(turn["role"], turn.get("weight")) for turn in said] == [
        ("system", None), ("user", None), ("assistant", 0), ("user", None), ("assistant", 1),
    ]  # fmt: skip
    llama = exports.build([talk], exports.target("llamafactory"), _SETTING)
    roles = [turn["role"] for turn in json.loads(llama.files["train.jsonl"])["messages"][1:]]
    assert roles == ["user", "assistant"] * 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_says_what_is_closing(language: str) -> None:
    made = exports.build(_rows(12, 2), exports.target("openai"), replace(_SETTING, language=language))
    text = made.files["README.md"].decode()
    assert "2027-01-06" in text
    assert "v003" in text
    assert "`tune.py`" in text


@pytest.mark.parametrize("to", exports.all_targets(), ids=lambda to: to.id)
def test_a_look_at_an_export_says_what_the_export_says_and_writes_little(to: exports.Target) -> None:
    rows = [replace(e, input=f"{e.input} {'kata ' * (n % 7)}") for n, e in enumerate(_rows(300, 40, 60))]
    rows[290] = replace(rows[290], input="panjang " * 20_000 if not to.whole else "biasa")
    whole, look = (exports.build(rows, to, _SETTING, first=first) for first in (None, 10))
    assert replace(look, files={}) == replace(whole, files={})
    assert set(look.files) == set(whole.files)
    if to.suffix in (".jsonl", ".csv"):
        assert whole.files[whole.data].startswith(look.files[look.data])
        assert len(look.files[look.data].splitlines()) <= 11


def test_a_file_that_would_be_too_large_is_told_from_its_first_rows() -> None:
    rows = [replace(e, input=e.input + " huruf" * 4_000) for e in _rows(600)]
    to = exports.target("openai")
    most = int(to.limits["file_mb"].value * 1e6) if "file_mb" in to.limits else 0
    assert most, "the target that this test is about has a limit"
    size = sum(len(data) for data in exports.build(rows, to, _SETTING).files.values())
    times = most // size + 2
    many = [replace(e, id=f"{e.id}-{n}") for n in range(times) for e in rows]
    assert "too_large" in {code for code, _ in _codes(exports.build(many, to, _SETTING, first=10))}
