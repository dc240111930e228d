"""Chooses the next question by how much its answer may change the decision; pure functions over facts."""

from collections.abc import Iterator, Mapping

from assistant.advisor.facts import Fact, decisive, is_guess, leaning
from assistant.advisor.scores import Tally, tally
from assistant.advisor.signals import APPROACHES, Answer, Checklist, Signal, Values

MOST_QUESTIONS = 12
_RARE = 0.2  # what a rare answer weighs beside an ordinary one
# The task, then the two signals that decide whether tuning may be thought of at all, then the kind of
# mistake: on written situations, hiding one of the middle two cost most right decisions (11 of 40 each).
GATES = ("tried_prompting", "eval_baseline")  # settled before a decision is shown; no guess opens them
_TASK = {"use_case_clear", "task_type"}
_OPENING = ("use_case_clear", "task_type", "tried_prompting", "eval_baseline", "gap")


def next_question(facts: Mapping[str, Fact], checklist: Checklist, asked: int = 0) -> Signal | None:
    """The open question worth most; None when none of them can overturn the lead, `asked` reaches 12, or the task is
    on images, sound or video, where no answer changes what Penala can do."""
    values, sure = leaning(facts), decisive(facts)
    if asked >= MOST_QUESTIONS or checklist.hold(checklist.media.when, sure):
        return None
    is_open = [s for s in checklist.signals.values() if _is_open(s, facts) and _sensible(s, values)]
    if sure.keys() >= _TASK and not _in_reach(is_open, tally(sure, checklist), sure, checklist):
        return None
    opening = (name for name in _OPENING if name in GATES or name not in values)  # a gate opens to no guess
    first = next((s for name in opening for s in is_open if s.name == name), None)
    if first is not None:
        return first
    now = tally(values, checklist, sure)
    if not any(_flips(signal, now, values, sure, checklist) for signal in is_open):
        return None
    worth = [(_worth(signal, now, values, sure, checklist), -signal.rank, signal) for signal in is_open]
    best = max(worth, key=lambda item: item[:2])[2]
    return checklist.signals[best.after] if best.after and best.after not in facts else best


def _is_open(signal: Signal, facts: Mapping[str, Fact]) -> bool:
    """Not answered and not passed over; a value that nobody's words support is still to be asked for."""
    fact = facts.get(signal.name)
    return fact is None or is_guess(fact)


def _sensible(signal: Signal, values: Values) -> bool:
    for other, codes in signal.unless.items():
        if other in values and str(values[other]) in codes:
            return False
    return any(answer.effects for answer in signal.choices)


def _outcomes(
    signal: Signal, now: Tally, values: Values, sure: Values, checklist: Checklist
) -> Iterator[tuple[float, float, bool]]:
    """For each answer: how likely it is taken to be, the change of the scores, whether the choice flips."""
    for answer in signal.choices:
        then = _then(signal, answer, values, sure, checklist)
        moved = sum(abs(then.scores[a] - now.scores[a]) for a in APPROACHES)
        guessed = values.get(signal.name)
        unlikely = answer.rare or (guessed is not None and signal.code(guessed) != answer.code)
        yield (_RARE if unlikely else 1.0), moved, then.approach != now.approach


def _then(signal: Signal, answer: Answer, values: Values, sure: Values, checklist: Checklist) -> Tally:
    """The tally once the question is answered so."""
    given = {signal.name: answer.code}
    return tally({**values, **given}, checklist, {**sure, **given})


def _worth(signal: Signal, now: Tally, values: Values, sure: Values, checklist: Checklist) -> float:
    """Expected change: the chance that the choice flips, and a little for scores that move."""
    outcomes = list(_outcomes(signal, now, values, sure, checklist))
    total = sum(chance for chance, _, _ in outcomes)
    return sum(chance * (flips + 0.05 * moved) for chance, moved, flips in outcomes) / total


def _flips(signal: Signal, now: Tally, values: Values, sure: Values, checklist: Checklist) -> bool:
    """Whether an ordinary answer changes the choice."""
    plain = [a for a in signal.choices if not a.rare]
    return any(_then(signal, a, values, sure, checklist).approach != now.approach for a in plain)


def _in_reach(is_open: list[Signal], now: Tally, sure: Values, checklist: Checklist) -> bool:
    """Whether one open answer flips the choice, or two together could close the distance to a rival: so far one looks
    ahead while the two gates are open, which only together let tuning in."""
    if any(_flips(signal, now, sure, sure, checklist) for signal in is_open):
        return True
    plain = [[a for a in signal.choices if not a.rare] for signal in is_open]
    lead = min(now.scores[a] for a in now.lead)
    for rival in APPROACHES:
        if rival in now.lead or (rival == "fine_tune" and now.held_back):
            continue
        gains = sorted((_gain(answers, rival, now.lead) for answers in plain), reverse=True)[:2]
        if sum(gains) > lead - now.scores[rival]:
            return True
    return False


def _gain(answers: list[Answer], rival: str, lead: tuple[str, ...]) -> float:
    """The most that one answer brings `rival` closer to the lead."""
    return max(
        (a.effects.get(rival, 0.0) - min(a.effects.get(x, 0.0) for x in lead) for a in answers), default=0.0
    )
