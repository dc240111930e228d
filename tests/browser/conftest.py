"""A real server on a free port with a home of its own, and the system's Chromium looking at it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.settings import from_environment

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
# What Gradio's client says of requests that are under way when a page is left.
_LEAVING = (
    "AbortError: signal is aborted",
    "AbortError: BodyStreamBuffer",
    "Unexpected error Connection errored out",
)
PATIENCE = 120_000  # milliseconds: a machine may be busy
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@dataclass
class Server:
    """A running app: its address, its home, and the process, so that a test may kill it."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path


def start(home: Path, port: int, **more: str) -> Server:
    env = {**os.environ, "PENALA_HOME": str(home), "PENALA_PORT": str(port), "PENALA_LANG": "id"}
    (home / "samples-made").touch()  # these tests make their own projects
    env |= {"PENALA_WEIGHTS": str(from_environment().weights), **more}
    log = home / "server.txt"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=env, stdout=stream, stderr=stream
        )
    address = f"http://127.0.0.1:{port}"
    for _ in range(1200):  # five minutes: a machine may be busy
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/health", timeout=2)
        except OSError:
            time.sleep(0.25)
            continue
        return Server(address, home, process, log)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8', 'replace')}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    started = start(tmp_path_factory.mktemp("home"), free_port())
    yield started
    started.process.terminate()
    started.process.wait(timeout=20)


@pytest.fixture(scope="session")
def chromium():
    """The browser; without one the test is skipped, except where CI promised one."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        said = "no Chromium found; install it with: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(said)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where screenshots are kept to be looked at; git ignores it."""
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass
class Visit:
    """A browser page that notes what must not happen: errors in the console, requests to anyone else."""

    page: object
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def watch(self, address: str) -> None:
        page = self.page
        page.on("console", lambda message: message.type == "error" and self._fault(message.text))
        page.on("pageerror", lambda error: self._fault(str(error)))
        page.on("request", lambda request: self._note(request.url, address))

    def _fault(self, text: str) -> None:
        if not text.startswith(_LEAVING):
            self.errors.append(text)

    def _note(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture
def visit(chromium, server):
    """Opens pages of the server; at the end nothing bad may have been noted."""
    opened: list[Visit] = []

    def open_page(width: int = 1280, height: int = 900, **more) -> Visit:
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(PATIENCE)
        made = Visit(context.new_page())
        made.watch(server.address)
        opened.append(made)
        return made

    yield open_page
    noted = [(v.errors, v.outside) for v in opened]
    for v in opened:
        v.page.context.close()
    assert all(pair == ([], []) for pair in noted), noted


def tab(page, name: str) -> None:
    """Open a tab, from the menu behind the three dots where there is no room for it."""
    shown = page.locator("button[role=tab]:visible", has_text=name)
    if not shown.count():
        page.locator(".overflow-menu > button").click()
        shown = page.locator(".overflow-dropdown button", has_text=name)
    shown.first.click()
