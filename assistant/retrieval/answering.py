"""Answers a question from passages, with citations, or says that it is not in them; knows nothing of projects."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from assistant import texts
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder, Message
from assistant.retrieval.calibration import Threshold
from assistant.retrieval.citing import Citation, cite, unfounded
from assistant.retrieval.codes import other_code
from assistant.retrieval.evidence import Evidence, best, gather
from assistant.retrieval.figures import Figure
from assistant.retrieval.search import Passage
from assistant.texts.terms import language as language_of

_DECLINES = re.compile(
    r"(?:(?:\bnot|n't|\bno)\b[^.]{0,40}\b(?:in|contain|mention|provide|found|information|answer)|\bdo(?:es)? not say"
    r"|\b(?:tidak|belum|tak)\b[^.]{0,40}\b(?:ada|menemukan|ditemukan|memuat|menyebut|tercantum|berisi|terdapat))",
    re.IGNORECASE,
)
_READERS = 1_000_000_000  # parameters that a model needs to read
_SUPPORTED = 0.5  # the share of an answer's sentences below which it counts as unsure
_MARGIN = 16  # tokens left free, for chat templates differ in what they add


@dataclass(frozen=True)
class Answer:
    """`refused`: it is not in the documents. `support`: the share of the answer's sentences with a citation.

    `tokens` were read and written by the model, 0 when none was asked; `written` of them are the text. `asked`: the characters of a quoted
    sentence that are the thing asked for. `unsure`: it may well be wrong. `unfounded`: its figures that no
    cited passage names."""

    text: str
    citations: tuple[Citation, ...]
    refused: bool
    support: float
    seconds: float
    tokens: int
    asked: tuple[int, int] | None = None
    unsure: bool = False
    unfounded: tuple[Figure, ...] = ()
    written: int = 0

    def notes(self, language: str) -> list[str]:
        """What a reader should know before trusting it, in sentences."""
        shown = ", ".join(dict.fromkeys(self.text[f.start : f.stop] for f in self.unfounded))
        said = [texts.say(language, "retrieval.unfounded", figures=shown)] if shown else []
        return [*said, texts.say(language, "retrieval.unsure")] if self.unsure and not self.refused else said


@dataclass(frozen=True)
class Asking:
    """A question with what is there to answer it.

    Without a `model` the answer is the sentence of the passages that fits best, word for word; so it is with one
    that is too small to read, unless it `writes` all the same. Without a `threshold` the question is never refused
    for want of relevance. `language` counts for what the product itself says where the question's language cannot
    be told.
    """

    question: str
    passages: tuple[Passage, ...]
    prompt: Prompt
    model: ChatModel | None = None
    threshold: Threshold | None = None
    embedder: Embedder | None = None
    language: str = "en"
    decoding: Decoding = field(default_factory=Decoding)
    writes: bool = False

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        return gather(self.question, self.passages, self.embedder)

    @property
    def answerable(self) -> bool:
        if not _asks(self.question) or other_code(self.question, [p.text for p in self.passages]):
            return False
        if self.threshold is None:
            return bool(self.passages)
        return self.threshold.reached(self.question, self.evidence)


def answer(
    question: str,
    passages: Sequence[Passage],
    model: ChatModel | None,
    prompt: Prompt,
    *,
    threshold: Threshold | None = None,
    embedder: Embedder | None = None,
    language: str = "en",
    decoding: Decoding | None = None,
) -> Answer:
    """One whole answer; see Asking for the arguments. Raises what the model raises."""
    asking = Asking(
        question, tuple(passages), prompt, model, threshold, embedder, language, decoding or Decoding()
    )
    return ask(asking)


def ask(asking: Asking) -> Answer:
    """One whole answer."""
    last: Answer | None = None
    for piece in stream(asking):
        last = piece if isinstance(piece, Answer) else last
    assert last is not None  # the stream always ends with the answer
    return last


def stream(asking: Asking) -> Iterator[str | Answer]:
    """Pieces of the text as they are written, then the whole Answer."""
    began = time.perf_counter()
    if not asking.answerable:
        refusal = _refusal(asking, began)
        yield refusal.text
        yield refusal
        return
    if asking.model is None or not (asking.writes or reads(asking.model)):
        quoted = _quoted(asking, began)
        yield quoted.text
        yield quoted
    else:
        messages = fitting(asking, asking.model)
        written = ""
        for piece in asking.model.stream(messages, asking.decoding):
            written += piece
            yield piece
        read = sum(asking.model.count(message.content) for message in messages)
        yield _finished(asking, written.strip(), read, asking.model.count(written), began)


def fitting(asking: Asking, model: ChatModel) -> list[Message]:
    """The messages with as many passages, the best first, as the model's context leaves room for."""
    prompt = in_language_of(asking.question, asking.prompt)
    room = model.context - asking.decoding.max_tokens - _MARGIN
    for count in range(len(asking.passages), 0, -1):
        shown = [passage.shown for passage in asking.passages[:count]]
        messages = prompt.messages(asking.question, shown)
        if sum(model.count(message.content) + 4 for message in messages) <= room:
            return messages
    return prompt.messages(asking.question)


def in_language_of(question: str, prompt: Prompt) -> Prompt:
    """The prompt, told the question's language where it is written in the other one."""
    spoken = language_of(question)
    if spoken is None or language_of(prompt.instructions) in (None, spoken):
        return prompt
    told = f"{prompt.instructions}\n{texts.say(spoken, 'retrieval.answer_in')}"
    return replace(prompt, instructions=told)


def reads(model: ChatModel | None) -> bool:
    """Whether a model can be trusted to answer from passages; the others only point at the sentence.

    On the samples' 32 answerable questions each, SmolLM2 (135M) and Gemma 3 270M wrote the right figure in at
    most 12 and 11, where the best sentence held it in 25 of 32 (Sulur): a wrong price is worse than a quotation.
    """
    return model is not None and not (model.parameters and model.parameters < _READERS)


def _refusal(asking: Asking, began: float) -> Answer:
    spoken = language_of(asking.question) or asking.language
    key = "retrieval.not_in_documents" if asking.passages else "retrieval.no_documents"
    key = key if _asks(asking.question) else "retrieval.nothing_asked"
    return Answer(texts.say(spoken, key), (), True, 0.0, time.perf_counter() - began, 0)


def _asks(question: str) -> bool:
    """Whether there is a word in it at all."""
    return any(character.isalnum() for character in question)


def _quoted(asking: Asking, began: float) -> Answer:
    """The sentence that fits best, word for word, with the thing asked for marked in it."""
    found = best(asking.evidence)
    if found is None:
        return _refusal(asking, began)
    p, said = found.passage, found.asked
    start, stop = p.start + found.start, p.start + found.stop
    citation = Citation(found.text, p.id, p.document_id, p.document, p.page, start, stop, found.text)
    return Answer(
        found.text, (citation,), False, 1.0, time.perf_counter() - began, 0,
        (said.start, said.stop) if said else None, _beside(asking),
    )  # fmt: skip


def _finished(asking: Asking, text: str, read: int, written: int, began: float) -> Answer:
    """The answer with its citations; one that rests on nothing and says so itself is a refusal."""
    citations, support = cite(text, asking.passages, asking.embedder)
    refused = not text or (not citations and _DECLINES.search(text) is not None)
    if not text:
        text = _refusal(asking, began).text
    return Answer(
        text, citations, refused, support, time.perf_counter() - began, read + written,
        unsure=support < _SUPPORTED or _beside(asking),
        unfounded=() if refused else unfounded(text, asking.question, citations, asking.passages),
        written=written,
    )  # fmt: skip


def _beside(asking: Asking) -> bool:
    return asking.threshold is not None and asking.threshold.unsure(asking.question, asking.evidence)
