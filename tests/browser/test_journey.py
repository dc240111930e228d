"""All five steps in a real browser on the real embedded models; the page is closed while the training runs."""

import csv
import os
from pathlib import Path

import pytest

from assistant.settings import from_environment

from .conftest import tab

GOODS = (
    "mug",
    "lamp",
    "kettle",
    "tent",
    "bicycle bell",
    "rain coat",
    "desk chair",
    "cutting board",
    "torch",
    "backpack",
)
PLACES = ("Saltmere", "Oxley", "Windrush", "Penhale")

pytestmark = [
    pytest.mark.models,
    pytest.mark.skipif(
        not (from_environment().weights / "smollm2-135m-instruct").is_dir()
        and os.environ.get("CI") != "true",
        reason="the embedded weights are not here; bring them with: make setup",
    ),
]


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """A document that answers one question, and forty examples."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "returns.md").write_text(
        "# Returns\n\nGoods can be returned within 21 days of delivery. The shop pays the postage for damaged goods.\n\n"
        "# Opening hours\n\nThe shop in Saltmere is open from 9 to 17 on weekdays.\n"
    )
    with (folder / "replies.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["message", "reply", "ticket"])
        for number in range(40):
            goods, place = GOODS[number % 10], PLACES[number // 10]
            asked = f"Hello, my {goods} for {place} has not come, order {7001 + 37 * number}."
            rows.writerow(
                [asked, f"Topic: delivery\nReply: Thank you for writing about your {goods}.", f"t{number}"]
            )
        rows.writerow(["A message without a reply", "", "t99"])
    return folder


@pytest.fixture(scope="module")
def project(chromium, server) -> str:
    """A project made on the first page; its id, from the address."""
    page = chromium.new_page()
    page.goto(f"{server.address}/en/")
    page.get_by_label("Name").fill("Shop replies")
    page.get_by_label("English").check()
    page.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/en/decide?project=*")
    found = page.url.split("project=")[1]
    page.close()
    return found


def _open(visit, server, name, project, **more):
    page = visit(**more).page
    page.goto(f"{server.address}/en/{name}?project={project}")
    page.wait_for_selector(".p-path")
    page.wait_for_timeout(1000)
    return page


def test_1_decide(visit, server, project):
    page = _open(visit, server, "decide", project)
    page.get_by_label("Your answer").fill(
        "We draft replies to customer messages in a fixed form; we have 40 good examples."
    )
    page.keyboard.press("Enter")
    page.wait_for_selector(".p-chip", timeout=90_000)
    for _ in range(3):
        known = page.locator(".p-chip").count()
        page.locator(".p-answer").first.click()
        page.wait_for_function("n => document.querySelectorAll('.p-chip').length > n", arg=known)
    page.get_by_role("button", name="Decide now").click()
    page.wait_for_selector(".p-decision h2")
    decided = page.locator(".p-decision h2").inner_text()
    assert page.locator(".p-reasons li").count() >= 1
    page.reload()
    page.wait_for_selector(".p-chip")
    assert page.locator(".p-chip").count() > 3
    record = page.request.get(f"{server.address}/download/record/{project}/decision.md?lang=en").text()
    assert record.startswith("# ") and decided.lower() in record.lower()


def test_2_baseline(visit, server, project, files):
    page = _open(visit, server, "baseline", project)
    page.locator(".p-drop input[type=file]").set_input_files(str(files / "returns.md"))
    page.wait_for_selector(".p-documents >> text=ready", timeout=120_000)
    page.get_by_label("Model", exact=True).click()
    page.get_by_role("option", name="none (word for word)").click()
    page.get_by_label("Your question").fill("Within how many days can goods be returned?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".p-answered .p-mark", timeout=120_000)
    assert "21 days" in page.locator(".p-answered .p-text").inner_text()
    page.locator(".p-cite").first.click()
    page.wait_for_selector(".p-passage mark")
    assert "21 days" in page.locator(".p-passage mark").inner_text()


def test_2_baseline_in_indonesian_on_a_phone(visit, server, project):
    page = visit(width=390, height=844).page
    page.goto(f"{server.address}/id/baseline?project={project}")
    page.wait_for_selector(".p-documents >> text=siap")
    page.get_by_label("Model", exact=True).click()
    page.get_by_role("option", name="tanpa model (kutipan apa adanya)").click()
    page.get_by_label("Pertanyaan Anda").fill("How many days after delivery can goods be returned?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".p-answered .p-mark", timeout=120_000)
    assert page.locator(".p-answered .p-text strong").inner_text() == "21 days"
    page.locator(".p-mark").first.click()
    page.wait_for_selector(".p-passage mark")
    page.wait_for_function(
        "() => { const at = document.querySelector('.p-passage mark').getBoundingClientRect();"
        " return at.top >= 0 && at.bottom <= innerHeight; }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_2_baseline_drafts_are_reviewed_on_a_phone(visit, server, project, screenshots):
    page = visit(width=390, height=844).page
    page.goto(f"{server.address}/id/baseline?project={project}")
    page.wait_for_selector(".p-documents >> text=siap")
    tab(page, "Evaluasi")
    page.get_by_role("button", name="Buat draf dari dokumen").click()
    page.wait_for_selector("text=Draf untuk ditinjau")
    gapped = page.locator(".p-item", has_text="____").first
    gapped.get_by_role("button", name="Tinjau", exact=True).click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('textarea')].some(t => t.value.includes('____'))"
    )
    page.get_by_label("Pertanyaan", exact=True).fill("Berapa hari barang boleh dikembalikan?")
    page.screenshot(path=str(screenshots / "baseline-drafts-id-390.png"), full_page=True)
    page.get_by_role("button", name="Terima draf ini").click()
    page.wait_for_selector("text=1 pertanyaan")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_3_data(visit, server, project, files):
    page = _open(visit, server, "data", project)
    page.get_by_role("tab", name="Import").click()
    page.locator("input[type=file]").last.set_input_files(str(files / "replies.csv"))
    page.wait_for_selector("text=40 examples would come in, 1 rows stay out.")
    page.get_by_role("button", name="Import 40 examples").click()
    page.wait_for_selector("text=40 examples imported")
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Freeze version").click()
    page.wait_for_selector("text=Version v001: 40 examples.")
    page.get_by_role("tab", name="Examples").click()
    page.wait_for_selector("text=1 to 40 of 40")


def test_4_tune_goes_on_without_the_page(visit, server, project):
    page = _open(visit, server, "tune", project)
    page.get_by_label("Quick pilot").check()
    page.get_by_role("button", name="Start tuning").click()
    page.wait_for_selector(".p-tag >> text=running", timeout=200_000)
    page.wait_for_timeout(3000)
    page.close()
    again = _open(visit, server, "tune", project)
    again.wait_for_selector(".p-tag >> text=finished", timeout=400_000)
    assert "validation" in again.locator(".p-card").first.inner_text()


def test_5_compare(visit, server, project, screenshots):
    page = _open(visit, server, "compare", project)
    page.get_by_label("At most so many cases").fill("4")
    page.get_by_label("Ask general questions too").uncheck()
    group = page.locator("fieldset", has_text="Ways of answering").first
    for name in ("prompt with examples", "retrieval (RAG)"):
        if group.get_by_label(name, exact=True).count():
            group.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_selector(".p-verdict", timeout=400_000)
    assert page.locator(".p-arms tbody tr").count() >= 2
    page.screenshot(path=str(screenshots / "journey-compare-en-1280.png"), full_page=True)
    page.get_by_role("tab", name="Case by case").click()
    page.wait_for_selector("text=Case 1 of 4")
    report = page.request.get(f"{server.address}/download/report/{project}/r001?lang=en")
    assert report.ok and "<h1" in report.text()
