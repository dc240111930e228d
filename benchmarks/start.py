"""From the start of the server to the first reply on the Decide page, in a real browser, beside a bare Gradio chat that
repeats what it is told.

    python -m benchmarks.start [--runs 3]

Wanted, on two cores and with the weights here: the reply, read by the embedder, within 10 s of the start. A new project is
made on the way. Needs Chromium.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assistant.settings import from_environment

_SAID = (
    "kak, toko online kami mau chatbot buat jawab pertanyaan pelanggan soal aturan retur dan ongkir. "
    "Aturannya ganti tiap minggu, dokumennya ada 40 halaman."
)
_BARE = """import gradio, os
with gradio.Blocks(analytics_enabled=False) as app:
    gradio.ChatInterface(lambda text, _: "heard: " + text)
app.launch(server_port=int(os.environ["PENALA_PORT"]), quiet=True)"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium found")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        for run in range(1, asked.runs + 1):
            bare = _timed(browser, [sys.executable, "-c", _BARE], _bare)
            ours = _timed(browser, [sys.executable, "app.py"], _ours)
            print(f"run {run}: first reply {ours:.1f} s after the start; a bare Gradio chat {bare:.1f} s ({ours / bare:.1f} times)")  # fmt: skip
        browser.close()


def _timed(browser: Any, command: list[str], reply: Any) -> float:
    """Seconds from the start of the process to its first reply."""
    home = tempfile.mkdtemp()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PENALA_HOME": home, "PENALA_PORT": str(port)}
    env["PENALA_WEIGHTS"] = str(from_environment().weights)
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    page = browser.new_page()
    page.set_default_timeout(120_000)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.05)
        reply(page, f"http://127.0.0.1:{port}")
        return time.monotonic() - began
    finally:
        page.close()
        process.terminate()
        process.wait()
        shutil.rmtree(Path(home), ignore_errors=True)


def _bare(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("textarea").first.fill(_SAID)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=heard: kak")


def _ours(page: Any, address: str) -> None:
    page.goto(f"{address}/id/")
    page.get_by_label("Nama").fill("Toko")
    page.get_by_role("button", name="Buat proyek").click()
    page.wait_for_selector(".p-answers")
    page.get_by_label("Jawaban Anda").fill(_SAID)
    page.keyboard.press("Enter")
    page.wait_for_selector('.p-chip[data-id="knowledge_change"]')


if __name__ == "__main__":
    main()
