"""WhatsApp's text exports: each message as one line "2026-03-12 09:15 Budi: …", whatever the phone's layout was."""

from assistant.interchange import whatsapp
from assistant.interchange.whatsapp import Message
from assistant.retrieval.loaders import Text
from assistant.retrieval.loaders.outline import Outline


def messages(text: str) -> Text | None:
    """The export's messages, each a row; None for a text that is no export."""
    found = whatsapp.messages(text) if whatsapp.is_export(text) else []
    if not found:
        return None
    outline = Outline()
    outline.rows([_said(message) for message in found])
    return outline.text()


def _said(message: Message) -> tuple[str, str]:
    lead = f"{message.at:%Y-%m-%d %H:%M} {message.sender}".rstrip()
    return f"{lead}: {message.words}".rstrip(), lead
