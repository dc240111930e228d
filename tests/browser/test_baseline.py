"""The Baseline page on a phone, in Indonesian: two prompts side by side, and where answers are lost."""

import pytest

from assistant.models.prompt import Prompt
from assistant.retrieval import index, prompts, questions, vectors
from assistant.retrieval.questions import Question
from assistant.settings import Settings
from assistant.workspace.projects import Projects

from .conftest import tab
from .test_journey import pytestmark  # noqa: F401  these tests need the embedded weights too

RULES = (
    "# Aturan perpustakaan\n\nDenda buku yang terlambat ialah Rp2.500 per hari. Untuk naskah langka tertulis Rp9.000.\n\n"
    "# Merawat buku\n\nBersihkan dengan kuas.\n\n# Menyimpan buku\n\nSimpan di rak kering.\n"
)
CLOSING = "Perpustakaan cabang {n} tutup pada pukul {hour}.00, kecuali pada hari Sabtu."
PUMP = "Pompa air di ruang mesin gedung belakang berkode XK-77 dan diperiksa setiap minggu."
ASKED = {
    "Berapa denda buku yang terlambat per hari?": "Rp2.500",  # found and quoted
    "Siapa kepala perpustakaan?": "Ibu Ratna",
    "Bagaimana merawat dan menyimpan buku?": "kuas. # Menyimpan buku Simpan di rak kering",
    "Pukul berapa perpustakaan cabang tutup?": "XK-77",
    "Berapa denda buku yang terlambat?": "Rp9.000",
}  # fmt: skip
LOST = {
    "Tidak ada dalam teks dokumen: 1": "Siapa kepala perpustakaan?",
    "Terpotong oleh batas bagian: 1": "Bagaimana merawat dan menyimpan buku?",
    "Tidak termasuk bagian yang dibaca: 1": "Pukul berapa perpustakaan cabang tutup?",
    "Dibaca, tetapi tidak ada di kalimat yang dikutip: 1": "Berapa denda buku yang terlambat?",
}


@pytest.fixture
def project(server, embedder, tmp_path):
    """A project with documents, questions, and two versions of a prompt."""
    made = Projects(Settings(home=server.home, weights=server.home / "weights")).create("Perpustakaan", "id")
    texts = {"aturan.md": RULES, "pompa.md": PUMP}
    texts |= {f"cabang{n}.md": CLOSING.format(n=n, hour=n + 8) for n in range(12)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    index.add(made, [tmp_path / name for name in texts], embedder)
    questions.add(made, [Question(f"q{n}", q, (a,)) for n, (q, a) in enumerate(ASKED.items())])
    for instructions in (
        "Jawab dengan singkat dari dokumen.",
        "Jawab dengan satu kalimat lengkap dari dokumen.",
    ):
        prompts.add(made, "question", Prompt(instructions))
    vectors.close(made)
    yield made
    Projects(Settings(home=server.home, weights=server.home / "weights")).delete(made.id)


def _open(visit, server, project, name, width):
    page = visit(width=width, height=844).page
    page.goto(f"{server.address}/id/baseline?project={project.id}")
    page.wait_for_selector(".p-documents >> text=siap")
    tab(page, name)
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_each_lost_answer_stands_under_its_step(visit, server, project, screenshots, width):
    page = _open(visit, server, project, "Evaluasi", width)
    page.get_by_role("button", name="Ukur pencarian").click()
    page.wait_for_selector(".p-lost", timeout=120_000)
    assert {
        each.locator("h3").inner_text(): each.locator("li").inner_text()
        for each in page.locator(".p-lost").all()
    } == LOST
    page.screenshot(path=str(screenshots / f"baseline-missed-id-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_two_versions_of_a_prompt_stand_side_by_side(visit, server, project, screenshots, width):
    page = _open(visit, server, project, "Prompt", width)
    page.get_by_label("pertanyaan tentang dokumen").check()
    page.wait_for_selector("text=Prompt pertama Anda, yang harus dikalahkan")
    page.get_by_label("Paling banyak").first.fill("2")
    page.get_by_role("button", name="Bandingkan keduanya").click()
    page.wait_for_selector(".p-versus table", timeout=300_000)
    heads = page.locator(".p-versus table").first.locator("th").all_inner_texts()
    assert heads[1:] == ["Versi 0", "Versi 1"]
    rows = page.locator(".p-versus table").first.locator("tbody tr").all_inner_texts()
    assert any("Token yang dibaca" in row for row in rows) and any("Seribu jawaban" in row for row in rows)
    page.locator(".p-versus summary").click()
    page.screenshot(path=str(screenshots / f"baseline-lab-id-{width}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
