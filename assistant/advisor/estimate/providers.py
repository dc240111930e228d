"""What the user must hear about the providers now, from knowledge/providers.yaml; computes no estimate."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from assistant import texts
from assistant.advisor import checklist
from assistant.advisor.estimate.offer_reading import Reader
from assistant.advisor.estimate.offers import Fact, Notice, Provider, Providers
from assistant.advisor.facts import Fact as Told
from assistant.advisor.facts import decisive
from assistant.advisor.signals import UNKNOWN
from assistant.settings import KNOWLEDGE


@cache
def load(folder: Path = KNOWLEDGE) -> Providers:
    """The price list with its sources. Raises PenalaError("knowledge_file" or "knowledge_entry")."""
    file = folder / "providers.yaml"
    top = checklist.read(file)
    sources = checklist.load(folder).sources
    reader = Reader(sources)
    all_ = tuple(reader.each(top, "providers", reader.provider))
    gpus = tuple(reader.each(top, "gpus", reader.gpu))
    if not any(card.used for card in gpus):
        raise reader.fail("gpus", "one card needs 'used: true'")
    return Providers(
        version=hashlib.sha256(file.read_bytes()).hexdigest()[:12],
        stale_after=reader.days(top),
        all=all_,
        gpus=gpus,
        open_models=tuple(reader.each(top, "open_models", reader.open_model)),
        assumptions=reader.assumptions(top),
        tasks={name: reader.bounds(top["tasks"], name, "tasks") for name in reader.table(top, "tasks")},
        pages=reader.bounds(top, "pages", "top"),
        outputs=reader.bounds(top, "outputs", "top"),
        classifier=reader.fact(top, "classifier", "top", "limit"),
        sources=sources,
        dated=reader.newest,
    )


@dataclass(frozen=True)
class Note:
    """One thing to hear now. `state`: closed, closing, unknown (the door itself), ended (a model), note."""

    provider: str
    state: str
    text: str
    source: str
    date: str | None
    stale: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "provider": self.provider,
            "state": self.state,
            "text": self.text,
            "source": self.source,
            "date": self.date,
            "stale": self.stale,
        }


def stale(fact: Fact, today: date, folder: Path = KNOWLEDGE) -> bool:
    """Whether a fact is older than providers.yaml allows for its kind, or bears no date."""
    return load(folder).stale(fact.date, fact.kind, today)


def meant(facts: Mapping[str, Told], providers: Providers) -> tuple[Provider, ...]:
    """The providers that the user's platform fact leads to: those named in their own words, else by its answer."""
    told = facts.get("platform")
    if told is None or told.signal not in decisive(facts) or told.value == UNKNOWN:
        return ()
    said = f"{told.value} {told.quote or ''}".casefold().replace("_", " ")
    by_answer = tuple(one for one in providers.all if told.value in one.platforms)
    if not by_answer and (chosen := tuple(one for one in providers.all if one.id == told.value)):
        return chosen
    named = tuple(one for one in providers.all if any(word.search(said) for word in one.words))
    if any(one not in by_answer for one in named):  # "Azure OpenAI" is Azure, not OpenAI
        return tuple(one for one in named if one not in by_answer)
    return by_answer or named


def status_notes(
    facts: Mapping[str, Told], language: str, today: date, providers: Providers | None = None
) -> tuple[Note, ...]:
    """What must be heard before data are prepared, given the platform fact; closed doors first.

    Nothing when no platform was named: see `doors` for all that is closed or closing.
    """
    known = providers or load()
    privacy = str(decisive(facts).get("privacy", UNKNOWN))
    found: list[Note] = []
    for one in meant(facts, known):
        state = one.tuning.state_on(today)
        found.append(_note(one, state, one.tuning.notice, language, today, known))
        said = (notice for notice in one.must_know if not notice.privacy or privacy in notice.privacy)
        found += [_note(one, "note", notice, language, today, known) for notice in said]
        found += _residency(one, privacy, language, today, known)
    order = ("closed", "closing", "unknown", "open", "note")
    return tuple(sorted(found, key=lambda note: order.index(note.state)))


def doors(language: str, today: date, providers: Providers | None = None) -> tuple[Note, ...]:
    """Every provider whose tuning is closed or closing, or whose state is not known."""
    known = providers or load()
    states = [(one, one.tuning.state_on(today)) for one in known.all]
    return tuple(_note(one, s, one.tuning.notice, language, today, known) for one, s in states if s != "open")


def _note(
    provider: Provider, state: str, notice: Notice, language: str, today: date, known: Providers
) -> Note:
    old = known.stale(notice.date, "status", today)
    return Note(provider.id, state, notice.text.say(language), notice.source, notice.date, old)


def _residency(provider: Provider, privacy: str, language: str, today: date, known: Providers) -> list[Note]:
    """Where the data would go, for data that is personal, regulated or bound to the user's own servers."""
    if provider.place == "own" or privacy not in ("pii", "regulated", "on_prem"):
        return []
    key = "costs.notes.on_prem" if privacy == "on_prem" else "costs.notes.residency"
    where = ", ".join(provider.regions.values) or texts.say(language, "costs.notes.region_unknown")
    text = texts.say(language, key, provider=provider.name.say(language), regions=where)
    source, dated = provider.regions.source, provider.regions.date
    return [Note(provider.id, "note", text, source, dated, known.stale(dated, "status", today))]
