"""Conversations as one text and back: what was said before the last answer, turn by turn."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.errors import PenalaError

ROLES = {
    "human": "user", "user": "user", "customer": "user", "pelanggan": "user", "input": "user",
    "gpt": "assistant", "assistant": "assistant", "model": "assistant", "bot": "assistant", "chatgpt": "assistant",
    "agent": "assistant", "output": "assistant",
    "system": "system", "developer": "system",
}  # fmt: skip
_SPOKEN = {"user": "User", "assistant": "Assistant"}
_TURN = re.compile(r"^(User|Assistant): ", re.MULTILINE)
_TEXT_TYPES = (None, "text", "input_text", "output_text")


@dataclass(frozen=True)
class Turn:
    role: str  # user, assistant, system
    text: str


def turns(value: Any) -> list[Turn]:
    """The turns of OpenAI's, ShareGPT's or Vertex AI's lists. Raises PenalaError: row_role, row_not_text."""
    return [Turn(_role(turn), _content(turn)) for turn in value if isinstance(turn, Mapping)]


def exchange(said: Sequence[Turn]) -> tuple[str, str]:
    """What was said before the last answer, and that answer; the system's instructions are left out.

    Raises PenalaError: row_no_answer_turn, row_system_late, row_empty_turn, row_two_answers (templates ask for turns that
    alternate).
    """
    spoken = [turn for turn in said if turn.role != "system"]
    if not spoken or spoken[-1].role != "assistant":
        raise PenalaError("row_no_answer_turn")
    if said[-1].role == "system":
        raise PenalaError("row_system_late")
    if len(spoken) > 2 and not all(turn.text.strip() for turn in spoken[:-1]):
        raise PenalaError("row_empty_turn")
    if any(a.role == b.role == "assistant" for a, b in pairwise(spoken)):
        raise PenalaError("row_two_answers")
    return written(spoken[:-1]), spoken[-1].text


def written(before: Sequence[Turn]) -> str:
    """Turns as one text; each under its speaker's name as soon as both have spoken."""
    spoken = [turn for turn in before if turn.role != "system"]
    if all(turn.role == "user" for turn in spoken):
        return "\n".join(turn.text for turn in spoken)
    return "\n".join(f"{_SPOKEN[turn.role]}: {turn.text}" for turn in spoken)


def read(text: str) -> list[Turn]:
    """The turns that `written` made a text of; a text that is no such conversation is one turn of the user's.

    `written(read(text))` is `text`, whatever it is.
    """
    starts = list(_TURN.finditer(text))
    ends = [start.start() - 1 for start in starts[1:]] + [len(text)]
    found = [Turn(s[1].lower(), text[s.end() : end]) for s, end in zip(starts, ends, strict=False)]
    roles = [turn.role for turn in found]
    alternate = roles == ["user" if n % 2 == 0 else "assistant" for n in range(len(roles))]
    whole = len(roles) >= 3 and starts[0].start() == 0 and roles[-1] == "user"
    if whole and alternate and all(turn.text.strip() for turn in found):
        return found
    return [Turn("user", text)]


def _role(turn: Mapping[str, Any]) -> str:
    said = str(turn.get("role") or turn.get("from") or "").strip().lower()
    if said in ("tool", "function", "observation", "function_call", "ipython"):
        raise PenalaError("row_not_text")
    if said not in ROLES:
        raise PenalaError("row_role", role=said or "-", known="system, user, assistant")
    return ROLES[said]


def _content(turn: Mapping[str, Any]) -> str:
    """A turn's text, also where it comes in parts; a picture or a tool call in it is refused."""
    parts = turn.get("parts", turn.get("content", turn.get("value")))
    if turn.get("tool_calls") or turn.get("function_call"):
        raise PenalaError("row_not_text")
    if parts is None or isinstance(parts, str):
        return parts or ""
    if not isinstance(parts, list):
        raise PenalaError("row_not_text")
    if not all(
        isinstance(p, dict) and p.get("type") in _TEXT_TYPES and isinstance(p.get("text"), str) for p in parts
    ):
        raise PenalaError("row_not_text")
    return "\n".join(p["text"] for p in parts)
