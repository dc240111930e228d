"""What an estimate starts from: this project's facts as ranges, and assumptions where there are none."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from assistant.advisor.estimate.offers import Providers
from assistant.advisor.facts import Fact, decisive
from assistant.advisor.signals import UNKNOWN, Checklist, Value
from assistant.errors import PenalaError

LABELS = ("labels", "number")


@dataclass(frozen=True)
class Range:
    """A quantity from `low` to `high`. `origin`: assumed, facts (from the interview) or yours (set by the user)."""

    low: float
    high: float
    origin: str = "assumed"
    source: str = "author"

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"{self.low}..{self.high}")

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, other: "Range | float") -> "Range":
        other = other if isinstance(other, Range) else Range(other, other)
        return Range(self.low * other.low, self.high * other.high)

    def over(self, other: "Range | float") -> "Range":
        """Divided by something above zero."""
        other = other if isinstance(other, Range) else Range(other, other)
        return Range(self.low / other.high, self.high / other.low)


@dataclass(frozen=True)
class Assumptions:
    """Every quantity that an estimate uses; names and meanings as in knowledge/providers.yaml, `assumptions`."""

    requests_per_day: Range
    days_per_month: Range
    instruction_tokens: Range
    input_tokens: Range
    output_tokens: Range
    shots: Range
    short_prompt_tokens: Range
    passage_tokens: Range
    pages: Range
    tokens_per_page: Range
    whole_document_limit: Range
    cache_hits: Range
    examples: Range
    examples_at_hand: Range
    epochs: Range
    minutes_per_example: Range
    minutes_per_check: Range
    evaluation_cases: Range
    prompt_hours: Range
    retrieval_hours: Range
    serving_hours: Range
    months: Range
    wage: Range | None  # None: people's hours are not turned into money
    peak: Range
    cpu_training_tokens: Range
    cpu_writing_tokens: Range
    gpu_writing_tokens: Range
    utilisation: Range
    own_gpu_tflops: Range
    own_gpu_kw: Range
    own_cpu_kw: Range
    usd_per_kwh: Range
    batch: Range
    embedding_seconds: Range

    @property
    def requests(self) -> Range:
        """Requests a month."""
        return self.requests_per_day * self.days_per_month

    @property
    def corpus(self) -> Range:
        """Tokens of the material."""
        return self.pages * self.tokens_per_page

    @property
    def shot_tokens(self) -> Range:
        """What the examples of a few-shot prompt add to each request."""
        return self.shots * (self.input_tokens + self.output_tokens)

    @property
    def row_tokens(self) -> Range:
        """Tokens of one training example: the short prompt, an input and its answer."""
        return self.short_prompt_tokens + self.input_tokens + self.output_tokens


NAMES = tuple(field.name for field in fields(Assumptions))
MOST = 1e9  # more than this of anything is a slip of the keyboard
SHARES = ("cache_hits", "utilisation")  # from 0 to 1
POSITIVE = frozenset(NAMES) - {
    "requests_per_day",
    "pages",
    "examples_at_hand",
    "shots",
    "passage_tokens",
    "wage",
}


def assume(
    facts: Mapping[str, Fact],
    providers: Providers,
    checklist: Checklist,
    given: Mapping[str, tuple[float, float]] | None = None,
) -> Assumptions:
    """The facts that were said or inferred, the file's defaults for the rest, and over both what the user has `given`.

    Raises PenalaError("assumption_name" or "assumption_value"), or "knowledge_entry" if the file lacks one.
    """
    found = _defaults(providers)
    values = decisive(facts)
    _by_task(found, values, providers)
    _by_amounts(found, values, checklist)
    for name, (low, high) in (given or {}).items():
        check(name, low, high)
        found[name] = Range(low, high, "yours", "yours")
    if not (given and "examples" in given):
        found["examples"] = _enough(found["examples"], found["examples_at_hand"])
    return Assumptions(**found)


def media(facts: Mapping[str, Fact]) -> str:
    """Whether images or sound are the matter: "only", "partly" or "" (text). No quantity counts them."""
    values = decisive(facts)
    if values.get("task_type") == "vision_audio" or values.get("input_kind") in ("image", "audio"):
        return "only"
    return "partly" if values.get("input_kind") == "mixed" else ""


def changed(base: Assumptions, name: str, low: float, high: float) -> Assumptions:
    """The same with one quantity set by the user. Raises PenalaError("assumption_name" or "assumption_value")."""
    check(name, low, high)
    return replace(base, **{name: Range(low, high, "yours", "yours")})


def check(name: str, low: float, high: float) -> None:
    """Raises PenalaError("assumption_name" or "assumption_value")."""
    if name not in NAMES:
        raise PenalaError("assumption_name", name=name, allowed=", ".join(NAMES))
    least = 1e-9 if name in POSITIVE else 0
    if not least <= low <= high <= (1 if name in SHARES else MOST):
        shown = f"{low:g}" if low == high else f"{low:g}..{high:g}"
        raise PenalaError("assumption_value", name=name, value=shown)


def _defaults(providers: Providers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in NAMES:
        entry = providers.assumptions.get(name)
        fact = entry.fact if entry else None
        if fact is None or (fact.low is None and name != "wage"):
            problem = f"'{name}' needs a value"
            raise PenalaError("knowledge_entry", file="providers.yaml", entry="assumptions", problem=problem)
        known = fact.low is not None and fact.high is not None
        found[name] = Range(fact.low or 0, fact.high or 0, "assumed", fact.source) if known else None
    return found


def _by_task(found: dict[str, Any], values: Mapping[str, Value], providers: Providers) -> None:
    for name, (low, high) in providers.tasks.get(str(values.get("task_type", UNKNOWN)), {}).items():
        found[name] = Range(low, high)
    output = providers.outputs.get(str(values.get("output_form", UNKNOWN)))
    if output:
        found["output_tokens"] = Range(*output)
    size = "none" if values.get("private_knowledge") == "no" else str(values.get("knowledge_size", UNKNOWN))
    pages = providers.pages.get(size)
    if pages:
        found["pages"] = Range(*pages, "facts")


def _by_amounts(found: dict[str, Any], values: Mapping[str, Value], checklist: Checklist) -> None:
    for signal, name in (("volume_per_day", "requests_per_day"), ("examples", "examples_at_hand")):
        value = values.get(signal, UNKNOWN)
        if isinstance(value, int):
            found[name] = Range(value, value, "facts")
            continue
        band = checklist.signals[signal].answers.get(str(value))
        if band is not None and band.low is not None:
            high = band.high if band.high is not None else 10 * max(band.low, 1)
            found[name] = Range(band.low, high, "facts")


def _enough(wanted: Range, at_hand: Range) -> Range:
    """Training uses the examples that exist; where they are too few, as many as a first try takes."""
    low, high = max(wanted.low, at_hand.low), max(wanted.high, at_hand.high)
    if at_hand.low >= wanted.high:
        low, high = at_hand.low, at_hand.high
    return Range(low, high, at_hand.origin if at_hand.low >= wanted.low else wanted.origin, wanted.source)
