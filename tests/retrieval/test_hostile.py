"""Bombs, broken and disguised files each end as a sentence, within limits, while the others go on (matrix rows 20-24)."""

import io
import os
import random
import resource
import zipfile
import zlib

import pytest

from assistant.errors import PenalaError
from assistant.retrieval import index
from assistant.retrieval.loaders import Text
from assistant.retrieval.reading import Limits, Reader, read

from .conftest import _assembled, pdf
from .test_reading import docx_bytes, fails
from .test_tables import slides, xlsx

MAIN = {".docx": "word/document.xml", ".xlsx": "xl/worksheets/sheet1.xml", ".pptx": "ppt/slides/slide1.xml"}
PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << %s >> >>"


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> dict[str, bytes]:
    """A small good file of each Office type."""
    path = tmp_path_factory.mktemp("office") / "a.pptx"
    slides(path)

    def sheet(book):
        for row in (["Zone", "Fee"], ["Java", 9000], ["Bali", 15000]):
            book.active.append(row)

    made = docx_bytes(lambda d: [d.add_heading("Fees", 1), d.add_paragraph("Java costs 9.000.")])
    return {".docx": made, ".xlsx": xlsx(sheet), ".pptx": path.read_bytes()}


def with_part(package: bytes, part: str, content: bytes) -> bytes:
    """The package with one part replaced or added."""
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(package))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), part}:
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("suffix", MAIN)
def test_row_21_office_bombs_are_refused_before_they_are_unpacked(write, office, suffix):
    bombs = {
        "main": with_part(office[suffix], MAIN[suffix], b"<x>" + b" " * 100_000_000),
        "side": with_part(office[suffix], "media/picture.bin", b"\0" * 100_000_000),
    }
    out = io.BytesIO(office[suffix])
    with zipfile.ZipFile(out, "a") as archive:
        for n in range(5001):
            archive.writestr(f"x/{n}", "")
    bombs["many"] = out.getvalue()
    for name, bomb in bombs.items():
        path = write(name + suffix, bomb)
        assert path.stat().st_size < 1_200_000
        fails(path, "document_too_big", memory=250_000_000)  # too little to unpack it


@pytest.mark.parametrize("suffix", MAIN)
def test_row_23_no_entity_swells_and_no_file_is_fetched(write, office, tmp_path, suffix):
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-5512")
    laughs = b"<!ENTITY a0 'ha'>" + b"".join(
        b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    outside = b"<!ENTITY x SYSTEM 'file://%s'>" % str(canary).encode()
    whole = zipfile.ZipFile(io.BytesIO(office[suffix])).read(MAIN[suffix])
    head, _, rest = whole.partition(b"?>")
    for name, entities in (("laughs", laughs), ("outside", outside)):
        for space in (b"", b" " * 300, b"<!-- " + b"x" * 70_000 + b" -->"):
            xml = (
                head + b"?>" + space + b"<!DOCTYPE d [" + entities + b"]>" + rest.replace(b"Java", b"&x;&a9;")
            )
            path = write(f"{name}{len(space)}{suffix}", with_part(office[suffix], MAIN[suffix], xml))
            try:
                said = read(path).content
            except PenalaError as error:
                assert error.code in ("document_entities", "document_broken")
                assert space[:4] == b"<!--" or error.code == "document_entities"
            else:
                assert "CANARY" not in said and len(said) < 10_000


def test_row_23_html_and_svg_in_it_fetch_nothing(write, tmp_path):
    (tmp_path / "canary.txt").write_text("CANARY-5512")
    markup = f"""<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp_path}/canary.txt">]><p>Fine &x; words</p>
    <svg><text>&x;</text></svg><iframe src="file://{tmp_path}/canary.txt"></iframe>"""
    said = read(write("a.html", markup)).content
    assert "Fine" in said and "CANARY" not in said


def page(
    stream: bytes, resources: bytes = FONT, more: tuple[bytes, ...] = (), filters: bytes = b"/FlateDecode"
) -> bytes:
    body = b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(stream), filters, stream)
    return _assembled([*PAGES, PAGE % resources, body, *more], b"")


def forms(depth: int) -> bytes:
    """Forms that each draw the next four times: 4 ** depth drawings."""
    made = []
    for n in range(depth):
        last = n == depth - 1
        body = b"BT /F1 12 Tf (deep) Tj ET" if last else b"/F Do " * 4
        inner = FONT if last else b"/XObject << /F %d 0 R >>" % (6 + n)
        made.append(
            b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << %s >> /Length %d >>\nstream\n%s\nendstream"
            % (inner, len(body), body)
        )
    return page(zlib.compress(b"/F Do"), b"/XObject << /F 5 0 R >>", tuple(made))


def pdf_bombs() -> dict[str, bytes]:
    many = b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % (b"3 0 R " * 100_000)
    one = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"
    picture = zlib.compress(b"\0" * 50_000_000, 9)
    image = b"<< /Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    image += b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(picture), picture)
    return {
        "text": page(zlib.compress(b"BT /F1 12 Tf (a) Tj ET\n" * 9_000_000, 9)),
        "twice": page(
            zlib.compress(zlib.compress(b" " * 500_000_000, 9), 9), filters=b"[/FlateDecode /FlateDecode]"
        ),
        "pages": _assembled([PAGES[0], many, one], b""),
        "lying": _assembled([PAGES[0], b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", one], b""),
        "loop": _assembled([PAGES[0], b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"], b""),
        "forms": forms(30),
        "deep": _assembled(
            [PAGES[0][:-2] + b"/X " + b"[" * 200_000 + b"]" * 200_000 + b" >>", PAGES[1], one], b""
        ),
        "wide": _assembled([*PAGES, one.replace(b"600", b"1e9")], b""),
        "picture": page(zlib.compress(b"q 600 0 0 800 0 0 cm /I Do Q"), b"/XObject << /I 5 0 R >>", (image,)),
        "fax": page(
            zlib.compress(b"q 600 0 0 800 0 0 cm /I Do Q"),
            b"/XObject << /I 5 0 R >>",
            (image.replace(b"/FlateDecode", b"/JBIG2Decode"),),
        ),
        "lzw": page(b"\x80\x0b\x60\x50" * 100_000, filters=b"/LZWDecode"),
        "back": _assembled([*PAGES, one], b"/Prev 9 "),
        "streams": _assembled(
            [
                *PAGES,
                one,
                b"<< /Type /ObjStm /N 1 /First 4 /Extends 4 0 R /Length 4 >>\nstream\n4 0 \nendstream",
            ],
            b"",
        ),
        "noise": b"%PDF-1.4\n" + random.Random(1).randbytes(200_000),
    }


def test_row_22_pdf_bombs_end_within_limits_and_the_others_go_on(write):
    bombs, before = pdf_bombs(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Reader() as reader:
        for name, bomb in bombs.items():
            path = write(f"{name}.pdf", bomb)
            assert path.stat().st_size < 1_000_000
            with pytest.raises(PenalaError) as caught:
                reader.read(path)
            assert caught.value.code in (
                "document_memory",
                "document_pages",
                "document_scanned",
                "document_broken",
            ), name
            assert all(path.name in caught.value.say(language).message for language in ("en", "id"))
            assert "One line" in reader.read(write("fine.pdf", pdf("One line"))).content
    assert (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    )  # the bombs were not read in here


def test_row_24_a_batch_of_bad_files_and_good_ones(project, write, words, office):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    expected = {
        write("a.docx", office[".docx"]): None,
        write("b.xlsx", office[".xlsx"]): None,
        write("c.pptx", office[".pptx"]): "document_pages_without_text",
        write("zero.pptx", b""): "document_empty",
        write("blank.csv", " \n\t\n"): "document_empty",
        write("blank.docx", docx_bytes(lambda d: d.add_paragraph("  "))): "document_empty",
        write("blank.xlsx", xlsx(lambda book: None)): "document_empty",
        write("blank.html", "<html><body> </body></html>"): "document_empty",
        write("marks.txt", b"\xef\xbb\xbf"): "document_empty",
        write("cut.docx", office[".docx"][:-400]): "document_broken",
        write("cut.xlsx", office[".xlsx"][: len(office[".xlsx"]) // 2]): "document_broken",
        write("cut.pptx", office[".pptx"][:-400]): "document_broken",
        write("cut.pdf", pdf("text")[:150]): "document_broken",
        write("locked.pdf", pdf("secret", encrypted=True)): "document_encrypted",
        **{
            write(f"locked{kind}", ole + "EncryptedPackage".encode("utf-16-le")): "document_encrypted" for kind in MAIN
        },
        **{write(f"old{kind}", ole + "WordDocument".encode("utf-16-le")): "document_content" for kind in MAIN},
        write("sheet.docx", office[".xlsx"]): "document_content",
        write("word.xlsx", office[".docx"]): "document_content",
        write("word.pptx", office[".docx"]): "document_content",
        write("word.pdf", office[".docx"]): "document_content",
        write("word.txt", office[".docx"]): "document_content",
        write("sheet.csv", office[".xlsx"]): "document_content",
        write("paper.xlsx", pdf("text")): "document_content",
        write("noise.md", random.Random(2).randbytes(5000)): "document_content",
        write("utf16.csv", "Zona;Biaya\nJawa;9.000\nBali;15.000".encode("utf-16")): None,
        write("quotes.csv", 'zone,fee\n"Java,9000\nBali,15000\n'): None,
        write("last.txt", "The last one is fine."): None,
    }  # fmt: skip
    reports = index.add(project, list(expected), words)
    assert {r.name: r.problem.code if r.problem else None for r in reports} == {
        path.name: code for path, code in expected.items()
    }
    for report in reports:
        assert (report.status == "ready") == (report.chunks > 0)
        if report.problem:
            assert all(report.name in (report.reason(language) or "") for language in ("en", "id"))
    failed = [d for d in index.documents(project) if d.status == "failed"]
    assert {d.name for d in failed} == {r.name for r in reports if r.status == "failed"}
    assert all(
        d.kept for d in failed if d.problem and d.problem.code != "document_empty"
    )  # these can be tried again


@pytest.mark.parametrize("suffix", [*MAIN, ".pdf", ".html", ".csv", ".md", ".txt"])
def test_row_24_damaged_bytes_end_as_text_or_as_a_sentence(write, office, suffix):
    good = {
        **office, ".pdf": pdf("One line", "Two lines"), ".csv": b'a,b\n"x, y",1\n', ".md": b"# A\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        ".html": b"<h1>A</h1><table><tr><th>a</th><th>b</th></tr><tr><td rowspan=2>1</td><td>2</td></tr></table>",
        ".txt": b"[05/03/26 09.15.20] Budi: Halo\n[05/03/26 09.16.20] Ayu: Ya",
    }[suffix]  # fmt: skip
    chance = random.Random(suffix)
    with Reader(Limits(clock=30, processor=20)) as reader:
        for n in range(300 if os.environ.get("ALL_POINTS") else 60):
            data = bytearray(good)
            for _ in range(chance.randint(1, 12)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            if n % 4 == 0:
                del data[chance.randrange(len(data)) :]
            try:
                text = reader.read(write(f"{n}{suffix}", bytes(data)))
            except PenalaError as error:
                assert error.code.startswith("document_") and error.code not in (
                    "document_slow",
                    "document_memory",
                )
            else:
                assert isinstance(text, Text) and text.content.strip()
