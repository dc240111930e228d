"""Recognises the text of scanned pages with Tesseract, where it is installed; knows nothing of files."""

import os
import shutil
import subprocess
import time
from functools import cache

import pypdfium2

_DOTS = 200 / 72  # dots an inch, over a PDF's points
_MOST_DOTS = 4_000  # on a page's longer side
_SECONDS = 60.0  # for one file; what is left then stays unread
_WANTED = ("ind", "eng")


class Recogniser:
    """Reads pages until its time is up."""

    def __init__(self) -> None:
        self._until = time.monotonic() + _SECONDS

    def text(self, page: pypdfium2.PdfPage) -> str:
        """The words on a page; "" where none are found, Tesseract is not installed, or the time is up."""
        left = self._until - time.monotonic()
        if left <= 0 or not languages():
            return ""
        command = [_tesseract(), "stdin", "stdout", "-l", "+".join(languages())]
        try:
            done = subprocess.run(
                command, input=_picture(page), capture_output=True, timeout=left, env=_environment()
            )
        except subprocess.TimeoutExpired:
            return ""
        return done.stdout.decode("utf-8", "replace").replace("\f", "").strip()


@cache
def languages() -> tuple[str, ...]:
    """Which of the product's languages Tesseract knows here; none where it is not installed."""
    if not _tesseract():
        return ()
    done = subprocess.run([_tesseract(), "--list-langs"], capture_output=True, text=True, env=_environment())
    return tuple(name for name in _WANTED if name in done.stdout.split())


def _tesseract() -> str:
    return shutil.which("tesseract") or ""


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}  # more threads only hinder one another on a page


def _picture(page: pypdfium2.PdfPage) -> bytes:
    """The page in greys as a PGM file."""
    scale = min(_DOTS, _MOST_DOTS / max(1.0, *page.get_size()))
    bitmap = page.render(scale=scale, grayscale=True)
    dots, stride, width = bytes(bitmap.buffer), bitmap.stride, bitmap.width
    rows = b"".join(dots[n * stride : n * stride + width] for n in range(bitmap.height))
    return b"P5 %d %d 255\n" % (width, bitmap.height) + rows
