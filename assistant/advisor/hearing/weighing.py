"""Weighs what rules found in a message with what the reader takes from it; reads no rules itself."""

from collections.abc import Mapping

from assistant.advisor.facts import Fact
from assistant.advisor.hearing import reader
from assistant.advisor.hearing.clauses import clauses
from assistant.advisor.hearing.counting import NOT_FOR_TRAINING, is_for_training
from assistant.advisor.hearing.quantities import per_day, quantities
from assistant.advisor.signals import Checklist, Signal
from assistant.models.values import Embedder

_LIKELIER = 0.5  # chance from which on a band of numbers is likelier than not
_GRAVE = 3  # points for waiting
_SELDOM = 0.6  # chance from which on a rare answer is a guess
_SHORT = 15  # words of a message in which a count is what it looks like


def weighed(
    text: str, found: Mapping[str, Fact], asked: str | None, checklist: Checklist, embedder: Embedder
) -> dict[str, Fact]:
    """What the reader takes from the text, patterns and counts among its evidence; an answer to the question asked and
    a name stay as found, and in a short message all that the reader is not sure to be otherwise: it says what it
    says and implies nothing."""
    sure = {(name, checklist.signals[name].code(fact.value)) for name, fact in found.items()}
    short = len(text.split()) <= _SHORT
    stays = ("text", "number") if short else ("text",)
    kept = {
        n: f
        for n, f in found.items()
        if n == asked or checklist.signals[n].kind in stays or _certain(f, checklist.signals[n])
    }
    made = reader.load()
    reads = [
        one for one in made.read(text, embedder, sure, asked) if one.said or not short or one.signal == asked
    ]
    for one in reads:
        signal = checklist.signals[one.signal]
        twice = (one.signal, one.code) in sure  # a rule found it too
        enough = one.chance >= (made.least_twice if twice else made.least) or one.signal == asked
        if one.signal in kept:
            continue
        if signal.kind == "number":
            number = _number(one, text, found.get(one.signal), signal) if one.chance >= _LIKELIER else None
            if number is None and enough:  # "several thousand": the band is all that is said
                number = Fact(one.signal, signal.value(one.code), one.quote, "inferred")
            kept |= {one.signal: number} if number else {}
        elif enough:
            kept[one.signal] = _read(one, found.get(one.signal), signal)
        elif one.signal in found and signal.code(found[one.signal].value) != one.code:
            continue  # rule and reader differ: neither is worth a guess
        elif one.chance >= _SELDOM or not signal.answers[one.code].rare:
            kept[one.signal] = Fact(one.signal, signal.value(one.code), None, "assumed")
    denied = {one.signal for one in reads if (one.signal, one.code) not in sure and one.chance >= made.least}
    return kept | {n: fact for n, fact in found.items() if short and n not in denied}


def _certain(fact: Fact, signal: Signal) -> bool:
    """What a rule found that the reader does not overrule: a large count of labelled examples, and what must be put
    right before anything is trained, which a user may take back."""
    if signal.kind == "number":
        return (
            isinstance(fact.value, int)
            and signal.name == "examples"
            and is_for_training((fact.quote or "").casefold(), fact.value)
        )
    answer = signal.answer(fact.value)
    return answer is not None and answer.rare and answer.effects.get("not_ready", 0) >= _GRAVE


def _read(one: reader.Read, old: Fact | None, signal: Signal) -> Fact:
    """The answer in the words in which a rule found it, where one did."""
    if old and signal.code(old.value) == one.code:
        return old
    return Fact(one.signal, signal.value(one.code), one.quote, "inferred")


def _number(one: reader.Read, text: str, counted: Fact | None, signal: Signal) -> Fact | None:
    """The count that is in the band the reader took: the one that a rule found, else the first in the words where
    the reader saw it, else in the text; what is in another band is some other count."""
    if counted and signal.code(counted.value) == one.code:
        return counted
    for clause in (one.quote, *clauses(text)):
        if signal.name == "examples" and NOT_FOR_TRAINING.search(clause.casefold()):
            continue
        for quantity in quantities(clause):
            rate = per_day(clause, quantity)
            value = rate if signal.name == "volume_per_day" else None if rate is not None else quantity.value
            if value is not None and signal.code(round(value)) == one.code:
                return Fact(signal.name, round(value), clause, "said")
    return None
