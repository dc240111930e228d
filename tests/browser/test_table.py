"""The table in a browser: narrowed by a tag, a cell edited in place, and the example opened with where it came from."""

from assistant.dataset import examples
from assistant.dataset.examples import Example, Place
from assistant.settings import Settings
from assistant.workspace.projects import Projects


def test_the_table_is_filtered_and_a_cell_is_edited(visit, server, screenshots):
    project = Projects(Settings(home=server.home, weights=server.home / "weights")).create("Tabel", "id")
    rows = [
        Example(f"x{n}", f"masukan {n}", f"jawaban {n}", place=Place("tiket.csv", n)) for n in range(1, 121)
    ]
    rows[100] = Example("x101", "masukan 101", "jawaban 101", tags=("sulit",), place=Place("tiket.csv", 101))
    examples.save(project, rows)
    page = visit().page
    page.goto(f"{server.address}/id/data?project={project.id}")
    page.wait_for_selector("text=1 sampai 50 dari 120")
    page.get_by_role("button", name="Saring lebih lanjut").click()
    page.get_by_label("Tag", exact=True).first.click()
    page.get_by_role("option", name="sulit").click()
    page.wait_for_selector("text=1 sampai 1 dari 1")
    cell = page.locator(".p-table .cell-wrap:visible", has_text="jawaban 101").last
    cell.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("jawaban yang lebih baik")
    page.keyboard.press("Enter")
    page.wait_for_timeout(3000)
    assert page.locator(".p-notice.p-blocks").count() == 0
    assert examples.find(project, "x101").output == "jawaban yang lebih baik"
    page.locator(".p-table .cell-wrap:visible", has_text="masukan 101").last.click()
    page.wait_for_selector("text=tiket.csv, baris 101")
    page.screenshot(path=str(screenshots / "table-id.png"), full_page=True)
