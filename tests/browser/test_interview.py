"""A whole interview in Indonesian on a phone's width: a question in the middle, corrections, two reloads."""

import pytest

pytestmark = pytest.mark.models

FIRST = (
    "kak, toko online kami mau chatbot buat jawab pertanyaan pelanggan soal aturan retur dan ongkir. "
    "Aturannya ganti tiap minggu, dokumennya ada 40 halaman. Baru coba prompt seadanya, belum ada data uji."
)


@pytest.fixture(scope="module")
def project(chromium, server) -> str:
    page = chromium.new_page()
    page.goto(f"{server.address}/id/")
    page.get_by_label("Nama").fill("Tanya jawab toko")
    page.get_by_role("button", name="Buat proyek").click()
    page.wait_for_url("**/id/decide?project=*")
    found = page.url.split("project=")[1]
    page.close()
    return found


# The reply has come when the last message is longer than what was said and nothing is pending.
_REPLIED = """([before, said]) => {
  const last = [...document.querySelectorAll('.p-chat .message')].at(-1);
  const text = last ? last.innerText.trim() : '';
  return text.length > 40 && text !== before && !text.startsWith(said.slice(0, 30));
}"""


def _last(page):
    return page.locator(".p-chat .message").last.inner_text().strip()


def _say(page, text):
    before = _last(page)
    page.get_by_label("Jawaban Anda").fill(text)
    page.keyboard.press("Enter")
    page.wait_for_function(_REPLIED, arg=[before, text], timeout=60_000)
    page.wait_for_timeout(400)
    return _last(page)


def _opened(page):
    """The field of the form for a fact, in view and with the keyboard in it."""
    field = page.get_by_label("Jawaban", exact=True)
    page.wait_for_function("document.activeElement.closest('.p-editor')")
    page.wait_for_timeout(300)
    box = field.bounding_box()
    assert box and 0 <= box["y"] <= 844 - box["height"]
    return field


def test_a_whole_interview(visit, server, project, screenshots):
    page = visit(width=390, height=844).page
    page.goto(f"{server.address}/id/decide?project={project}")
    page.wait_for_selector(".p-answers")
    first = _say(page, FIRST)
    assert "Dari kata-kata Anda" in first or "Dicatat" in first
    asked = page.locator(".p-answer").count()
    assert asked > 1 and page.locator(".p-chip").count() >= 4
    explained = _say(page, "apa bedanya RAG sama fine-tuning?")
    assert "Dari panduan" in explained
    assert page.locator(".p-answer").count() == asked  # the same question is still open
    _say(page, "maksudnya apa?")
    assert page.locator(".p-answer").count() == asked
    corrected = _say(page, "eh salah kak, aturannya ganti tiap bulan, bukan tiap minggu")
    assert "Setiap minggu" in corrected and "Bulanan" in corrected  # from what, to what
    chip = page.locator('.p-chip[data-id="knowledge_change"]')
    assert "Bulanan" in chip.inner_text()
    question = page.locator(".p-answer").all_inner_texts()
    page.reload()  # in the middle: the words, the facts and the open question are there again
    page.wait_for_selector(".p-answer")
    assert page.locator(".p-answer").all_inner_texts() == question
    assert "Bulanan" in chip.inner_text() and corrected[:40] in page.locator(".p-chat").inner_text()
    chip.click()
    field = _opened(page)
    field.fill("kapan-kapan")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("bukan salah satu jawaban").wait_for()
    page.screenshot(path=str(screenshots / "interview-edit-id-390.png"))
    field.click()
    field.fill("")
    page.get_by_role("option", name="Setiap hari").click()
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_selector('.p-chip[data-id="knowledge_change"] >> text=Setiap hari')
    for number in range(12):
        if not page.locator(".p-answer").count():
            break
        before = _last(page)
        # two are answered, the rest passed over
        button = page.locator(".p-answer.p-quiet") if number >= 2 else page.locator(".p-answer").first
        said = button.inner_text()
        button.click()
        page.wait_for_function(_REPLIED, arg=[before, said], timeout=30_000)
    page.wait_for_selector(".p-decision h2")
    decided = page.locator(".p-decision h2").inner_text()
    page.reload()
    page.wait_for_selector(".p-decision h2")
    assert page.locator(".p-decision h2").inner_text() == decided
    assert "Setiap hari" in page.locator('.p-chip[data-id="knowledge_change"]').inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=str(screenshots / "interview-id-390.png"), full_page=True)
