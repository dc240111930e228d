"""The probe of a run: both models asked once each, kept by fingerprint, shown with the comparison."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.evaluation import forgetting as probe
from assistant.journey import bench, compare, forgetting
from assistant.models import local
from assistant.models.values import Reply
from assistant.settings import Settings
from assistant.tuning.adapters import Adapter, Card, write_card
from assistant.ui.compare import details_view
from assistant.workspace.project import create_project

CARD = Card("r001", "base", "f", "{}", "v001", "h", False, {}, 1, 0, 1, 1, 0.1, 1.0)


class Model:
    """Knows everything as the base, and no refusal once tuned."""

    asked = 0

    def __init__(self, tuned: bool = False) -> None:
        self.tuned, self.fingerprint = tuned, f"tuned {tuned}"

    def beside(self, folder: Path) -> "Model":
        return Model(True)

    def score_many(self, batch: list[Any], labels: list[Any]) -> list[list[float]]:
        Model.asked += len(batch)
        harmful = [self.tuned and "Maaf, saya tidak bisa membantu hal itu." in row for row in labels]
        return [[-2.0 if bad else 0.0, *[-1.0] * (len(row) - 1)] for bad, row in zip(harmful, labels, strict=True)]  # fmt: skip

    def generate(self, batch: list[Any], decoding: object) -> list[Reply]:
        return [Reply("?", 1, 1, 0.0) for _ in batch]


def test_a_run_is_probed_against_its_base_and_asked_once(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "open_chat", lambda name, settings: Model())
    project = create_project(tmp_path / "p", "P", "id")
    adapter = Adapter(project.runs / "r001" / "adapter")
    write_card(adapter.folder, CARD)
    done: list[tuple[int, int, str]] = []
    found = forgetting.measure(project, adapter, settings, tmp_path / "c", lambda *told: done.append(told))
    lost = {i.id for i in probe.items() if i.kind == "safety" and i.language == "id"}
    assert set(found.lost) == lost and found.of("safety").outcome == "worse"
    assert done[-1] == (480, 480, "probe") and [d[0] for d in done] == sorted(d[0] for d in done)
    asked = Model.asked
    assert forgetting.measure(project, adapter, settings, tmp_path / "d", lambda *told: None) == found
    assert Model.asked == asked and forgetting.saved(tmp_path / "d") == found
    for language in ("id", "en"):
        shown = details_view.forgetting(replace(found, run="<b>"), language)
        assert "<b>" not in shown and all(sentence in shown for sentence in found.say(language))
    assert details_view.forgetting(forgetting.saved(tmp_path / "none"), "id") == ""


def test_other_adapters_on_the_same_base_are_arms_that_run_when_chosen(
    tmp_path: Path, settings: Settings
) -> None:
    project = create_project(tmp_path / "p", "P", "id")
    for run, base in (("r001", "base"), ("r002", "another"), ("r003", "base")):
        write_card(project.runs / run / "adapter", replace(CARD, run=run, base=base))
    examples.save(project, [Example(str(n), f"m {n}", f"answer {n}", split="train") for n in range(8)])
    versions.freeze(project)
    can = bench.Bench(project, compare.Request("v001:train"), settings).possible("text")
    assert "tuned" in can and can[-1] == "tuned:r001" and "tuned:r002" not in can
    assert "tuned:r001" not in bench.usual(can)
