"""The rules of the house hold: who imports whom, how long things are, and that no text is missing."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import texts

ROOT = Path(__file__).parent.parent
MOST_LINES, MOST_IN_A_FUNCTION = 400, 60
HEAVY = [
    "torch",
    "transformers",
    "peft",
    "chromadb",
    "sentence_transformers",
    "sklearn",
    "gradio",
    "google.genai",
    "openai",
]


def _modules() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "assistant").rglob("*.py")):
        yield path.relative_to(ROOT), path.read_text("utf-8")


def _linted(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its contracts in another place, where they may be broken."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "assistant", folder / "assistant", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_import_contracts_are_kept(copied: Path) -> None:
    done = _linted(copied)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("dataset/kinds.py", "import gradio", "Gradio only in ui"),
        ("dataset/kinds.py", "import torch", "Each outside library only where it belongs"),
        ("dataset/kinds.py", "from assistant.retrieval import store", "Layers"),
        ("workspace/files.py", "from assistant.models import catalogue", "Layers"),
        ("journey/choices.py", "from assistant.ui import addresses", "Layers"),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copied: Path, module: str, line: str, contract: str) -> None:
    path = copied / "assistant" / module
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{line}\n", "utf-8")
    try:
        done = _linted(copied)
    finally:
        path.write_text(before, "utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    said = done.stdout.split("Broken contracts")[1]
    assert contract in said
    assert f"assistant.{module.removesuffix('.py').replace('/', '.')}" in said


def test_no_heavy_library_is_loaded_before_it_is_used() -> None:
    code = (
        "import sys, pkgutil, importlib, assistant.ui, assistant.cli, assistant.commands\n"
        "for package in (assistant.commands, assistant.journey):\n"
        "    for found in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    code = code.replace("import sys,", "import sys, assistant.journey,")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_no_file_is_too_long() -> None:
    lengths = {str(path): len(text.splitlines()) for path, text in _modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path, text in _modules()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_IN_A_FUNCTION} == {}


def test_every_module_opens_with_a_sentence() -> None:
    bare = [str(path) for path, text in _modules() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert bare == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_family_of_texts_that_is_said_exists(language: str) -> None:
    """Keys put together where they are said, as in say(language, f"tuning.state.{state}"), have their beginnings.

    Keys written out are checked in tests/texts, those of errors included.
    """
    missing = [
        f"{path}:{line}: {start}"
        for path, text in _modules()
        for line, start in _beginnings(ast.parse(text))
        if not any(key.startswith(start) for key in texts.keys(language))
    ]
    assert missing == []


def _beginnings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """What stands before the first gap of each key that is put together in a call of `say`."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "say":
            for given in call.args[1:2]:
                first = given.values[0] if isinstance(given, ast.JoinedStr) else None
                if isinstance(first, ast.Constant):
                    yield call.lineno, str(first.value)
