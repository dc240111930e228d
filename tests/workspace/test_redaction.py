"""Row 35: no key reaches a log, a job's folder, an error's sentence or a file, whoever puts it into a message."""

import logging
import re
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from assistant.errors import PenalaError
from assistant.jobs import Job, Journal, work
from assistant.settings import KEYS
from assistant.ui.wiring import sentence
from assistant.workspace import redaction
from assistant.workspace.redaction import redact

SHAPES = (
    "AIzaSyA1234567890abcdefghijklmnopqrstuvw", "sk-proj-abcdefghijklmnop1234", "hf_abcdefghijklmnopqrstuvwx",
    "ya29.a0AfH6SMabcdefghijklmnopqrstuvwxyz",
)  # fmt: skip


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A canary in every variable that holds a key."""
    made = {name: f"canary-{name.lower()}-4711" for name in KEYS}
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Path]:
    yield redaction.log_to(tmp_path)
    for handler in [h for h in logging.getLogger().handlers if isinstance(h, RotatingFileHandler)]:
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.captureWarnings(False)


def test_row_35_keys_that_are_set_and_what_looks_like_one_are_taken_out(keys: dict[str, str]) -> None:
    text = " ".join([*keys.values(), *SHAPES, "Authorization: Bearer abcdefghijklmnop.qrst", "order 12345"])
    said = redact(text)
    assert "canary" not in said and not any(shape in said for shape in SHAPES)
    assert "abcdefghijklmnop" not in said and "order 12345" in said
    assert all(f"[{name}]" in said for name in keys)


def test_row_35_the_log_holds_no_key_not_even_in_a_traceback(keys: dict[str, str], logged: Path) -> None:
    log = logging.getLogger("penala")
    for value in keys.values():
        try:
            raise RuntimeError(f"refused: {value}")
        except RuntimeError:
            log.exception("asked with %s", value)
    logging.getLogger("py.warnings").warning("odd %s", SHAPES[0])
    text = logged.read_text("utf-8")
    assert "Traceback" in text and "refused: [GEMINI_API_KEY]" in text and "odd [key]" in text
    assert "canary" not in text and SHAPES[0] not in text


def test_the_log_stays_small(logged: Path) -> None:
    for _ in range(90):
        logging.getLogger("penala").warning("x" * 100_000)
    files = list(logged.parent.iterdir())
    assert len(files) == 6 and sum(f.stat().st_size for f in files) <= 6_100_000


def test_row_35_a_job_that_fails_on_a_key_keeps_it_nowhere(
    keys: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(spec: object, journal: Journal) -> dict[str, object]:
        journal.add("note", said=keys["OPENAI_API_KEY"])
        raise RuntimeError(f"401 for {keys['GEMINI_API_KEY']}")

    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "spec.json").write_text("{}")
    assert work(folder, fail) == 1
    (folder / "log.txt").write_text(f"a library printed {keys['HF_TOKEN']}")
    told = "".join(path.read_text("utf-8") for path in folder.iterdir() if path.name != "log.txt")
    assert "canary" not in told + Job(folder).log() + "".join(capfd.readouterr())
    assert re.search(r"401 for \[GEMINI_API_KEY\]", told)


def test_row_35_a_sentence_on_the_page_holds_no_key(keys: dict[str, str]) -> None:
    error = PenalaError("remote_failed", service="S", status="500", reason=keys["PENALA_ENDPOINT_KEY"])
    assert "canary" not in str(sentence(error, "id")) and "[PENALA_ENDPOINT_KEY]" in str(
        sentence(error, "en")
    )
