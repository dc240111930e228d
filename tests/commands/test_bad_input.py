"""Whatever is wrong at a step, the user reads a sentence in their language: what is wrong, where, how to mend it.

With -s the sentences are printed as a table.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import torch

from assistant.errors import PenalaError
from assistant.tuning.local import checkpoint

from .conftest import Shell, fill

EXAMPLES = "input,output\n" + "".join(f"pesan nomor {n} tentang hal lain,jawab {n}\n" for n in range(3))


@dataclass(frozen=True)
class Mistake:
    """A wrong file, the command that gets it, and what both languages must say of it."""

    step: str
    what: str
    file: str
    content: bytes
    words: tuple[object, ...]  # the command; FILE stands for the file
    said: dict[str, tuple[str, ...]]
    stdin: str = ""
    before: tuple[object, ...] = ()  # a command that makes the project ready for the mistake


FILE = object()


def _index(what: str, file: str, content: bytes, en: tuple[str, ...], id: tuple[str, ...]) -> Mistake:
    return Mistake("baseline", what, file, content, ("index", FILE), {"en": en, "id": id})


def _data(what: str, file: str, content: bytes, en: tuple[str, ...], id: tuple[str, ...]) -> Mistake:
    return Mistake("data", what, file, content, ("data", "import", FILE), {"en": en, "id": id})


def _scan() -> bytes:
    """A PDF of two pages without a letter of text."""
    document, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(2):
        document.new_page(595, 842)
    document.save(out)
    return out.getvalue()


MISTAKES = [
    Mistake(
        "decide", "no JSON", "x", b"", ("advise", "--json"),
        {"en": ("Line 1", "say"), "id": ("Baris 1", "say")}, stdin="kami punya dokumen\n",
    ),
    Mistake(
        "decide", "unknown signal", "x", b"", ("advise", "--json"),
        {"en": ("Line 1", "colour"), "id": ("Baris 1", "colour")}, stdin='{"set": {"colour": "red"}}\n',
    ),
    _index("empty file", "kosong.txt", b"", ("kosong.txt", "no text"), ("kosong.txt", "tidak berisi teks")),
    _index("wrong type", "foto.xyz", b"hm", ("foto.xyz", ".xyz", ".pdf"), ("foto.xyz", ".xyz", ".pdf")),
    _index("not what its name says", "surat.docx", b"hm", ("surat.docx",), ("surat.docx",)),
    _index("scanned PDF", "pindaian.pdf", _scan(), ("pindaian.pdf", "scan", "OCR"), ("pindaian.pdf", "pindaian", "OCR")),
    Mistake(
        "baseline", "empty questions", "kosong.csv", b"", ("evaluation", "add", FILE),
        {"en": ("kosong.csv", "question"), "id": ("kosong.csv", "question")},
    ),
    Mistake(
        "baseline", "questions without the column", "tanya.csv", b"apa,jawab\nx,y\n", ("evaluation", "add", FILE),
        {"en": ("tanya.csv", "question"), "id": ("tanya.csv", "question")},
    ),
    _data("empty file", "kosong.csv", b"", ("kosong.csv", "empty"), ("kosong.csv", "kosong")),
    _data("wrong type", "data.xlsx", b"PK\3\4", ("data.xlsx", "JSONL"), ("data.xlsx", "JSONL")),
    _data("CSV without the column", "isi.csv", b"isi,kelas\na,b\n", ("isi.csv", "input", "isi, kelas"), ("isi.csv", "kolom", "isi, kelas")),
    _data("header alone", "judul.csv", b"input,output\n", ("judul.csv", "no rows"), ("judul.csv", "tidak ada isinya")),
    _data("no text", "gambar.csv", b"\x89PNG\0\0\0", ("gambar.csv", "text"), ("gambar.csv", "teks")),
    Mistake(
        "tune", "3 examples", "tiga.csv", EXAMPLES.encode(), ("tune",),
        {"en": ("not ready", "3 examples", "20"), "id": ("belum siap", "3 contoh", "20")},
        before=("data", "import", FILE),
    ),
    Mistake(
        "tune", "no such version", "tiga.csv", EXAMPLES.encode(), ("tune", "--dataset", "v9", "--override", "x"),
        {"en": ("v9",), "id": ("versi data v9",)}, before=("data", "import", FILE),
    ),
    Mistake(
        "compare", "nothing frozen", "tiga.csv", EXAMPLES.encode(), ("compare",),
        {"en": ("version",), "id": ("versi data", "penala data version")}, before=("data", "import", FILE),
    ),
    Mistake(
        "compare", "no questions", "tiga.csv", EXAMPLES.encode(), ("compare", "--test", "questions"),
        {"en": ("questions",), "id": ("questions", "pertanyaan")}, before=("data", "import", FILE),
    ),
]  # fmt: skip


Tell = Callable[[str, str, str, str], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints a row of the table, with -s alone."""

    def row(*cells: str) -> None:
        if request.config.getoption("capture") == "no":
            with capsys.disabled():
                print(f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |")

    return row


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("m", MISTAKES, ids=lambda m: f"{m.step}: {m.what}")
@pytest.mark.usefixtures("no_embedder")
def test_a_mistake_is_answered_with_a_sentence(
    m: Mistake, language: str, penala: Shell, tmp_path: Path, tell: Tell
) -> None:
    (tmp_path / m.file).write_bytes(m.content)

    def words(given: tuple[object, ...]) -> list[object]:
        placed = [tmp_path / m.file if word is FILE else word for word in given]
        return [*placed, "--project", tmp_path / "p", "--lang", language]

    penala("project", "new", "Uji", "--project", tmp_path / "p")
    if m.before:
        penala(*words(m.before))
    ran = penala(*words(m.words), stdin=m.stdin, code=2)
    told = ran.out if m.words[0] == "index" else ran.err
    for part in m.said[language]:
        assert part in told
    tell(language, m.step, m.what, told)


FULL: list[tuple[str, tuple[str, ...]]] = [
    ("decide", ("advise",)),
    ("baseline", ("index", "a.txt")),
    ("data", ("data", "import", "many.csv")),
    ("data", ("data", "version")),
    ("compare", ("compare", "--test", "questions")),
    ("projects", ("project", "export", "disk/p.zip")),
]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.usefixtures("no_embedder")
def test_a_full_disk_is_said_at_each_step_and_nothing_is_lost(
    language: str, penala: Shell, small_disk: Path, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path, tell: Tell,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "three.csv").write_text(EXAMPLES)
    (tmp_path / "many.csv").write_text(
        "input,output\n" + "".join(f"halo {n},ya {n}\n" for n in range(20_000))
    )
    (tmp_path / "a.txt").write_text("Harga servis 5000 rupiah. " * 40)
    where = ("--project", small_disk / "p", "--lang", language)
    penala("data", "import", "three.csv", *where)
    fill(small_disk)
    said = {"id": "Disk penuh", "en": "disk is full"}[language]
    for step, words in FULL:
        ran = penala(*words, *where, stdin="halo\n", code=1)
        assert said.lower() in ran.err.lower(), ran
        tell(language, step, "full disk", ran.err.replace(str(tmp_path), "…"))
    (small_disk / "filler").unlink()
    ran = penala("data", "import", "many.csv", *where, code=1)  # fills up in the middle of the import
    assert said.lower() in ran.err.lower()
    assert sum(penala("data", "split", *where, "--json").object.values()) == 3


def test_a_full_disk_at_a_checkpoint_is_said_and_the_last_one_stays(small_disk: Path) -> None:
    def tensors(size: int) -> dict[str, checkpoint.Tensors]:
        return {name: {"w": torch.ones(size)} for name in ("weights", "best", "optimizer")}

    kept = checkpoint.save(small_disk / "c", tensors(1000), checkpoint.Progress(1))
    with pytest.raises(PenalaError) as caught:
        checkpoint.save(small_disk / "c", tensors(90_000), checkpoint.Progress(2))
    assert caught.value.code == "disk_full"
    assert checkpoint.newest(small_disk / "c") == kept
    assert [path.name for path in (small_disk / "c").iterdir()] == [kept.name]


def test_an_error_that_nobody_foresaw_is_a_sentence_too(
    penala: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*given: object) -> Callable[..., object]:
        raise ZeroDivisionError("no words for this")

    monkeypatch.setattr("assistant.commands.projects.list_all", broken)
    ran = penala("project", "list", "--lang", "id", code=1)
    assert "no words for this" in ran.err and "Coba lagi" in ran.err
    assert "Traceback" in (tmp_path / "home" / "last-error.txt").read_text()


def test_a_file_that_cannot_be_read_leaves_no_project_behind(tmp_path, capsys):
    from assistant.cli import main

    (tmp_path / "bad.csv").write_bytes(b"")
    assert main(["data", "import", str(tmp_path / "bad.csv"), "--project", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists() and capsys.readouterr().err
