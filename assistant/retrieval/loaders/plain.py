"""Plain text: what the file says, as it is; a WhatsApp export as its messages."""

from pathlib import Path

from assistant.retrieval.loaders import Text, whatsapp
from assistant.retrieval.loaders.encoding import read_text


def load(path: Path) -> Text:
    text = read_text(path)
    return whatsapp.messages(text) or Text(((1, text),))
