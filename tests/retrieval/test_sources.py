"""Folders and archives end as their documents, each with its name; what is unsafe as a sentence, the rest goes on."""

import io
import stat
import struct
import zipfile

import pytest

from assistant.errors import PenalaError
from assistant.retrieval import index, reading, search
from assistant.retrieval.sources import sources

from .conftest import pdf
from .test_reading import docx_bytes


def zipped(members: dict[str, bytes | str], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def problems(path) -> dict[str, str | None]:
    """Each source's name and the code of its problem, its sentence said in both languages."""
    found = {}
    for source in sources([path]):
        if source.problem:
            for language in ("en", "id"):
                assert source.name in source.problem.say(language).message
                assert source.problem.say(language).hint
        found[source.name] = source.problem.code if source.problem else None
    return found


def test_an_archive_is_added_member_by_member(project, write, words):
    inside = {
        "fees.txt": "Shipping to the islands costs 25,000 rupiah.",
        "2026/policy.docx": docx_bytes(lambda d: d.add_paragraph("Returns within 14 days.")),
        "2026/scan.pdf": pdf("", ""),
        "broken.docx": b"PK\x03\x04 cut",
        "photo.png": b"\x89PNG",
        "__MACOSX/fees.txt": "left by a system",
        ".hidden.txt": "left by an editor",
    }
    found = index.add(project, [write("papers.zip", zipped(inside))], words)
    assert {r.name: (r.status, r.problem.code if r.problem else None) for r in found} == {
        "papers.zip/fees.txt": ("ready", None),
        "papers.zip/2026/policy.docx": ("ready", None),
        "papers.zip/2026/scan.pdf": ("failed", "document_scanned"),
        "papers.zip/broken.docx": ("failed", "document_broken"),
    }
    assert search.search(project, "islands", words, 1)[0].document == "papers.zip/fees.txt"
    again = index.add(project, [project.folder.parent / "files"], words)
    assert [r.status for r in again].count("already") == 2


def test_row_20_members_that_reach_out_are_named_and_the_rest_goes_on(write, tmp_path):
    def link(name: str, kind: int) -> zipfile.ZipInfo:
        made = zipfile.ZipInfo(name)
        made.create_system, made.external_attr = 3, (kind | 0o777) << 16
        return made

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (
            "../up.txt",
            "/etc/x.txt",
            "a/../../b.txt",
            "C:\\x.txt",
            "..\\y.txt",
            "inner.zip",
            "fine.txt",
        ):
            archive.writestr(name, "text")
        archive.writestr(link("link.txt", stat.S_IFLNK), "/etc/passwd")
        archive.writestr(link("pipe.txt", stat.S_IFIFO), "")
        archive.writestr(zipfile.ZipInfo("lzma.txt"), "text", zipfile.ZIP_LZMA)
    assert problems(write("a.zip", out.getvalue())) == {
        "a.zip/../up.txt": "archive_member_outside",
        "a.zip//etc/x.txt": "archive_member_outside",
        "a.zip/a/../../b.txt": "archive_member_outside",
        "a.zip/C:\\x.txt": "archive_member_outside",
        "a.zip/..\\y.txt": "archive_member_outside",
        "a.zip/inner.zip": "archive_nested",
        "a.zip/fine.txt": None,
        "a.zip/link.txt": "archive_member_link",
        "a.zip/pipe.txt": "archive_member_link",
        "a.zip/lzma.txt": "archive_packing",
    }
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "files"]


def test_row_21_a_member_that_swells_or_lies_is_refused(project, write, words):
    bomb = zipped({"bomb.txt": b"a" * 60_000_000, "fine.txt": "Fine words."})
    assert len(bomb) < 100_000
    assert problems(write("a.zip", bomb)) == {"a.zip/bomb.txt": "document_too_big", "a.zip/fine.txt": None}
    assert problems(write("c.zip", _declaring(bomb, 4_000_000_000))) == {"c.zip": "document_too_big"}
    found = index.add(project, [write("b.zip", _declaring(bomb, 100))], words)
    assert [(r.status, r.problem.code if r.problem else None) for r in found] == [
        ("failed", "document_broken"),
        ("ready", None),
    ]


def _declaring(bomb: bytes, size: int) -> bytes:
    """The archive, saying in both its headers that the member of sixty million bytes has `size`."""
    return bomb.replace(struct.pack("<I", 60_000_000), struct.pack("<I", size))


def test_row_21_archives_that_are_too_much_as_a_whole(write, monkeypatch):
    assert problems(write("many.zip", zipped({f"{n}.txt": "x" for n in range(5001)}))) == {
        "many.zip": "archive_members"
    }
    assert problems(write("none.zip", zipped({"a.png": "x"}))) == {"none.zip": "archive_without_documents"}
    assert problems(write("empty.zip", b"")) == {"empty.zip": "document_empty"}
    assert problems(write("words.zip", "just words")) == {"words.zip": "document_broken"}
    assert problems(write("cut.zip", zipped({"a.txt": "x" * 500})[:-30])) == {"cut.zip": "document_broken"}
    monkeypatch.setattr("assistant.retrieval.sources.MOST_BYTES", 1000)
    assert problems(write("sum.zip", zipped({"a.txt": "x" * 600, "b.txt": "y" * 600}))) == {
        "sum.zip": "document_too_big"
    }


def test_row_24_a_locked_member_is_named(write):
    locked = bytearray(zipped({"a.txt": "secret words"}))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(sign) + flags] |= 1
    assert problems(write("a.zip", bytes(locked))) == {"a.zip/a.txt": "document_encrypted"}


def test_names_in_any_writing_and_folders_at_any_depth(write, tmp_path):
    path = write("deep.zip", zipped({"hasil/ringkasan é.txt": "x"}))
    (tmp_path / "files" / "one" / "two").mkdir(parents=True)
    (tmp_path / "files" / "one" / "two" / "a.md").write_text("x")
    (tmp_path / "files" / "one" / ".git").mkdir()
    (tmp_path / "files" / "one" / ".git" / "b.md").write_text("x")
    assert [s.name for s in sources([path.parent])] == ["deep.zip/hasil/ringkasan é.txt", "a.md"]


def test_one_child_reads_many_and_a_bad_file_costs_only_itself(write, monkeypatch):
    started = []
    real = reading.Reader._started
    monkeypatch.setattr(reading.Reader, "_started", lambda self: started.append(1) or real(self))
    with reading.Reader(reading.Limits(clock=20, memory=400_000_000)) as reader:
        for n in range(20):
            assert reader.read(write(f"{n}.txt", f"words {n}")).content == f"words {n}"
        assert len(started) == 1
        with pytest.raises(PenalaError) as caught:
            reader.read(write("big.csv", "a,b\n" + "x,y\n" * 3_000_000))
        assert caught.value.code == "document_memory"
        assert reader.read(write("after.txt", "still here")).content == "still here"
        assert len(started) <= 2


def test_a_child_that_is_killed_costs_only_the_file_it_read(write):
    with reading.Reader() as reader:
        reader.read(write("a.txt", "one"))
        assert reader._child
        reader._child.kill()
        reader._child.wait()
        with pytest.raises(PenalaError) as caught:
            reader.read(write("b.txt", "two"))
        assert caught.value.code in ("document_slow", "document_broken")
        assert reader.read(write("c.txt", "three")).content == "three"
    assert reader._child is None
