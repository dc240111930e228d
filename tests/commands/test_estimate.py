"""`penala estimate`: rows with and without a project, the user's own numbers, and mistakes."""

import json
from pathlib import Path

from assistant.advisor.estimate import own_numbers
from assistant.workspace.project import open_project

from .conftest import Shell


def test_it_estimates_without_a_project(penala: Shell, tmp_path: Path) -> None:
    rows = penala("estimate", "--json").objects
    assert {"path", "provider", "once_low", "once_high", "month_low", "available", "unknown"} <= rows[
        0
    ].keys()
    assert {row["path"] for row in rows} >= {"prompting", "few_shot", "rag", "tuned", "lora", "qlora", "full"}
    for language, word in (("en", "Cost estimate"), ("id", "Perkiraan biaya")):
        assert word in penala("estimate", "--lang", language).out


def test_it_takes_the_interviews_facts(penala: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    told = json.dumps({"set": {"volume_per_day": 2000, "task_type": "classify", "platform": "openai"}})
    penala("advise", "--project", folder, "--json", stdin=told + "\n")
    rows = penala("estimate", "--project", folder, "--json").objects
    assert any(row["path"] == "classifier" for row in rows)
    assert {row["provider"] for row in rows if row["relevant"]} == {"openai", "own_gpu", "own_cpu"}
    basis = penala("estimate", "--project", folder, "--assumptions", "--json").objects
    assert [(a["low"], a["origin"]) for a in basis if a["name"] == "requests_per_day"] == [(2000, "facts")]
    assert "2027-01-06" in penala("estimate", "--project", folder).out


def test_what_the_user_sets_counts(penala: Shell) -> None:
    words = ("--volume", "50", "--prompt-tokens", "200..400", "--assume", "wage=4")
    basis = {a["name"]: a for a in penala("estimate", *words, "--assumptions", "--json").objects}
    assert (basis["requests_per_day"]["low"], basis["wage"]["high"]) == (50, 4)
    assert (basis["instruction_tokens"]["low"], basis["instruction_tokens"]["high"]) == (200, 400)


def test_a_wrong_number_is_named(penala: Shell) -> None:
    assert "requests_per_day" in penala("estimate", "--volume", "many", code=2).err
    assert "NAME=VALUE" in penala("estimate", "--assume", "epochs", code=2).err
    assert "nothing" in penala("estimate", "--assume", "nothing=1", code=2).err
    assert "epochs" in penala("estimate", "--epochs", "5..2", code=2).err


def test_the_projects_own_numbers_count_and_options_come_before_them(penala: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    penala("advise", "--project", folder, "--json", stdin='{"set": {"volume_per_day": 2000}}\n')
    own_numbers.keep(open_project(folder), {"requests_per_day": (70, 80), "epochs": (2, 2)})
    words = ("estimate", "--project", folder, "--assumptions", "--json", "--epochs", "4")
    basis = {a["name"]: (a["low"], a["high"], a["origin"]) for a in penala(*words).objects}
    assert (basis["requests_per_day"], basis["epochs"]) == ((70, 80, "yours"), (4, 4, "yours"))
