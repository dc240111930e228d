"""Reads the guides: short sections, each an answer to one question with its sources; answers nothing itself."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from assistant.advisor.checklist import load as load_checklist
from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE, LANGUAGES

_SECTION = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_SOURCES = re.compile(r"\s*\[([a-z0-9_]+(?:, *[a-z0-9_]+)*)\]\s*$")


@dataclass(frozen=True)
class Section:
    """One answer: `asks` are ways of asking for it, `sources` keys of sources.yaml."""

    guide: str
    language: str
    number: int  # the same section has the same number in every language
    title: str
    heading: str
    asks: tuple[str, ...]
    text: str
    sources: tuple[str, ...]


@cache
def load(folder: Path = KNOWLEDGE) -> tuple[Section, ...]:
    """All sections, languages side by side. Raises PenalaError("knowledge_entry") naming file and section."""
    known = frozenset(load_checklist(folder).sources)
    found = {language: _language(folder / "guides" / language, language, known) for language in LANGUAGES}
    first, *others = found.values()
    for other in others:
        for odd in {(s.guide, s.number) for s in first} ^ {(s.guide, s.number) for s in other}:
            raise _wrong(f"{odd[0]}.md", str(odd[1]), "is not there in every language")
    return tuple(section for sections in found.values() for section in sections)


def _language(folder: Path, language: str, known: frozenset[str]) -> list[Section]:
    return [section for file in sorted(folder.glob("*.md")) for section in _guide(file, language, known)]


def _guide(file: Path, language: str, known: frozenset[str]) -> list[Section]:
    whole = file.read_text("utf-8")
    _, head, body = whole.split("---\n", 2) if whole.startswith("---\n") else ("", "", "")
    title = (yaml.safe_load(head) or {}).get("title") if head else None
    if not title:
        raise _wrong(file.name, "title", "the head with a title is missing")
    parts = _SECTION.split(body)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [
        _section(file, language, n, title, heading, text, known)
        for n, (heading, text) in enumerate(pairs, start=1)
    ]


def _section(
    file: Path, language: str, number: int, title: str, heading: str, body: str, known: frozenset[str]
) -> Section:
    lines = body.strip().splitlines()
    asks = [ask.strip() for line in lines if line.startswith(">") for ask in line[1:].split("·")]
    text = "\n".join(line for line in lines if not line.startswith(">")).strip()
    cited = _SOURCES.search(text)
    if not cited or not asks:
        raise _wrong(
            file.name, heading, "needs a line of questions and sources in square brackets at its end"
        )
    sources = tuple(key.strip() for key in cited.group(1).split(","))
    if unknown := set(sources) - known:
        raise _wrong(file.name, heading, f"source '{min(unknown)}' is not in sources.yaml")
    text = text[: cited.start()].strip()
    return Section(file.stem, language, number, title, heading, tuple(filter(None, asks)), text, sources)


def _wrong(file: str, entry: str, problem: str) -> PenalaError:
    return PenalaError("knowledge_entry", file=file, entry=entry, problem=problem)
