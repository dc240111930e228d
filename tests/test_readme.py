"""The README's tree is the real one."""

import re
from pathlib import Path

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
