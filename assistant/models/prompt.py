"""A prompt as a value, and the one place where it becomes messages, for training and serving alike."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from assistant.models.values import Message


@dataclass(frozen=True)
class Shot:
    """One worked example shown inside a prompt."""

    input: str
    output: str


@dataclass(frozen=True)
class Prompt:
    """Instructions, worked examples, and how found passages are laid out before the input.

    `system` says who answers and stands before the instructions; `schema` (JSON Schema as text) says the answer's
    shape. `examples`: so many worked examples are to be chosen anew for each input.
    """

    instructions: str
    shots: tuple[Shot, ...] = ()
    passage_heading: str = "Documents:"
    input_heading: str = ""
    system: str = ""
    schema: str = ""
    schema_heading: str = ""
    examples: int = 0

    def messages(self, text: str, passages: Sequence[str] = ()) -> list[Message]:
        """System, the shots as turns, then the input with its passages (numbered from 1) above it."""
        shape = f"{self.schema_heading}\n{self.schema}".strip() if self.schema else ""
        told = "\n\n".join(part for part in (self.system, self.instructions, shape) if part)
        turns = [Message("system", told)] if told else []
        for shot in self.shots:
            turns += [Message("user", shot.input), Message("assistant", shot.output)]
        return [*turns, Message("user", self._question(text, passages))]

    def _question(self, text: str, passages: Sequence[str]) -> str:
        asked = f"{self.input_heading}\n{text}" if self.input_heading else text
        if not passages:
            return asked
        listed = "\n".join(f"[{n}] {' '.join(p.split())}" for n, p in enumerate(passages, 1))
        return f"{self.passage_heading}\n{listed}\n\n{asked}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Prompt:
    body = json.loads(text)
    return Prompt(**{**body, "shots": tuple(Shot(**shot) for shot in body["shots"])})
