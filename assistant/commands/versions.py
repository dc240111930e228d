"""`penala data versions`, `diff`, `restore`, `datasheet`: frozen versions, compared, brought back, described."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant import texts
from assistant.commands import Call
from assistant.dataset import differences, versions
from assistant.dataset.differences import RowChange
from assistant.journey import freezing

_MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}  # as wdiff writes them
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
_SHORT = 100  # letters of a row that is not in both


def listed(call: Call) -> int:
    """Every version, oldest first."""
    rows = [asdict(v) for v in versions.all_versions(call.project)]
    lines = [
        f"{v['name']}  {v['rows']}  {v['at'][:16]}  {v['parent'] or '-'}  {v['author']}  {v['note']}".rstrip()
        for v in rows
    ]
    return call.show_rows(rows, "\n".join(lines))


def diff(call: Call) -> int:
    """Two versions row by row, with the words that changed."""
    old, new = (
        versions.version(call.project, name).name for name in (call.arguments.old, call.arguments.new)
    )
    found = versions.difference(call.project, old, new)
    value = {"old": old, "new": new, **changes(found)}
    return call.show(value, "\n".join([_counted(call, found), *(_line(c) for c in found)]))


def restore(call: Call) -> int:
    """What bringing a version back would change; with --yes, bring it back."""
    asked = call.arguments
    name = versions.version(call.project, asked.version).name
    found = versions.restoring(call.project, name)
    kept = freezing.restore(call.project, call.settings, name, asked.person) if asked.yes and found else None
    value = {"version": name, **changes(found), "restored": bool(asked.yes), "kept_as": kept.name if kept else None}  # fmt: skip
    lines = [_counted(call, found), *(_line(c) for c in found[: 0 if asked.yes else 20])]
    lines += [_say(call, "restored", name=name, kept=kept.name)] if kept else []
    lines += [_say(call, "not_yet_restored", name=name)] if found and not asked.yes else []
    return call.show(value, "\n".join(lines))


def datasheet(call: Call) -> int:
    """A version's datasheet, as Markdown."""
    name = versions.version(call.project, call.arguments.version).name
    text = freezing.sheet(call.project, name, call.language)
    return call.show({"version": name, "datasheet": text}, text)


def changes(found: Sequence[RowChange]) -> dict[str, Any]:
    """As `--json` prints them: ids, and for changed rows each field before and after."""
    return {
        "added": [c.id for c in found if c.kind == "added"],
        "removed": [c.id for c in found if c.kind == "removed"],
        "changed": [
            {"id": c.id, "fields": {name: _both(c, name) for name in c.fields}} for c in found if c.fields
        ],
    }


def _both(c: RowChange, name: str) -> dict[str, str]:
    return {side: differences.plain(getattr(getattr(c, side), name)) for side in ("before", "after")}


def _line(c: RowChange) -> str:
    if not c.fields:
        one = c.after or c.before
        said = f"{one.input} → {one.output}" if one else ""
        return f"{_SIGNS[c.kind]} {c.id}  {' '.join(said.split())[:_SHORT]}"
    return f"{_SIGNS[c.kind]} {c.id}  " + "  ".join(f"{name}: {_marked(c, name)}" for name in c.fields)


def _marked(c: RowChange, name: str) -> str:
    both = _both(c, name)
    if name not in differences.WORDY:
        return f"{both['before'] or '-'} → {both['after'] or '-'}"
    pieces = differences.words(both["before"], both["after"])
    return "".join(_MARKS[p.kind].format(p.text) for p in pieces)


def _counted(call: Call, found: Sequence[RowChange]) -> str:
    return _say(call, "changes", **differences.counts(found))


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"versions.{key}", **values)
