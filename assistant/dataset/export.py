"""Writes examples in the shape that a tuning service or a spreadsheet takes."""

import csv
import io
import json
from collections.abc import Callable, Sequence

from assistant.dataset.examples import Example
from assistant.errors import PenalaError

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝")


def export(given: Sequence[Example], target: str, instructions: str = "") -> str:
    """The file's text. Raises PenalaError("no_target") naming the targets."""
    if target not in TARGETS:
        raise PenalaError("no_target", target=target, known=", ".join(TARGETS))
    return TARGETS[target](given, instructions)


def _openai(given: Sequence[Example], instructions: str) -> str:
    """Chat messages, one conversation a line (OpenAI, Azure, TRL, Together, Fireworks)."""
    system = [{"role": "system", "content": instructions}] if instructions else []
    return _lines(
        {
            "messages": [
                *system,
                {"role": "user", "content": e.input},
                {"role": "assistant", "content": e.output},
            ]
        }
        for e in given
    )


def _vertex(given: Sequence[Example], instructions: str) -> str:
    """Vertex AI supervised tuning: `contents` with roles user and model."""
    system = (
        {"systemInstruction": {"role": "system", "parts": [{"text": instructions}]}} if instructions else {}
    )
    return _lines(
        {**system, "contents": [{"role": "user", "parts": [{"text": e.input}]}, {"role": "model", "parts": [{"text": e.output}]}]}
        for e in given
    )  # fmt: skip


def _jsonl(given: Sequence[Example], instructions: str) -> str:
    return _lines(
        {"id": e.id, "input": e.input, "output": e.output, "source": e.source, "split": e.split}
        for e in given
    )


def _csv(given: Sequence[Example], instructions: str) -> str:
    """For spreadsheets; a cell that would run as a formula gets a leading apostrophe (CWE-1236)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["id", "input", "output", "source", "split"])
    writer.writerows([_inert(v) for v in (e.id, e.input, e.output, e.source, e.split)] for e in given)
    return out.getvalue()


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _lines(rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)  # type: ignore[attr-defined]


TARGETS: dict[str, Callable[[Sequence[Example], str], str]] = {
    "openai": _openai, "vertex": _vertex, "jsonl": _jsonl, "csv": _csv,
}  # fmt: skip
