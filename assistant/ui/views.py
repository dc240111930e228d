"""Turns values into inert HTML, frames and words; knows nothing of where they come from.

gr.HTML is not sanitised by Gradio, so each text that is not ours passes `safe` here.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape as safe

from assistant import texts
from assistant.errors import Sentence

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|<img\b[^>]*>|!\[([^\]]*)\]\[[^\]]*\]", re.IGNORECASE)


def problem(sentence: Sentence) -> str:
    """A mistake, said where it was made."""
    return f'<div class="p-shown p-notice p-blocks" role="alert"><b>{safe(sentence.message)}</b> {safe(sentence.hint)}</div>'


def note(text: str, *, link: tuple[str, str] | None = None) -> str:
    """Something good to know; `link` is (words, address)."""
    more = f' <a href="{safe(link[1])}">{safe(link[0])}</a>' if link else ""
    return f'<div class="p-shown p-notice" role="status">{safe(text)}{more}</div>'


def lead(title: str, sentence: str) -> str:
    """The head of a page: what it is for and what to do next."""
    return f'<div class="p-lead"><h1>{safe(title)}</h1><p>{safe(sentence)}</p></div>'


def section(title: str, sentence: str = "") -> str:
    more = f"<p>{safe(sentence)}</p>" if sentence else ""
    return f'<div class="p-section"><h2>{safe(title)}</h2>{more}</div>'


def empty(title: str, sentence: str) -> str:
    """What will be here, and how to get it here."""
    return f'<div class="p-shown p-empty"><b>{safe(title)}</b><p>{safe(sentence)}</p></div>'


def tag(text: str, kind: str = "") -> str:
    return f'<span class="p-tag {safe(kind)}">{safe(text)}</span>'


def action(words: str, do: str, id: str, kind: str = "", label: str = "") -> str:
    """A button inside our own HTML; its page hears of it by `do` and `id` (see parts.html)."""
    spoken = f' aria-label="{safe(label)}"' if label else ""
    return (
        f'<button type="button" class="p-action {safe(kind)}" data-do="{safe(do)}" data-id="{safe(id)}"{spoken}>'
        f"{safe(words)}</button>"
    )


def link(words: str, address: str, kind: str = "p-action") -> str:
    """A link; one to a file says so, or Gradio takes it for leaving the page: it closes its streams, then reloads."""
    file = " download" if "/download/" in address else ""
    return f'<a class="{safe(kind)}" href="{safe(address)}"{file}>{safe(words)}</a>'


def rows(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of name and value; the values are HTML made here."""
    lines = "".join(f"<div><dt>{safe(name)}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f'<dl class="p-rows">{lines}</dl>'


def table(heads: Sequence[str], cells: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A small table of texts; columns in `right` hold numbers."""
    kind = [' class="p-right"' if n in right else "" for n in range(len(heads))]
    head = "".join(f"<th{k}>{safe(text)}</th>" for k, text in zip(kind, heads, strict=True))
    body = "".join(
        "<tr>"
        + "".join(f"<td{k}>{safe(str(cell))}</td>" for k, cell in zip(kind, row, strict=True))
        + "</tr>"
        for row in cells
    )
    return f'<div class="p-scroll"><table class="p-grid"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def lines(texts_: Iterable[str], rest: int = 0, more: str = "") -> str:
    """A plain list; `more` says how many are left out when `rest` is above zero."""
    listed = "".join(f"<li>{safe(text)}</li>" for text in texts_)
    return f'<ul class="p-lines">{listed}</ul>' + (f'<p class="p-small">{safe(more)}</p>' if rest > 0 else "")


def share(count: int, total: int, language: str) -> str:
    """A count with a thin bar for its share of the total."""
    part = count / total if total else 0.0
    words = f"{texts.number(language, count)} · {texts.number(language, 100 * part)} %"
    return f'<span class="p-share"><span class="p-thin"><i style="width:{100 * part:.1f}%"></i></span>{words}</span>'


def moment(at: str, language: str) -> str:
    """A time from the database as people write it: 22 November 2026, 14.05."""
    if not at:
        return ""
    when = datetime.fromisoformat(at).astimezone()
    month = texts.say(language, f"ui.month.m{when.month}")
    clock = f"{when:%H.%M}" if language == "id" else f"{when:%H:%M}"
    return f"{when.day} {month} {when.year}, {clock}"


def duration(seconds: float, language: str) -> str:
    """A length of time as people say it: seconds, minutes, hours."""
    if seconds < 90:
        return texts.say(language, "ui.time.seconds", count=round(seconds))
    if seconds < 5400:
        return texts.say(language, "ui.time.minutes", count=round(seconds / 60))
    return texts.say(language, "ui.time.hours", count=seconds / 3600)


def bar(share: float, words: str) -> str:
    """Progress as a bar and in words; `share` from 0 to 1, below 0 when it cannot be known."""
    known = max(0.0, min(1.0, share))
    moving = " p-moving" if share < 0 else ""
    return (
        f'<div class="p-bar{moving}" role="progressbar" aria-valuenow="{known * 100:.0f}"><i style="width:'
        f'{known * 100:.1f}%"></i></div><div class="p-small">{safe(words)}</div>'
    )


def plain(text: str) -> str:
    """A model's or document's text for a Markdown field: images become their words, tags show as they are."""
    return _IMAGE.sub(lambda found: found.group(1) or found.group(2) or "", text).replace("<", "&lt;")
