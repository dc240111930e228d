"""What a run learns from: its own rows as they are served, other sources by weight, general examples by share."""

from pathlib import Path
from typing import Any

import pytest

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example, Place
from assistant.errors import PenalaError
from assistant.evaluation import forgetting
from assistant.journey import choices, passages, training_rows
from assistant.journey.arms import ModelArm
from assistant.journey.training_rows import Source, general, source, tempered, weighted
from assistant.models.prompt import from_json
from assistant.models.values import Decoding, Message
from assistant.retrieval.search import Passage
from assistant.settings import Settings
from assistant.tuning.plan import plan
from assistant.tuning.rows import Row
from assistant.workspace.project import Project, create_project


def project(folder: Path, name: str, rows: int, tag: str = "") -> Project:
    made = create_project(folder / name, name, "en")
    made.set("tuning_instructions", f"Task {name}.")
    some = [
        Example(f"{name}-{n}", f"message {n} of {name}", f"answer {n}", tags=(tag,) if tag and n % 2 else (),
                split="validation" if n % 5 == 4 else "train")
        for n in range(rows)
    ]  # fmt: skip
    examples.save(made, some)
    versions.freeze(made)
    return made


def made(home: Project, folder: Path, settings: Settings, **changes: Any) -> training_rows.Rows:
    return training_rows.made(home, "v001", plan("tiny", **changes), settings, folder)


def test_rows_are_the_bytes_that_are_served(tmp_path: Path, settings: Settings) -> None:
    """With the prompt that the adapter's card keeps, an arm reads exactly what was trained on."""
    home = project(tmp_path, "one", 10)
    rows = made(home, tmp_path / "rows", settings)
    arm = ModelArm("tuned", None, from_json(rows.prompt), Decoding())  # type: ignore[arg-type]
    kept = versions.rows(home, "v001:train")
    for row, messages in zip(rows.train, arm.conversations([e.input for e in kept]), strict=True):
        assert list(row.layouts[0]) == messages
    assert rows.train[0].layouts[0][0] == Message("system", "Task one.")


def test_a_prompt_changed_while_a_run_waits_changes_neither_rows_nor_card(
    tmp_path: Path, settings: Settings
) -> None:
    home = project(tmp_path, "one", 10)
    first = made(home, tmp_path / "rows", settings)
    home.set("tuning_instructions", "Something else.")
    assert made(home, tmp_path / "rows", settings) == first
    assert choices.tuning_prompt(home).to_json() != first.prompt


def test_another_project_keeps_its_own_prompt_and_counts_by_weight(
    tmp_path: Path, settings: Settings
) -> None:
    home, _ = project(tmp_path, "one", 10), project(tmp_path, "two", 20, "urgent")
    rows = made(home, tmp_path / "rows", settings, mix=["two/v001=1.5"], replay=0.2)
    told = {one.source: (one.rows, one.seen) for one in rows.learned}
    assert told["v001"] == (8, 8) and told["two/v001"] == (16, 24)
    assert told["general"][1] == 8 == len([r for r in rows.train if r.id.startswith("general")])
    theirs = [r for r in rows.train if r.id.startswith("two")]
    assert all(r.layouts[0][0].content == "Task two." for r in theirs)
    assert all(not r.id.startswith(("two", "general")) for r in rows.validation)


def test_rows_of_a_tag_alone(tmp_path: Path, settings: Settings) -> None:
    home = project(tmp_path, "one", 20, "urgent")
    rows = made(home, tmp_path / "rows", settings, mix=["v001#urgent"])
    assert len(rows.train) == 16 + 8


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("v002", Source("v002")),
        (" v1=2 ", Source("v1", weight=2.0)),
        ("v001#very urgent=0.5", Source("v001", "", "very urgent", 0.5)),
        ("a-project/v003", Source("v003", "a-project")),
    ],
)
def test_a_source_is_read(written: str, meant: Source) -> None:
    assert source(written) == meant


@pytest.mark.parametrize("written", ["", "x", "v1=0", "v1=99", "../x/v1", "v1=-1", "v1=two"])
def test_a_source_that_is_none_is_said(written: str) -> None:
    with pytest.raises(PenalaError) as told:
        source(written)
    assert told.value.code == "bad_mix"


def test_a_source_without_rows_or_project_is_said_before_the_run(tmp_path: Path) -> None:
    home = project(tmp_path, "one", 10)
    for mix, code in (("v001#none", "mix_empty"), ("gone/v001", "no_project"), ("v009", "no_version")):
        with pytest.raises(PenalaError) as told:
            training_rows.check(home, plan("tiny", mix=[mix]))
        assert told.value.code == code


def test_weights_repeat_and_draw() -> None:
    rows = [Row(str(n), (), "") for n in range(10)]
    some = weighted(rows, 2.5, "s")
    assert len(some) == 25 and some == weighted(rows, 2.5, "s")
    assert all(2 <= sum(r.id == str(n) for r in some) <= 3 for n in range(10))


def test_a_temperature_lifts_small_sources_and_leaves_no_row_out() -> None:
    groups = {"big": ([Row("b", (), "")] * 100, 1.0), "small": ([Row("s", (), "")] * 25, 1.0)}
    assert tempered(groups, 0) == groups
    assert {k: w for k, (_, w) in tempered(groups, 2).items()} == {"big": 1.0, "small": 2.0}
    assert tempered(groups, 1e9)["small"][1] == pytest.approx(4.0)


def test_general_examples_are_bilingual_and_none_is_in_the_probe() -> None:
    every = general(100, 0)
    assert len({r.id for r in every}) == 100 and sum(r.id.endswith("-id") for r in every) == 50
    probed = {item.ask.lower() for item in forgetting.items()}
    assert not any(r.layouts[0][-1].content.lower() in probed for r in every)
    assert len(general(250, 0)) == 250 and general(10, 1) != general(10, 2)


def passage(document: str, start: int, stop: int, text: str) -> Passage:
    return Passage(start, 1, document, None, start, stop, "", text, 1.0)


def test_rows_with_passages_show_their_source_and_a_refusal_never_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [passage("rules.md", n * 100, n * 100 + 100, f"Rule {n} says so.") for n in range(6)]
    monkeypatch.setattr(
        passages.search, "search_many", lambda project, texts, embedder, k: [found for _ in texts]
    )
    place = Place(document="rules.md", start=510, stop=520)
    answered = Example("a", "what is rule five", "It says so.", place=place)
    declined = Example("b", "what is rule nine", "I cannot answer that from the documents.", place=Place(document="rules.md", start=110, stop=120))  # fmt: skip
    shown = passages.for_training(None, [answered, declined, Example("c", "rule", "x")], None, 0)  # type: ignore[arg-type]
    assert "Rule 5 says so." in shown[0] and len(shown[0]) == 3
    assert "Rule 1 says so." not in shown[1]
    assert all(len(some) == passages.SHOWN for some in shown)
