"""Answers evaluation questions on the documents: from memory alone, from retrieved passages, or from all documents."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.evaluation.values import Answered, Case
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.retrieval import answering, calibration, search, store
from assistant.retrieval.answering import Answer, Asking
from assistant.retrieval.calibration import SHOWN
from assistant.retrieval.scope import EVERYTHING, Scope
from assistant.retrieval.search import Passage
from assistant.workspace.project import Project


@dataclass(frozen=True)
class QuestionArm:
    """With an embedder the arm retrieves, and refuses where no passage is near enough; with `whole`, the documents,
    it reads those; with neither it only asks. Without a model it quotes. A small model that retrieves quotes too,
    as on the page, unless it `writes`."""

    name: str
    project: Project
    model: ChatModel | None
    prompt: Prompt
    decoding: Decoding
    language: str
    embedder: Embedder | None = None
    whole: tuple[Passage, ...] = ()
    writes: bool = False
    scope: Scope = EVERYTHING

    @property
    def fingerprint(self) -> str:
        knows = self.embedder or self.whole
        index = store.generation(self.project) if knows else "none"
        way = f"{'writes' if self.writes or answering.reads(self.model) else 'quotes'} from {'all' if self.whole else SHOWN}"
        model = self.model.fingerprint if self.model else "none"
        parts = [model, self.prompt.to_json(), repr(self.decoding), str(index), way]
        parts += [] if self.scope.everything else [repr(self.scope)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def answer(self, cases: Sequence[Case]) -> list[Answered]:
        said = self.say([case.input for case in cases])
        reads = bool(self.embedder or self.whole)
        return [
            Answered(
                case.id, a.text, a.seconds, a.tokens - a.written, a.written, refused=a.refused,
                support=a.support if reads and not a.refused else None,
                founded=not a.unfounded if reads and not a.refused else None,
            )
            for case, a in zip(cases, said, strict=True)
        ]  # fmt: skip

    def say(self, asked: Sequence[str]) -> list[Answer]:
        """As a user who asks on the page is answered; one answer a question, in order."""
        if self.embedder is not None:
            found = search.search_many(self.project, asked, self.embedder, SHOWN, self.scope)
            return [self._from(q, tuple(passages)) for q, passages in zip(asked, found, strict=True)]
        if self.whole:
            return [self._from(question, self.whole) for question in asked]
        assert self.model is not None  # who knows nothing and has no model is no arm
        replies = self.model.generate([self.prompt.messages(q) for q in asked], self.decoding)
        return [
            Answer(r.text, (), False, 0.0, r.seconds, r.tokens_in + r.tokens_out, written=r.tokens_out)
            for r in replies
        ]

    def stream(self, question: str) -> Iterator[str]:
        """The answer so far, again and again until it is whole."""
        said = ""
        for piece in self._pieces(question):
            said = piece.text if isinstance(piece, Answer) else said + piece
            yield said

    def _pieces(self, question: str) -> Iterator[str | Answer]:
        if self.embedder is not None:
            [found] = search.search_many(self.project, [question], self.embedder, SHOWN, self.scope)
            return answering.stream(self._asking(question, tuple(found)))
        if self.whole:
            return answering.stream(self._asking(question, self.whole))
        assert self.model is not None
        return self.model.stream(self.prompt.messages(question), self.decoding)

    def _from(self, question: str, passages: tuple[Passage, ...]) -> Answer:
        return answering.ask(self._asking(question, passages))

    def _asking(self, question: str, passages: tuple[Passage, ...]) -> Asking:
        limit = calibration.threshold(self.project, self.embedder) if self.embedder else None
        return Asking(
            question, passages, self.prompt, self.model, limit, self.embedder, self.language, self.decoding,
            writes=self.writes or bool(self.whole),
        )  # fmt: skip
