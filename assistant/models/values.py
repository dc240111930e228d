"""What every chat model and embedder can do, whoever makes it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Role = Literal["system", "user", "assistant"]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Tokens:
    """A text as an embedder sees it inside: one state a token, (tokens, width) float32, and each token's
    characters [start, stop) of the text (start = stop for marks that stand for no character)."""

    states: Vectors
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]


@dataclass(frozen=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True)
class Decoding:
    """How an answer is drawn. Temperature 0 is greedy and repeatable. `schema` (JSON Schema as text) is passed
    on where a service can hold its model to one; elsewhere the prompt alone asks for the shape."""

    max_tokens: int = 160
    temperature: float = 0.0
    seed: int = 0
    schema: str = ""


@dataclass(frozen=True)
class Reply:
    """One answer: its text, tokens read and written, and seconds (a batch's time shared evenly)."""

    text: str
    tokens_in: int
    tokens_out: int
    seconds: float


class ChatModel(Protocol):
    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever weights, adapter or template change: two equal ones answer alike."""

    @property
    def context(self) -> int:
        """How many tokens fit, prompt and answer together."""

    @property
    def parameters(self) -> int | None:
        """Its size; None where its maker does not tell."""

    def stream(self, messages: Sequence[Message], decoding: Decoding) -> Iterator[str]:
        """Pieces of one answer as they are written."""

    def generate(self, batch: Sequence[Sequence[Message]], decoding: Decoding) -> list[Reply]:
        """One reply a conversation, in order."""

    def score(self, messages: Sequence[Message], labels: Sequence[str]) -> list[float]:
        """The log-probability of each label as the answer (mean over its tokens), in order.

        Raises PenalaError("no_scores") for a model that does not tell."""

    def count(self, text: str) -> int:
        """Tokens in `text` (an estimate for remote models)."""


class Labelling(Protocol):
    """A model of this machine, which tells how likely it holds each of given answers."""

    def encode(self, messages: Sequence[Message], completion: str | None) -> tuple[list[int], list[int]]: ...

    def score_many(
        self, batch: Sequence[Sequence[Message]], labels: Sequence[Sequence[str]], whole: bool = False
    ) -> list[list[float]]: ...


class Embedder(Protocol):
    @property
    def fingerprint(self) -> str: ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts to be found, shape (len(texts), size), float32."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts that search, same shape."""

    def count(self, text: str) -> int:
        """Tokens in `text`."""

    def tokens(self, texts: Sequence[str], layers: Sequence[int]) -> list[Tokens]:
        """The states after these layers, side by side, of texts that search; what is too long is cut."""
