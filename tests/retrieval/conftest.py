"""What the retrieval tests share: an embedder of words, an empty project, and files of every kind."""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.models.values import Vectors
from assistant.retrieval import vectors
from assistant.texts.terms import terms
from assistant.workspace.project import Project, create_project

SIZE = 256


class WordEmbedder:
    """Texts with like words lie near each other; counts what it is asked to embed."""

    def __init__(self, fingerprint: str = "words-1") -> None:
        self.fingerprint = fingerprint
        self.embedded = 0

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.stack([_vector(text) for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([_vector(text) for text in texts])

    def count(self, text: str) -> int:
        return len(text.split())


def _vector(text: str) -> Vectors:
    made = np.full(SIZE, 1e-3, np.float32)
    for term in terms(text):
        made[int(hashlib.md5(term.encode()).hexdigest(), 16) % SIZE] += 1.0
    return made / np.linalg.norm(made)


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def project(tmp_path: Path):
    made = create_project(tmp_path / "project", "Test", "en")
    yield made
    vectors.close(made)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Writes a file in a folder of its own and returns its path."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def pdf(*pages: str, encrypted: bool = False) -> bytes:
    """A small PDF with one line of text a page; an empty page is drawn as a box, as a scan would be."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for text in pages:
        drawn = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET" if text else "10 10 300 300 re f"
        stream = zlib.compress(drawn.encode("latin-1"))
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream)
        )
        page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R "
        page += "/Resources << /Font << /F1 3 0 R >> >> >>"
        objects.append((page % len(objects)).encode())
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    locked = b""
    if encrypted:
        key = b"<" + b"5a" * 32 + b">"
        objects.append(b"<< /Filter /Standard /V 1 /R 2 /O %s /U %s /P -44 >>" % (key, key))
        locked = b"/Encrypt %d 0 R /ID [<00> <00>] " % len(objects)
    return _assembled(objects, locked)


def _assembled(objects: list[bytes], locked: bytes) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R %s>>" % (len(objects) + 1, locked)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (trailer, start)


def fill(project: Project, write: Callable[[str, str | bytes], Path], embedder: WordEmbedder) -> list[Path]:
    """Three small documents on different matters, added."""
    from assistant.retrieval import index

    paths = [
        write("returns.md", "# Returns\n\nYou may return a parcel within 14 days.\n\n## Refunds\n\nMoney comes back in three days."),
        write("shipping.txt", "Shipping to the islands costs 25,000 rupiah. Orders leave the warehouse at noon."),
        write("warranty.html", "<h1>Warranty</h1><p>Lamps have a warranty of two years.</p><script>evil()</script>"),
    ]  # fmt: skip
    index.add(project, paths, embedder)
    return paths
