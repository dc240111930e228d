"""The cost estimate in a real browser: the tab opens with table and plot, an assumption is edited by keyboard alone."""

import pytest

from assistant.advisor import checklist
from assistant.advisor.estimate import own_numbers
from assistant.advisor.session import Session
from assistant.settings import Settings
from assistant.workspace.projects import Projects


@pytest.fixture
def project(server):
    made = Projects(Settings(home=server.home, weights=server.home / "weights")).create("Tiket", "id")
    told = {"task_type": "classify", "volume_per_day": 2000, "platform": "openai", "examples": 400}
    Session(made, checklist.load(), None, "id").set_all(told)
    return made


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    ("language", "tab", "form", "saved"),
    [
        ("id", "Perkiraan biaya", "Dasar angka-angka ini", "Tersimpan dan dihitung ulang."),
        ("en", "Cost estimate", "What the figures rest on", "Saved, and worked out again."),
    ],
)
def test_the_estimate_is_shown_and_an_assumption_edited(
    visit, server, screenshots, project, language, tab, form, saved, width
):
    page = visit(width).page
    page.goto(f"{server.address}/{language}/decide?project={project.id}")
    page.get_by_role("tab", name=tab).click()
    page.wait_for_selector(".p-costs tbody tr")
    page.wait_for_selector("canvas, .vega-embed svg")
    month = page.locator(".p-costs tbody tr").first.locator("td").nth(4)
    before = month.inner_text()
    page.get_by_role("button", name=form).press("Enter")
    field = page.locator("#own-requests_per_day-low")
    field.fill("banyak")
    field.press("Enter")
    page.wait_for_selector("#own-requests_per_day-low[aria-invalid=true]")
    page.wait_for_function("document.activeElement.id === 'own-requests_per_day-low'")
    assert page.locator("#own-requests_per_day-problem").is_visible() and month.inner_text() == before
    field.fill("20rb")
    page.keyboard.press("Tab")
    page.keyboard.type("30.000")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"text={saved}")
    assert own_numbers.load(project) == {"requests_per_day": (20_000, 30_000)}
    assert month.inner_text() != before and page.locator(".p-own [aria-invalid]").count() == 0
    page.screenshot(path=str(screenshots / f"estimate-{language}-{width}.png"), full_page=True)
    wide = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    assert wide <= width
    page.locator(".p-own [data-do=reset]").click()
    page.wait_for_function("!document.querySelector('.p-own [data-do=reset]')")
    assert own_numbers.load(project) == {} and month.inner_text() == before
    sheet = page.request.get(f"{server.address}/download/estimate/{project.id}/rows?lang={language}")
    assert sheet.ok and sheet.text().count("\n") > 20
