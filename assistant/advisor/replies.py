"""Puts what was understood, and the next question, into words; decides nothing."""

from collections.abc import Mapping, Sequence

from assistant import texts
from assistant.advisor import citing
from assistant.advisor.decision import Decision, approach_name, shown
from assistant.advisor.explaining import Explained
from assistant.advisor.facts import Fact, is_guess
from assistant.advisor.signals import UNKNOWN, Checklist, Signal

_LEVEL = 0.05  # points; less is shown as nothing


def heard(
    facts: Sequence[Fact], before: Mapping[str, Fact], asked: str | None, checklist: Checklist, language: str
) -> list[str]:
    """What was taken from a message: changes first, then what was said, then what was inferred."""
    sentences = []
    fresh = []
    for fact in facts:
        if is_guess(fact):
            continue  # a guess: shown among the facts, never said as if it had been heard
        old = before.get(fact.signal)
        if old is None or old.origin == "assumed" or old.value == UNKNOWN:
            fresh.append(fact)
        elif old.value != fact.value:
            sentences.append(_pair("changed", fact, old, checklist, language))
    said = [f for f in fresh if f.value != UNKNOWN and (f.origin == "said" or f.signal == asked)]
    taken = [f for f in fresh if f.value != UNKNOWN and f not in said]
    for key, group in (("noted", said), ("taken", taken)):
        if group:
            named = "; ".join(_named(fact, checklist, language) for fact in group[:5])
            sentences.append(texts.say(language, f"advisor.{key}", facts=named))
    if any(fact.value == UNKNOWN for fact in fresh):
        sentences.append(texts.say(language, "advisor.not_known"))
    return sentences


def guessed(facts: Sequence[Fact], checklist: Checklist, language: str) -> str:
    """What could only be guessed from a message: said as such, so that nobody thinks it was not read at all."""
    named = "; ".join(_named(fact, checklist, language) for fact in facts[:4])
    return texts.say(language, "advisor.guessed", facts=named)


def already(facts: Sequence[Fact], checklist: Checklist, language: str) -> str:
    named = "; ".join(_named(fact, checklist, language) for fact in facts[:4])
    return texts.say(language, "advisor.already", facts=named)


def differs(new: Fact, old: Fact, checklist: Checklist, language: str) -> str:
    """A remark that does not fit what was said before: asked, never taken over silently."""
    return _pair("differs", new, old, checklist, language)


def torn(first: Fact, second: Fact, checklist: Checklist, language: str) -> str:
    """Two answers to one question in one message: asked about, neither taken."""
    return _pair("torn", second, first, checklist, language)


def question(signal: Signal, language: str) -> str:
    asked, why = signal.question.say(language), signal.why.say(language)
    return texts.say(language, "advisor.ask", question=asked, why=why)


def meaning(signal: Signal, language: str) -> str:
    """What a question means: how people answer it."""
    answers = "\n".join(
        f"- {answer.label.say(language)}: “{answer.says[-1 if language == 'id' else 0]}”"
        for answer in signal.choices
        if answer.says
    )
    return texts.say(language, "advisor.meaning", answers=answers)


def explained(found: Explained, checklist: Checklist, language: str) -> str:
    """An answer from the guides, section by section, each with where it stands and its sources."""
    return "\n\n".join(
        texts.say(
            language,
            "advisor.explained",
            answer=part,
            cited=f"{one.title}, “{one.section}” ({', '.join(dict.fromkeys(citing.publisher(checklist.sources[key], language) for key in one.source))})",
        )
        for part, one in zip(found.parts, found.citations, strict=True)
    )


def moved(old: Decision, new: Decision, language: str) -> str:
    """Where a change took the choice, and how far it is ahead now."""
    key = "moved" if old.approach != new.approach else "stays" if new.margin >= _LEVEL else "level"
    names = {n: approach_name(a, language) for n, a in (("old", old.approach), ("new", new.approach))}
    runner = approach_name(new.runner_up, language)
    return texts.say(
        language, f"advisor.{key}", **names, runner=runner, points=texts.number(language, new.margin, 1)
    )


def about(asked: str, decision: Decision, language: str) -> str:
    """What would change the choice, or why it is not the approach `asked` for: the facts that count against that."""
    if asked == "change":
        told = " ".join(change.text for change in decision.would_change)
        key = "would_change" if told else "nothing_changes"
        return texts.say(
            language, f"advisor.{key}", changes=told, runner=approach_name(decision.runner_up, language),
            points=texts.number(language, decision.margin, 1),
        )  # fmt: skip
    name = approach_name(asked, language)
    if asked in decision.approach:
        return texts.say(language, "advisor.is_chosen", approach=name)
    against = sorted(
        (w for w in decision.weights if w.effects.get(asked, 0) < 0), key=lambda w: w.effects[asked]
    )
    shut = [w for w in decision.weights if not w.effects]  # gates that only block: all of them block tuning
    named = [*(shut if asked == "fine_tune" else []), *against][:3]
    key = "why_not" if named else "why_not_more"
    return texts.say(
        language, f"advisor.{key}", approach=name, against="; ".join(w.text.rstrip(".") for w in named),
        lead=approach_name(decision.approach, language), points=texts.number(language, decision.scores[asked], 1),
    )  # fmt: skip


def verdict(key: str, decision: Decision, language: str) -> str:
    name = approach_name(decision.approach, language)
    return texts.say(language, f"advisor.{key}", approach=name, confidence=decision.confidence_text)


def _named(fact: Fact, checklist: Checklist, language: str) -> str:
    signal = checklist.signals[fact.signal]
    return f"{signal.title.say(language)}: {shown(signal, fact.value, language)}"


def _pair(key: str, new: Fact, old: Fact, checklist: Checklist, language: str) -> str:
    signal = checklist.signals[new.signal]
    return texts.say(
        language,
        f"advisor.{key}",
        signal=signal.title.say(language),
        old=shown(signal, old.value, language),
        new=shown(signal, new.value, language),
    )
