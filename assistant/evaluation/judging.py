"""A chat model as judge of two answers, asked in both orders; a tie where it does not keep to its word; knows no project."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from assistant import texts
from assistant.evaluation import preferences, statistics
from assistant.evaluation.comparing import Comparison
from assistant.evaluation.preferences import Preferred
from assistant.evaluation.statistics import Interval
from assistant.evaluation.values import Case, arm_name
from assistant.evaluation.voting import Vote
from assistant.models.values import ChatModel, Decoding, Message
from assistant.workspace import files

Pair = tuple[str, tuple[str, str]]  # a case's id and two arms, as voting.pairs gives them
_BATCH = 8  # pairs, so twice as many questions
_DECODING = Decoding(max_tokens=64)  # room for a model that says a few words first
_CHOICE = re.compile(r"(?<![\w'’])([ABT])(?![\w'’])")
_FILE = "judge.json"


@dataclass(frozen=True)
class Judged:
    """What a judge said of `asked` pairs. `votes`: one a pair, of both orders together; `swayed`: pairs on which it took
    another answer once the sides were swapped; `left`: single choices for the first side, of `decisive`; `unclear`:
    replies, of 2 · asked, that named no choice and count as ties."""

    judge: str
    fingerprint: str
    votes: tuple[Vote, ...]
    swayed: int
    left: int
    decisive: int
    unclear: int

    @property
    def asked(self) -> int:
        return len(self.votes)


@dataclass(frozen=True)
class Agreement:
    """How often judge and people say the same (this one, that one, neither) of the pairs that both judged; kappa
    (Cohen 1960) takes chance off."""

    same: Interval
    kappa: float


def judge(
    model: ChatModel,
    found: Comparison,
    pairs: Sequence[Pair],
    language: str,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Judged:
    """Ask about each pair twice, once each way round. Raises what the model raises."""
    cases = {case.id: i for i, case in enumerate(found.cases)}
    votes: list[Vote] = []
    swayed = left = decisive = unclear = 0
    rest = iter(pairs)
    while part := list(islice(rest, _BATCH)):
        asked = [
            _question(
                found.cases[cases[case]],
                found.arm(x).answers[cases[case]].text,
                found.arm(y).answers[cases[case]].text,
                language,
            )
            for case, (a, b) in part
            for x, y in ((a, b), (b, a))
        ]
        said = [_choice(reply.text) for reply in model.generate(asked, _DECODING)]
        for (case, (a, b)), first, second in zip(part, said[::2], said[1::2], strict=True):
            one, other = {"A": a, "B": b}.get(first, ""), {"A": b, "B": a}.get(second, "")
            votes.append(Vote(case, a, b, model.name, "tie" if one != other or not one else "left" if one == a else "right", False))  # fmt: skip
            swayed += bool(one and other and one != other)
        left += sum(choice == "A" for choice in said)
        decisive += sum(choice in ("A", "B") for choice in said)
        unclear += sum(not choice for choice in said)
        report(len(votes), len(pairs))
    return Judged(model.name, model.fingerprint, tuple(votes), swayed, left, decisive, unclear)


def _question(case: Case, first: str, second: str, language: str) -> list[Message]:
    def part(name: str, text: str) -> str:
        return f"## {texts.say(language, f'evaluation.judge.part.{name}')}\n<<<\n{text.strip()}\n>>>"

    ideal = [part("ideal", case.reference)] if case.reference.strip() else []
    body = [part("input", case.input), *ideal, part("first", first), part("second", second)]
    return [
        Message("system", texts.say(language, "evaluation.judge.instructions")),
        Message("user", "\n\n".join([*body, texts.say(language, "evaluation.judge.ask")])),
    ]


def _choice(reply: str) -> str:
    """The last of A, B and T that stands alone, so that a model may think aloud first; "" where none does."""
    return next(iter(_CHOICE.findall(reply)[::-1]), "")


def preferred(judged: Judged, found: Comparison) -> list[Preferred]:
    """The judge's votes as those of people are counted."""
    return preferences.preferred(judged.votes, {c.id: c.group for c in found.cases}, found.margin)


def agreement(judged: Judged, people: Sequence[Vote], groups: Mapping[str, str]) -> Agreement | None:
    """Over the pairs that people judged too (what most of them said); None where there are fewer than
    statistics.FEWEST."""
    said: dict[Pair, int] = defaultdict(int)
    for vote in people:
        if not vote.repeat:
            said[vote.case, vote.pair] += 1 if vote.winner == vote.pair[0] else -1 if vote.winner else 0
    both = [(v, _sign(said[v.case, v.pair])) for v in judged.votes if (v.case, v.pair) in said]
    if len(both) < statistics.FEWEST:
        return None
    machine = np.array([_sign((v.winner == v.pair[0]) - (v.winner == v.pair[1])) for v, _ in both])
    human = np.array([sign for _, sign in both])
    same = (machine == human).astype(float)
    chance = sum(float((machine == s).mean() * (human == s).mean()) for s in (-1, 0, 1))
    kappa = (float(same.mean()) - chance) / (1 - chance) if chance < 1 else 1.0
    return Agreement(statistics.mean_interval(same, [groups.get(v.case, "") for v, _ in both]), kappa)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def save(judged: Judged, folder: Path) -> None:
    files.write(folder / _FILE, json.dumps(asdict(judged), ensure_ascii=False))


def load(folder: Path) -> Judged | None:
    """What a judge said of a comparison; None where none was asked or the file is damaged."""
    try:
        body: dict[str, Any] = json.loads((folder / _FILE).read_text("utf-8"))
        votes = tuple(Vote(**{**vote, "reasons": tuple(vote["reasons"])}) for vote in body["votes"])
        return Judged(**{**body, "votes": votes})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def told(judged: Judged, found: Comparison, people: Agreement | None, language: str) -> list[str]:
    """What it preferred and how far it can be trusted, in sentences: how steady it is, how often it says what people
    say."""
    return [*(_pair(p, language) for p in preferred(judged, found)), *_trust(judged, people, language)]


def _pair(p: Preferred, language: str) -> str:
    points = (
        texts.number(language, 100 * x, 1) for x in (p.difference.value, p.difference.low, p.difference.high)
    )
    difference, low, high = points
    said = texts.say(
        language, "evaluation.judge.pair", arm=arm_name(language, p.a), other=arm_name(language, p.b), wins=p.wins,
        losses=p.losses, ties=p.ties, difference=difference, low=low, high=high,
        outcome=texts.say(language, f"evaluation.outcomes.{p.outcome}"),
    )  # fmt: skip
    return said[:1].upper() + said[1:]


def _trust(judged: Judged, people: Agreement | None, language: str) -> list[str]:
    number = texts.number
    found = [
        texts.say(
            language, "evaluation.judge.steady", judge=judged.judge, asked=judged.asked, swayed=judged.swayed
        )
    ]
    if judged.decisive:
        share = number(language, 100 * judged.left / judged.decisive)
        found.append(texts.say(language, "evaluation.judge.side", share=share, decisive=judged.decisive))
    if judged.unclear:
        found.append(
            texts.say(language, "evaluation.judge.unclear", unclear=judged.unclear, replies=2 * judged.asked)
        )
    if people is None:
        return [*found, texts.say(language, "evaluation.judge.no_people", fewest=statistics.FEWEST)]
    share, low, high = (
        number(language, 100 * x) for x in (people.same.value, people.same.low, people.same.high)
    )
    kappa = number(language, people.kappa, 2)
    return [*found, texts.say(language, "evaluation.judge.people", n=people.same.n, share=share, low=low, high=high, kappa=kappa)]  # fmt: skip
