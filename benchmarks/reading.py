"""What is read of one mixed folder, in one run: all file types in two languages, broken files and bombs among them.

    python -m benchmarks.reading [--peer-python PATH]

The folder is made anew. Each good file holds sentences with a planted code, and a table of 60 rows. A fact is found
when its sentence stands in the text; a row keeps its columns' names when the piece of at most 150 words that holds it
names them too (ours is cut with its rows known, the peer's Markdown by the same cutter). A bad file is refused with
an error, read (whatever its name says), or empty without a word; or the reader dies of it or takes too long.
--peer-python is an interpreter in which markitdown is installed: `pip install "markitdown[pdf,docx,pptx,xlsx]"` in
an environment of its own. Every reader has 60 seconds a file and 4 GB; one that dies is started again.
"""

import argparse
import io
import json
import os
import random
import resource
import selectors
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import psutil

from assistant.errors import PenalaError
from assistant.retrieval import chunking
from assistant.retrieval.loaders import Text
from assistant.retrieval.reading import Reader
from assistant.retrieval.sources import sources

ROWS, WORDS, SECONDS, MEMORY = 60, 150, 60.0, 4_000_000_000
NAMES = {
    "id": ("Kode barang", "Biaya kirim", "Lama hari"),
    "en": ("Item code", "Shipping fee", "Days needed"),
}
SAYS = {
    "id": "Paket {} dikirim dalam {} hari setelah pembayaran diterima.",
    "en": "Parcel {} leaves the shop within {} days of payment.",
}
PEER = """
import json, sys
from markitdown import MarkItDown
reader = MarkItDown(enable_plugins=False)
for line in sys.stdin:
    try:
        answer = {"text": reader.convert(json.loads(line)).text_content}
    except Exception as error:
        answer = {"error": type(error).__name__}
    print(json.dumps(answer), flush=True)
"""


@dataclass
class Planted:
    """A good file: its sentences, and of its table each row's code with the columns' names."""

    facts: list[str]
    rows: list[str]
    names: tuple[str, ...]


@dataclass
class Found:
    """What one reader made of the folder."""

    read: int = 0
    facts: int = 0
    rows: int = 0
    missed: list[str] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    good_seconds: float = 0.0
    bad_seconds: float = 0.0
    peak: int = 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python", type=Path)
    parser.add_argument("--ours", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.ours:
        return answer_ours()
    with tempfile.TemporaryDirectory() as folder:
        good, bad = made(Path(folder))
        facts, rows = (sum(len(getattr(p, name)) for p in good.values()) for name in ("facts", "rows"))
        print(f"{len(good)} good files with {facts} facts and {rows} table rows, {len(bad)} bad files")
        readers = {"Penala": [sys.executable, "-m", "benchmarks.reading", "--ours"]}
        if asked.peer_python:
            readers["markitdown"] = [str(asked.peer_python), "-c", PEER]
        for name, command in readers.items():
            show(name, judged(command, Path(folder), good, bad), len(good), facts, rows)
    return None


def show(name: str, found: Found, good: int, facts: int, rows: int) -> None:
    print(f"\n{name}: {found.read}/{good} good files read, facts {found.facts / facts:.3f}, ", end="")
    print(f"rows with their columns' names {found.rows / rows:.3f}")
    print(
        f"  {found.good_seconds:.1f} s for the good, {found.bad_seconds:.1f} s for the bad, peak {found.peak / 1e6:.0f} MB"
    )
    print(f"  bad files: {dict(Counter(found.bad.values()))}")
    print("  " + ", ".join(f"{file} {end}" for file, end in found.bad.items() if end != "refused"))
    print(f"  not wholly read: {', '.join(found.missed) or 'none'}")


def answer_ours() -> None:
    """Read the paths on standard input as Penala does, archives member by member."""
    with Reader() as reader:
        for line in sys.stdin:
            texts, error = [], ""
            for source in sources([Path(json.loads(line))]):
                try:
                    with source.file() as path:
                        texts.append(reader.read(path, source.name))
                except PenalaError as caught:
                    error = caught.code
            pieces = [piece for text in texts for piece in cut(text)]
            answer = {"text": "\n".join(text.content for text in texts), "pieces": pieces}
            print(json.dumps(answer if texts else {"error": error}), flush=True)


def cut(text: Text) -> list[str]:
    return [chunk.embedded for chunk in chunking.chunks(text, lambda said: len(said.split()), WORDS, 0)]


def judged(command: list[str], folder: Path, good: dict[str, Planted], bad: list[str]) -> Found:
    found, harness = Found(), Harness(command)
    for name, planted in good.items():
        began = time.perf_counter()
        answer = harness.ask(folder / name)
        found.good_seconds += time.perf_counter() - began
        text = " ".join(answer.get("text", "").split())
        pieces = answer.get("pieces") or cut(Text(((1, answer.get("text", "")),)))
        said = sum(fact in text for fact in planted.facts)
        kept = sum(
            any(row in p and all(n in p for n in planted.names) for p in pieces) for row in planted.rows
        )
        found.read, found.facts, found.rows = found.read + bool(text), found.facts + said, found.rows + kept
        if said < len(planted.facts) or kept < len(planted.rows):
            found.missed.append(f"{name} ({said}/{len(planted.facts)}, {kept}/{len(planted.rows)})")
    for name in bad:
        began = time.perf_counter()
        answer = harness.ask(folder / name)
        found.bad_seconds += time.perf_counter() - began
        leaks = "CANARY" in answer.get("text", "")
        ended = "refused" if "error" in answer else "read" if answer.get("text", "").strip() else "empty"
        found.bad[name] = "leaks" if leaks else answer.get("ended", ended)
    found.peak = harness.end()
    return found


class Harness:
    """A reader in its own process: a path a line in, a JSON answer a line out; watched for time and memory."""

    def __init__(self, command: list[str]) -> None:
        self.command, self.process, self.peak = command, None, 0
        self.ended = Event()
        self.watch = Thread(target=self._watch)
        self.watch.start()

    def ask(self, path: Path) -> dict:
        process = self.process = self.process or self._started()
        process.stdin.write(json.dumps(str(path)).encode() + b"\n")
        process.stdin.flush()
        answer, until = b"", time.monotonic() + SECONDS
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                block = b""
                if waiting.select(max(0.0, until - time.monotonic())):
                    block = os.read(process.stdout.fileno(), 1 << 20)
                if not block:
                    self.process = None
                    process.kill()
                    return {"ended": "too slow" if process.wait() == -9 else "died"}
                answer += block
        return json.loads(answer)

    def end(self) -> int:
        """The most bytes that the process and its children held at once."""
        self.ended.set()
        self.watch.join()
        if self.process:
            self.process.stdin.close()
            self.process.wait()
        return self.peak

    def _started(self) -> subprocess.Popen:
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))  # noqa: E731
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, preexec_fn=limit
        )

    def _watch(self) -> None:
        while not self.ended.wait(0.02):
            try:
                top = psutil.Process(self.process.pid) if self.process else None
                held = sum(p.memory_info().rss for p in [top, *top.children(recursive=True)]) if top else 0
            except psutil.Error:
                continue
            self.peak = max(self.peak, held)


# The folder.


def made(folder: Path) -> tuple[dict[str, Planted], list[str]]:
    """Write the files; the good ones by name with what they hold, and the bad ones' names."""
    chance, good = random.Random(7), {}
    for language in ("id", "en"):
        for name, build in GOOD.items():
            table = [NAMES[language]]
            table += [
                (f"K{chance.randrange(10**6):06}-{n}", f"{chance.randrange(9, 99)}.500", f"{n % 9 + 1}")
                for n in range(ROWS)
            ]
            facts = [SAYS[language].format(f"P{chance.randrange(10**6):06}", n + 2) for n in range(4)]
            file = f"{language}-{name}"
            tabled = build(folder / file, facts, table)
            rows = [row[0] for row in table[1:]] if tabled else []
            good[file] = Planted(facts, rows, NAMES[language] if tabled else ())
    bad = bad_files(folder)
    for name, content in bad.items():
        (folder / name).write_bytes(content)
    return good, list(bad)


def plain(encoding: str):
    def build(path, facts, table):
        path.write_bytes("\n\n".join(["Catatan “café”.", *facts]).encode(encoding))
        return False

    return build


def chat(path, facts, table):
    lines = [f"{n + 3:02}/04/26 09.{n + 10} - Budi: {fact}" for n, fact in enumerate(facts)]
    path.write_text("\n".join(lines), "utf-8")
    return False


def markdown(path, facts, table):
    rows = [f"| {' | '.join(row)} |" for row in table]
    path.write_text("\n".join(["# A", "", *facts, "", rows[0], "|---|---|---|", *rows[1:]]), "utf-8")
    return True


def html(path, facts, table):
    rows = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in table]
    path.write_text(f"<h1>A</h1><p>{'</p><p>'.join(facts)}</p><table>{''.join(rows)}</table>", "utf-8")
    return True


def separated(encoding: str, mark: str):
    def build(path, facts, table):
        lines = [mark.join(row) for row in table] + [f'"{fact}"{mark}{mark}' for fact in facts]
        path.write_bytes("\n".join(lines).encode(encoding))
        return True

    return build


def docx(path, facts, table):
    from docx import Document

    document = Document()
    document.add_heading("A", 1)
    for fact in facts:
        document.add_paragraph(fact)
    made = document.add_table(rows=len(table), cols=3)
    for row, cells in zip(made.rows, table, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.save(path)
    return True


def xlsx(path, facts, table):
    from openpyxl import Workbook

    book = Workbook()
    for row in table:
        book.active.append(row)
    notes = book.create_sheet("Notes")
    for fact in facts:
        notes.append([fact])
    book.save(path)
    return True


def pptx(path, facts, table):
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    for part in range(0, len(table) - 1, 20):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = facts[part // 20]
        rows = [table[0], *table[1:][part : part + 20]]
        frame = slide.shapes.add_table(len(rows), 3, Inches(1), Inches(2), Inches(8), Inches(4)).table
        for n, row in enumerate(rows):
            for m, words in enumerate(row):
                frame.cell(n, m).text = words
        slide.notes_slide.notes_text_frame.text = facts[3]
    deck.save(path)
    return True


def pdf(path, facts, table):
    lines = [[(50, fact)] for fact in facts] + [list(zip((50, 250, 400), row, strict=True)) for row in table]
    path.write_bytes(pdf_of([lines[n : n + 40] for n in range(0, len(lines), 40)]))
    return True


def scan(path, facts, table):
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (1600, 800), 255)
    ImageDraw.Draw(picture).multiline_text(
        (80, 80), "\n".join(facts), 0, ImageFont.load_default(34), spacing=30
    )
    picture.save(path, "PDF", resolution=150)
    return False


def archive(path, facts, table):
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, build in (("inner/a.docx", docx), ("inner/b.txt", plain("utf-8"))):
            build(Path(folder, "member"), facts, table)
            out.write(Path(folder, "member"), name)
    return True


GOOD = {
    "utf8.txt": plain("utf-8"), "cp1252.txt": plain("cp1252"), "utf16.txt": plain("utf-16"), "chat.txt": chat,
    "a.md": markdown, "a.html": html, "comma.csv": separated("utf-8", ","), "semicolon.csv": separated("cp1252", ";"),
    "a.docx": docx, "a.xlsx": xlsx, "a.pptx": pptx, "a.pdf": pdf, "scan.pdf": scan, "a.zip": archive,
}  # fmt: skip


def pdf_of(pages: list[list[list[tuple[int, str]]]], stream: bytes | None = None) -> bytes:
    """A PDF of pages of lines of (left, words); or of one page with a packed stream of its own."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        drawn = "".join(
            f"BT /F1 10 Tf {left} {800 - 18 * n} Td ({words}) Tj ET\n"
            for n, line in enumerate(lines, 1)
            for left, words in line
        )
        packed = stream or zlib.compress(drawn.encode("latin-1"))
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
        )
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        objects.append(page % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, count = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)


def bad_files(folder: Path) -> dict[str, bytes]:
    document, sheet = (folder / "en-a.docx").read_bytes(), (folder / "en-a.xlsx").read_bytes()
    (folder / "canary.secret").write_text("CANARY")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    space = b"<w:document>" + b" " * 100_000_000
    fetching = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file://%s">]>' % str(folder / "canary.secret").encode()
    entities = b"<!DOCTYPE d [<!ENTITY a0 'ha'>%s]>" % b"".join(
        b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    main = zipfile.ZipFile(io.BytesIO(document)).read("word/document.xml")
    return {
        "zero.txt": b"", "blank.md": b" \n\n", "cut.docx": document[:-500], "cut.xlsx": sheet[: len(sheet) // 2],
        "locked.xlsx": ole, "locked.docx": ole, "word.pdf": document, "noise.txt": random.Random(3).randbytes(4000),
        "broken.pdf": b"%PDF-1.4\n" + random.Random(4).randbytes(5000), "blank.pdf": pdf_of([[]]),
        "bomb.docx": with_main(document, space),
        "laughs.docx": with_main(document, main.replace(b"?>", b"?>" + entities, 1).replace(b"</w:t>", b"&a9;</w:t>", 1)),
        "fetch.docx": with_main(document, main.replace(b"?>", b"?>" + fetching, 1).replace(b"</w:t>", b"&x;</w:t>", 1)),
        "bomb.pdf": pdf_of([[]], zlib.compress(b"BT /F1 12 Tf (a) Tj ET\n" * 9_000_000, 9)),
        "bomb.zip": zipped({"bomb.txt": b"a" * 150_000_000}),
    }  # fmt: skip


def with_main(package: bytes, xml: bytes) -> bytes:
    old = zipfile.ZipFile(io.BytesIO(package))
    return zipped({name: xml if name == "word/document.xml" else old.read(name) for name in old.namelist()})


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


if __name__ == "__main__":
    main()
