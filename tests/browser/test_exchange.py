"""Examples come in from what was pasted and from a file, and go out as a zip: on a phone's width, in Indonesian."""

import io
import json
import zipfile

import pytest

from assistant.dataset import examples
from assistant.settings import Settings
from assistant.workspace.projects import Projects


@pytest.fixture
def project(server):
    projects = Projects(Settings(home=server.home, weights=server.home / "weights"))
    return projects.create("Tanya jawab toko", "id")


def _rows(count):
    return "\n".join(f"kapan pesanan {n} tiba?\tPesanan {n} tiba besok." for n in range(count))


def _open(page, name):
    """A tab by its name; on a phone most of them are in the menu beside the first."""
    page.locator(".overflow-menu > button").first.wait_for()
    tab = page.get_by_role("tab", name=name, exact=True)
    if tab.count() and tab.first.is_visible():
        tab.first.click()
    else:
        page.locator(".overflow-menu > button").first.click()
        page.locator(".overflow-dropdown button", has_text=name).first.click()


def test_rows_come_in_are_mended_and_go_out(visit, server, screenshots, project, tmp_path):
    page = visit(390, 844).page
    page.goto(f"{server.address}/id/data?project={project.id}")
    _open(page, "Impor")
    page.get_by_label("Atau tempel di sini").fill(f"Soal pelanggan\tBalas\n{_rows(12)}\ntanpa balasan\t\n")
    page.get_by_role("button", name="Baca tempelan").click()
    page.wait_for_selector("text=tidak punya kolom")  # neither name is a usual one for an answer
    page.get_by_label("Kolom mana yang berisi jawaban ideal").click()
    page.get_by_role("option", name="Balas").click()
    page.wait_for_selector("text=12 contoh akan masuk, 1 baris tidak ikut.")
    page.get_by_label("Bagian untuk baris ini").click()
    page.get_by_role("option", name="Latih").click()
    page.screenshot(path=str(screenshots / "import-id-390.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Impor 12 contoh").click()
    page.wait_for_selector("text=12 contoh diimpor")
    assert {e.split for e in examples.all_examples(project)} == {"train"}
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Unduh baris yang tidak ikut").click()
    left_out = downloading.value.path().read_text("utf-8-sig")
    assert left_out.splitlines()[0] == "Soal pelanggan,Balas,alasan,asal"
    mended = tmp_path / "sisa.csv"
    mended.write_text(
        left_out.replace("tanpa balasan,,", "tanpa balasan,Sudah dibalas,")
        .replace("Soal pelanggan", "soal")
        .replace("Balas,", "jawab,")
    )
    page.locator("input[type=file]").last.set_input_files(str(mended))
    page.get_by_role("button", name="Impor 1 contoh").click()
    page.wait_for_selector("text=1 contoh diimpor, 0 baris")
    assert len(examples.all_examples(project)) == 13
    page.wait_for_selector(".p-banner >> text=13 contoh", timeout=60_000)  # what is true after the import
    _open(page, "Contoh")
    page.get_by_label("Cari").first.fill("pesanan 1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 sampai 3 dari 3")
    _open(page, "Ekspor")
    page.wait_for_selector("text=akan ditolak")  # three rows: fewer than OpenAI takes
    page.get_by_label("Alat di mesin sendiri").check()
    page.get_by_role("button", name="Pilih: Axolotl").click()
    page.wait_for_selector("text=chat_template")
    page.screenshot(path=str(screenshots / "export-id-390.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Unduh semuanya, dengan resep").click()
    with zipfile.ZipFile(io.BytesIO(downloading.value.path().read_bytes())) as archive:
        assert set(archive.namelist()) == {"train.jsonl", "config.yml", "README.md"}
        said = [
            json.loads(line)["messages"][-1]["content"]
            for line in archive.read("train.jsonl").decode().splitlines()
        ]
    assert said == [f"Pesanan {n} tiba besok." for n in (1, 10, 11)]
