"""The chat on the Baseline page on a phone: held to one document by keyboard, and a follow-up that says how it was read."""

from .test_journey import pytestmark  # noqa: F401  this test needs the embedded weights too


def test_a_question_is_held_to_a_document_and_a_follow_up_is_understood(visit, server, tmp_path, screenshots):
    files = {"denda.md": "Buku yang terlambat didenda 4.500 rupiah untuk setiap hari.",
             "jam.md": "Perpustakaan buka pukul sembilan pagi pada hari Senin sampai Jumat.",
             "salinan.md": "Buku yang terlambat didenda 4.500 rupiah untuk setiap hari."}  # fmt: skip
    for name, body in files.items():
        (tmp_path / name).write_text(f"# Aturan\n\n{body}\n" + ("\n" if name == "salinan.md" else ""))
    page = visit(width=390, height=844).page
    page.goto(f"{server.address}/id/")
    page.get_by_label("Nama").fill("Batas dokumen")
    page.get_by_role("button", name="Buat proyek").click()
    page.wait_for_url("**/id/decide?project=*")
    page.goto(page.url.replace("/decide", "/baseline"))
    page.wait_for_timeout(1500)
    page.locator(".p-drop input[type=file]").set_input_files([tmp_path / name for name in files])
    page.wait_for_selector(".p-documents >> text=jam.md", timeout=120_000)
    page.wait_for_selector(".p-bar", state="detached", timeout=120_000)

    page.get_by_role("button", name="Batasi pada dokumen tertentu").click()
    field = page.get_by_label("Dokumen (kosong: semua)")
    field.wait_for()
    page.wait_for_timeout(1000)
    _ask(page, "Berapa denda buku yang terlambat?", 1)
    assert "4.500" in page.locator(".p-answered").last.inner_text()
    assert "Tertulis sama di:" in page.locator(".p-answered").last.inner_text()
    _ask(page, "Dan itu untuk apa?", 2)
    assert "Dipahami sebagai: Dan itu untuk apa?" in page.locator(".p-talk").inner_text()
    page.screenshot(path=screenshots / "asking-follow-up-390.png", full_page=True)
    field.click()
    page.keyboard.type("jam")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    _ask(page, "Kapan perpustakaan buka?", 3)
    named = page.locator(".p-answered").last.locator(".p-cite").all_inner_texts()
    assert named and all("jam.md" in name for name in named)
    page.screenshot(path=screenshots / "asking-scope-390.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def _ask(page, question, turn):
    page.get_by_label("Pertanyaan Anda").fill(question)
    page.get_by_role("button", name="Tanyakan").click()
    page.wait_for_function(
        f"document.querySelectorAll('.p-answered').length == {turn} && !document.querySelector('.p-talk .p-moving')"
        " && [...document.querySelectorAll('.p-answered')].at(-1).querySelector('.p-cites')",
        timeout=120_000,
    )
