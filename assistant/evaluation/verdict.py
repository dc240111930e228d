"""From metrics, pairs and costs to one sentence and one next step; knows nothing of how they were measured.

The rule: use the simplest arm that is not worse than the best one. A tuned arm is recommended only where
every simpler arm is shown to be worse; what is not settled is said with the cases that would settle it. With a
target, the simplest arm whose whole interval lies above it is enough.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistant.evaluation import statistics
from assistant.evaluation.statistics import Difference
from assistant.evaluation.values import TUNED, ArmResult, Metric, Pair, Phrase, Verdict, simplicity, sort_of

TOO_MANY = 1000  # more further cases than this are no advice, but a reason to take the simpler arm
Values = dict[str, str | int | float]
SLOWER = 2.0  # times as long an answer, from which on the verdict mentions it


def decide(
    arms: Sequence[ArmResult],
    pairs: Sequence[Pair],
    metric: str,
    margin: float = statistics.MARGIN,
    target: float = 0.0,
) -> Verdict:
    """The verdict on the primary metric. `pairs` must hold every two arms once on that metric; `target`: the value
    that is good enough, 0 for none. Arms that look broken are named at the end."""
    found = _decide(_Field(arms, pairs, metric, margin), target)
    return replace(found, text=(*found.text, *_broken(arms)))


def _decide(field: "_Field", target: float) -> Verdict:
    early = _nothing_to_compare(field)
    if early:
        return early
    enough = _enough(field, target) if target > 0 else None
    if enough:
        return enough
    chosen = field.simplest_not_worse()
    doubt = field.doubts(chosen)
    if _tuned(chosen.name) and not all(_tuned(a.name) for a in field.arms):
        return _tune(field, chosen)
    if _tuned(chosen.name) or not any(_tuned(a.name) for a in field.arms):
        return _cannot_tell(field, chosen, doubt) if doubt else _recommend(field, chosen)
    doubt = [p for p in doubt if _tuned(p.a)]
    return _cannot_tell(field, chosen, doubt) if doubt else _do_not_tune(field, chosen)


def _enough(field: "_Field", target: float) -> Verdict | None:
    """The simplest arm that surely meets the target, where nothing simpler is as good: then no tuning is needed."""
    for arm in field.arms:
        m = field.value(arm)
        if m.low >= target:
            break
    else:
        return None
    facts: Values = {
        "arm": arm.name, "metric": field.metric, "n": m.n, "target": target * 100, "value": m.value * 100,
        "low": m.low * 100, "high": m.high * 100,
    }  # fmt: skip
    if _tuned(arm.name):
        if all(_tuned(a.name) for a in field.arms):
            return Verdict(
                "recommend", arm.name, (Phrase("verdict.meets", facts),), Phrase("next.tune", facts)
            )
        return Verdict("tune", arm.name, (Phrase("verdict.only_meets", facts),), Phrase("next.tune", facts))
    outcome = "do_not_tune" if any(_tuned(a.name) for a in field.arms) else "recommend"
    return Verdict(outcome, arm.name, (Phrase("verdict.meets", facts),), Phrase("next.meets", facts))


def _broken(arms: Sequence[ArmResult]) -> tuple[Phrase, ...]:
    """Arms that say nothing, or always the same: what they score says that something is wrong, not how good they are."""
    found = []
    for arm in sorted(arms, key=lambda a: simplicity(a.name)):
        said = {answer.text.strip() for answer in arm.answers}
        if len(arm.answers) < statistics.FEWEST or len(said) != 1:
            continue
        key = "verdict.says_one" if said.pop() else "verdict.says_nothing"
        found.append(Phrase(key, {"arm": arm.name, "n": len(arm.answers)}))
    return tuple(found)


def _tuned(arm: str) -> bool:
    return sort_of(arm) in TUNED


class _Field:
    """The arms, simplest first, and what is known of each two of them on the primary metric."""

    def __init__(self, arms: Sequence[ArmResult], pairs: Sequence[Pair], metric: str, margin: float) -> None:
        self.arms = sorted((a for a in arms if a.has(metric)), key=lambda a: simplicity(a.name))
        self.metric, self.margin = metric, margin
        self._pairs = {(p.a, p.b): p for q in pairs if q.metric == metric for p in (q, q.turned())}
        self.best = max(self.arms, key=lambda a: a.metric(metric).value) if self.arms else None

    def pair(self, a: ArmResult, b: ArmResult) -> Pair:
        return self._pairs[a.name, b.name]

    def value(self, arm: ArmResult) -> Metric:
        return arm.metric(self.metric)

    def simplest_not_worse(self) -> ArmResult:
        """The simplest arm that is the best one or is not shown to be worse than it."""
        return next(a for a in self.arms if a is self.best or self.pair(a, self.top()).outcome != "worse")

    def doubts(self, chosen: ArmResult) -> list[Pair]:
        """Less simple arms against the chosen one that may still be better by more than the margin."""
        later = [a for a in self.arms if simplicity(a.name) > simplicity(chosen.name)]
        against = [self.pair(a, chosen) for a in later]
        return [p for p in against if p.outcome == "cannot_tell" and p.high > self.margin]

    def top(self) -> ArmResult:
        """The best arm; there is one once `best` has been looked at."""
        assert self.best is not None
        return self.best

    def rival(self, chosen: ArmResult) -> Pair | None:
        """The chosen arm against the best of the simpler ones."""
        simpler = [a for a in self.arms if simplicity(a.name) < simplicity(chosen.name)]
        return self.pair(chosen, max(simpler, key=lambda a: self.value(a).value)) if simpler else None

    def facts(self, pair: Pair, **more: str | int | float) -> Values:
        """What a sentence about a pair says, differences in points of a hundred."""
        return {
            "arm": pair.a, "other": pair.b, "metric": self.metric, "n": pair.n,
            "difference": abs(pair.difference) * 100, "low": pair.low * 100, "high": pair.high * 100,
            "margin": self.margin * 100, **more,
        }  # fmt: skip


def _nothing_to_compare(field: _Field) -> Verdict | None:
    if field.best is None:
        return Verdict(
            "collect_more", "", (Phrase("verdict.no_cases"),), Phrase("next.collect", {"more": 30})
        )
    seen = field.value(field.best)
    if len(field.arms) == 1:
        share = {"value": seen.value * 100, "low": seen.low * 100, "high": seen.high * 100}
        names: Values = {"arm": field.best.name, "metric": field.metric, "n": seen.n}
        text = Phrase("verdict.one_arm", {**names, **share})
        return Verdict("one_arm", field.best.name, (text,), Phrase("next.add_arm"))
    if seen.value <= 0:
        text = Phrase("verdict.none_works", {"metric": field.metric, "n": seen.n})
        return Verdict("none_works", "", (text,), Phrase("next.none_works"))
    if field.pair(field.arms[0], field.arms[1]).groups < statistics.FEWEST:
        return _too_few(field)
    return None


def _too_few(field: _Field) -> Verdict:
    groups = field.pair(field.arms[0], field.arms[1]).groups
    n = field.pair(field.arms[0], field.arms[1]).n
    text = Phrase("verdict.too_few", {"n": n, "groups": groups, "fewest": statistics.FEWEST})
    more = _rounded(max(1, 30 - groups))
    return Verdict("collect_more", field.arms[0].name, (text,), Phrase("next.collect", {"more": more}))


def _tune(field: _Field, chosen: ArmResult) -> Verdict:
    """Every simpler arm is worse than the best, which is `chosen` or another tuned arm beside it."""
    best = field.top()
    simple = max((a for a in field.arms if not _tuned(a.name)), key=lambda a: field.value(a).value)
    text = [Phrase("verdict.tune", field.facts(field.pair(best, simple)))]
    if chosen is not best:
        text.append(Phrase("verdict.start_with", {"simpler": chosen.name, "other": best.name}))
    text += _takes_longer(field, chosen, simple.name)
    return Verdict("tune", chosen.name, tuple(text), Phrase("next.tune", {"arm": chosen.name}))


def _cannot_tell(field: _Field, chosen: ArmResult, doubts: Sequence[Pair]) -> Verdict:
    pair = max(doubts, key=lambda p: p.difference)
    more = statistics.more_cases(_as_difference(pair), field.margin)
    seen = statistics.detectable(pair.n, pair.spread) if pair.spread > 0 else statistics.detectable(pair.n)
    text = Phrase("verdict.cannot_tell", field.facts(pair, detectable=seen * 100))
    values: Values = {"simpler": chosen.name, "more": _rounded(more), "other": pair.a}
    if more > TOO_MANY:
        return Verdict(
            "cannot_tell", chosen.name, (text,), Phrase("next.simpler", {**values, "more": TOO_MANY})
        )
    if pair.groups < statistics.FEW:
        return Verdict("collect_more", chosen.name, (text,), Phrase("next.collect", values))
    return Verdict("cannot_tell", chosen.name, (text,), Phrase("next.cannot_tell", values))


def _do_not_tune(field: _Field, chosen: ArmResult) -> Verdict:
    tuned = max((a for a in field.arms if _tuned(a.name)), key=lambda a: field.value(a).value)
    pair = field.pair(chosen, tuned)
    key = {"better": "simpler_wins", "equivalent": "simpler_ties"}.get(pair.outcome, "no_gain")
    gain = max(0.0, -pair.low * 100)
    text = Phrase(f"verdict.{key}", field.facts(pair, gain=gain))
    return Verdict("do_not_tune", chosen.name, (text,), Phrase("next.improve", {"arm": chosen.name}))


def _recommend(field: _Field, chosen: ArmResult) -> Verdict:
    rival = field.rival(chosen)
    if rival is not None and chosen is field.best:
        text = (Phrase("verdict.recommend", field.facts(rival)), *_takes_longer(field, chosen, rival.b))
    else:
        others = [a for a in field.arms if a is not chosen]
        pair = field.pair(chosen, max(others, key=lambda a: field.value(a).value))
        key = "recommend" if pair.outcome == "better" else "simplest"
        text = (Phrase(f"verdict.{key}", field.facts(pair)),)
    return Verdict("recommend", chosen.name, text, Phrase("next.improve", {"arm": chosen.name}))


def _takes_longer(field: _Field, chosen: ArmResult, other: str) -> tuple[Phrase, ...]:
    """A sentence on the price of the gain, where there is one to pay."""
    before = next(a for a in field.arms if a.name == other)
    if before.seconds <= 0 or chosen.seconds < SLOWER * before.seconds:
        return ()
    values: Values = {"arm": chosen.name, "seconds": chosen.seconds, "other_seconds": before.seconds}
    return (Phrase("verdict.takes_longer", values),)


def _as_difference(pair: Pair) -> Difference:
    return Difference(pair.difference, pair.low, pair.high, pair.p, pair.n, pair.groups, pair.spread)


def _rounded(more: int) -> int:
    """Up to a number that people plan with: tens below two hundred, then fifties."""
    step = 10 if more <= 200 else 50
    return -(-more // step) * step
