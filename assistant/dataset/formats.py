"""The shapes in which examples come: two columns under many names, or a conversation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import PenalaError

_INPUTS = (
    "input",
    "prompt",
    "text_input",
    "question",
    "text",
    "message",
    "masukan",
    "pertanyaan",
    "pesan",
    "teks",
)
_OUTPUTS = ("output", "completion", "answer", "label", "response", "reply", "keluaran", "jawaban", "balasan")
_SOURCES = ("source", "group", "conversation", "document", "sumber", "percakapan", "dokumen")
_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant"}


@dataclass(frozen=True)
class Reader:
    """Takes input and ideal answer out of a row; `source` is the source's column, if any."""

    take: Callable[[Mapping[str, Any]], tuple[str, str]]
    source: str | None

    def __call__(self, row: Mapping[str, Any]) -> tuple[str, str]:
        return self.take(row)


def reader(
    row: Mapping[str, Any],
    given_input: str | None,
    given_output: str | None,
    given_source: str | None,
    name: str,
) -> Reader:
    """How rows like this one are read. Raises PenalaError("column_missing") naming the columns found."""
    columns = {str(c).strip().lower(): str(c) for c in row}
    source = _named(columns, given_source, _SOURCES, name, needed=given_source is not None)
    if not given_input and not given_output and (conversation := _conversation(row)):
        return Reader(conversation, source)
    if not given_input and not given_output and {"instruction", "output"} <= set(columns):  # Alpaca
        return Reader(_alpaca, source)
    first = _named(columns, given_input, _INPUTS, name, needed=True)
    second = _named(columns, given_output, _OUTPUTS, name, needed=True)
    assert first and second
    return Reader(lambda r: (_string(r.get(first)), _string(r.get(second))), source)


def _named(
    columns: Mapping[str, str], given: str | None, usual: Sequence[str], file: str, needed: bool
) -> str | None:
    wanted = (given.strip().lower(),) if given else tuple(usual)
    found = next((columns[w] for w in wanted if w in columns), None)
    if found is None and needed:
        raise PenalaError(
            "column_missing",
            name=file,
            column=given or " / ".join(usual[:3]),
            found=", ".join(columns.values()),
        )
    return found


def _conversation(row: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], tuple[str, str]] | None:
    """messages (OpenAI, TRL), conversations (ShareGPT), contents (Vertex AI)."""
    key = next((k for k in ("messages", "conversations", "contents") if isinstance(row.get(k), list)), None)
    return (lambda r: _last_exchange(r.get(key))) if key else None


def _last_exchange(turns: Any) -> tuple[str, str]:
    """What the user said before the last answer, and that answer."""
    said = [
        (_ROLES.get(str(t.get("role") or t.get("from"))), _content(t))
        for t in turns or []
        if isinstance(t, dict)
    ]
    if not said or said[-1][0] != "assistant":
        raise PenalaError("row_no_answer_turn")
    before = [text for role, text in said[:-1] if role == "user"]
    return "\n".join(before), said[-1][1]


def _content(turn: Mapping[str, Any]) -> str:
    if isinstance(turn.get("parts"), list):
        return "\n".join(_string(p.get("text")) for p in turn["parts"] if isinstance(p, dict))
    return _string(turn.get("content", turn.get("value")))


def _alpaca(row: Mapping[str, Any]) -> tuple[str, str]:
    parts = (_string(row.get("instruction")), _string(row.get("input")))
    return "\n".join(p for p in parts if p), _string(row.get("output"))


def _string(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise PenalaError("row_not_text")
