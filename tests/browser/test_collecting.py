"""An expert at the form, on a phone's width and by keyboard alone: a contributor's address opens on it."""

import pytest

from assistant.dataset import examples
from assistant.settings import Settings
from assistant.workspace.projects import Projects


@pytest.fixture
def project(server):
    projects = Projects(Settings(home=server.home, weights=server.home / "weights"))
    return projects.create("Balasan toko", "id")


def test_five_examples_by_keyboard_then_one_changed_and_taken_back(visit, server, screenshots, project):
    page = visit(390, 844).page
    page.goto(f"{server.address}/id/data?project={project.id}&tab=write")
    page.get_by_label("Masukan", exact=False).first.wait_for()
    page.wait_for_selector(".p-collect textarea:visible")
    page.wait_for_timeout(1200)
    page.locator(".p-collect textarea").first.focus()
    for number in range(1, 6):
        page.keyboard.type(f"kak, pesanan SL-{number} kok blm sampe ya")
        page.keyboard.press("Tab")
        page.keyboard.type(f"Pesanan SL-{number} tiba besok.")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(f"text=Tambahan Anda: {number} contoh")
        page.wait_for_function("document.activeElement === document.querySelector('.p-collect textarea')")
    kept = examples.all_examples(project)
    assert [e.output for e in kept] == [f"Pesanan SL-{n} tiba besok." for n in range(1, 6)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=str(screenshots / "collect-id-390.png"), full_page=True)
    page.keyboard.type("tanpa jawaban")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".p-collect .p-blocks")
    page.get_by_role("button", name="Ubah contoh e5").click()
    page.wait_for_selector("text=Ubah contoh e5")
    # the heading may stand a moment before the fields are filled
    page.wait_for_function("document.querySelectorAll('.p-collect textarea')[1].value.includes('SL-5')")
    page.locator(".p-collect textarea").nth(1).fill("Pesanan SL-5 tiba lusa.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Contoh e5 diubah.")
    assert examples.find(project, "e5").output == "Pesanan SL-5 tiba lusa."
    page.get_by_role("button", name="Urungkan").click()
    page.wait_for_selector("text=Contoh e5 diubah.", state="detached")
    assert examples.find(project, "e5").output == "Pesanan SL-5 tiba besok."
