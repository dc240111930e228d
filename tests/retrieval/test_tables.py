"""Tables stay tables: a row found on its own says its columns' names, its sheet and its cells."""

import io
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from assistant.retrieval.chunking import chunks
from assistant.retrieval.loaders import Text, markdown, table
from assistant.retrieval.loaders.rows import header, pairs
from assistant.retrieval.reading import read

from .conftest import pdf
from .test_reading import docx_bytes, named


def exact(text: Text) -> Text:
    """The text, once its rows are seen to stand where they say, in order and apart."""
    at = 0
    for row in text.rows:
        assert at <= row.start < row.stop <= len(text.content)
        assert text.content[row.start : row.stop].strip() == text.content[row.start : row.stop]
        at = row.stop
    return text


def xlsx(build) -> bytes:
    book, out = Workbook(), io.BytesIO()
    build(book)
    book.save(out)
    return out.getvalue()


def test_sheets_rows_and_cells_keep_their_places(write):
    def build(book):
        sheet = book.active
        sheet.title = "Tarif"
        sheet["A1"] = "Tarif pengiriman 2026"
        sheet.merge_cells("A1:C1")
        for row in (["Zona", "Biaya", "Mulai"], ["Jawa", 9000, date(2026, 1, 5)], ["Bali", 15000.5, None]):
            sheet.append(row)
        sheet["E4"] = 0.15
        sheet["E4"].number_format = "0%"
        sheet["D3"] = datetime(2026, 1, 5, 8, 30)
        other = book.create_sheet("Catatan")
        other["B7"] = "Kantor tutup hari Minggu."

    text = exact(read(write("a.xlsx", xlsx(build))))
    assert named(text) == ["1 Tarif", "1 Catatan"]
    assert [number for number, _ in text.pages] == [1, 2]
    assert text.content.split("\f")[0].split("\n") == [
        "Tarif", "", "Tarif pengiriman 2026", "",
        "A3:D3: Zona: Jawa; Biaya: 9000; Mulai: 2026-01-05; D: 2026-01-05 08:30",
        "A4:E4: Zona: Bali; Biaya: 15000.5; E: 15%",
    ]  # fmt: skip
    assert "Kantor tutup hari Minggu." in text.content


def test_merged_cells_formulas_and_two_header_rows(write):
    def build(book):
        sheet = book.active
        for row in (
            ["Region", "2025", None, "Total"],
            [None, "Jan", "Feb", None],
            ["Java", 1, 2, "=B3+C3"],
            [None, 3, 4, "=B4+C4"],
        ):
            sheet.append(row)
        for place in ("B1:C1", "A1:A2", "D1:D2", "A3:A4"):
            sheet.merge_cells(place)

    text = exact(read(write("a.xlsx", xlsx(build))))
    assert "A3:D3: Region: Java; 2025 Jan: 1; 2025 Feb: 2; Total: =B3+C3" in text.content
    assert "A4:D4: Region: Java; 2025 Jan: 3" in text.content


def test_a_second_table_under_the_first_has_its_own_names(write):
    def build(book):
        for row in (
            ["Item", "Price"],
            ["lamp", 10],
            [],
            ["Branch", "Staff"],
            ["North", 4],
            [],
            ["words", "more"],
        ):
            book.active.append(row)

    content = read(write("a.xlsx", xlsx(build))).content
    assert "A2:B2: Item: lamp; Price: 10" in content
    assert "A5:B5: Branch: North; Staff: 4" in content
    assert "A7:B7: Branch: words; Staff: more" in content


def test_a_sheet_that_lies_about_its_size_is_read(write):
    def build(book):
        book.active["A1"], book.active["B1"] = "Name", "Age"
        book.active["A2"], book.active["XFD1000"] = "Budi", 7

    assert "A2: Name: Budi" in read(write("a.xlsx", xlsx(build))).content


def slides(path):
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[5])
    first.shapes.title.text = "Kebijakan retur"
    frame = first.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for n, words in enumerate(["Zona", "Biaya", "Jawa", "9.000"]):
        frame.cell(n // 2, n % 2).text = words
    first.shapes.add_textbox(Inches(1), Inches(2), Inches(4), Inches(1)).text_frame.text = "Di atas tabel."
    first.notes_slide.notes_text_frame.text = "Ingatkan batas 14 hari."
    deck.slides.add_slide(deck.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["Jan", "Feb"]
    data.add_series("Pesanan", (120, 140))
    third = deck.slides.add_slide(deck.slide_layouts[6])
    third.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)
    deck.save(path)


def test_slides_are_pages_with_titles_tables_and_notes(tmp_path):
    slides(tmp_path / "a.pptx")
    text = exact(read(tmp_path / "a.pptx"))
    assert text.paged and text.without_text == (2,)
    assert named(text) == ["1 Kebijakan retur"]
    assert text.pages[0][1].split("\n\n") == [
        "Kebijakan retur", "Di atas tabel.", "Zona | Biaya\nZona: Jawa; Biaya: 9.000", "Ingatkan batas 14 hari.",
    ]  # fmt: skip
    assert "Pesanan: 140" in text.pages[2][1]
    assert [chunk.page for chunk in chunks(text, lambda words: len(words.split()))] == [1, 3]


def test_docx_and_html_tables_with_merged_cells(write):
    def build(document):
        made = document.add_table(rows=4, cols=3)
        for n, words in enumerate(
            ["Zone", "2025", "2025", "", "Jan", "Feb", "Java", "1", "2", "Bali", "3", "4"]
        ):
            made.cell(n // 3, n % 3).text = words
        made.cell(0, 1).text = ""
        made.cell(0, 1).merge(made.cell(0, 2))

    assert "Zone: Java; 2025 Jan: 1; 2025 Feb: 2" in exact(read(write("a.docx", docx_bytes(build)))).content
    markup = """<table><tr><th rowspan=2>Zone</th><th colspan=2>2025</th></tr><tr><th>Jan</th><th>Feb</th></tr>
    <tr><td rowspan="2">Java</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"""
    content = exact(read(write("a.html", markup))).content
    assert "Zone: Java; 2025 Jan: 1; 2025 Feb: 2\nZone: Java; 2025 Jan: 3; 2025 Feb: 4" in content


def test_a_markdown_row_carries_its_columns(write):
    rows = "".join(f"| Zone {n} | {n}.000 |\n" for n in range(60))
    text = exact(
        markdown.load(write("a.md", f"# Fees\n\nBefore.\n\n| Zone | Fee |\n|:--|--:|\n{rows}\nAfter it."))
    )
    found = chunks(text, lambda words: len(words.split()), limit=40, overlap=0)
    assert len(found) > 5
    for chunk in found[1:-1]:
        assert chunk.heading == "Fees > Zone | Fee"
        assert chunk.text.startswith("| Zone") and chunk.text.endswith("|")
        assert text.content[chunk.start : chunk.stop] == chunk.text


def drawn(*pages: list[list[tuple[int, str]]]) -> bytes:
    """A PDF of pages of lines of (left, words)."""
    streams = []
    for lines in pages:
        said = [
            f"{left} {750 - 20 * n} Td ({words}) Tj" for n, line in enumerate(lines) for left, words in line
        ]
        streams.append(" ET BT /F1 10 Tf ".join(["", *said])[3:])
    return pdf(*[f") Tj {stream} (" for stream in streams])


HEAD = [(50, "Zona"), (200, "Biaya kirim"), (400, "Lama")]
ROWS = [[(50, f"Kota {n}"), (200, f"Rp {n}.000"), (400, f"{n} hari")] for n in range(1, 9)]


def test_a_pdf_row_carries_its_columns_over_the_page(write):
    prose = [[(50, "Tabel ini berlaku untuk semua zona pengiriman di Indonesia.")]]
    text = exact(read(write("a.pdf", drawn([*prose, HEAD, *ROWS[:5], *prose], ROWS[5:]))))
    said = [(text.content[row.start : row.stop].split(), row.lead) for row in text.rows]
    assert said == [
        ([w for _, words in row for w in words.split()], "Zona | Biaya kirim | Lama") for row in ROWS
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [[(50, "Nama:"), (200, "Budi")], [(50, "Alamat:"), (200, "Jakarta")], [(50, "Kota:"), (200, "Bogor")]],
        [[(50, "The first words of a long line of text"), (300, "and another column of the article")]] * 4,
        [[(50, "One"), (200, "line")], [(50, "under another without columns")], [(90, "third"), (300, "line")]],
        [[(50, "Zone"), (200, "Fee")], [(50, "Java"), (200, "9")]],
    ],
)  # fmt: skip
def test_pdf_lines_that_only_look_like_a_table(write, lines):
    text = read(write("a.pdf", drawn(lines)))
    assert text.rows == () and len(text.content.split("\n")) >= 2


def test_bars_in_code_and_prose_are_no_table(write):
    said = "a | b\n\n```\nx | y\n---|---\n1 | 2\n```\n\nNone | here"
    assert markdown.load(write("a.md", said)).rows == ()


def test_a_row_is_not_cut_while_it_fits(write):
    lines = "\n".join(f"item {n};one. two. three. four" for n in range(30))
    text = exact(read(write("a.csv", f"name;said\n{lines}")))
    for chunk in chunks(text, lambda words: len(words.split()), limit=25, overlap=4):
        assert chunk.text.startswith("Row ") and chunk.text.endswith("four")


def test_pieces_of_a_long_row_say_which_row_it_was(write):
    text = exact(read(write("a.csv", f"item;note\nlamp;{'A long note. ' * 60}\ncord;short")))
    first, *rest, last = chunks(text, lambda words: len(words.split()), limit=30, overlap=0)
    assert first.text.startswith("Row 1: item: lamp") and first.heading == ""
    assert rest and all(chunk.heading == "Row 1: item: lamp" for chunk in rest)
    assert "Row 2: item: cord" in last.text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_are_found(write, separator, encoding):
    said = f'nama{separator}catatan\n"Rizky{separator} Dé"{separator}"dua\nbaris, ""kutip"""\nAyu{separator}"satu; dua, tiga"\n'
    text = read(write("a.csv", said.encode(encoding)))
    assert text.content.startswith(
        f'Row 1: nama: Rizky{separator} Dé; catatan: dua baris, "kutip"'.replace("\t ", " ")
    )
    assert "Row 2: nama: Ayu; catatan: satu; dua, tiga" in text.content


def test_a_quote_that_is_never_closed_swallows_nothing(write):
    lines = "\n".join(f"{n},note {n}" for n in range(300))
    content = read(write("a.csv", f'id,note\nx,"never closed\n{lines}')).content
    assert "Row 301: id: 299; note: note 299" in content


def test_what_stands_above_the_columns_and_sep_lines(write):
    assert read(write("a.csv", "sep=;\nitem;price\nlamp;10\ncord;2")).content.startswith(
        "Row 1: item: lamp; price: 10"
    )
    content = read(write("b.csv", "Report of March\nitem,price\nlamp,10\ncord,2")).content
    assert content == "Report of March\n\nRow 1: item: lamp; price: 10\n\nRow 2: item: cord; price: 2"


def test_numbers_in_the_first_row_name_no_columns(write):
    assert (
        read(write("a.csv", "1,2\n3,4\n")).content
        == "Row 1: column 1: 1; column 2: 2\n\nRow 2: column 1: 3; column 2: 4"
    )
    assert header([["Region", "2024", "2025"], ["Java", "1", "2"]]) == (1, ["Region", "2024", "2025"])


def test_a_field_of_many_characters(write):
    assert len(read(write("a.csv", f"id,text\n1,{'x' * 3_000_000}\n")).content) > 3_000_000


cells = st.one_of(st.none(), st.text("ab1 |;:\n\"'", max_size=6))


@settings(deadline=None)
@given(st.lists(st.lists(cells, max_size=5), max_size=6))
def test_no_value_of_a_row_is_lost(rows):
    taken, names = header(rows)
    for row in rows[taken:]:
        said = "; ".join(pairs(names, row))
        assert all(" ".join(cell.split()) in said for cell in row if cell)


@settings(deadline=None)
@given(st.text('ab,;"\n\t|1', max_size=200))
def test_any_text_is_read_as_csv_row_by_row(tmp_path_factory, said):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(said, "utf-8", newline="")
    exact(table.load(path))
