"""The ways of answering that a project has: each a prompt, a model and, for some, retrieved passages."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from assistant.evaluation.values import Answered, Case
from assistant.models.labelling import label
from assistant.models.prompt import Prompt, Shot
from assistant.models.values import ChatModel, Decoding, Labelling, Message, Reply

Passages = Callable[[Sequence[str]], Sequence[tuple[str, ...]]]
Shots = Callable[[Sequence[str]], Sequence[tuple[Shot, ...]]]


@dataclass(frozen=True)
class ModelArm:
    """An arm that asks a chat model (its adapter, if any, already in place).

    With `labels` (a tuned model of this machine) it answers with the likeliest of them and says how likely each is.
    `find` gives each input its passages, `choose` its worked examples; `knowledge` names the state of
    what they draw on (index, examples), so that a changed index makes a new fingerprint.
    """

    name: str
    model: ChatModel
    prompt: Prompt
    decoding: Decoding
    find: Passages | None = None
    choose: Shots | None = None
    knowledge: str = ""
    labels: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        parts = [self.model.fingerprint, self.prompt.to_json(), repr(self.decoding), self.knowledge]
        parts += [repr(self.labels)] if self.labels else []
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def conversations(self, texts: Sequence[str]) -> list[list[Message]]:
        """What the model will read for each input."""
        found = self.find(texts) if self.find else [()] * len(texts)
        shots = self.choose(texts) if self.choose else [()] * len(texts)
        rows = zip(texts, found, shots, strict=True)
        return [self._with(chosen).messages(text, passages) for text, passages, chosen in rows]

    def reply(self, texts: Sequence[str]) -> list[Reply]:
        return self.model.generate(self.conversations(texts), self.decoding)

    def stream(self, text: str) -> Iterator[str]:
        """The answer so far, again and again until it is whole; at once where it is one of the labels."""
        if self.labels:
            yield self.answer([Case("live", text, "")])[0].text
            return
        said = ""
        for piece in self.model.stream(self.conversations([text])[0], self.decoding):
            said += piece
            yield said

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        if self.labels:
            return self._labelled(cases)
        replies = self.reply([case.input for case in cases])
        return [
            Answered(case.id, reply.text, reply.seconds, reply.tokens_in, reply.tokens_out)
            for case, reply in zip(cases, replies, strict=True)
        ]

    def _labelled(self, cases: Sequence[Case]) -> list[Answered]:
        asked = self.conversations([case.input for case in cases])
        found = label(cast(Labelling, self.model), asked, self.labels)
        return [
            Answered(c.id, f.reply.text, f.reply.seconds, f.reply.tokens_in, 0, chances=f.chances)
            for c, f in zip(cases, found, strict=True)
        ]

    def _with(self, shots: tuple[Shot, ...]) -> Prompt:
        return replace(self.prompt, shots=(*self.prompt.shots, *shots)) if shots else self.prompt
