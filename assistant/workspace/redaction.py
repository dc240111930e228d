"""Takes keys out of text before it is written or shown; knows only how keys look and which are set."""

import logging
import os
import re
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

from assistant.settings import KEYS

_SHORTEST = 6  # characters; a shorter "key" would be taken out of ordinary words
# Keys as their services write them: Google, OpenAI and alike, Hugging Face, a header that carries one, our sessions.
_SHAPES = re.compile(
    r"penala_[\w-]{40,60}|AIza[\w-]{30,50}|ya29\.[\w.-]{20,300}|sk-[\w-]{16,300}|hf_\w{20,80}"
    r"|(?i:(?<=bearer ))[\w.~+/=-]{12,2000}|(?<=penala_session=)[\w-]{20,100}"
)
_SIZE, _KEPT = 1_000_000, 5  # bytes of one log file, and older ones kept


def redact(text: str, env: Mapping[str, str] = os.environ) -> str:
    """The text with each key that is set, and whatever looks like one, replaced by its name or a mark."""
    for name in KEYS:
        value = env.get(name, "").strip()
        if len(value) >= _SHORTEST:
            text = text.replace(value, f"[{name}]")
    return _SHAPES.sub("[key]", text)


class Redacted(logging.Formatter):
    """Redacts the whole line, the traceback with it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def log_to(home: Path) -> Path:
    """Write warnings and errors, and what Penala itself tells, to `home`/logs, a few megabytes at most."""
    path = home / "logs" / "penala.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(Redacted("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, RotatingFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    logging.getLogger("penala").setLevel(logging.INFO)
    logging.captureWarnings(True)
    return path
