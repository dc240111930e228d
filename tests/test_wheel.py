"""The built wheel works outside the clone and brings the knowledge folder along."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import __version__

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel alone, unpacked into a folder of its own; the libraries are this environment's."""
    made, target = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed")
    _pip("wheel", "--no-deps", "--wheel-dir", str(made), str(ROOT))
    [wheel] = made.glob("penala-*.whl")
    _pip("install", "--no-deps", "--target", str(target), str(wheel))
    return target


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def _run(installed: Path, home: Path, *words: str) -> str:
    """The command, in an empty folder, from the wheel and not from the clone."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(installed),
        "PENALA_HOME": str(home / "home"),
        "PENALA_LANG": "en",
    }
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_and_not_the_clone_is_run(installed: Path, tmp_path: Path) -> None:
    code = "import assistant; from assistant.settings import KNOWLEDGE; print(assistant.__file__); print(KNOWLEDGE)"
    package, knowledge = _run(installed, tmp_path, "-c", code).splitlines()
    assert Path(package).is_relative_to(installed) and Path(knowledge).is_relative_to(installed)
    assert _run(installed, tmp_path, "-m", "assistant", "--version").strip() == f"penala {__version__}"


def test_the_wheel_brings_all_that_is_no_code(installed: Path) -> None:
    """Every file of knowledge/ and every one of the package that is no cache."""
    inside = {
        p.relative_to(installed / "assistant") for p in (installed / "assistant").rglob("*") if p.is_file()
    }
    wanted = {Path("_knowledge") / name for name in _files(ROOT / "knowledge")} | _files(ROOT / "assistant")
    assert wanted - inside == set()


def _files(folder: Path) -> set[Path]:
    return {p.relative_to(folder) for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}


def test_the_wheel_knows_the_models_and_the_samples(installed: Path, tmp_path: Path) -> None:
    rows = [
        json.loads(line)
        for line in _run(installed, tmp_path, "-m", "assistant", "models", "--json").splitlines()
    ]
    assert {"smollm2-135m-instruct", "multilingual-e5-small", "gemma-3-270m"} <= {
        row["model"] for row in rows
    }
    new = ("-m", "assistant", "project", "new", "Uji", "--sample", "sulur", "--json")
    made = json.loads(_run(installed, tmp_path, *new))
    split = ("-m", "assistant", "data", "split", "--project", made["folder"], "--json")
    assert sum(json.loads(_run(installed, tmp_path, *split)).values()) >= 240


def test_a_job_of_the_wheel_runs_outside_the_clone(installed: Path, tmp_path: Path) -> None:
    """The worker finds the same package as its starter: a comparison without cases ends with its own sentence."""
    code = (
        "from pathlib import Path\n"
        "from assistant import jobs\n"
        "from assistant.workspace.project import create_project\n"
        "project = create_project(Path('p'), 'Uji', 'en')\n"
        "request = {'test': 'questions', 'arms': [], 'run': None, 'limit': None, 'model': None, 'seed': 0}\n"
        "spec = {'project': str(project.folder), 'request': request}\n"
        "job = jobs.start(project.comparisons / 'r001', 'compare', spec, 'assistant.journey.worker')\n"
        "list(jobs.follow(job))\n"
        "print(job.state(), job.last('failed'))\n"
    )
    assert "no_cases_in" in _run(installed, tmp_path, "-c", code)
