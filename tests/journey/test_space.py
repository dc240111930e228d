"""The folder of the demo Space: what Spaces read of it, and that it starts by itself and answers."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import httpx
import pytest
import yaml
from packaging.requirements import Requirement

from assistant.errors import PenalaError
from assistant.journey import samples, space
from assistant.settings import Settings, locked_versions
from assistant.workspace.projects import Projects

# hub-docs, docs/hub/spaces-config-reference.md
KEYS = {
    "title", "emoji", "colorFrom", "colorTo", "sdk", "sdk_version", "python_version", "app_file", "short_description",
    "license",
}  # fmt: skip
COLORS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("space")
    space.build(folder, [])
    return folder


def test_the_readme_has_front_matter_that_spaces_take(built: Path) -> None:
    _, head, body = (built / "README.md").read_text("utf-8").split("---\n", 2)
    front = yaml.safe_load(head)
    assert front.keys() == KEYS and front["sdk"] == "gradio" and (built / front["app_file"]).is_file()
    assert {front["colorFrom"], front["colorTo"]} <= COLORS and len(front["short_description"]) <= 60
    assert front["sdk_version"] == locked_versions()["gradio"] and isinstance(front["python_version"], str)
    assert "60 MB" in body and "GEMINI_API_KEY" in body and "hanya terlihat oleh Anda" in body


def test_the_requirements_are_the_lock_without_labels_and_tools(built: Path) -> None:
    lines = (built / "requirements.txt").read_text().splitlines()
    found = dict(line.split("==") for line in lines)
    locked = locked_versions()
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in lines)  # no "+cpu", no marker
    assert found.pop("torch").startswith(("2.8", "2.9", "2.10", "2.11"))
    assert all(locked[name] == version for name, version in found.items())
    wanted = {Requirement(line).name.lower() for line in requires("penala") or [] if "extra ==" not in line}
    assert wanted - {"torch"} <= {name.replace("_", "-") for name in found} | {"pyyaml"}
    assert not {"ruff", "mypy", "pytest", "playwright", "trl", "bitsandbytes", "penala"} & found.keys()


def test_the_folder_holds_the_program_and_no_caches(built: Path) -> None:
    assert {path.name for path in built.iterdir()} == {
        "README.md", "requirements.txt", "app.py", "assistant", "knowledge",
    }  # fmt: skip
    assert not [
        path for path in built.rglob("*") if path.suffix in (".pyc", ".db") or path.name == "_knowledge"
    ]


def test_a_space_is_written_to_a_new_folder_with_real_recordings_only(built: Path, tmp_path: Path) -> None:
    made = samples.create(Projects(Settings(home=tmp_path / "home", weights=tmp_path)), "harbour")
    with pytest.raises(PenalaError) as told:
        space.build(built, [])
    assert told.value.code == "space_not_empty"
    with pytest.raises(PenalaError) as told:
        space.build(tmp_path / "s", [made])
    assert told.value.code == "space_no_recording"
    assert not (tmp_path / "s").exists()


@pytest.fixture(scope="module")
def running(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built folder started as a Space starts it: its own packages, its variables, no key, no network needed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    env = {
        "PATH": os.environ["PATH"], "HOME": str(home), "SYSTEM": "spaces", "SPACE_ID": "someone/penala",
        "SPACE_HOST": "someone-penala.hf.space", "SPACE_AUTHOR_NAME": "someone", "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SERVER_NAME": "0.0.0.0", "PENALA_HOME": str(home / "penala"), "PENALA_OFFLINE": "1",
        "PENALA_WEIGHTS": str(home / "none"), "http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1",
        "PIP_NO_INDEX": "1",
    }  # fmt: skip
    log = (home / "log.txt").open("wb")
    process = subprocess.Popen([sys.executable, "app.py"], cwd=built, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, (home / "log.txt").read_text()
            try:
                if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def test_the_built_folder_starts_and_gives_each_visitor_a_place_of_their_own(
    running: str, built: Path
) -> None:
    headers = {"accept": "text/html", "accept-language": "id"}
    visitors = [
        httpx.Client(base_url=running, headers=headers, follow_redirects=True, timeout=60) for _ in "ab"
    ]
    for one in visitors:
        page = one.get("/")
        assert page.status_code == 200 and str(page.url).endswith("/id/") and "Penala" in page.text
        assert one.get("/id/config").json()["title"] == "Penala"
    first, second = ({c.name: c.value for c in one.cookies.jar}["penala_session"] for one in visitors)
    assert first != second
    assert httpx.get(f"{running}/id/config", timeout=60).status_code == 401
    policy = visitors[0].get("/id/").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://huggingface.co" in policy
