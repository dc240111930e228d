"""A run on the real embedded model, in Indonesian: started, watched, left, found again, stopped, killed, taken up, asked.

Rows 14 and 15 of the fault matrix: the browser is closed and the server is killed while the run trains."""

import json
import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.jobs import Job
from assistant.journey import tune
from assistant.settings import Settings, from_environment
from assistant.workspace.project import Project
from assistant.workspace.projects import Projects

from .conftest import Server, Visit, free_port, start
from .test_journey import pytestmark as embedded

pytestmark = [*embedded, pytest.mark.long]  # a server and a run are killed and started again

WAIT = 300_000  # a machine may be busy; what is waited for takes seconds


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Iterator[list[Server]]:
    """A server that may be killed; the last of the list is the one that runs."""
    home = tmp_path_factory.mktemp("own")
    servers = [start(home, free_port())]
    yield servers
    servers[-1].process.kill()
    servers[-1].process.wait()


@pytest.fixture(scope="module")
def project(own) -> Iterator[Project]:
    settings = Settings(home=own[0].home, weights=from_environment().weights)
    made = Projects(settings).create("Balasan toko", "id")
    made.set("model", "smollm2-135m-instruct")
    goods = ("cangkir", "lampu", "tenda", "senter", "ransel", "kursi")
    splits = ["train"] * 24 + ["validation"] * 4 + ["test"] * 2
    rows = [
        Example(f"e{n}", f"{goods[n % 6]} pesanan {7001 + 37 * n} belum sampai", f"Kategori: kirim\nBarang: {goods[n % 6]}",
                f"s{n}", split, "", "written")
        for n, split in enumerate(splits)
    ]  # fmt: skip
    examples.save(made, rows)
    versions.freeze(made)
    yield made
    for job in tune.runs(made):
        if job.alive():
            kill(job)


def kill(job: Job) -> None:
    os.kill(json.loads((job.folder / "process.json").read_text())["pid"], signal.SIGKILL)


def step(page) -> int:
    """The step that the page shows."""
    said = page.locator(".p-card.p-running").first.inner_text()
    return int(said.split("Langkah ")[1].split()[0])


def opened(chromium, own, project, width=1280, height=900) -> Visit:
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    made = Visit(page)
    made.watch(own[-1].address)
    page.goto(f"{own[-1].address}/id/tune?project={project.id}")
    page.wait_for_selector(".p-path")
    return made


def begin(page, epochs: int) -> None:
    """Fill in the form: a quick test of so many epochs that never ends early, once the preset has set its own numbers."""
    page.get_by_label("Uji cepat", exact=False).check(timeout=WAIT)
    page.get_by_role("button", name="Rincian").click()
    expect(page.get_by_label("Epoch", exact=True)).to_have_value("1", timeout=WAIT)
    fields = {"Rank adapter": 4, "Ukuran batch": 4, "Kesabaran": 0, "Epoch": epochs}
    for name, value in fields.items():
        page.get_by_label(name, exact=True).fill(str(value))
        page.get_by_label(name, exact=True).press("Tab")
    page.get_by_role("button", name="Mulai menyetel").click()


def test_row_14_a_closed_browser_changes_nothing_and_a_stop_keeps_the_best(
    chromium, own, project, screenshots
) -> None:
    first = opened(chromium, own, project)
    begin(first.page, 50)
    first.page.wait_for_selector(".p-running >> text=Langkah", timeout=WAIT)
    first.page.wait_for_selector(".p-card >> text=validasi", timeout=WAIT)
    first.page.wait_for_timeout(2500)
    seen = step(first.page)
    first.page.screenshot(path=str(screenshots / "tune-running-id-1280.png"), full_page=True)
    first.page.context.close()

    again = opened(chromium, own, project, 390, 844)
    again.page.wait_for_selector(".p-running >> text=Langkah", timeout=WAIT)
    again.page.wait_for_function(
        "n => Number(document.querySelector('.p-running')?.innerText.match(/Langkah (\\d+)/)?.[1]) > n",
        arg=seen, timeout=WAIT,
    )  # fmt: skip
    again.page.screenshot(path=str(screenshots / "tune-running-id-390.png"), full_page=True)
    assert again.page.evaluate("document.documentElement.scrollWidth") <= 390
    again.page.get_by_role("button", name="Hentikan dan simpan yang terbaik").click()
    again.page.wait_for_selector(".p-card h3 >> text=dihentikan lebih awal", timeout=WAIT)
    again.page.screenshot(path=str(screenshots / "tune-stopped-id-390.png"), full_page=True)
    [job] = tune.runs(project)
    done = job.last("finished") or {}
    assert done["stopped"] and (job.folder / "adapter" / "adapter_model.safetensors").exists()
    assert (first.errors, first.outside, again.errors, again.outside) == ([], [], [], [])
    again.page.context.close()


def test_row_15_killed_server_and_killed_run_are_taken_up_and_the_result_answers(
    chromium, own, project, screenshots
) -> None:
    made = opened(chromium, own, project)
    begin(made.page, 3)
    made.page.wait_for_selector(".p-running >> text=Langkah", timeout=WAIT)
    job = tune.runs(project)[0]
    assert job.id == "r002"
    kill(job)
    go_on = made.page.get_by_role("button", name="Teruskan")
    go_on.wait_for(timeout=WAIT)
    made.page.screenshot(path=str(screenshots / "tune-interrupted-id-1280.png"), full_page=True)
    go_on.click()
    made.page.wait_for_selector(".p-running >> text=berjalan", timeout=WAIT)
    made.page.context.close()

    own[-1].process.kill()
    own[-1].process.wait()
    assert job.alive()
    own.append(start(own[0].home, free_port()))
    again = opened(chromium, own, project)
    again.page.wait_for_selector(".p-card h3 >> text=selesai", timeout=WAIT)
    again.page.screenshot(path=str(screenshots / "tune-finished-id-1280.png"), full_page=True)
    assert [job.state() for job in tune.runs(project)] == ["finished", "finished"]
    again.page.get_by_role("link", name="Bandingkan hasilnya").click()
    again.page.wait_for_selector(".p-path")
    again.page.get_by_role("tab", name="Coba sendiri").click()
    ways = again.page.locator("fieldset", has_text="Cara menjawab, dua sampai empat")
    ways.get_by_label("model hasil penyetelan", exact=True).check()
    again.page.get_by_label("Pesan", exact=True).fill("lampu pesanan 9001 belum sampai")
    again.page.get_by_role("button", name="Jawab", exact=True).click()
    tuned = again.page.locator(".p-arm", has_text="model hasil penyetelan").locator(".p-text")
    tuned.wait_for(timeout=WAIT)
    again.page.screenshot(path=str(screenshots / "tune-asked-id-1280.png"), full_page=True)
    assert tuned.inner_text().strip()
    assert (again.errors, again.outside) == ([], [])
    again.page.context.close()
