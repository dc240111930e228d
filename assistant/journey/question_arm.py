"""Answers evaluation questions on the documents in a batch: from memory alone, or from retrieved passages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.values import Answered, Case
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.retrieval import answering, calibration, search, store
from assistant.retrieval.calibration import SHOWN
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project


@dataclass(frozen=True)
class QuestionArm:
    """With an embedder the arm retrieves, and refuses where no passage is near enough; without one it only asks."""

    name: str
    project: Project
    model: ChatModel
    prompt: Prompt
    decoding: Decoding
    language: str
    embedder: Embedder | None = None

    @property
    def fingerprint(self) -> str:
        index = store.generation(self.project) if self.embedder else "none"
        way = f"{'writes' if answering.reads(self.model) else 'quotes'} from {SHOWN}"
        parts = (self.model.fingerprint, self.prompt.to_json(), repr(self.decoding), str(index), way)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        if self.embedder is None:
            replies = self.model.generate([self.prompt.messages(c.input) for c in cases], self.decoding)
            rows = zip(cases, replies, strict=True)
            return [Answered(c.id, r.text, r.seconds, r.tokens_in, r.tokens_out) for c, r in rows]
        found = search.search_many(self.project, [case.input for case in cases], self.embedder, k=SHOWN)
        return [self._from(case, passages) for case, passages in zip(cases, found, strict=True)]

    def _from(self, case: Case, passages: Sequence[Passage]) -> Answered:
        """As a user who asks on the page is answered."""
        assert self.embedder is not None
        asking = answering.Asking(
            case.input, tuple(passages), self.prompt, self.model,
            calibration.threshold(self.project, self.embedder), self.embedder, self.language, self.decoding,
        )  # fmt: skip
        said = answering.ask(asking)
        return Answered(case.id, said.text, said.seconds, said.tokens, 0, refused=said.refused)
