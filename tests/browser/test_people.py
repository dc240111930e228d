"""Three people on one project, each with an account and a role, in Indonesian: an expert adds five examples, a reviewer
edits two and rejects one, the owner sees how far they agree and whether the data is ready."""

import pytest

from assistant.dataset import examples
from assistant.dataset.reviews import deciding
from assistant.settings import Settings
from assistant.workspace.accounts import Accounts
from assistant.workspace.projects import Projects

from .conftest import PATIENCE, Visit, free_port, start, tab

PASSWORD = "kuda-baterai-tepat"
ROLES = {"Pak Budi": "expert", "Sari": "reviewer"}


@pytest.fixture
def shared(tmp_path):
    """A server whose workspace has accounts, and a project with an expert and a reviewer."""
    accounts = Accounts(tmp_path)
    accounts.add("Ketua", PASSWORD, steward=True)
    project = Projects(Settings(home=tmp_path, weights=tmp_path / "weights")).create("Balasan toko", "id")
    for name, role in ROLES.items():
        accounts.add(name, PASSWORD)
        accounts.set_role(project.id, name, role)
    started = start(tmp_path, free_port())
    yield started, project
    started.process.terminate()
    started.process.wait(timeout=20)


@pytest.fixture
def enter(chromium, shared):
    """Opens a page of its own for one person, who logs in on the way to the tab."""
    server, project = shared
    opened = []

    def log_in(name, tab):
        page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="id-ID").new_page()
        page.set_default_timeout(PATIENCE)
        opened.append(Visit(page))
        opened[-1].watch(server.address)
        page.goto(f"{server.address}/id/data?project={project.id}&tab={tab}")
        page.fill("input[name=name]", name)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/data?project=*")
        page.wait_for_selector(".p-lead h1")
        return page

    yield log_in
    for one in opened:
        one.page.context.close()
    assert [(one.errors, one.outside) for one in opened] == [([], [])] * len(opened)


def write_five(page):
    page.wait_for_selector(".p-collect textarea:visible")
    page.wait_for_timeout(1500)
    page.locator(".p-collect textarea").first.focus()
    for number in range(1, 6):
        page.keyboard.type(f"kak, pesanan SL-{number} kok blm sampe ya")
        page.keyboard.press("Tab")
        page.keyboard.type(f"Pesanan SL-{number} tiba besok.")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector(f"text=Tambahan Anda: {number} contoh")
        page.wait_for_function("document.activeElement === document.querySelector('.p-collect textarea')")


def review_five(page, keys):
    """One key an example; `u` edits it. Afterwards nothing is left."""
    page.wait_for_selector(".p-turn:visible")
    page.wait_for_timeout(1500)
    for number, key in enumerate(keys, 1):
        page.wait_for_selector(f".p-turn h2:text-is('Contoh e{number}')")
        page.keyboard.press(key)
        if key == "u":
            page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
            page.keyboard.press("Control+a")
            page.keyboard.type(f"Kak, pesanan SL-{number} tiba lusa.")
            page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Semua sudah ditinjau")


def until_two_are_wanted(page, project):
    """Else the owner, who has the first example before them, would keep it from the reviewer."""
    for _ in range(300):
        with project.database() as db:
            if deciding.needed(db) == 2:
                return
        page.wait_for_timeout(200)
    raise AssertionError("the rule was not kept")


def test_expert_reviewer_and_owner(enter, shared, screenshots):
    _, project = shared
    write_five(enter("Pak Budi", "write"))
    assert {e.author for e in examples.all_examples(project)} == {"Pak Budi"}

    owner = enter("Ketua", "review")
    owner.wait_for_selector("text=0 dari 5 sudah ditinjau")
    owner.wait_for_timeout(3000)  # the page's first answers would put the old rule back
    owner.get_by_label("Pendapat untuk tiap contoh").fill("2")
    owner.get_by_role("button", name="Simpan aturan").click()
    until_two_are_wanted(owner, project)

    reviewer = enter("Sari", "review")
    review_five(reviewer, "uuxtt")
    reviewer.get_by_role("button", name="Simpan aturan").click()
    reviewer.wait_for_selector("text=Peran Anda di proyek ini tidak mengizinkan")
    assert {e.status for e in examples.every(project)} == {
        "accepted"
    }  # one opinion of two decides nothing yet

    owner.reload()
    review_five(owner, "utttt")
    owner.wait_for_selector("text=5 dari 5 sudah ditinjau")
    owner.wait_for_selector("text=Pendapat yang berbeda (2)")
    owner.wait_for_selector("text=α 0,00, 80 % pasangan sama, 5 contoh")
    owner.wait_for_selector("text=Belum bisa dipastikan")
    owner.screenshot(path=str(screenshots / "people-agreement-id-390.png"), full_page=True)
    assert owner.locator(".p-card", has_text="Kesepakatan").first.inner_text().count("Sari") == 1
    owner.get_by_role("button", name="Pakai ini: Sari, e2").click()
    owner.wait_for_selector("text=Pendapat yang berbeda (1)")
    owner.get_by_role("button", name="Pakai ini: Sari, e3").click()
    owner.wait_for_selector("text=Tidak ada pendapat yang berbeda")
    assert {e.id: (e.status, e.output) for e in examples.every(project)} == {
        "e1": ("accepted", "Kak, pesanan SL-1 tiba lusa."),
        "e2": ("accepted", "Kak, pesanan SL-2 tiba lusa."),
        "e3": ("rejected", "Pesanan SL-3 tiba besok."),
        "e4": ("accepted", "Pesanan SL-4 tiba besok."),
        "e5": ("accepted", "Pesanan SL-5 tiba besok."),
    }
    owner.wait_for_selector("text=5 dari 5 sudah ditinjau: 4 baik, 1 ditolak")
    assert owner.evaluate("document.documentElement.scrollWidth") <= 390
    tab(owner, "Pemeriksaan")
    owner.wait_for_selector("text=Belum siap dipakai melatih")
    owner.wait_for_selector("text=Baru ada 4 contoh")
    owner.screenshot(path=str(screenshots / "people-readiness-id-390.png"), full_page=True)
