"""The datasheet of a frozen version as Markdown: what is in it, who made it and how, what was found, what is missing.

The questions are those of Gebru et al. 2021, "Datasheets for Datasets", as far as counting can answer them.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from assistant import texts
from assistant.dataset.checks import Report
from assistant.dataset.examples import SPLITS, SYNTHETIC, Example
from assistant.dataset.kinds import kind_of
from assistant.dataset.splits import FEW_TESTS
from assistant.dataset.versions import Version
from assistant.texts.terms import language as language_of

_LISTED = 30  # labels, people, files
_FEW = 8  # rows of a label; knowledge/guides/*/data-amount.md


@dataclass(frozen=True)
class About:
    """What the rows do not tell: the project's name, the data's licence, the reason for which blocking findings were
    overridden, examples that are still drafts, and how often each person reviewed."""

    project: str
    licence: str = ""
    overridden: str = ""
    drafts: int = 0
    reviewers: tuple[tuple[str, int], ...] = ()


Say = Callable[..., str]


def markdown(
    version: Version, rows: Sequence[Example], found: Report | None, about: About, language: str
) -> str:
    """The whole sheet in one language; `found` is what the checks said at freezing, None where they did not run."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"datasheet.{key}", **values)

    parts = {
        "what": _what(version, rows, say), "who": _who(rows, about, say), "how": _how(rows, say),
        "counts": _counts(rows, say), "checks": _checks(found, about, language, say),
        "gaps": _gaps(rows, about, say), "licence": [_cell(about.licence) or say("no_licence")],
        "identity": _identity(version, say),
    }  # fmt: skip
    head = f"# {say('title', project=_cell(about.project), version=version.name)}"
    body = [f"## {say(name)}\n\n" + "\n".join(lines) for name, lines in parts.items()]
    return "\n\n".join([head, *body]) + "\n"


def _what(version: Version, rows: Sequence[Example], say: Say) -> list[str]:
    note = [say("note", note=_cell(version.note))] if version.note else []
    lengths = [
        say(f"length_{name}", median=round(statistics.median(sizes)), most=max(sizes))
        for name in ("input", "output")
        if (sizes := [len(getattr(e, name)) for e in rows])
    ]
    return [say("rows", rows=len(rows), task=say(f"kind_{kind_of(rows)}")), *note, *lengths]


def _who(rows: Sequence[Example], about: About, say: Say) -> list[str]:
    authors = Counter(e.author or say("nobody") for e in rows).most_common()
    lines = [say("written_by"), *_listed(authors)]
    reviewed = [say("reviewed_by"), *_listed(about.reviewers)] if about.reviewers else [say("not_reviewed")]
    return [*lines, "", *reviewed]


def _how(rows: Sequence[Example], say: Say) -> list[str]:
    origins = Counter(_origin(e, say) for e in rows).most_common()
    lines = list(_listed(origins))
    for name in ("file", "document", "model"):
        places = Counter(getattr(e.place, name) for e in rows if e.place and getattr(e.place, name))
        if places:
            lines += ["", say(f"from_{name}"), *_listed(places.most_common())]
    return lines


def _counts(rows: Sequence[Example], say: Say) -> list[str]:
    spoken = {e.id: language_of(e.input) or "unclear" for e in rows}
    columns: list[tuple[str, Callable[[Example], str]]] = [
        ("by_language", lambda e: say(f"language_{spoken[e.id]}")),
        ("by_origin", partial(_origin, say=say)),
    ]
    if kind_of(rows) == "labels":
        columns.insert(0, ("by_label", lambda e: e.output.strip()))
    lines = [_crossed(say("by_split"), rows, lambda e: say("all"), say)]
    return [*lines, *(f"\n{_crossed(say(name), rows, value, say)}" for name, value in columns)]


def _crossed(head: str, rows: Sequence[Example], value: Callable[[Example], str], say: Say) -> str:
    """A table: one line a value, one column a split."""
    counts = Counter((value(e), e.split) for e in rows)
    totals = Counter(value(e) for e in rows).most_common()
    heads = [head, *(say(f"split_{name}") for name in SPLITS), say("total")]
    lines = [" | ".join(heads), " | ".join(["---", *["---:"] * (len(SPLITS) + 1)])]
    for name, total in totals[:_LISTED]:
        lines.append(" | ".join([_cell(name), *(str(counts[name, s]) for s in SPLITS), str(total)]))
    rest = len(totals) - _LISTED
    return "\n".join(f"| {line} |" for line in lines) + (f"\n\n… {rest}" if rest > 0 else "")


def _checks(found: Report | None, about: About, language: str, say: Say) -> list[str]:
    if found is None:
        return [say("not_checked")]
    lines = [texts.say(language, f"dataset.ready.{found.ready}")]
    lines += [f"- {_cell(f.say(language))} {_cell(f.remedy(language))}" for f in found.findings]
    return [*lines, *([say("overridden", reason=_cell(about.overridden))] if about.overridden else [])]


def _gaps(rows: Sequence[Example], about: About, say: Say) -> list[str]:
    """What counting shows to be missing."""
    splits = Counter(e.split for e in rows)
    labels = Counter(e.output.strip() for e in rows) if kind_of(rows) == "labels" else Counter()
    thin = [name for name, count in labels.items() if count < _FEW]
    synthetic = sum(e.origin in SYNTHETIC for e in rows)
    gaps = [
        (say("gap_tests", count=splits["test"], floor=FEW_TESTS), splits["test"] < FEW_TESTS),
        (say("gap_labels", labels=_cell(", ".join(thin[:_LISTED])), few=_FEW), bool(thin)),
        (say("gap_authors", count=sum(not e.author for e in rows)), any(not e.author for e in rows)),
        (say("gap_one_author"), len({e.author for e in rows if e.author}) == 1),
        (say("gap_source", count=sum(e.place is None for e in rows)), any(e.place is None for e in rows)),
        (say("gap_review"), not about.reviewers),
        (say("gap_synthetic", count=synthetic), synthetic > 0),
        (say("gap_drafts", count=about.drafts), about.drafts > 0),
    ]
    return [f"- {text}" for text, missing in gaps if missing] or [say("no_gaps")]


def _identity(version: Version, say: Say) -> list[str]:
    facts = {
        "version": version.name, "parent": version.parent or "–", "frozen": version.at,
        "frozen_by": _cell(version.author) or "–", "file": f"datasets/{version.name}.jsonl", "hash": version.hash,
    }  # fmt: skip
    return [f"- {say(f'id_{name}')}: {value}" for name, value in facts.items()]


def _origin(e: Example, say: Say) -> str:
    known = ("written", "imported", "improved", "drafted", "paraphrased")
    return say(f"origin_{e.origin}") if e.origin in known else e.origin


def _listed(counted: Iterable[tuple[str, int]]) -> list[str]:
    every = list(counted)
    rest = len(every) - _LISTED
    lines = [f"- {_cell(name)}: {count}" for name, count in every[:_LISTED]]
    return lines + ([f"- … {rest}"] if rest > 0 else [])


def _cell(text: str) -> str:
    """A text on one line that no table and no markup takes for its own."""
    return (
        " ".join(text.split())
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("`", "'")
    )
