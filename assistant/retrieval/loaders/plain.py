"""Plain text: what the file says, as it is."""

from pathlib import Path

from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.encoding import read_text


def load(path: Path) -> Text:
    return Text(((1, read_text(path)),))
