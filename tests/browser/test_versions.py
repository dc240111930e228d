"""Two versions compared on a phone's width, a datasheet read, and a version brought back."""

from assistant.dataset import examples, versions
from assistant.dataset.examples import Example
from assistant.journey import freezing
from assistant.settings import Settings
from assistant.workspace.projects import Projects


def test_a_version_is_compared_read_and_brought_back(visit, server, screenshots):
    settings = Settings(home=server.home, weights=server.home / "weights")
    project = Projects(settings).create("Versi", "id")
    rows = [
        Example(f"e{n}", f"Pesanan {n * 7919} belum sampai", f"Tiba {n} hari lagi.", author="Sari")
        for n in range(30)
    ]
    examples.save(project, rows)
    freezing.freeze(project, settings, "pertama", "Sari")
    examples.change(
        project, examples.find(project, "e4"), lambda e: Example(**{**vars(e), "output": "Tiba besok pagi."})
    )
    examples.delete(project, ["e5"])
    freezing.freeze(project, settings, "kedua", "Budi")
    page = visit(390, 844).page
    page.goto(f"{server.address}/id/data?project={project.id}")
    page.wait_for_selector(".p-path")
    page.wait_for_timeout(1500)
    tab = page.get_by_role("tab", name="Versi", exact=True)
    if not tab.is_visible():
        page.locator(".overflow-menu > button").first.click()
        tab = page.locator(".overflow-dropdown button", has_text="Versi")
    tab.click()
    page.wait_for_selector(".p-diff")
    assert page.locator(".p-diff del").first.inner_text() and page.locator(".p-diff ins").count()
    page.locator("[data-do=sheet][data-id=v002]").click()
    page.wait_for_selector(".p-sheet h1")
    page.screenshot(path=str(screenshots / "versions-id-390.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".p-sheet [data-do=leave]").click()
    page.locator("[data-do=restore][data-id=v001]").click()
    page.get_by_role("button", name="Kembalikan v001").click()
    page.wait_for_selector("text=dibekukan sebagai v002")
    assert examples.find(project, "e5") and versions.restoring(project, "v001") == []
