"""Answers evaluation questions on the documents in a batch: from memory alone, or from retrieved passages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant import texts
from assistant.evaluation.values import Answered, Case
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.retrieval import calibration, search, store
from assistant.retrieval.excerpts import read_by
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project

SHOWN = 3

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
        parts = (self.model.fingerprint, self.prompt.to_json(), repr(self.decoding), str(index), str(SHOWN))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        questions = [case.input for case in cases]
        found = self._found(questions)
        asked = [i for i, passages in enumerate(found) if passages is not None]
        batch = [self.prompt.messages(questions[i], read_by(self.model, questions[i], found[i] or ())) for i in asked]
        replies = dict(zip(asked, self.model.generate(batch, self.decoding), strict=True)) if batch else {}
        refusal = Answered("", texts.say(self.language, "journey.not_in_documents"), 0.0, 0, 0, refused=True)
        return [
            Answered(case.id, r.text, r.seconds, r.tokens_in, r.tokens_out)
            if (r := replies.get(i))
            else replace(refusal, case=case.id)
            for i, case in enumerate(cases)
        ]

    def _found(self, questions: Sequence[str]) -> list[list[Passage] | None]:
        """Passages a question, None where none is near enough; nothing for an arm that does not retrieve."""
        if self.embedder is None:
            return [[] for _ in questions]
        limit = calibration.threshold(self.project, self.embedder)
        found = search.search_many(self.project, questions, self.embedder, k=SHOWN)
        return [p if limit.reached(q, p) else None for q, p in zip(questions, found, strict=True)]
