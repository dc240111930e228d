"""What is exported and imported again is what it was."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.dataset import exports, versions
from assistant.dataset.examples import Example, Place, save
from assistant.dataset.exports import Setting
from assistant.dataset.importing import read_file, take
from assistant.interchange import Row, Table, excel, parquet, read
from assistant.workspace.project import Project, create_project

_letters = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffd\ufeff")
_plain = st.text(_letters, min_size=1, max_size=30)
_line = st.one_of(
    _plain,
    st.sampled_from(
        [
            "=1+1",
            "'=1",
            "'",
            '"',
            "a;b,c\td",
            "User: x",
            "Assistant: y",
            "\\n",
            "null",
            "_x0041_",
            "1e5",
            "[{",
            "{}",
        ]
    ),
)
_text = st.lists(_line, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(bool)
_talk = st.tuples(_text, _text, _text).map(lambda t: f"User: {t[0]}\nAssistant: {t[1]}\nUser: {t[2]}")
_rows = st.lists(st.tuples(st.one_of(_text, _talk), _text, _text), min_size=1, max_size=4)
# Alpaca's own way with instructions is to put them before each input, so there the round trip is without them.
_TARGETS = [
    (to.id, said)
    for to in exports.all_targets()
    for said in ("", "Jawab singkat.")
    if not (said and to.id == "alpaca")
]


def _examples(given_rows: list[tuple[str, str, str]]) -> list[Example]:
    made = [
        Example(f"e{n}", asked, answer, rejected=worse) for n, (asked, answer, worse) in enumerate(given_rows)
    ]
    return [e if e.rejected != e.output else replace(e, rejected=e.rejected + " ...") for e in made]


def _table(path: Path) -> Table:
    """As `interchange.read`, without the process that it starts for these."""
    if path.suffix == ".xlsx":
        return Table("excel", [Row(row) for row in excel.read(path, "a").rows])
    if path.suffix == ".parquet":
        return Table("parquet", [Row(row) for row in parquet.read(path, "a")])
    return read(path)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(_rows)
@pytest.mark.parametrize(("name", "instructions"), _TARGETS)
def test_every_export_comes_back_as_it_was(
    tmp_path: Path, name: str, instructions: str, given_rows: list[tuple[str, str, str]]
) -> None:
    to, rows = exports.target(name), _examples(given_rows)
    made = exports.build(rows, to, Setting("p", "P", instructions))
    path = tmp_path / f"back{to.suffix}"
    path.write_bytes(made.files[made.data])
    found = take(_table(path), path.name)
    assert found.rejected == []
    keeps_pairs = to.pairs or to.whole
    assert [(e.input, e.output, e.rejected) for e in found.examples] == [
        (e.input, e.output, e.rejected if keeps_pairs else "") for e in rows
    ]


_FULL = Example(
    "x-1", "Mana paket?", "Di kurir.", "obrolan 7", "test", "cek", "drafted", ("kurir", "a, b"), "sari",
    Place(document="faq.pdf", start=3, stop=9), "draft", "Entah.",
)  # fmt: skip


@pytest.mark.parametrize("name", ["jsonl", "parquet", "huggingface"])
def test_our_own_forms_lose_nothing(tmp_path: Path, name: str) -> None:
    to, rows = exports.target(name), [_FULL, Example("2", "a", "b", split="train", place=Place("a.csv", 3))]
    made = exports.build(rows, to, Setting("p", "P"))
    found = []
    for file, data in made.files.items():
        if file.endswith(to.suffix):
            (tmp_path / f"f{to.suffix}").write_bytes(data)
            found += read_file(tmp_path / f"f{to.suffix}").examples
    assert sorted(found, key=lambda e: e.id) == sorted(rows, key=lambda e: e.id)


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_spreadsheets_keep_all_but_the_place(tmp_path: Path, name: str) -> None:
    to = exports.target(name)
    rows = [replace(_FULL, tags=("kurir", "lambat"))]
    made = exports.build(rows, to, Setting("p", "P"))
    (tmp_path / f"f{to.suffix}").write_bytes(made.files[made.data])
    found = read_file(tmp_path / f"f{to.suffix}").examples
    assert [replace(e, place=_FULL.place) for e in found] == rows


def test_a_version_is_exported_and_comes_back(tmp_path: Path, project: Project) -> None:
    save(project, [Example(f"{n}", f"Pesan nomor {n * 7919}", f"jawaban {n}") for n in range(30)])
    frozen = versions.load(project, versions.freeze(project).name)
    made = exports.build(frozen, exports.target("jsonl"), Setting("p", "P"))
    (tmp_path / "v.jsonl").write_bytes(made.files[made.data])
    other = create_project(tmp_path / "other", "O", "id")
    save(other, read_file(tmp_path / "v.jsonl").examples)
    assert versions.freeze(other).hash == versions.version(project, "v1").hash
