"""Every file type is read with its headings, and what cannot be read is named as what it is."""

import io
import time
import zipfile

import pytest
from docx import Document
from PIL import Image, ImageDraw, ImageFont

from assistant.errors import PenalaError
from assistant.retrieval import reading
from assistant.retrieval.loaders import ocr
from assistant.retrieval.reading import Limits, read

from .conftest import pdf


def docx_bytes(build) -> bytes:
    document, out = Document(), io.BytesIO()
    build(document)
    document.save(out)
    return out.getvalue()


def fails(path, code: str, **limits) -> PenalaError:
    with pytest.raises(PenalaError) as caught:
        read(path, limits=Limits(**limits))
    assert caught.value.code == code
    for language in ("en", "id"):
        said = caught.value.say(language)
        assert path.name in said.message
        assert said.hint
    return caught.value


def named(text) -> list[str]:
    """Each heading as it stands in the text at its offset."""
    content = text.content
    for heading in text.headings:
        assert content[heading.start :].lstrip("# ").startswith(heading.text)
    return [f"{heading.level} {heading.text}" for heading in text.headings]


def test_markdown_headings_outside_code(write):
    text = read(write("a.md", "# One\n\ntext\n\nTwo\n---\n\n```\n# not one\n```\n### Three ###\nend"))
    assert named(text) == ["1 One", "2 Two", "3 Three"]
    assert not text.paged


def test_html_keeps_words_and_drops_what_is_not_seen(write):
    markup = """<html><head><title>T</title><style>x{}</style></head><body><h2>Prices &amp; terms</h2>
    <p>One <b>bold</b> word</p><script>alert(1)</script><!-- note -->
    <table><tr><th>Size</th><th>Price</th></tr><tr><td>S</td><td>10</td></tr></table><ul><li>x<li>y</ul>"""
    text = read(write("a.html", markup))
    assert named(text) == ["1 T", "2 Prices & terms"]
    assert "One bold word" in text.content
    assert "Size | Price\nSize: S; Price: 10" in text.content
    assert not {"alert", "note", "x{}"} & set(text.content.split())


def test_deeply_nested_html_ends(write):
    began = time.perf_counter()
    try:
        read(write("deeper.html", "<div>" * 100_000 + "core"))
    except PenalaError as error:
        assert error.code in ("document_memory", "document_broken", "document_slow")
    assert time.perf_counter() - began < 60


def test_docx_headings_and_tables_in_order(write):
    def build(document):
        document.add_heading("Policy", 1)
        document.add_paragraph("First.")
        table = document.add_table(rows=2, cols=2)
        for n, value in enumerate(["Zone", "Fee", "Java", "9.000"]):
            table.cell(n // 2, n % 2).text = value
        document.add_heading("Later", 2)
        document.add_paragraph("Second.")

    text = read(write("a.docx", docx_bytes(build)))
    assert named(text) == ["1 Policy", "2 Later"]
    assert text.content == "Policy\n\nFirst.\n\nZone | Fee\nZone: Java; Fee: 9.000\n\nLater\n\nSecond."


def test_csv_rows_read_on_their_own(write):
    text = read(write("a.csv", "item;price\r\nlamp;10\r\n\r\ncord;\r\n"))
    assert text.content == "Row 1: item: lamp; price: 10\n\nRow 2: item: cord"


def test_csv_cells_with_line_breaks_and_commas(write):
    text = read(write("a.csv", 'item,note\nlamp,"big,\nbright"\n'))
    assert text.content == "Row 1: item: lamp; note: big, bright"


LATIN = "Harga “khusus” untuk café: Rp 5.000"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        *((name, LATIN) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")),
        *((name, LATIN) for name in ("utf-32", "utf-32-le", "utf-32-be")),
        ("gb18030", "退货政策：顾客可以在十四天内退货。运费由商店承担。"),
        ("big5", "退貨政策：顧客可以在十四天內退貨。運費由商店承擔。"),
        ("shift_jis", "返品は14日以内に可能です。送料は店が負担します。"),
        ("euc_kr", "반품은 14일 이내에 가능합니다. 배송비는 상점이 부담합니다."),
        ("cp1251", "Возврат возможен в течение 14 дней. Доставка бесплатная."),
        ("cp1256", "يمكن إرجاع المنتج خلال أسبوعين. الشحن مجاني."),
    ],
)
def test_encodings(write, encoding, said):
    assert read(write("a.txt", said.encode(encoding))).content == said
    assert read(write("long.txt", (said + "\n").encode(encoding) * 3000)).content.count(said) == 3000


def test_utf8_that_was_cut_or_hurt_stays_utf8(write):
    data = ("Harga “khusus” untuk café — " * 40).encode()
    assert "café — Harga" in read(write("cut.txt", data[: data.rfind(b"\x94")])).content
    hurt = bytearray(data)
    hurt[500] = 0xFF
    assert "“khusus”" in read(write("hurt.txt", bytes(hurt))).content


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "id",
            "Pelanggan boleh mengembalikan barang dalam 14 hari sejak paket diterima, dengan biaya kirim dari toko.",
        ),
        (
            "en",
            "A customer may return a parcel within 14 days of delivery, and the shop pays for the shipping.",
        ),
        (
            "other",
            "Die Rückgabe ist innerhalb von 14 Tagen möglich, wenn die Ware in einem guten Zustand ist.",
        ),
        (
            "other",
            "Le client a le droit de retourner un article dans les quatorze jours, et la maison paie le port.",
        ),
        ("other", "退货政策：顾客可以在十四天内退货。运费由商店承担。"),
        ("other", "12 14 18 22"),
    ],
)
def test_the_language_of_a_document(write, language, said):
    assert read(write("a.txt", said)).language == language
    assert read(write("b.txt", (said + " ") * 2000)).language == language


def test_pdf_pages_and_the_one_without_text(write):
    text = read(write("a.pdf", pdf("First page", "", "Third page")))
    assert text.paged
    assert [page.strip() for _, page in text.pages] == ["First page", "", "Third page"]
    assert text.without_text == (2,)


def scan(*pages: str) -> bytes:
    """A PDF of pictures of pages, as a scanner makes it."""
    drawn = []
    for text in pages:
        picture = Image.new("L", (1240, 1000), 255)
        ImageDraw.Draw(picture).multiline_text((100, 100), text, 0, ImageFont.load_default(40), spacing=24)
        drawn.append(picture)
    out = io.BytesIO()
    drawn[0].save(out, "PDF", resolution=150, save_all=True, append_images=drawn[1:])
    return out.getvalue()


@pytest.mark.skipif(len(ocr.languages()) < 2, reason="needs Tesseract with ind and eng")
def test_scanned_pages_are_recognised_in_both_languages(write):
    said = [
        "Biaya pengiriman ke Ambon adalah\nRp 45.000 untuk setiap paket.",
        "",
        "The warranty of a lamp\nlasts for 24 months.",
    ]
    text = read(write("a.pdf", scan(*said)))
    assert text.recognised == (1, 3) and text.without_text == (2,)
    assert "pengiriman ke Ambon" in text.content and "45.000" in text.content
    assert "warranty of a lamp" in text.content and "24 months" in text.content


def test_without_tesseract_a_scan_is_named_and_the_hint_says_what_to_install(write, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    caught = fails(write("a.pdf", scan("Biaya Rp 45.000")), "document_scanned")
    assert all("tesseract-ocr-ind" in caught.say(language).hint for language in ("en", "id"))


def test_what_cannot_be_read_is_named(write, tmp_path):
    fails(tmp_path / "gone.pdf", "document_missing")
    fails(write("a.xyz", "text"), "document_type")
    fails(write("empty.txt", ""), "document_empty")
    fails(write("blank.md", " \n\n "), "document_empty")
    fails(write("scan.pdf", pdf("", "")), "document_scanned")
    fails(write("locked.pdf", pdf("secret", encrypted=True)), "document_encrypted")
    fails(write("cut.pdf", pdf("text")[:150]), "document_broken")
    fails(write("big.txt", "x" * 100), "document_too_big", file=99)


def test_content_that_is_not_what_the_name_says(write):
    fails(write("a.pdf", "just words"), "document_content")
    fails(write("b.txt", pdf("text")), "document_content")
    fails(write("c.docx", "just words"), "document_content")
    fails(write("d.txt", bytes(range(256)) * 40), "document_content")
    fails(write("e.html", "no markup here"), "document_content")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    fails(write("f.docx", out.getvalue()), "document_content")
    fails(write("g.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")), "document_encrypted")


def with_document(xml: bytes) -> bytes:
    """A docx whose main part is `xml`."""
    out = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(docx_bytes(lambda d: d.add_paragraph("x"))))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "word/document.xml" else old.read(name))
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(write):
    bomb = write("bomb.docx", with_document(b"<w:document>" + b" " * 100_000_000))
    assert bomb.stat().st_size < 300_000
    began = time.perf_counter()
    fails(bomb, "document_too_big")
    assert time.perf_counter() - began < 5


def test_entities_are_not_expanded(write, tmp_path):
    (tmp_path / "canary.txt").write_text("CANARY")
    body = "<w:body><w:p><w:r><w:t>&{};</w:t></w:r></w:p></w:body>"
    head = (
        '<!DOCTYPE d [{}]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    )
    laughs = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    outside = f"<!ENTITY x SYSTEM 'file://{tmp_path}/canary.txt'>"
    for name, entities, used in (("laughs.docx", laughs, "a9"), ("xxe.docx", outside, "x")):
        xml = (head.format(entities) + body.format(used) + "</w:document>").encode()
        fails(write(name, with_document(xml)), "document_entities")
        fails(write(name, with_document(xml.decode().encode("utf-16"))), "document_entities")


def test_a_child_that_needs_too_much_is_ended(write):
    path = write("big.txt", "word " * 4_000_000)
    fails(path, "document_memory", memory=60_000_000)
    fails(path, "document_slow", clock=0.01)


def test_the_child_sees_no_secret(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "canary")
    assert "canary" not in str(reading._environment())
