"""Every page in both languages, wide and narrow: nothing scrolls sideways, nothing is asked of others."""

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example
from assistant.settings import LANGUAGES, Settings
from assistant.ui.addresses import PAGES
from assistant.workspace.projects import Projects


@pytest.fixture(scope="module")
def project(server):
    """A project with some of everything that needs no model."""
    projects = Projects(Settings(home=server.home, weights=server.home / "weights"))
    made = projects.create("Balasan layanan pelanggan", "id")
    rows = [
        Example(str(n), f"Halo kak, pesanan SL-{4000 + n} belum sampai, <b>tolong</b>", f"Kategori: kirim\nBalasan: Tiba {n} hari lagi.", f"t{n // 2}")
        for n in range(1, 61)
    ]  # fmt: skip
    examples.save(made, rows)
    return made.id


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits(visit, server, screenshots, project, name, language, width):
    opened = visit(width)
    page = opened.page
    path = "" if name == "home" else name
    page.goto(f"{server.address}/{language}/{path}?project={project}")
    page.wait_for_selector(".p-lead h1")
    if name != "home":
        page.wait_for_selector(".p-path" if name != "settings" else ".p-project")
    page.wait_for_timeout(1500)
    page.screenshot(path=str(screenshots / f"{name}-{language}-{width}.png"), full_page=True)
    wide = page.evaluate("Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)")
    assert wide <= width
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator(".p-notice.p-blocks").count() == 0, page.locator(
        ".p-notice.p-blocks"
    ).all_inner_texts()


def test_the_language_switch_keeps_page_and_project(visit, server, project):
    page = visit().page
    page.goto(f"{server.address}/id/data?project={project}")
    page.wait_for_selector(".p-path")
    page.click(".p-lang a[hreflang=en]")
    page.wait_for_url(f"**/en/data?project={project}")
    page.wait_for_selector("text=Training data")
    page.wait_for_selector(".p-path")
    # as it is before the header is filled
    page.evaluate("document.querySelector('.p-lang a[hreflang=id]').setAttribute('href', '/id/data')")
    page.click(".p-lang a[hreflang=id]")
    page.wait_for_url(f"**/id/data?project={project}")


def test_a_new_project_deleted_and_brought_back(visit, server):
    page = visit().page
    page.goto(f"{server.address}/en/")
    page.get_by_role("button", name="Create project").click()
    page.wait_for_selector("text=The project has no name.")
    page.get_by_label("Name").fill('<img src=x onerror="alert(1)"> & co')
    page.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/en/decide?project=*")
    page.goto(f"{server.address}/en/")
    card = page.locator(".p-card", has_text="& co")
    card.locator("[data-do=delete]").click()
    page.wait_for_selector("text=was deleted")
    page.locator(".p-trash [data-do=restore]").first.click()
    page.wait_for_selector(".p-card:has-text('& co')")


def test_dark_colours_are_used_where_the_reader_asks(visit, server, screenshots, project):
    page = visit(color_scheme="dark").page
    page.goto(f"{server.address}/id/?project={project}")
    page.wait_for_selector(".p-card")
    page.screenshot(path=str(screenshots / "home-id-dark.png"), full_page=True)
    assert "dark" in page.evaluate("document.body.className")
