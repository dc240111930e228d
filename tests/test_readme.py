"""The README's tree is the real one, and the program knows each command in it."""

import re
import shlex
from pathlib import Path

import pytest

from assistant import cli
from assistant.journey import bench

ROOT = Path(__file__).parent.parent
_UNLISTED = {"__pycache__", "_knowledge"}


def test_the_tree_in_the_readme_is_the_real_one() -> None:
    block = re.search(r"## The tree\n\n```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert block
    listed = {"top": set[str](), "assistant": set[str]()}
    for line in block.group(1).splitlines():
        name = line.split()[0]
        assert len(line.split()) > 2, f"{name} has no words beside it"
        listed["assistant" if line.startswith("  ") else "top"].add(name.rstrip("/"))
    inside = {p.name for p in (ROOT / "assistant").iterdir() if p.is_dir()} - _UNLISTED
    assert listed["assistant"] == inside
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")}
    made = {"dist", "build", "screenshots", "workspace", *_UNLISTED}
    assert listed["top"] - {"app.py"} == folders - made


TEXT = (ROOT / "README.md").read_text("utf-8")
BLOCKS = [line for block in re.findall(r"```\n(.*?)```", TEXT, re.S) for line in block.splitlines()]
WHOLE = [line.removeprefix(".venv/bin/") for line in BLOCKS if line.startswith(".venv/bin/penala ")]


@pytest.mark.parametrize("line", WHOLE)
def test_the_program_takes_each_command_in_the_readme(line: str) -> None:
    assert cli._parser().parse_args(shlex.split(line, comments=True)[1:]).run


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`(penala [a-z][^`]*)`", TEXT))))
def test_the_program_knows_each_command_named_in_passing(line: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli._parser().parse_args([*shlex.split(line)[1:], "--help"])
    assert ended.value.code == 0


def test_the_readme_names_the_arms_and_the_steps() -> None:
    assert len(WHOLE) > 10
    assert all(f"`{arm}`" in TEXT for arm in bench.QUESTION_ARMS if arm != "few_shot")
    assert all(f"({step})" in TEXT for step in ("parse", "chunk", "rank", "answer"))
