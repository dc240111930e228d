"""Answers a question from passages, with citations, or says that it is not in them; knows nothing of projects."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant import texts
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder, Message
from assistant.retrieval.calibration import Threshold
from assistant.retrieval.citing import Citation, cite, sentences
from assistant.retrieval.search import Passage
from assistant.texts.terms import language as language_of
from assistant.texts.terms import terms

_DECLINES = re.compile(
    r"(?:(?:\bnot|n't|\bno)\b[^.]{0,40}\b(?:in|contain|mention|provide|found|information|answer)|\bdo(?:es)? not say"
    r"|\b(?:tidak|belum|tak)\b[^.]{0,40}\b(?:ada|menemukan|ditemukan|memuat|menyebut|tercantum|berisi|terdapat))",
    re.IGNORECASE,
)
_READERS = 1_000_000_000  # parameters that a model needs to read
_WORDS, _PLACE = 0.5, 0.3  # beside the meaning's 1, both of a sentence; chosen on the samples
_MARGIN = 16  # tokens left free, for chat templates differ in what they add


@dataclass(frozen=True)
class Answer:
    """`refused`: it is not in the documents. `support`: the share of the answer's sentences with a citation.

    `tokens` were written and read by the model; 0 when none was asked."""

    text: str
    citations: tuple[Citation, ...]
    refused: bool
    support: float
    seconds: float
    tokens: int


@dataclass(frozen=True)
class Asking:
    """A question with what is there to answer it.

    Without a `model` that reads well enough the answer is the sentence of the passages that fits best, word for
    word. Without a
    `threshold` the question is never refused for want of relevance. `language` counts for what the product
    itself says where the question's language cannot be told.
    """

    question: str
    passages: tuple[Passage, ...]
    prompt: Prompt
    model: ChatModel | None = None
    threshold: Threshold | None = None
    embedder: Embedder | None = None
    language: str = "en"
    decoding: Decoding = field(default_factory=Decoding)

    @property
    def answerable(self) -> bool:
        if self.threshold is None:
            return bool(self.passages)
        return self.threshold.reached(self.question, self.passages)


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
    if asking.model is None or not reads(asking.model):
        text, tokens = best_sentence(asking.question, asking.passages, asking.embedder), 0
        yield text
    else:
        messages = fitting(asking, asking.model)
        written = ""
        for piece in asking.model.stream(messages, asking.decoding):
            written += piece
            yield piece
        tokens = sum(asking.model.count(message.content) for message in messages) + asking.model.count(
            written
        )
        text = written.strip()
    yield _finished(asking, text, tokens, began)


def fitting(asking: Asking, model: ChatModel) -> list[Message]:
    """The messages with as many passages, the best first, as the model's context leaves room for."""
    room = model.context - asking.decoding.max_tokens - _MARGIN
    for count in range(len(asking.passages), 0, -1):
        shown = [passage.shown for passage in asking.passages[:count]]
        messages = asking.prompt.messages(asking.question, shown)
        if sum(model.count(message.content) + 4 for message in messages) <= room:
            return messages
    return asking.prompt.messages(asking.question)


def reads(model: ChatModel | None) -> bool:
    """Whether a model can be trusted to answer from passages; the others only point at the sentence.

    On the samples' 32 answerable questions each, SmolLM2 (135M) and Gemma 3 270M wrote the right figure in at
    most 12 and 11, where the best sentence held it in 25 of 32 (Sulur): a wrong price is worse than a quotation.
    """
    return model is not None and not (model.parameters and model.parameters < _READERS)


def best_sentence(question: str, passages: Sequence[Passage], embedder: Embedder | None) -> str:
    """The sentence of the passages that is most like the question in meaning (with an embedder) and in words;
    one from a better passage is preferred."""
    wanted = set(terms(question))
    found = [(n, p.text[start:stop]) for n, p in enumerate(passages) for start, stop in sentences(p.text)]
    if not found:
        return ""
    scores = [_WORDS * len(wanted & set(terms(text))) / max(1, len(wanted)) for _, text in found]
    places = [_PLACE * (1 - n / max(1, len(passages) - 1)) for n, _ in found]
    if embedder is not None:
        near = embedder.passages([text for _, text in found]) @ embedder.queries([question])[0]
        low, high = float(near.min()), float(near.max())
        scores = [s + (float(x) - low) / ((high - low) or 1.0) for s, x in zip(scores, near, strict=True)]
    ranked = [s + place for s, place in zip(scores, places, strict=True)]
    return found[max(range(len(found)), key=lambda i: ranked[i])][1]


def _refusal(asking: Asking, began: float) -> Answer:
    spoken = language_of(asking.question) or asking.language
    key = "retrieval.not_in_documents" if asking.passages else "retrieval.no_documents"
    return Answer(texts.say(spoken, key), (), True, 0.0, time.perf_counter() - began, 0)


def _finished(asking: Asking, text: str, tokens: int, began: float) -> Answer:
    """The answer with its citations; one that rests on nothing and says so itself is a refusal."""
    citations, support = cite(text, asking.passages, asking.embedder)
    refused = not text or (not citations and _DECLINES.search(text) is not None)
    if not text:
        text = _refusal(asking, began).text
    return Answer(text, citations, refused, support, time.perf_counter() - began, tokens)
