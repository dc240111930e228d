"""Chat logs as conversations: WhatsApp's exports, and transcripts of the form "Name: words"."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from assistant.errors import PenalaError
from assistant.interchange import whatsapp
from assistant.interchange.rows import Row, Table

_PAUSE = timedelta(hours=6)  # a longer silence begins another conversation
_MOST_TURNS = 12  # turns before an answer that go into its input
_LINE = re.compile(r"^\s*+(?:\[[^\]]{1,30}\]\s*+)?([^:\n\t]{1,40}?)\s*+: (.*)$")
_RULE = re.compile(r"^\s*+(?:[-=*_]{3,}+|)\s*$")
_ANSWERING = (
    "assistant", "asisten", "agent", "agen", "admin", "bot", "cs", "customer service", "layanan pelanggan", "support",
    "helpdesk", "operator", "petugas", "penjual", "seller", "jawaban", "jawab", "answer", "a",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    who: str
    words: str
    talk: str  # the conversation it belongs to


def is_log(text: str) -> bool:
    """Whether a text reads like a chat: messages with dates, or mostly lines "Name: words" by a few names."""
    if whatsapp.is_export(text):
        return True
    lines = [line for line in text.split("\n")[:400] if line.strip()]
    names = Counter(found.group(1) for line in lines if (found := _LINE.match(line)))
    often = [name for name, times in names.items() if times > 1]
    return len(names) > 1 and names.total() >= 0.6 * len(lines) and (len(often) > 1 or len(lines) < 4)


def table(text: str, name: str, speaker: str = "") -> Table:
    """A chat's answers (see `_table`). Raises PenalaError: chat_one_speaker, chat_no_speaker."""
    said = _whatsapp(text, name) if whatsapp.is_export(text) else _transcript(text, name)
    return _table(list(said), name, speaker)


def is_telegram(rows: Sequence[Row]) -> bool:
    """Whether rows are the messages of Telegram's export as JSON."""
    some = [row.values for row in rows[:20] if row.broken is None]
    return bool(some) and all({"date", "text", "type"} <= set(values) for values in some)


def telegram(rows: Sequence[Row], name: str, speaker: str = "") -> Table:
    """As `table`."""
    return _table(list(_telegram(rows, name)), name, speaker)


def _table(said: Sequence[_Said], name: str, speaker: str) -> Table:
    """One row for each answer: `messages` up to it, and the conversation as `source`.

    `speaker` is who answers; else a name that says so ("CS", "Agent"), else who did not begin the most conversations.
    """
    names = tuple(who for who, _ in Counter(one.who for one in said).most_common())
    if len(names) < 2:
        raise PenalaError("chat_one_speaker", name=name)
    known = {who.casefold(): who for who in names}
    if speaker and speaker.casefold() not in known:
        raise PenalaError("chat_no_speaker", name=name, speaker=speaker, known=", ".join(names))
    answering = known[speaker.casefold()] if speaker else _answering(said, names)
    rows = [row for _, talk in groupby(said, lambda one: one.talk) for row in _answers(list(talk), answering)]
    notices = () if speaker else (PenalaError("chat_speaker_guessed", speaker=answering),)
    return Table("chat", rows, speakers=names, speaker=answering, notices=notices)


def _answers(talk: Sequence[_Said], answering: str) -> Iterator[Row]:
    """A row for each answer of one conversation; messages in a row by one side are one turn."""
    turns: list[dict[str, str]] = []
    for ours, block in groupby(talk, lambda one: one.who == answering):
        turns.append(
            {"role": "assistant" if ours else "user", "content": "\n".join(one.words for one in block)}
        )
        if ours and len(turns) > 1:
            yield Row({"messages": turns[-_MOST_TURNS - 1 :], "source": talk[0].talk})


def _answering(said: Sequence[_Said], names: Sequence[str]) -> str:
    named = next((who for who in names if who.casefold() in _ANSWERING), None)
    if named:
        return named
    begun = Counter(next(talk).who for _, talk in groupby(said, lambda one: one.talk))
    second = Counter(b.who for a, b in pairwise(said) if a.talk == b.talk and a.who != b.who)
    return min(names, key=lambda who: (begun[who] - second[who], -second[who]))


def _whatsapp(text: str, name: str) -> Iterator[_Said]:
    dated = ((m.at, m.sender, "" if whatsapp.is_stub(m.words) else m.words) for m in whatsapp.messages(text))
    return _parted(dated, name)


def _telegram(rows: Sequence[Row], name: str) -> Iterator[_Said]:
    dated = []
    for values in (row.values for row in rows if row.broken is None):
        parts = values.get("text")
        words = [part if isinstance(part, str) else str(part.get("text", "")) for part in parts or ()]
        with suppress(ValueError):
            at = datetime.fromisoformat(str(values.get("date")))
            dated.append((at, str(values.get("from") or ""), "".join(words)))
    return _parted(dated, name)


def _parted(dated: Iterable[tuple[datetime, str, str]], name: str) -> Iterator[_Said]:
    """Messages (time, sender, words) in conversations, which a long silence parts; empty ones left out."""
    before: datetime | None = None
    talk = ""
    for at, sender, words in dated:
        if before is None or not timedelta() <= at - before <= _PAUSE:
            talk = f"{name} {at:%Y-%m-%d %H:%M}"
        before = at
        if sender and words.strip():
            yield _Said(sender, words.strip(), talk)


def _transcript(text: str, name: str) -> Iterator[_Said]:
    """Conversations parted by blank lines or rules; a line without a name goes on with the one before."""
    number, held = 1, None
    blank_parts = bool(re.search(r"\n\s*\n", text.strip()))
    for line in text.split("\n"):
        found = _LINE.match(line)
        if _RULE.match(line) and (blank_parts or line.strip()):
            if held:
                yield held
                number += 1
            held = None
        elif found:
            if held:
                yield held
            held = _Said(found.group(1), found.group(2).strip(), f"{name} {number}")
        elif held and line.strip():
            held = _Said(held.who, f"{held.words}\n{line.strip()}", held.talk)
    if held:
        yield held
