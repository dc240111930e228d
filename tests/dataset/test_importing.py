import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.dataset.examples import all_examples
from assistant.dataset.importing import Columns, Import, import_file, read_file
from assistant.errors import PenalaError
from assistant.workspace.project import Project


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _pairs(found: Import) -> list[tuple[str, str]]:
    return [(e.input, e.output) for e in found.examples]


def _reasons(found: Import) -> list[tuple[int, str]]:
    return [(r.row, r.reason.code) for r in found.rejected]


_ROWS = [("Di mana paketku?", "lacak"), ("Harga; berapa, kak?", "harga — ✓")]


def _table(mark: str, header: tuple[str, str] = ("input", "output")) -> str:
    return "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in (header, *_ROWS)) + "\r\n"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tables_are_read_whatever_mark_and_encoding(tmp_path: Path, mark: str, encoding: str) -> None:
    path = _file(tmp_path, "a.csv", _table(mark).encode(encoding))
    assert _pairs(read_file(path)) == _ROWS


def test_windows_text_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "text,label\r\ncafé “besar”,baik\r\n".encode("cp1252"))
    assert _pairs(read_file(path)) == [("café “besar”", "baik")]


def test_a_broken_letter_does_not_garble_the_file(tmp_path: Path) -> None:
    rows = [f"teks é ke-{n},positif" for n in range(9)]
    content = ("text,label\n" + "\n".join(rows) + "\n").encode() + b"rusak \xe9 di sini,negatif\n"
    found = read_file(_file(tmp_path, "a.csv", content))
    assert found.examples[0].input == "teks é ke-0"
    assert _reasons(found) == [(10, "row_damaged_letters")]


@pytest.mark.parametrize(
    "names",
    [("input", "output"), ("prompt", "completion"), ("text_input", "output"), ("question", "answer"),
     ("text", "label"), ("Text", "Category"), (" Pertanyaan ", "Jawaban")],
)  # fmt: skip
def test_usual_column_names_are_found(tmp_path: Path, names: tuple[str, str]) -> None:
    assert _pairs(read_file(_file(tmp_path, "a.csv", _table(",", names)))) == _ROWS
    lines = "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in _ROWS)
    assert _pairs(read_file(_file(tmp_path, "a.jsonl", lines))) == _ROWS
    rows = [dict(zip(names, row, strict=True)) for row in _ROWS]
    assert _pairs(read_file(_file(tmp_path, "a.json", json.dumps(rows)))) == _ROWS
    assert _pairs(read_file(_file(tmp_path, "b.json", json.dumps({"data": rows})))) == _ROWS


_SYSTEM = {"role": "system", "content": "Route it."}


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [_SYSTEM, {"role": "user", "content": "charged twice"}, {"role": "assistant", "content": "billing"}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "charged twice"}]},
                      {"role": "assistant", "content": "billing", "weight": 1}]},
        {"conversations": [{"from": "human", "value": "charged twice"}, {"from": "gpt", "value": "billing"}]},
        {"instruction": "charged twice", "input": "", "output": "billing"},
        {"prompt": [{"role": "user", "content": "charged twice"}],
         "completion": [{"role": "assistant", "content": "billing"}]},
        {"systemInstruction": {"parts": [{"text": "Route it."}]},
         "contents": [{"role": "user", "parts": [{"text": "charged twice"}]},
                      {"role": "model", "parts": [{"text": "billing"}]}]},
    ],
)  # fmt: skip
def test_the_shapes_of_tuning_tools_are_read(tmp_path: Path, row: dict[str, object]) -> None:
    for name, text in (
        ("a.jsonl", json.dumps(row)),
        ("a.json", json.dumps([row])),
        ("b.json", json.dumps(row)),
    ):
        assert _pairs(read_file(_file(tmp_path, name, text))) == [("charged twice", "billing")]


def test_earlier_turns_are_kept_in_the_input(tmp_path: Path) -> None:
    turns = [
        {"role": r, "content": c}
        for r, c in (("user", "hi"), ("assistant", "yes?"), ("user", "77"), ("assistant", "ok"))
    ]
    found = read_file(_file(tmp_path, "a.jsonl", json.dumps({"messages": turns})))
    assert _pairs(found) == [("User: hi\nAssistant: yes?\nUser: 77", "ok")]


def test_every_rejected_row_has_its_number_and_reason(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "input": "x", "output": "y"}', "", '{"input": "", "output": "y"}', '{"input": "x"}', "{broken",
        '["list"]', '{"input": {"a": 1}, "output": "y"}', '{"id": "a", "input": "z", "output": "y"}',
        '{"input": "\\ud83d", "output": "y"}', '{"input": "line\u2028separator", "output": "ok"}', '{"input": 7, "output": 1.5}',
    ]  # fmt: skip
    found = read_file(_file(tmp_path, "a.jsonl", "\n".join(lines)))
    assert _reasons(found) == [
        (2, "row_no_input"), (3, "row_no_output"), (4, "row_json_broken"), (5, "row_no_object"), (6, "row_not_text"),
        (7, "row_id_twice"), (8, "row_damaged_letters"),
    ]  # fmt: skip
    assert _pairs(found) == [("x", "y"), ("line\u2028separator", "ok"), ("7", "1.5")]
    for rejected in found.rejected:
        assert rejected.reason.say("id").message != rejected.reason.say("en").message


def test_one_row_with_other_names_costs_no_other(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"text": f"kalimat {n}", "label": "positif"} for n in range(20)]
    odd = [
        {"prompt": "a", "completion": "b"}, {"input": "a", "output": "b"}, {"question": "a", "label": "b"},
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
    ]  # fmt: skip
    found = read_file(_file(tmp_path, "a.jsonl", "\n".join(map(json.dumps, [*odd, *rows]))))
    assert len(found.examples) == 20
    assert _reasons(found) == [(n, "row_no_input") for n in (1, 2, 3, 4)]


def test_a_number_among_texts_is_a_mistake_unless_the_column_has_many(tmp_path: Path) -> None:
    def row(n: int, label: object) -> str:
        return json.dumps({"text": f"kalimat {n}", "label": label})

    texts = [row(n, "positif") for n in range(20)]
    found = read_file(_file(tmp_path, "a.jsonl", "\n".join([*texts, row(20, 7), row(21, True)])))
    assert _reasons(found) == [(21, "row_number"), (22, "row_number")]
    numbers = read_file(
        _file(tmp_path, "b.jsonl", "\n".join([*texts[:9], *(row(n, n % 2) for n in range(9))]))
    )
    assert not numbers.rejected


def test_two_answers_in_a_row_are_no_conversation(tmp_path: Path) -> None:
    turns = [{"role": r, "content": r} for r in ("user", "assistant", "assistant")]
    good = {"messages": turns[:2]}
    lines = "\n".join(json.dumps(row) for row in (good, {"messages": turns}))
    assert _reasons(read_file(_file(tmp_path, "a.jsonl", lines))) == [(2, "row_two_answers")]


def test_a_conversation_without_an_answer_is_rejected(tmp_path: Path) -> None:
    good = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    unanswered = {"messages": [{"role": "user", "content": "a"}]}
    picture = {
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": {}}]},
            good["messages"][1],
        ]
    }
    lines = "\n".join(json.dumps(row) for row in (good, unanswered, {"messages": None}, picture))
    found = read_file(_file(tmp_path, "a.jsonl", lines))
    assert _reasons(found) == [(2, "row_no_answer_turn"), (3, "row_no_answer_turn"), (4, "row_not_text")]


def test_a_row_of_the_wrong_width_is_not_guessed_at(tmp_path: Path) -> None:
    found = read_file(_file(tmp_path, "a.csv", "input,output\nhalo, kak,sapa\nhalo,sapa\nhanya satu\n"))
    assert _reasons(found) == [(1, "row_too_many_cells"), (3, "row_no_output")]
    assert _pairs(found) == [("halo", "sapa")]


def test_a_quote_left_open_is_said_where_it_begins(tmp_path: Path) -> None:
    found = read_file(_file(tmp_path, "a.csv", 'input,output\na,b\n"c,d\ne,f\ng,h\n'))
    assert _pairs(found) == [("a", "b"), ("e", "f"), ("g", "h")]
    assert _reasons(found) == [(2, "row_quote_open")]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.csv", b"", "file_empty", ["a.csv"]),
        ("a.csv", b" \n\n", "file_empty", ["a.csv"]),
        ("a.csv", b",,\n,,\n", "file_empty", ["a.csv"]),
        ("a.csv", b"input,output\n", "no_rows", ["a.csv"]),
        ("a.json", b"[]", "no_rows", ["a.json"]),
        ("a.csv", b"kolom satu,kolom dua\n1,2\n", "column_missing", ["kolom satu, kolom dua"]),
        ("a.jsonl", b'{"foo": 1, "bar": 2}', "column_missing", ["foo, bar"]),
        ("a.jsonl", b"this is no json\nnor this\n", "json_broken", ["a.jsonl"]),
        ("a.json", b'[\n{"input": 1,\n', "json_broken", ["3"]),
        ("a.json", b"[" * 100_000, "json_broken", ["a.json"]),
        ("a.pdf", b"%PDF-1.7", "file_type", ["a.pdf", "CSV"]),
        ("a.csv", b"PK\x03\x04\x00\x00\x00binary", "file_not_text", ["a.csv"]),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_said(
    tmp_path: Path, name: str, content: bytes, code: str, words: list[str]
) -> None:
    with pytest.raises(PenalaError) as caught:
        read_file(_file(tmp_path, name, content))
    assert caught.value.code == code
    for language in ("en", "id"):
        assert all(word in str(caught.value.say(language)) for word in words)


def test_a_column_named_but_absent_is_said_with_those_found(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "pesan,kelas,dari\nhalo,sapa,x\n")
    with pytest.raises(PenalaError) as caught:
        read_file(path, Columns(input="isi", output="kelas"))
    assert "isi" in caught.value.say("id").message
    assert "pesan, kelas, dari" in caught.value.say("id").hint
    found = read_file(path, Columns("PESAN", "kelas", "dari"))
    assert [(e.input, e.output, e.source) for e in found.examples] == [("halo", "sapa", "x")]
    with pytest.raises(PenalaError):
        read_file(path, Columns("pesan", "kelas", "tiada"))


def test_ids_sources_and_splits_of_the_file_are_kept(tmp_path: Path, project: Project) -> None:
    path = _file(
        tmp_path, "a.csv", "ID,text,label,source,Split\nt9,a b c,x,s1,Test\n,d e f,y,s2,dev\n,g,z,,weird\n"
    )
    import_file(project, path)
    found = [(e.id, e.source, e.split) for e in all_examples(project)]
    assert found == [("t9", "s1", "test"), ("2", "s2", "validation"), ("3", "", "")]


def test_rows_without_ids_are_numbered_from_one_and_go_on(tmp_path: Path, project: Project) -> None:
    for name in ("a.csv", "b.csv"):
        import_file(project, _file(tmp_path, name, f"input,output\n{name} satu,x\n,x\n{name} tiga,x\n"))
    assert [e.id for e in all_examples(project)] == ["1", "3", "4", "6"]


def test_the_same_id_edits_its_example_and_spares_another(tmp_path: Path, project: Project) -> None:
    import_file(
        project, _file(tmp_path, "train.csv", "id,text,label\n1,Paket saya belum sampai juga,keluhan\n")
    )
    import_file(project, _file(tmp_path, "train.csv", "id,text,label\n1,Paket saya belum sampai,lacak\n"))
    assert [(e.id, e.output) for e in all_examples(project)] == [("1", "lacak")]
    for _ in range(2):  # another file that also counts from 1
        import_file(project, _file(tmp_path, "test.csv", "id,text,label\n1,Berapa harga kipas?,harga\n"))
    assert [(e.id, e.output) for e in all_examples(project)] == [("1", "lacak"), ("1-2", "harga")]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json"]))
def test_no_bytes_break_the_reader(tmp_path: Path, content: bytes, name: str) -> None:
    path = _file(tmp_path, name, content)
    for columns in (Columns(), Columns("a", "b")):
        try:
            read_file(path, columns)
        except PenalaError as error:
            assert error.say("id").message


def test_real_files_are_read_whole() -> None:
    folder = Path(__file__).parents[2].parent / "shared" / "eval"
    if not folder.is_dir():
        pytest.skip("the evaluation data is not here")
    found = read_file(folder / "sentiment_id" / "train.csv")
    assert (len(found.examples), found.rejected) == (500, [])
    found = read_file(folder / "banking77_en" / "test.csv")
    assert len(found.examples) == 3080
