"""Changes of examples as HTML, each row with its words marked; knows nothing of versions."""

from collections.abc import Sequence
from html import escape as safe

from assistant.dataset import differences
from assistant.dataset.differences import RowChange
from assistant.dataset.examples import Example
from assistant.ui import views
from assistant.ui.context import speaker

_TAGS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
_KINDS = {"added": "p-good", "removed": "p-bad", "changed": "p-warn"}


def rows(found: Sequence[RowChange], language: str) -> str:
    """Each change as an item: what it is, its id, and every field that differs."""
    return f'<div class="p-list p-diff">{"".join(_item(c, language) for c in found)}</div>'


def _item(c: RowChange, language: str) -> str:
    tag = views.tag(speaker(language)(f"versions.{c.kind}"), _KINDS[c.kind])
    body = _changed(c, language) if c.fields else _whole(c.after or c.before, c.kind, language)
    return f'<div class="p-item"><div><h3>{safe(c.id)}</h3></div><div>{tag}</div><div class="p-wide">{body}</div></div>'


def _changed(c: RowChange, language: str) -> str:
    t = speaker(language)
    return views.rows([(t(f"versions.field_{name}"), _field(c, name)) for name in c.fields])


def _field(c: RowChange, name: str) -> str:
    before, after = (differences.plain(getattr(e, name)) for e in (c.before, c.after))
    if name in differences.WORDY:
        pieces = differences.words(before, after)
        return _text("".join(_TAGS[p.kind].format(safe(p.text)) for p in pieces))
    return _text(f"<del>{safe(before)}</del> <ins>{safe(after)}</ins>")


def _whole(e: Example | None, kind: str, language: str) -> str:
    t, mark = speaker(language), "ins" if kind == "added" else "del"
    if e is None:
        return ""
    shown = [(t(f"versions.field_{name}"), getattr(e, name)) for name in ("input", "output")]
    return views.rows([(name, _text(f"<{mark}>{safe(text)}</{mark}>")) for name, text in shown])


def _text(html: str) -> str:
    return f'<span class="p-text">{html}</span>'
