"""Files as people have them: exported by spreadsheets, phones and other tools, and damaged on the way."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant.dataset import left_out
from assistant.dataset.importing import Columns, Import, keep, read_file, rejects
from assistant.dataset.left_out import all_left_out
from assistant.errors import PenalaError
from assistant.interchange import Options
from assistant.workspace.project import create_project


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _pairs(found: Import) -> list[tuple[str, str]]:
    return [(e.input, e.output) for e in found.examples]


def _reasons(found: Import) -> list[tuple[int, str]]:
    return [(r.row, r.reason.code) for r in found.rejected]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("sep=;\r\nmasukan;keluaran\r\na, b;x\r\n", [("a, b", "x")]),
        (
            "\n\nPertanyaan Pelanggan;Jawaban CS;\nhalo;hai;\n\n;;\nkak?;ya;\n",
            [("halo", "hai"), ("kak?", "ya")],
        ),
        ('input,output\n"say \\"hi\\"",x\n"a, b",y\n', [('say "hi"', "x"), ("a, b", "y")]),
        (
            'input,output\n5" pipa,ukuran\nyang "ini" ya,benar\n',
            [('5" pipa', "ukuran"), ('yang "ini" ya', "benar")],
        ),
        ('input,output\n"dua\nbaris",x\n', [("dua\nbaris", "x")]),
        ("input\toutput\r\na, b\tx\r\n", [("a, b", "x")]),
        ("input,output\ra,x\rb,y\r", [("a", "x"), ("b", "y")]),
        ("id,ulasan,Label Sentimen\n7,bagus sekali,positif\n", [("bagus sekali", "positif")]),
    ],
)
def test_tables_as_spreadsheets_write_them(
    tmp_path: Path, content: str, expected: list[tuple[str, str]]
) -> None:
    found = read_file(_file(tmp_path, "a.csv", content))
    assert (_pairs(found), found.rejected) == (expected, [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_without_a_mark_is_read(tmp_path: Path, encoding: str) -> None:
    content = "input,output\nhalo kak apa kabar,sapa\n".encode(encoding)
    assert _pairs(read_file(_file(tmp_path, "a.csv", content))) == [("halo kak apa kabar", "sapa")]


def test_one_torn_row_costs_only_itself(tmp_path: Path) -> None:
    rows = [f'"kalimat, ke-{n}",x' for n in range(1, 8)]
    rows[3] = '"kalimat yang rusak,x'
    found = read_file(_file(tmp_path, "a.csv", "\n".join(["input,output", *rows]) + "\n"))
    assert _reasons(found) == [(4, "row_quote_open")]
    assert [e.place.row for e in found.examples if e.place] == [1, 2, 3, 5, 6, 7]
    rows = ["a,x", '"b,x', "c,x", 'd,"x"', "e,x"]
    found = read_file(_file(tmp_path, "b.csv", "\n".join(["input,output", *rows]) + "\n"))
    assert (_reasons(found), [e.input for e in found.examples]) == (
        [(2, "row_quote_open")],
        ["a", "c", "d", "e"],
    )


def test_json_under_any_name_and_in_any_arrangement(tmp_path: Path) -> None:
    rows = [{"input": "a", "output": "x"}, {"input": "b", "output": "y"}]
    wanted = [("a", "x"), ("b", "y")]
    pretty = "\n".join(json.dumps(row, indent=2) for row in rows)
    columns = {"input": {"0": "a", "1": "b"}, "output": {"0": "x", "1": "y"}}
    listed = {"input": ["a", "b"], "output": ["x", "y"]}
    split = {"train": rows[:1], "test": rows[1:]}
    lines = "[\n" + ",\n".join(map(json.dumps, rows)) + ",\n]"
    for name, text in (
        ("a.jsonl", json.dumps(rows)), ("a.json", "\n".join(map(json.dumps, rows))), ("b.jsonl", pretty),
        ("b.json", json.dumps(columns)), ("c.json", json.dumps(listed)), ("d.json", json.dumps(split)),
        ("e.json", lines), ("f.txt", json.dumps(rows)), ("g.json", "\ufeff" + json.dumps({"version": 1, "data": rows})),
    ):  # fmt: skip
        assert _pairs(read_file(_file(tmp_path, name, text))) == wanted, name
    assert [e.split for e in read_file(tmp_path / "d.json").examples] == ["train", "test"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", '[["input", "output"], ["a", "b"]]', [("a", "b")]),
        ("a.jsonl", '{"row": {"input": "a", "output": "b"}}', [("a", "b")]),
        ("a.jsonl", '{"input": "a", "output": "b", "meta": [{"k": 1}]}', [("a", "b")]),
        ("a.jsonl", '{"input": "x", "output": NaN}\n{"input": "a", "output": "b"}', [("a", "b")]),
        (
            "a.jsonl",
            '{"messages": []}\n{"messages": "x"}\n{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}',
            [("a", "b")],
        ),
        ("a.md", "| input | output |\n|:---|---|\n| a | b |\n", [("a", "b")]),
        ("a.csv", "input,output\nrus\0ak,x\na,b\n", [("a", "b")]),
    ],
)
def test_odd_arrangements_are_read(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert _pairs(read_file(_file(tmp_path, name, text))) == expected


def test_columns_that_no_example_has_are_mentioned(tmp_path: Path) -> None:
    found = read_file(_file(tmp_path, "a.csv", "id,question,context,answer,split\n1,q,c,a,train\n"))
    assert [(n.code, n.values["columns"]) for n in found.notices] == [("columns_left_out", "context")]


def test_one_broken_object_of_a_list_costs_only_itself(tmp_path: Path) -> None:
    text = '[{"input": "a", "output": "x"},\n {"input": "b" "output": "y"},\n {"input": "c", "output": "z"}]'
    found = read_file(_file(tmp_path, "a.json", text))
    assert (_pairs(found), _reasons(found)) == ([("a", "x"), ("c", "z")], [(2, "row_json_broken")])


def test_objects_are_taken_as_json_only_where_all_are(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"input": f"pesan {n}", "output": {"zona": "Jawa", "kg": n}} for n in range(3)
    ]
    found = read_file(_file(tmp_path, "a.json", json.dumps([*rows, {"input": None, "output": None}])))
    assert [e.output for e in found.examples] == [f'{{"zona": "Jawa", "kg": {n}}}' for n in range(3)]
    assert _reasons(found) == [(4, "row_no_input")]
    mixed = [{"input": f"{n}", "output": True} for n in range(3)] + rows[:1]
    found = read_file(_file(tmp_path, "b.json", json.dumps(mixed)))
    assert [e.output for e in found.examples] == ["true"] * 3
    assert _reasons(found) == [(4, "row_not_text")]


def test_a_column_that_the_first_row_lacks_is_found(tmp_path: Path) -> None:
    found = read_file(_file(tmp_path, "a.jsonl", '{"input": "a"}\n{"input": "b", "output": "y"}\n'))
    assert (_pairs(found), _reasons(found)) == ([("b", "y")], [(1, "row_no_output")])


_ASKED = [{"role": "user", "content": "mana paketku?"}]
_BETTER, _WORSE = {"role": "assistant", "content": "Tunggu ya"}, {"role": "assistant", "content": "Entah"}


@pytest.mark.parametrize(
    "row",
    [
        {"input": {"messages": _ASKED}, "preferred_output": [_BETTER], "non_preferred_output": [_WORSE]},
        {"prompt": "mana paketku?", "chosen": "Tunggu ya", "rejected": "Entah"},
        {"prompt": _ASKED, "chosen": [_BETTER], "rejected": [_WORSE]},
        {"chosen": [*_ASKED, _BETTER], "rejected": [*_ASKED, _WORSE]},
        {"chosen": "\n\nHuman: mana paketku?\n\nAssistant: Tunggu ya",
         "rejected": "\n\nHuman: mana paketku?\n\nAssistant: Entah"},
        {"conversations": [{"from": "human", "value": "mana paketku?"}],
         "chosen": {"from": "gpt", "value": "Tunggu ya"}, "rejected": {"from": "gpt", "value": "Entah"}},
        {"contents": [{"role": "user", "parts": [{"text": "mana paketku?"}]}],
         "completions": [{"score": 0, "completion": {"role": "model", "parts": [{"text": "Entah"}]}},
                         {"score": 1, "completion": {"role": "model", "parts": [{"text": "Tunggu ya"}]}}]},
        {"prompt": "mana paketku?", "text": "Tunggu ya", "rejected_text": "Entah"},
        {"input": "mana paketku?", "output": "Tunggu ya", "rejected": "Entah"},
    ],
)  # fmt: skip
def test_pairs_of_answers_are_read(tmp_path: Path, row: dict[str, Any]) -> None:
    for text in (json.dumps(row), json.dumps(row) + "\n" + json.dumps(row | {"id": 2})):
        found = read_file(_file(tmp_path, "a.jsonl", text))
        assert {(e.input, e.output, e.rejected) for e in found.examples} == {
            ("mana paketku?", "Tunggu ya", "Entah")
        }


def test_roles_nobody_knows_and_bad_answers_stay_out(tmp_path: Path) -> None:
    talks = [[*_ASKED, _BETTER], [{"role": "narrator", "content": "x"}, _BETTER], [_BETTER, *_ASKED]]
    found = read_file(_file(tmp_path, "a.jsonl", "\n".join(json.dumps({"messages": t}) for t in talks)))
    assert _reasons(found) == [(2, "row_role"), (3, "row_no_answer_turn")]
    judged = [{"prompt": "a", "completion": c, "label": good} for c, good in (("x", True), ("y", False))]
    found = read_file(_file(tmp_path, "b.jsonl", "\n".join(map(json.dumps, judged))))
    assert (_pairs(found), _reasons(found)) == ([("a", "x")], [(2, "row_marked_bad")])


def test_instructions_in_the_rows_are_mentioned(tmp_path: Path) -> None:
    row = {"messages": [{"role": "system", "content": "Singkat."}, *_ASKED, _BETTER]}
    found = read_file(_file(tmp_path, "a.jsonl", json.dumps(row)))
    assert [n.code for n in found.notices] == ["instructions_left_out"]
    assert "1" in found.notices[0].say("id").message


def _book(path: Path, **sheets: list[list[Any]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_an_excel_file_is_read_and_its_other_sheets_are_mentioned(tmp_path: Path) -> None:
    path = _book(
        tmp_path / "a.xlsx",
        Kosong=[],
        Data=[["Laporan 2026"], [], ["Pertanyaan", "Jawaban", None], ["Berapa?", 12], [None, None], ["Kapan?", 2.5], ["x", None]],
        Lain=[["input", "output"], ["a", "b"]],
    )  # fmt: skip
    found = read_file(path)
    assert _pairs(found) == [("Berapa?", "12"), ("Kapan?", "2.5")]
    assert _reasons(found) == [(3, "row_no_output")]
    assert [n.code for n in found.notices] == ["sheet_others"]
    assert "Lain" in found.notices[0].say("id").hint
    assert _pairs(read_file(path, options=Options(sheet="lain"))) == [("a", "b")]
    with pytest.raises(PenalaError, match="Kosong, Data, Lain"):
        read_file(path, options=Options(sheet="Tiada"))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file_old_excel"),
        ("a.xlsx", b"PK\x03\x04broken", "file_not_text"),
        ("a.parquet", b"PAR1nonsensePAR1", "file_broken"),
        ("a.parquet", b"input,output\n", "file_not_text"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_said(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    with pytest.raises(PenalaError) as caught:
        read_file(_file(tmp_path, name, content))
    assert caught.value.code == code


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    with pytest.raises(PenalaError) as caught:
        read_file(path)
    assert caught.value.code == "file_too_swollen"


def test_a_parquet_file_is_read_with_its_nested_columns(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    talk = [[*_ASKED, _BETTER], [*_ASKED, _WORSE]]
    parquet.write_table(pa.table({"messages": talk, "n": [1, None]}), tmp_path / "a.parquet")
    assert _pairs(read_file(tmp_path / "a.parquet")) == [
        ("mana paketku?", "Tunggu ya"),
        ("mana paketku?", "Entah"),
    ]
    parquet.write_table(
        pa.table({"text": ["a", None, "c"], "label": [0.0, 1.0, 2.5]}), tmp_path / "b.parquet"
    )
    found = read_file(tmp_path / "b.parquet")
    assert (_pairs(found), _reasons(found)) == ([("a", "0"), ("c", "2.5")], [(2, "row_no_input")])


_CHAT = """[12/03/26 09.00.00] Toko: \u200ePesan dan panggilan dienkripsi secara end-to-end.
[12/03/26 09.15.20] Budi: Halo kak
[12/03/26 09.15.40] Budi: paket saya di mana?
[12/03/26 09.17.01] Toko: Halo kak Budi,
sedang di kurir ya
[12/03/26 09.18.00] Budi: \u200egambar tidak disertakan
[12/03/26 09.19.00] Budi: makasih
[12/03/26 09.20.00] Toko: Sama-sama
[14/03/26 10.00.00] Budi: Berapa ongkir ke Bali?
[14/03/26 10.05.00] Toko: 20 ribu
"""


def test_a_chat_becomes_an_example_for_each_answer(tmp_path: Path) -> None:
    found = read_file(_file(tmp_path, "Chat Toko.txt", _CHAT.split("\n", 1)[1]))
    assert _pairs(found) == [
        ("Halo kak\npaket saya di mana?", "Halo kak Budi,\nsedang di kurir ya"),
        ("User: Halo kak\npaket saya di mana?\nAssistant: Halo kak Budi,\nsedang di kurir ya\nUser: makasih", "Sama-sama"),
        ("Berapa ongkir ke Bali?", "20 ribu"),
    ]  # fmt: skip
    assert len({e.source for e in found.examples[:2]}) == 1
    assert found.examples[2].source != found.examples[0].source
    assert (found.table.speaker, [n.code for n in found.notices]) == ("Toko", ["chat_speaker_guessed"])
    other = read_file(tmp_path / "Chat Toko.txt", options=Options(speaker="budi"))
    assert [e.output for e in other.examples] == ["makasih"]
    with pytest.raises(PenalaError, match="Budi, Toko"):
        read_file(tmp_path / "Chat Toko.txt", options=Options(speaker="Ani"))


def test_transcripts_zips_of_phones_and_telegram_are_chats_too(tmp_path: Path) -> None:
    text = "Pelanggan: mana paket?\nCS: di kurir\n\nPelanggan: ongkir?\nke Bali\nCS: 20 ribu\n"
    wanted = [("mana paket?", "di kurir"), ("ongkir?\nke Bali", "20 ribu")]
    assert _pairs(read_file(_file(tmp_path, "a.txt", text))) == wanted
    with zipfile.ZipFile(tmp_path / "WhatsApp Chat.zip", "w") as archive:
        archive.writestr("_chat.txt", _CHAT)
        archive.writestr("foto.jpg", b"\xff\xd8\xff")
    assert len(read_file(tmp_path / "WhatsApp Chat.zip").examples) == 3
    said = [("Ani", "mana paket?"), ("Toko", [{"type": "bold", "text": "di"}, " kurir"])]
    messages = [
        {"id": n, "type": "message", "date": f"2026-03-12T09:1{n}:00", "from": who, "text": words}
        for n, (who, words) in enumerate(said)
    ]
    export = {"name": "Ani", "type": "personal_chat", "id": 1, "messages": messages}
    assert _pairs(read_file(_file(tmp_path, "result.json", json.dumps(export)))) == wanted[:1]


def test_what_is_left_out_can_be_mended_and_imported(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "id,pesan,kelas\n1,=halo,sapa\n2,,tanya\n3,a, b,tanya\n4,+62,\n")
    found = read_file(path, Columns("pesan", "kelas"))
    suffix, text = rejects(found, "id")
    assert (suffix, [r.row for r in found.rejected]) == (".csv", [2, 3, 4])
    assert text.splitlines()[0] == "id,pesan,kelas,alasan,asal"
    assert "'+62" in text
    text = (
        text.replace("2,,tanya", "2,kapan?,tanya")
        .replace('3,a," b,tanya"', '3,"a, b",tanya')
        .replace("'+62,,", "'+62,nomor,")
    )
    again = read_file(_file(tmp_path, "b.csv", text), Columns("pesan", "kelas"))
    assert [(e.id, e.input, e.output) for e in again.examples] == [
        ("2", "kapan?", "tanya"), ("3", "a, b", "tanya"), ("4", "+62", "nomor"),
    ]  # fmt: skip
    talk = {"messages": [*_ASKED, _BETTER]}
    found = read_file(
        _file(tmp_path, "a.jsonl", json.dumps(talk) + "\n" + json.dumps({"messages": _ASKED}) + "\n{x\n")
    )
    suffix, text = rejects(found, "en")
    assert suffix == ".jsonl"
    rows = [json.loads(line) for line in text.splitlines()]
    assert rows[0]["messages"] == _ASKED
    assert all(row["reason"] for row in rows)
    assert rows[1]["line"] == "{x"


def test_a_mended_row_is_no_longer_held_to_be_left_out(tmp_path: Path) -> None:
    project = create_project(tmp_path / "p", "P", "id")
    for suffix, text in (
        (".csv", "input,output\na,x\n,y\nc,\n"),
        (".jsonl", '{"input": "d", "output": "x"}\n{"input": "e"}\n'),
    ):
        found = keep(project, read_file(_file(tmp_path, f"mentah{suffix}", text)))
        assert len(all_left_out(project)) == len(found.rejected)
        _, listed = rejects(found, "id")
        mended = listed.replace("\nc,,", "\nc,z,").replace('"e"', '"e", "output": "z"')
        keep(project, read_file(_file(tmp_path, f"sisa{suffix}", mended)))
        assert [(row.file, row.row) for row in all_left_out(project)] == (
            [("mentah.csv", 2)] if suffix == ".csv" else []
        )
        with project.database() as db:
            left_out.take_out(db, all_left_out(project))


def test_rows_keep_their_file_their_tags_and_their_notes(tmp_path: Path) -> None:
    path = _file(
        tmp_path, "a.csv", "input,output,topik,catatan\nhalo,sapa,ramah; pagi ;ramah,penting\n,x,,\nb,y,,\n"
    )
    found = read_file(path, Columns(tags="topik"))
    first, last = found.examples
    assert (first.tags, first.note, first.origin) == (("ramah", "pagi"), "penting", "imported")
    assert (first.place and first.place.file, last.place and last.place.row) == ("a.csv", 3)
