"""Where an example came from and what people said of it, as HTML; changes nothing."""

from html import escape as safe

from assistant import texts
from assistant.dataset.examples import Example, Place
from assistant.dataset.reviews import records
from assistant.journey import contributing
from assistant.ui import views
from assistant.ui.context import speaker
from assistant.workspace.project import Project

_SHORT = 300  # letters of a quotation


def html(project: Project, e: Example, language: str) -> str:
    """Split, status, origin, person, place and reviews, one line each where there is something to say."""
    t = speaker(language)
    origin = texts.keys(language).get(f"ui.data.origin_{e.origin}", e.origin)
    facts = [t(f"data.split_{e.split or 'none'}"), t(f"data.status_{e.status}"), origin, e.author]
    lines = [(t("provenance.what"), safe(" · ".join(fact for fact in facts if fact)))]
    lines += [(t(f"provenance.{name}"), shown) for name, shown in _places(project, e.place, language)]
    lines += [(t("provenance.rejected"), safe(_short(e.rejected)))] if e.rejected else []
    lines += [(t("provenance.reviews"), _reviews(project, e.id, language))]
    return views.rows([(name, shown) for name, shown in lines if shown])


def _places(project: Project, place: Place | None, language: str) -> list[tuple[str, str]]:
    if place is None:
        return []
    t, found = speaker(language), []
    if place.file:
        line = t("provenance.line", file=place.file, row=place.row) if place.row else place.file
        found.append(("file", safe(line)))
    if place.document:
        quoted = _short(contributing.quoted(project, place))
        found.append(("document", safe(place.document) + (f"<br><q>{safe(quoted)}</q>" if quoted else "")))
    return found + [(name, safe(_short(getattr(place, name)))) for name in ("model", "context")]


def _reviews(project: Project, id: str, language: str) -> str:
    """Who did what, the last first."""
    t = speaker(language)
    said = [
        (t(f"provenance.action_{r.action}"), r.person, views.moment(r.at, language), r.comment)
        for r in reversed(records.history(project, id))
    ]
    return "<br>".join(safe(" · ".join(part for part in line if part)) for line in said)


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1].rstrip() + "…"
