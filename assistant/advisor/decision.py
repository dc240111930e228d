"""Turns facts into a decision with reasons, risks, next steps and what would change it; asks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant import texts
from assistant.advisor.facts import Fact, decisive, leaning
from assistant.advisor.scores import Tally, tally
from assistant.advisor.signals import (
    APPROACHES,
    UNKNOWN,
    Checklist,
    Conditions,
    Risk,
    Signal,
    Value,
    Values,
    Words,
)

_GUESSED = 0.6  # what a risk weighs that rests on a guess
_CLEAR, _FAIR, _SLIGHT = 3.0, 1.5, 0.5  # points ahead; our own reading of the scale


@dataclass(frozen=True)
class Reason:
    """Why: a sentence, its source's key, the signals it rests on, and the user's words that are nearest to it."""

    text: str
    source: str
    signals: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True)
class NextStep:
    """What to do next, on which page, and what that page is to open with."""

    page: str
    text: str
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """One answer that, changed alone, leads to another approach."""

    signal: str
    value: Value
    approach: str
    text: str


@dataclass(frozen=True)
class RiskNote:
    text: str
    source: str


@dataclass(frozen=True)
class Weight:
    """What one fact, or one gate, adds to the points of each approach."""

    signal: str | None
    text: str
    effects: Mapping[str, float]


@dataclass(frozen=True)
class Decision:
    approach: str
    scores: Mapping[str, float]
    reasons: tuple[Reason, ...]
    risks: tuple[RiskNote, ...]
    next_steps: tuple[NextStep, ...]
    would_change: tuple[Change, ...]
    confidence: str  # clear, fair, slight, close, thin
    confidence_text: str
    runner_up: str
    margin: float  # points ahead of the runner-up
    weights: tuple[Weight, ...]  # the heaviest first
    checklist: str  # version
    measures: tuple[RiskNote, ...]  # what will show whether it works

    def to_json(self) -> dict[str, Any]:
        """The command line's contract."""
        return {
            "approach": self.approach,
            "scores": dict(self.scores),
            "reasons": [{"text": r.text, "source": r.source} for r in self.reasons],
            "risks": [{"text": r.text, "source": r.source} for r in self.risks],
            "next_steps": [
                {"page": s.page, "text": s.text, "with": dict(s.settings)} for s in self.next_steps
            ],
            "would_change": [
                {"signal": c.signal, "value": c.value, "approach": c.approach, "text": c.text}
                for c in self.would_change
            ],
        }


def decide(facts: Mapping[str, Fact], checklist: Checklist, language: str) -> Decision:
    """The decision these facts lead to; the order of facts does not matter. Reasons and steps rest on what was said
    or inferred; guesses lean the scores, and a risk that rests on one weighs less."""
    values, guessed = decisive(facts), leaning(facts)
    result = tally(guessed, checklist, values)
    leans = tally(values, checklist).approach != result.approach
    confidence = "guess" if leans else _confidence(result, values, checklist)
    return Decision(
        approach=result.approach,
        scores=result.scores,
        reasons=_reasons(result, facts, values, checklist, language),
        risks=_notes(checklist.risks, result.approach, values, guessed, checklist, language),
        next_steps=_steps(result.approach, values, checklist, language),
        would_change=_changes(result, guessed, values, checklist, language),
        confidence=confidence,
        confidence_text=texts.say(language, f"advisor.confidence.{confidence}"),
        runner_up=result.runner_up,
        margin=result.margin,
        weights=_weights(result, guessed, checklist, language),
        checklist=checklist.version,
        measures=_notes(checklist.measures, result.approach, values, guessed, checklist, language),
    )


def approach_name(approach: str, language: str) -> str:
    return texts.say(language, f"advisor.approaches.{approach}")


def shown(signal: Signal, value: Value, language: str) -> str:
    """A value as people read it."""
    return texts.say(language, "advisor.unknown") if value == UNKNOWN else signal.label(value, language)


def _confidence(result: Tally, values: Values, checklist: Checklist) -> str:
    answers = (checklist.signals[name].answer(value) for name, value in values.items())
    if sum(answer is not None and bool(answer.effects) for answer in answers) < 3:
        return "thin"
    levels = (("clear", _CLEAR), ("fair", _FAIR), ("slight", _SLIGHT))
    return next((name for name, least in levels if result.margin >= least), "close")


def _support(effects: Mapping[str, float], lead: tuple[str, ...]) -> float:
    """By how much effects favour the lead over the mean of the other approaches."""
    others = [a for a in APPROACHES if a not in lead]
    mine = sum(effects.get(a, 0.0) for a in lead) / len(lead)
    return mine - sum(effects.get(a, 0.0) for a in others) / len(others)


def _reasons(
    result: Tally, facts: Mapping[str, Fact], values: Values, checklist: Checklist, language: str
) -> tuple[Reason, ...]:
    found: list[tuple[float, Reason]] = []
    for name, value in values.items():
        answer = checklist.signals[name].answer(value)
        if answer and answer.reason and answer.source:
            reason = Reason(answer.reason.say(language), answer.source, (name,), facts[name].quote)
            found.append((_support(answer.effects, result.lead), reason))
    for gate in checklist.gates:
        if gate.name in result.gates:
            weight = result.held_back if gate.blocks else _support(gate.effects, result.lead)
            found.append(
                (weight, _rests(gate.text, gate.source, (*gate.when, *gate.requires), facts, language))
            )
    if len(result.lead) > 1:
        hybrid = checklist.hybrid
        found.append((99.0, _rests(hybrid.text, hybrid.source, hybrid.when, facts, language)))
    if checklist.hold(checklist.media.when, values):
        media = checklist.media
        found.append((100.0, _rests(media.text, media.source, media.when, facts, language)))
    best = sorted((pair for pair in found if pair[0] > 0), key=lambda pair: -pair[0])[:5]
    if not best:
        thin = texts.say(language, "advisor.too_little")
        return (Reason(thin, "ms_when"),)
    return tuple(reason for _, reason in best)


def _rests(
    text: Words, source: str, conditions: Conditions, facts: Mapping[str, Fact], language: str
) -> Reason:
    """A reason that rests on several facts: those that its conditions look at and that are on record."""
    tested = dict.fromkeys(test.signal for line in conditions for test in line)
    named = tuple(name for name in tested if name in facts)
    quote = next((quote for name in named if (quote := facts[name].quote)), None)
    return Reason(text.say(language), source, named, quote)


def _weights(result: Tally, values: Values, checklist: Checklist, language: str) -> tuple[Weight, ...]:
    found = []
    for name, value in values.items():
        signal = checklist.signals[name]
        answer = signal.answer(value)
        if answer and answer.effects:
            text = f"{signal.title.say(language)}: {shown(signal, value, language)}"
            found.append(Weight(name, text, answer.effects))
    gates = (gate for gate in checklist.gates if gate.name in result.gates)
    found += [Weight(None, gate.text.say(language), gate.effects) for gate in gates]
    return tuple(sorted(found, key=lambda w: -sum(map(abs, w.effects.values()))))


def _applies(
    approach: str, approaches: tuple[str, ...], when: Conditions, values: Values, checklist: Checklist
) -> bool:
    return (not approaches or approach in approaches) and checklist.hold(when, values)


def _notes(
    among: Sequence[Risk],
    approach: str,
    values: Values,
    guessed: Values,
    checklist: Checklist,
    language: str,
) -> tuple[RiskNote, ...]:
    """The four that weigh most in this case."""
    weighed = []
    for risk in among:
        if _applies(approach, risk.approaches, risk.when, values, checklist):
            weighed.append((risk.weight, risk))
        elif _applies(approach, risk.approaches, risk.when, guessed, checklist):
            weighed.append((risk.weight * _GUESSED, risk))
    heaviest = [risk for _, risk in sorted(weighed, key=lambda pair: -pair[0])[:4]]
    return tuple(RiskNote(r.text.say(language), r.source) for r in heaviest)


def _steps(approach: str, values: Values, checklist: Checklist, language: str) -> tuple[NextStep, ...]:
    if checklist.hold(checklist.media.when, values):
        return (NextStep("decide", checklist.media.step.say(language), {}),)
    found = (s for s in checklist.steps if _applies(approach, s.approaches, s.when, values, checklist))
    return tuple(NextStep(s.page, s.text.say(language), s.settings) for s in found)[:4]


def _changes(
    result: Tally, values: Values, sure: Values, checklist: Checklist, language: str
) -> tuple[Change, ...]:
    """At most three: open questions first, then those that are asked early; one answer a signal."""
    found: list[tuple[tuple[bool, int, bool, float], Change]] = []
    for signal in checklist.signals.values():
        now = values.get(signal.name, UNKNOWN)
        is_open = now == UNKNOWN
        for answer in signal.choices:
            if answer.code == signal.code(now):
                continue
            given = {signal.name: answer.code}
            other = tally({**values, **given}, checklist, {**sure, **given})
            if other.approach != result.approach:
                text = _change_text(signal, answer.label, now, other.approach, language)
                order = (not is_open, signal.rank, answer.rare, -other.margin)
                found.append((order, Change(signal.name, answer.code, other.approach, text)))
    chosen: dict[str, Change] = {}
    for _, change in sorted(found, key=lambda pair: pair[0]):
        chosen.setdefault(change.signal, change)
    return tuple(chosen.values())[:3]


def _change_text(signal: Signal, label: Words, now: Value, approach: str, language: str) -> str:
    key = "advisor.change_open" if now == UNKNOWN else "advisor.change_known"
    return texts.say(
        language,
        key,
        signal=signal.title.say(language),
        label=label.say(language),
        now=shown(signal, now, language),
        approach=approach_name(approach, language),
    )
