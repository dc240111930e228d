"""The checks on the Data page, in Indonesian on a phone: read, mend, take back, see the rows in the table."""

from pathlib import Path

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.workspace.project import create_project

WORDS = [
    "paket",
    "kurir",
    "toko",
    "lampu",
    "harga",
    "ongkir",
    "retur",
    "garansi",
    "telat",
    "alamat",
    "resi",
    "stok",
]


def _rows() -> list[Example]:
    rows = [
        Example(
            f"r{n}",
            f"{WORDS[n % 12]} {WORDS[n * 5 % 12]} nomor {n * n * 7919} {WORDS[n // 12 % 12]}",
            ("keluhan", "pujian")[n % 2],
        )
        for n in range(60)
    ]
    return [
        *rows,
        Example("nik", "Tolong ubah alamat saya, NIK 3171234506890123", "keluhan"),
        Example("telepon", "Hubungi saya di 0812-3456-7890 ya kak", "keluhan"),
        Example("ulang", rows[3].input, rows[3].output),
        Example("lawan", rows[5].input, "keluhan"),
    ]


@pytest.fixture
def project(server):
    made = create_project(server.home / "projects" / "periksa", "Periksa", "id")
    examples.save(made, _rows())
    return made


def test_an_owner_mends_what_the_checks_found(visit, server, project, screenshots: Path) -> None:
    page = visit(width=390, height=844).page
    page.goto(f"{server.address}/id/data?project={project.id}&tab=checks")
    page.wait_for_selector(".p-banner >> text=Belum siap", timeout=60_000)
    page.wait_for_selector(".p-summary >> text=64 contoh diperiksa")
    page.wait_for_timeout(500)
    page.screenshot(path=screenshots / "checks-id-390.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Samarkan data pribadi").first.click()
    page.wait_for_selector("text=Data pribadi: 1 baris diperbaiki")
    masked = examples.find(project, "nik")
    assert masked and masked.input.endswith("NIK [NIK_1]")
    page.get_by_role("button", name="Batalkan: Data pribadi").click()
    page.wait_for_selector("text=1 baris kembali seperti semula")
    back = examples.find(project, "nik")
    assert back and back.input.endswith("3171234506890123")
    item = page.locator(".p-item", has_text="masukan yang sama tetapi jawabannya berbeda")
    item.locator("summary").focus()
    page.keyboard.press("Enter")
    page.screenshot(path=screenshots / "checks-id-390-open.png", full_page=True)
    item.get_by_role("button", name="Tampilkan di tabel").click()
    page.wait_for_selector("text=1 sampai 2 dari 2", timeout=20_000)
    page.goto(f"{server.address}/id/data?project={project.id}&tab=checks")
    page.wait_for_selector(".p-summary")
    address = page.get_by_role("link", name="Unduh laporan").get_attribute("href")
    text = page.request.get(f"{server.address}{address}").body().decode("utf-8-sig")
    assert text.startswith("check,severity,message,remedy,id,input,output")
    assert "personal_data" in text
