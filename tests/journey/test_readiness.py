"""Nothing trains on data that the checks block, unless someone says why; the reason stays with project and run."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import jobs
from assistant.dataset import checks, examples, versions
from assistant.dataset.examples import Example
from assistant.errors import PenalaError
from assistant.journey import kept_report, readiness, tune
from assistant.settings import Settings
from assistant.workspace.project import Project, create_project

sys.path.insert(0, str(Path(__file__).parents[1] / "dataset"))
from good_rows import good

MODEL = "smollm2-135m-instruct"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = create_project(tmp_path / "p", "P", "id")
    examples.save(made, good(60))
    return made


@pytest.fixture
def bare(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, weights=tmp_path / "none")


def _spoilt(project: Project) -> None:
    examples.save(project, [Example("nik", "NIK saya 3171234506890123", "Baik.", split="train")])


def test_data_that_blocks_does_not_train_without_a_reason(project: Project, bare: Settings) -> None:
    _spoilt(project)
    for reason in (None, "", "  "):
        with pytest.raises(PenalaError) as caught:
            readiness.version_to_train(project, None, MODEL, bare, reason)
        assert caught.value.code == "not_ready"
        assert "NIK" in str(caught.value.say("id"))
    assert versions.all_versions(project) == []


def test_a_reason_is_kept_with_the_project_and_the_run(
    project: Project, bare: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _spoilt(project)
    version = readiness.version_to_train(project, None, MODEL, bare, " nomor contoh ")
    [kept] = project.get("overrides")
    assert (kept["version"], kept["reason"], kept["checks"]) == (version, "nomor contoh", ["personal_data"])
    specs: list[dict[str, Any]] = []

    def started(folder: Path, kind: str, spec: dict[str, Any], worker: str) -> None:
        folder.mkdir(parents=True)
        specs.append(spec)

    monkeypatch.setattr(jobs, "start", started)
    tune.start(project, tune.Request(version, MODEL, override=" nomor contoh "))
    tune.start(project, tune.Request(version, MODEL))
    assert [spec.get("override") for spec in specs] == ["nomor contoh", None]


def test_the_version_that_trains_is_the_one_that_is_checked(project: Project, bare: Settings) -> None:
    _spoilt(project)
    versions.freeze(project)
    examples.delete(project, ["nik"])
    assert readiness.report(project, MODEL, bare).ready == "warnings"
    with pytest.raises(PenalaError, match="harmed"):
        readiness.version_to_train(project, "v1", MODEL, bare, None)
    versions.freeze(project)
    assert readiness.version_to_train(project, None, MODEL, bare, "no need") == "v002"
    assert project.get("overrides") is None


def test_a_report_is_kept_until_something_changes(
    project: Project, bare: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _spoilt(project)
    first = readiness.report(project, MODEL, bare)
    monkeypatch.setattr(checks, "check", lambda data: pytest.fail("checked again"))
    again = readiness.report(project, MODEL, bare)
    assert again == first
    assert [f.say("id") for f in again.findings] == [f.say("id") for f in first.findings]
    monkeypatch.undo()
    examples.save(project, [Example("nik", "NIK saya rahasia", "Baik.", split="train")])
    assert readiness.report(project, MODEL, bare) != first


def test_a_damaged_report_is_made_again(project: Project, bare: Settings) -> None:
    first = readiness.report(project, MODEL, bare)
    (project.cache / kept_report._FILE).write_text("{", "utf-8")
    assert readiness.report(project, MODEL, bare) == first
