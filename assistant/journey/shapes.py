"""What commands and public endpoints answer, as plain objects: one shape for both; see the command line's contract."""

from typing import Any

from assistant.advisor.session import Session, Turn, allowed
from assistant.advisor.signals import Checklist
from assistant.dataset import checks
from assistant.errors import PenalaError
from assistant.retrieval.answering import Answer
from assistant.retrieval.search import Passage


def passage(p: Passage) -> dict[str, Any]:
    """One result of a search."""
    return {
        "document": p.document, "page": p.page, "start": p.start, "end": p.stop, "text": p.text, "score": p.score,
        "heading": p.heading,
        "also": [{"document": a.document, "page": a.page, "start": a.start, "end": a.stop} for a in p.also],
    }  # fmt: skip


def answer(said: Answer, arm: str, fingerprint: str, language: str) -> dict[str, Any]:
    """One answer with its citations."""
    cited = [
        {"document": c.document, "page": c.page, "start": c.start, "end": c.stop, "quote": c.quote, "claim": c.claim}
        for c in said.citations
    ]  # fmt: skip
    return {
        "answer": said.text, "citations": cited, "refused": said.refused, "support": round(said.support, 3),
        "unsure": said.unsure, "notes": said.notes(language), "asked": said.asked and said.text[slice(*said.asked)],
        "arm": arm, "fingerprint": fingerprint, "seconds": round(said.seconds, 3), "tokens": said.tokens,
    }  # fmt: skip


def finding(f: checks.Finding, language: str) -> dict[str, Any]:
    """What one check found."""
    return {
        "check": f.check, "severity": f.severity, "rows": list(f.rows), "count": len(f.rows),
        "message": f.say(language), "remedy": f.remedy(language),
    }  # fmt: skip


def turn(session: Session, command: dict[str, Any], said: str, number: int) -> Turn:
    """One turn of the interview: {"say": …}, {"set": {…}} or {"end": true}.

    Raises PenalaError: advise_shape, advise_signal, advise_value, naming the line `number`, which is `said`.
    """
    match command:
        case {"say": str(text), **rest} if not rest:
            return session.say(text)
        case {"set": dict(values), **rest} if values and not rest:
            _check(session.checklist, values, number)
            return session.set_all(values)
        case {"end": True, **rest} if not rest:
            return session.end()
    raise PenalaError("advise_shape", line=number, text=said.strip()[:120])


def _check(checklist: Checklist, values: dict[str, Any], number: int) -> None:
    for name, value in values.items():
        signal = checklist.signals.get(name)
        if signal is None:
            raise PenalaError("advise_signal", line=number, signal=name, allowed=", ".join(checklist.signals))
        if signal.parse(value) is None:
            shown = str(value)[:80]
            raise PenalaError("advise_value", line=number, signal=name, value=shown, allowed=allowed(signal))
