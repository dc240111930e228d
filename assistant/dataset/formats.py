"""The shapes in which examples come: two columns under many names, or a conversation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import PenalaError

_INPUTS = (
    "input", "prompt", "text_input", "question", "text", "message", "query", "utterance", "user",
    "masukan", "pertanyaan", "pesan", "teks", "kalimat",
)  # fmt: skip
_OUTPUTS = (
    "output", "completion", "ideal", "ideal_answer", "answer", "label", "category", "intent", "target",
    "response", "reply", "assistant", "expected", "reference",
    "keluaran", "jawaban", "jawaban_ideal", "balasan", "kategori", "kelas", "sentimen",
)  # fmt: skip
_SOURCES = ("source", "group", "conversation", "document", "sumber", "percakapan", "dokumen")
_TURNS = ("messages", "conversations", "contents")
_ROLES = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "model": "assistant"}
_SPOKEN = {"user": "User", "assistant": "Assistant"}
_TEXT_TYPES = (None, "text", "input_text", "output_text")


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


def holds_turns(row: Mapping[str, Any]) -> bool:
    """Whether a row is one conversation: messages (OpenAI, TRL), conversations (ShareGPT), contents (Vertex AI)."""
    return _conversation(row) is not None


def _conversation(row: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], tuple[str, str]] | None:
    key = next((k for k in _TURNS if _is_turns(row.get(k))), None)
    if key:
        return lambda r: _last_exchange(r.get(key))
    if _is_turns(row.get("prompt")) and "completion" in row:  # TRL's prompt and completion in turns
        return lambda r: _last_exchange([*_turns(r.get("prompt")), *_turns(r.get("completion"))])
    return None


def _is_turns(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(turn, dict) for turn in value)


def _turns(value: Any) -> list[Mapping[str, Any]]:
    return value if _is_turns(value) else []


def _last_exchange(turns: Any) -> tuple[str, str]:
    """What was said before the last answer, and that answer; the system's instructions are left out."""
    said = [(_ROLES.get(str(t.get("role") or t.get("from"))), _content(t)) for t in _turns(turns)]
    said = [(role, text) for role, text in said if role]
    if not said or said[-1][0] != "assistant":
        raise PenalaError("row_no_answer_turn")
    before = said[:-1]
    if all(role == "user" for role, _ in before):
        return "\n".join(text for _, text in before), said[-1][1]
    return "\n".join(f"{_SPOKEN[role or 'user']}: {text}" for role, text in before), said[-1][1]


def _content(turn: Mapping[str, Any]) -> str:
    """A turn's text, also where it comes in parts; a picture or a tool call in it is refused."""
    parts = turn.get("parts", turn.get("content", turn.get("value")))
    if turn.get("tool_calls") or turn.get("function_call"):
        raise PenalaError("row_not_text")
    if not isinstance(parts, list):
        return _string(parts)
    if not all(isinstance(p, dict) and p.get("type") in _TEXT_TYPES and "text" in p for p in parts):
        raise PenalaError("row_not_text")
    return "\n".join(_string(p["text"]) for p in parts)


def _alpaca(row: Mapping[str, Any]) -> tuple[str, str]:
    parts = (_string(row.get("instruction")), _string(row.get("input")))
    return "\n".join(p for p in parts if p), _string(row.get("output"))


def _string(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (str, int, float)):
        return str(value)
    raise PenalaError("row_not_text")
