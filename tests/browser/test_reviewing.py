"""A reviewer at the queue, on a phone's width, in Indonesian and by keyboard alone; then the figures and a dispute."""

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.dataset.reviews import actions, records, rules
from assistant.dataset.reviews.actions import Said
from assistant.settings import Settings
from assistant.workspace.projects import Projects


@pytest.fixture
def project(server):
    """Five drafts, as an expert leaves them."""
    projects = Projects(Settings(home=server.home, weights=server.home / "weights"))
    made = projects.create("Balasan toko", "id")
    rows = [
        Example(f"e{n}", f"kak, pesanan SL-{n} kok blm sampe ya <b>tolong</b>", f"Pesanan SL-{n} tiba besok.", author="Pakar", status="draft")
        for n in range(1, 6)
    ]  # fmt: skip
    examples.save(made, rows)
    return made


def opened(visit, server, project, **size):
    page = visit(**(size or {"width": 390, "height": 844})).page
    page.goto(f"{server.address}/id/data?project={project.id}&tab=review")
    page.wait_for_selector(".p-turn:visible")
    page.wait_for_timeout(1500)
    return page


def at(page, id):
    page.wait_for_selector(f".p-turn h2:text-is('Contoh {id}')")


def edit(page, text):
    """Press the key for editing, write another answer, and save it by keyboard."""
    page.keyboard.press("u")
    page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")


def test_two_edited_one_rejected_one_taken_back_by_keyboard(visit, server, screenshots, project):
    page = opened(visit, server, project)
    at(page, "e1")
    page.screenshot(path=str(screenshots / "review-id-390.png"), full_page=True)
    edit(page, "Pesanan SL-1 tiba lusa, Kak.")
    at(page, "e2")
    edit(page, "Pesanan SL-2 tiba lusa, Kak.")
    at(page, "e3")
    page.keyboard.press("x")
    at(page, "e4")
    page.wait_for_selector("text=e3 ditolak.")
    page.keyboard.press("t")
    at(page, "e5")
    page.keyboard.press("z")
    at(page, "e4")
    page.wait_for_selector("text=e4 dikembalikan")
    said = {e.id: (e.status, e.output) for e in examples.every(project)}
    assert said == {
        "e1": ("accepted", "Pesanan SL-1 tiba lusa, Kak."),
        "e2": ("accepted", "Pesanan SL-2 tiba lusa, Kak."),
        "e3": ("rejected", "Pesanan SL-3 tiba besok."),
        "e4": ("draft", "Pesanan SL-4 tiba besok."),
        "e5": ("draft", "Pesanan SL-5 tiba besok."),
    }
    page.wait_for_selector("text=3 dari 5 sudah ditinjau: 2 baik, 1 ditolak")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("k")
    page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    page.keyboard.type("Tanya gudang dulu. t x z")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".p-turn >> text=Anda: Tanya gudang dulu. t x z")
    assert [r.action for r in records.history(project)] == [
        "edit",
        "edit",
        "reject",
        "accept",
        "undo",
        "comment",
    ]
    page.keyboard.press("u")
    page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    page.screenshot(path=str(screenshots / "review-edit-id-390.png"), full_page=True)
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    at(page, "e5")


def test_agreement_is_shown_and_the_owner_settles_what_differs(visit, server, screenshots, project):
    examples.save(
        project, [Example(f"l{n}", f"komentar {n}", "pujian" if n % 2 else "keluhan") for n in range(1, 21)]
    )
    examples.delete(project, [f"e{n}" for n in range(1, 6)])
    rules.set_opinions(project, 2, "Ani")
    for n in range(1, 21):
        actions.judge(project, "Ani", f"l{n}", Said("accept"))
        actions.judge(project, "Budi", f"l{n}", Said("edit", output="keluhan") if n == 1 else Said("accept"))
    actions.comment(project, "Budi", "l1", "Ini sindiran.")
    page = visit(390, 844).page
    page.goto(f"{server.address}/id/data?project={project.id}&tab=review")
    page.wait_for_selector("text=Semua sudah ditinjau")
    page.wait_for_selector("text=α 0,90")
    assert page.locator("text=Kesepakatan").first.is_visible()
    assert page.locator(".p-side").all_inner_texts()[0].startswith("Ani")
    page.screenshot(path=str(screenshots / "review-agreement-id-390.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Pakai ini: Budi, l1").click()
    page.wait_for_selector("text=Tidak ada pendapat yang berbeda")
    assert examples.find(project, "l1").output == "keluhan"


def test_labels_have_a_key_each_and_bulk_is_one_undo(visit, server, screenshots, project):
    rows = [
        Example(f"l{n}", f"komentar {n}", "pujian" if n % 2 else "keluhan", status="draft")
        for n in range(1, 21)
    ]
    examples.delete(project, [f"e{n}" for n in range(1, 6)])
    examples.save(project, rows)
    page = opened(visit, server, project, width=1280, height=900)
    at(page, "l1")
    page.screenshot(path=str(screenshots / "review-id-1280.png"), full_page=True)
    page.keyboard.press("1")
    at(page, "l2")
    assert examples.find(project, "l1").output == "keluhan"
    page.get_by_role("button", name="Hitung yang cocok").click()
    page.get_by_role("button", name="Terima semuanya (19)").click()
    page.wait_for_selector("text=19 contoh dinilai.")
    page.wait_for_selector("text=Semua sudah ditinjau")
    page.keyboard.press("z")
    at(page, "l2")
    assert [e.id for e in examples.all_examples(project)] == ["l1"]
