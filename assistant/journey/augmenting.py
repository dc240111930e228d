"""Paraphrases for classes that have few examples, as drafts: by rule or by a chat model, checked by the embedder.

A paraphrase is marked synthetic, belongs to its original's group, and counts once a person has accepted it. Originals
that are held out are left alone, and dataset.splits lets no paraphrase into a test.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant import texts
from assistant.dataset import examples, noise
from assistant.dataset.examples import SYNTHETIC, Example, Place
from assistant.dataset.kinds import kind_of
from assistant.dataset.similar import normal, overlap
from assistant.errors import PenalaError
from assistant.models.values import ChatModel, Decoding, Embedder, Message
from assistant.texts.terms import language
from assistant.workspace.project import Project

WANT = (
    20  # examples a label should have; the floor of the hosted services (knowledge/guides/*/data-amount.md)
)
_EACH = 3  # paraphrases of one original at most, so that no original is learned by heart
# Cosine to the original by multilingual-e5-small. Of 300 variants by rule 99 in 100 lay above 0.915; of pairs of
# unlike texts 99 in 100 below 0.895 (Indonesian reviews) and 0.916 (English bank messages).
_NEAR = 0.9
_COPIED = 0.9  # overlap with the original from which a model's paraphrase says nothing new
_OTHERS = 300  # texts of other labels that a paraphrase must be farther from than from its original
_AT_ONCE = 8
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*")
_FIGURE = re.compile(r"\b[^\W\d]*+\d\w*")


@dataclass(frozen=True)
class Augmented:
    """How far it is: `done` of `labels` labels, the drafts kept, and the proposals that a check dropped."""

    done: int
    labels: int
    made: tuple[Example, ...] = ()
    dropped: int = 0

    @property
    def counts(self) -> Mapping[str, int]:
        return {"done": self.done, "labels": self.labels, "made": len(self.made), "dropped": self.dropped}


def thin(project: Project, want: int = WANT) -> dict[str, int]:
    """How many examples each thin label lacks to `want`, paraphrases that wait for review counted as there.

    Empty where the answers are no labels.
    """
    rows = [e for e in examples.every(project) if e.status != "rejected"]
    if kind_of([e for e in rows if e.status == "accepted"]) != "labels":
        return {}
    counted = [e for e in rows if not _held(e) and (e.status == "accepted" or e.origin in SYNTHETIC)]
    counts = Counter(e.output.strip() for e in counted)
    labels = sorted({e.output.strip() for e in rows if e.status == "accepted"})
    return {label: want - counts[label] for label in labels if counts[label] < want}


def augment(
    project: Project,
    embedder: Embedder,
    want: int = WANT,
    labels: Sequence[str] = (),
    model: ChatModel | None = None,
    seed: int = 0,
) -> Iterator[Augmented]:
    """Drafts for each thin label (or those named), kept label by label; by rule where there is no model.

    Raises PenalaError: nothing_thin, nothing_paraphrased, and what the model raises.
    """
    lacking = {name: lacks for name, lacks in thin(project, want).items() if not labels or name in labels}
    if not lacking:
        raise PenalaError("nothing_thin", want=want)
    rows = examples.every(project)
    now = Augmented(0, len(lacking))
    yield now
    for label, lacks in lacking.items():
        proposed = _proposed(rows, label, lacks, model, seed)
        good = _checked(proposed, rows, embedder, model is not None)[:lacks]
        made = examples.add_all(project, [_draft(o, text, model) for o, text in good]) if good else []
        now = Augmented(
            now.done + 1, now.labels, (*now.made, *made), now.dropped + max(0, len(proposed) - len(good))
        )
        yield now
    if not now.made:
        raise PenalaError("nothing_paraphrased", count=now.dropped)


def _proposed(
    rows: Sequence[Example], label: str, lacks: int, model: ChatModel | None, seed: int
) -> list[tuple[Example, str]]:
    """Each original of the label with its paraphrases, unchecked."""
    given = Counter(e.source for e in rows if e.origin in SYNTHETIC)
    originals = [
        e
        for e in rows
        if e.output.strip() == label and e.status == "accepted" and e.origin not in SYNTHETIC and not _held(e)
    ]
    room = [(e, min(_EACH - given[e.group], -(-lacks // len(originals)))) for e in originals]
    asked = [(e, count) for e, count in room if count > 0]
    if model is None:
        return [(e, text) for e, n in asked for text in noise.variants(e.input, n, seed + given[e.group])]
    return list(_by_model(asked, model))


def _by_model(asked: Sequence[tuple[Example, int]], model: ChatModel) -> Iterator[tuple[Example, str]]:
    for at in range(0, len(asked), _AT_ONCE):
        part = asked[at : at + _AT_ONCE]
        longest = max(model.count(e.input) * n for e, n in part)
        decoding = Decoding(max_tokens=min(800, 60 + 2 * longest), temperature=0.7)
        replies = model.generate([_messages(e.input, n) for e, n in part], decoding)
        for (e, n), reply in zip(part, replies, strict=True):
            lines = [_BULLET.sub("", line).strip(' \t"“”') for line in reply.text.splitlines()]
            yield from ((e, line) for line in list(dict.fromkeys(filter(None, lines)))[:n])


def _messages(text: str, count: int) -> list[Message]:
    spoken = language(text) or "id"
    said = texts.say(spoken, "journey.paraphrase", count=count)
    return [Message("system", said), Message("user", f"<<<\n{text}\n>>>")]


def _checked(
    proposed: Sequence[tuple[Example, str]], rows: Sequence[Example], embedder: Embedder, by_model: bool
) -> list[tuple[Example, str]]:
    """Those that are new, keep every figure, and lie near their original, nearer than to any text of another label."""
    known = {normal(e.input) for e in rows}
    new: dict[str, tuple[Example, str]] = {}
    for original, text in proposed:
        same = sorted(_FIGURE.findall(original.input)) == sorted(_FIGURE.findall(text))
        copied = by_model and overlap(original.input, text) >= _COPIED
        if same and not copied and normal(text) not in known:
            new.setdefault(normal(text), (original, text))
    if not new:
        return []
    pairs = list(new.values())
    made = embedder.passages([text for _, text in pairs])
    there = np.sum(made * embedder.passages([original.input for original, _ in pairs]), axis=1)
    others = [e for e in rows if e.status == "accepted" and e.output.strip() != pairs[0][0].output.strip()]
    step = max(1, len(others) // _OTHERS)
    foreign = embedder.passages([e.input for e in others[::step]]) if others else np.zeros((1, made.shape[1]))
    limit = np.maximum(_NEAR, (made @ foreign.T).max(axis=1))
    return [pair for pair, near, least in zip(pairs, there, limit, strict=True) if near >= least]


def _draft(original: Example, text: str, model: ChatModel | None) -> Example:
    place = Place(model=model.name if model else "", context=f"{original.id}: {original.input}")
    return replace(
        original, id="", input=text, source=original.group, split="", note="", origin="paraphrased", author="",
        place=place, status="draft", rejected="", revision=1,
    )  # fmt: skip


def _held(e: Example) -> bool:
    return e.split in ("validation", "test")
