"""What the advisor knows, as values: signals, answers, gates, risks, steps; knows nothing of files or of any user."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int
Values = Mapping[str, Value]

# In this order a tie is settled: the simpler way first.
APPROACHES = ("prompting", "rag", "fine_tune", "not_llm", "not_ready")
HYBRID = "rag_plus_fine_tune"
HEADINGS = ("use_case", "alternatives", "costs", "benefits")
PAGES = ("decide", "baseline", "data", "tune", "compare")
MEDIA = ("image", "audio", "video", "picture", "speech")  # the last two: making them
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    en: str
    id: str

    def say(self, language: str) -> str:
        return self.id if language == "id" else self.en


@dataclass(frozen=True)
class Answer:
    code: str
    label: Words
    says: tuple[str, ...]  # how people put it, both languages
    patterns: tuple[re.Pattern[str], ...]
    means: str | None  # what a bare "yes" or "no" stands for
    rare: bool
    low: int | None  # the band of a number, both ends included
    high: int | None
    effects: Mapping[str, float]
    reason: Words | None
    source: str | None


@dataclass(frozen=True)
class Signal:
    name: str
    heading: str
    kind: str  # choice, number, text
    rank: int
    title: Words
    question: Words
    why: Words
    sources: tuple[str, ...]
    after: str | None  # this signal is settled first
    unless: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Answer]  # without "unknown", unless it has effects

    @property
    def choices(self) -> tuple[Answer, ...]:
        """The answers that are offered as buttons."""
        return tuple(answer for code, answer in self.answers.items() if code != UNKNOWN)

    @property
    def allowed(self) -> tuple[str, ...]:
        return (*(answer.code for answer in self.choices), UNKNOWN)

    def code(self, value: Value) -> str:
        """The answer code that `value` falls under; free text that is none of them stands for itself."""
        if isinstance(value, int):
            return next((a.code for a in self.choices if _within(value, a)), UNKNOWN)
        return value

    def value(self, code: str) -> Value:
        """The value of an answer; a band that holds one number only is that number."""
        answer = self.answers[code]
        return answer.low if answer.low is not None and answer.low == answer.high else code

    def answer(self, value: Value) -> Answer | None:
        return self.answers.get(self.code(value))

    def label(self, value: Value, language: str) -> str:
        """How a value is shown to people; "" for unknown, which the texts name."""
        if isinstance(value, int):
            return f"{value:,}".replace(",", "." if language == "id" else ",")
        answer = self.answers.get(value)
        return answer.label.say(language) if answer and value != UNKNOWN else value

    def parse(self, raw: object) -> Value | None:
        """The value that `raw` stands for (code, number, null); None if it is not allowed."""
        if raw is None:
            return UNKNOWN
        if self.kind == "number" and (number := _whole(raw)) is not None:
            return number if number >= 0 else None
        if not isinstance(raw, str) or not raw.strip():
            return None
        text = raw.strip()
        if text in self.allowed:
            return text
        return self._platform(text) if self.kind == "text" else None

    def _platform(self, text: str) -> Value:
        plain = re.sub(r"[\s-]+", "_", text.casefold())
        if plain in self.allowed:
            return plain
        found = (a.code for a in self.choices if any(p.search(text.casefold()) for p in a.patterns))
        return next(found, text[:200])


@dataclass(frozen=True)
class Test:
    """One condition on one signal: the answer is one of `codes`, or the number is at least `at_least`."""

    signal: str
    codes: frozenset[str]
    at_least: int | None


Conditions = tuple[tuple[Test, ...], ...]  # all of these, each by any of its tests


@dataclass(frozen=True)
class Gate:
    name: str
    when: Conditions
    effects: Mapping[str, float]
    blocks: str | None
    requires: Conditions
    text: Words
    source: str


@dataclass(frozen=True)
class Hybrid:
    when: Conditions
    least: float
    text: Words
    source: str


@dataclass(frozen=True)
class Risk:
    weight: float
    when: Conditions
    approaches: tuple[str, ...]  # empty: any
    text: Words
    source: str


@dataclass(frozen=True)
class Step:
    settings: Mapping[str, str]  # what the page opens with
    when: Conditions
    approaches: tuple[str, ...]
    page: str
    text: Words


@dataclass(frozen=True)
class Source:
    key: str
    title: str
    publisher: str
    date: str | None
    link: str | None
    kind: str
    local: Mapping[str, str] = field(
        default_factory=dict
    )  # title and publisher in Indonesian, where they describe


@dataclass(frozen=True)
class Media:
    """What Penala does not tune: when that is so, what to say, and where to go instead; `kinds` says it for one
    medium (image, audio, video, picture, speech)."""

    when: Conditions
    text: Words
    source: str
    step: Words
    kinds: Mapping[str, Words]


@dataclass(frozen=True)
class Checklist:
    updated: str  # the day of its last change
    version: str  # first 12 hexadecimal digits of the file's sha256
    signals: Mapping[str, Signal]
    gates: tuple[Gate, ...]
    hybrid: Hybrid
    media: Media
    risks: tuple[Risk, ...]
    measures: tuple[Risk, ...]  # what to measure, in the same form
    steps: tuple[Step, ...]
    sources: Mapping[str, Source]

    def hold(self, conditions: Conditions, values: Values) -> bool:
        """Whether all conditions hold. A signal nobody spoke of counts as unknown."""
        return all(any(self._holds(test, values) for test in line) for line in conditions)

    def _holds(self, test: Test, values: Values) -> bool:
        value = values.get(test.signal, UNKNOWN)
        signal = self.signals[test.signal]
        if test.at_least is None:
            return signal.code(value) in test.codes
        if isinstance(value, int):
            return value >= test.at_least
        band = signal.answers.get(value)
        return band is not None and band.low is not None and band.low >= test.at_least


def _within(value: int, answer: Answer) -> bool:
    if answer.low is None:
        return False
    return answer.low <= value and (answer.high is None or value <= answer.high)


def _whole(raw: object) -> int | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return raw
    if isinstance(raw, float):
        return round(raw) if abs(raw) < 1e15 else None
    if isinstance(raw, str) and re.fullmatch(r"\d{1,15}", raw.strip()):
        return int(raw)
    return None
