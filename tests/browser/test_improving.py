"""An answer about a document, put right on the Baseline page by keyboard, at a phone's width."""

from assistant.dataset import examples
from assistant.models.embedding import open_embedder
from assistant.retrieval import index
from assistant.settings import Settings, from_environment
from assistant.workspace.projects import Projects

from .test_journey import pytestmark  # noqa: F401  this test needs the embedded weights too


def test_an_answer_is_put_right(visit, server, screenshots, tmp_path):
    settings = Settings(home=server.home, weights=from_environment().weights)
    project = Projects(settings).create("Toko", "id")
    (tmp_path / "retur.md").write_text(
        "# Retur\n\nBarang dapat dikembalikan dalam 21 hari setelah diterima.\n"
    )
    index.add(project, [tmp_path / "retur.md"], open_embedder(settings))
    page = visit(390, 844).page
    page.goto(f"{server.address}/id/baseline?project={project.id}")
    page.wait_for_selector(".p-path")
    page.wait_for_timeout(1200)
    page.get_by_label("Model").click()
    page.get_by_role("option", name="Tanpa model", exact=False).click()
    page.get_by_label("Pertanyaan", exact=False).first.fill("Berapa hari barang dapat dikembalikan?")
    page.keyboard.press("Enter")
    button = page.locator("[data-do=improve]")
    button.wait_for(timeout=120_000)
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".p-improve textarea:visible")
    page.wait_for_function("document.activeElement === document.querySelectorAll('.p-improve textarea')[2]")
    page.keyboard.press("Control+a")
    page.keyboard.type("Dalam 21 hari, dengan struk.")
    page.screenshot(path=str(screenshots / "improve-id-390.png"), full_page=True)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Disimpan sebagai contoh e1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    [kept] = examples.all_examples(project)
    assert (kept.origin, kept.output) == ("improved", "Dalam 21 hari, dengan struk.")
    assert kept.rejected and kept.place.document == "retur.md"
