"""Writes examples in the shape that a tuning service or a spreadsheet takes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from assistant.dataset.examples import Example
from assistant.errors import PenalaError

HOSTED = {"openai": 10, "vertex": 1}  # tuning services, and the fewest rows each takes
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝")


def to_train(given: Sequence[Example], target: str) -> list[Example]:
    """What a tuning service may see: the training rows once there is a split, so that no test row is learned."""
    hosted = target in HOSTED and any(e.split == "train" for e in given)
    return [e for e in given if not hosted or e.split == "train"]


def export(given: Sequence[Example], target: str, instructions: str = "") -> str:
    """The file's text. Raises PenalaError: no_target naming the targets, no_examples, export_incomplete."""
    if target not in TARGETS:
        raise PenalaError("no_target", target=target, known=", ".join(TARGETS))
    if not given:
        raise PenalaError("no_examples")
    blank = [e.id for e in given if not e.input.strip() or not e.output.strip()]
    if target in HOSTED and blank:  # the services refuse the whole file for one such row
        raise PenalaError("export_incomplete", rows=", ".join(blank[:20]))
    return TARGETS[target](given, instructions)


def _openai(given: Sequence[Example], instructions: str) -> str:
    """Chat messages, one conversation a line (OpenAI, Azure, TRL, Together, Fireworks)."""
    system = [{"role": "system", "content": instructions}] if instructions else []
    return _lines({"messages": [*system, *_turns(e)]} for e in given)


def _turns(e: Example) -> list[dict[str, str]]:
    return [{"role": "user", "content": e.input}, {"role": "assistant", "content": e.output}]


def _vertex(given: Sequence[Example], instructions: str) -> str:
    """Vertex AI supervised tuning: `contents` with roles user and model."""
    system = {"systemInstruction": {"parts": [{"text": instructions}]}} if instructions else {}
    return _lines({**system, "contents": _contents(e)} for e in given)


def _contents(e: Example) -> list[dict[str, object]]:
    return [
        {"role": role, "parts": [{"text": text}]} for role, text in (("user", e.input), ("model", e.output))
    ]


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


def _lines(rows: Iterable[Mapping[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


TARGETS: dict[str, Callable[[Sequence[Example], str], str]] = {
    "openai": _openai, "vertex": _vertex, "jsonl": _jsonl, "csv": _csv,
}  # fmt: skip
