"""Names a source as a reader of the language understands it; knows none of them."""

from assistant import texts
from assistant.advisor.signals import Source


def publisher(source: Source, language: str) -> str:
    return (source.local.get("publisher") if language == "id" else None) or source.publisher


def named(source: Source, language: str) -> str:
    """Publisher and title. In Indonesian a description is translated, and a title that stays English is marked as
    such, since the page behind it is in English."""
    if language != "id":
        return f"{source.publisher}, {source.title}"
    title = source.local.get("title") or texts.say(language, "advisor.english_title", title=source.title)
    return f"{publisher(source, language)}, {title}"


def cited(source: Source, language: str) -> str:
    """The same with date and link."""
    dated = f", {source.date}" if source.date else ""
    return f"{named(source, language)}{dated}." + (f" <{source.link}>" if source.link else "")
