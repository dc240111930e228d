"""A pilot and a search as jobs of many small runs: what they try, what they keep, how they go on after a kill."""

import json
from dataclasses import replace

import pytest

from assistant.jobs import Journal
from assistant.journey import trying
from assistant.journey.trying import Bench, Result
from assistant.models.values import Message
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row

LABELS = [("ya", "tidak")[n % 2] for n in range(60)]


class Scripted(Bench):
    """Answers as many validation rows right as `right(plan, rows)` says, without a model."""

    references = LABELS
    untuned = 0.3
    made: list[str]

    def right(self, plan, rows):
        return 0.35 + 0.1 * len(rows).bit_length() / 2

    def run(self, name, plan, rows, done, total):
        known = self.known(name)
        if known:
            return known
        self.made.append(name)
        count = round(60 * self.right(plan, rows))
        answers = tuple(label if n < count else "?" for n, label in enumerate(LABELS))
        found = Result(name, len(rows), self.score(LABELS, answers), 1.0, 6.0, answers)
        (self.folder / name / "adapter").mkdir(parents=True)
        (self.folder / name / "answers.json").write_text(json.dumps({**found.__dict__}))
        self.journal.add("try", **found.told(), rate=plan.rate, rank=plan.rank, epochs=plan.epochs)
        return found


@pytest.fixture
def bench(tmp_path, monkeypatch):
    monkeypatch.setattr(trying.measuring, "kind", lambda project, dataset: "labels")
    rows = [Row(str(n), ((Message("user", str(n)),),), LABELS[n % 60]) for n in range(120)]
    chosen = replace(plan("tiny", epochs=2, batch=8), metric="accuracy")
    made = Scripted(None, chosen, "v001", None, {"train": rows, "validation": []}, Journal(tmp_path), None)  # type: ignore[arg-type]
    object.__setattr__(made, "made", [])
    return made


def _told(bench, kind):
    from assistant.jobs import Job

    return [e for e in Job(bench.journal.folder).events() if e.kind == kind]


def test_a_pilot_tries_growing_parts_and_says_what_more_would_bring(bench):
    done = trying.pilot(bench, 100)
    assert bench.made == ["25-0", "25-1", "50-0", "50-1", "100-0"]
    assert done["adapter"].endswith("adapter") and done["metrics"]["accuracy"] == pytest.approx(0.7)
    [seen] = _told(bench, "outlook")
    assert (
        seen.values["reason"] == "" and 0 < seen.values["low"] <= seen.values["gain"] <= seen.values["high"]
    )
    assert "contoh lagi" in trying.told(seen, "id") and "+" in trying.told(seen, "id")


def test_small_parts_are_within_the_large_ones_and_get_more_passes(bench):
    assert {r.id for r in bench.part(25, 3)} < {r.id for r in bench.part(50, 3)}
    passes = {}
    bench.__class__.right, right = lambda self, plan, rows: passes.setdefault(len(rows), plan.epochs) * 0 + 0.5, bench.right  # type: ignore[method-assign]  # fmt: skip
    try:
        trying.pilot(bench, 100)
    finally:
        bench.__class__.right = right.__func__  # type: ignore[method-assign]
    assert passes == {25: 6, 50: 4, 100: 2}  # at least 24 steps of 8 rows each, as far as passes are whole


def test_a_search_offers_the_best_and_keeps_its_adapter(bench, monkeypatch):
    monkeypatch.setattr(Scripted, "right", lambda self, plan, rows: 0.9 if plan.rate > 1e-3 else 0.4)
    done = trying.search(bench, 0.0, 7)
    assert len(bench.made) == 7
    [best] = _told(bench, "best")
    assert best.values["rate"] == pytest.approx(3e-3) and best.values["share"] == 1.0
    assert done["adapter"] and "0.003" in trying.told(best, "en")


def test_a_search_keeps_to_its_minutes_and_goes_on_where_it_was(bench):
    # A try takes 6 s on a quarter of the rows with 2 passes: 12 s a pass over all.
    trying.search(bench, 1.0, 0)
    made = list(bench.made)
    assert sum(6.0 for _ in made) <= 60 and len(made) == len(set(made))
    trying.search(bench, 1.0, 0)
    assert bench.made == made  # nothing is tried twice
