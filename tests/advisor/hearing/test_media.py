"""Tasks on images, sound and video are recognised by their words; what only mentions them is not."""

import pytest

from assistant.advisor import checklist as knowledge
from assistant.advisor.hearing.media import seen
from assistant.advisor.hearing.understanding import understand
from assistant.advisor.session import Session
from assistant.advisor.signals import MEDIA
from assistant.models.values import Embedder
from assistant.workspace.project import Project

TASKS = (
    "subtitle our lecture videos automatically",
    "dengerin telepon pelanggan terus kasih skor",
    "baca foto struk",
    "OCR for old land certificates",
    "mau bikin CCTV yang bisa bedain karyawan sama tamu",
    "text-to-speech for our news articles",
    "We want to transcribe interviews recorded on phones",
    "count cars in drone footage",
    "kenali jenis ikan dari foto nelayan",
    "foto struknya dibaca terus masuk excel",
    "bisa ga AI nonton video pelatihan terus bikin ringkasan",
    "bikin poster promo otomatis dari nama produk",
    "generate product images for our catalogue",
    "detect cracks in tiles from camera",
    "rate our agents' phone calls for politeness",
    "scan KTP terus datanya masuk formulir",
    "voice bot yang ngangkat telepon pelanggan",
    "clone the voice of our radio host",
    "ubah artikel jadi suara",
    "podcast kami mau dipotong jadi klip pendek otomatis",
    "tebak penyakit daun dari gambar",
    "read handwritten prescriptions",
    "the input is voice notes from farmers",
    "masukannya rekaman suara pasien",
    "deteksi wajah buat absen",
    "mau nerjemahin video youtube ke bahasa Jawa pake suara",
    "listen to sales calls and tell us which scripts work",
    "klasifikasi rontgen paru",
    "moderate user-uploaded images",
    "baca plat nomor di gerbang parkir",
    "We need captions generated for our videos",
    "transkrip rapat zoom otomatis dari rekaman",
    "rekaman rapat ditranskrip terus diringkas",
    "pengen bot yg bisa transkrip rekaman rapat jadi notulen",
    "bedain suara mesin normal sama rusak",
    "extract totals from scanned invoices",
    "narik data dari scan faktur",
    "hitung pohon sawit dari citra satelit",
    "describe product photos for blind users",
    "nilai kualitas tomat dari fotonya",
    "tolong bikinin lagu jingle",
)
TEXT = (
    "ringkas transkrip rekaman rapat jadi lima poin",
    "transkrip rekaman telepon cs, mau diringkas per telepon jadi 3 kalimat",
    "chatbot for questions about our handbook; the PDFs contain pictures",
    "gambarannya gini, kami mau bot yang jawab pertanyaan pelanggan",
    "replies must have the voice of the brand",
    "we care about tone of voice",
    "tulis deskripsi produk, foto produk cuma jadi lampiran",
    "pelanggan kadang kirim foto, tapi yang dibalas cuma teksnya",
    "summarize meeting transcripts",
    "rekaman telepon sudah ditranskrip, mau diringkas",
    "the calls are already transcribed; sort them into ten topics",
    "dokumennya memuat gambar dan tabel",
    "we sell cameras and want a support chatbot",
    "toko kami jual kamera, mau balas chat pelanggan",
    "jawab email komplain soal telepon rumah",
    "nomor telepon pelanggan diambil dari email",
    "We want to scan incoming emails for urgency",
    "picture this: 200 tickets a day and two people",
    "big picture: we want fewer tickets",
    "analisis suara pelanggan dari ulasan tertulis",
    "laporan perolehan suara dirangkum",
    "our docker image is 4 GB",
    "menulis caption instagram dari data produk",
    "kami studio foto, mau bot jawab pertanyaan harga",
    "a video store wants to recommend in chat",
    "klasifikasi tiket yang masuk lewat telepon dan diketik petugas",
    "bantu jawab pertanyaan teknisi tentang manual, ada gambarnya sih",
    "translate product texts, no images",
    "tanpa foto, cuma teks",
    "judul artikelnya terdengar kaku",
    "makes the text sound like us",
    "read the manual and answer questions",
    "buatkan ringkasan kontrak PDF",
    "PDF hasil scan sudah di-OCR, mau tanya jawab",
    "kami kirim lewat video call tiap minggu",
    "answers in our house voice",
    "customers call us and agents type notes; we sort the notes",
    "film review sentiment from text",
    "ulasan film dikasih label positif negatif",
    "bedah lirik lagu jadi tema",
    "pelanggan telpon terus CS ngetik tiketnya, tiketnya mau dipilah",
)


@pytest.mark.parametrize("text", TASKS)
def test_a_task_on_another_medium(text: str) -> None:
    found = seen(text)
    assert found and found.kind in MEDIA and found.quote == text


@pytest.mark.parametrize("text", TEXT)
def test_a_task_on_text(text: str) -> None:
    assert seen(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("subtitle our lecture videos automatically", "video"),
        ("dengerin telepon pelanggan terus kasih skor", "audio"),
        ("baca foto struk", "image"), ("bikin poster promo", "picture"), ("ubah artikel jadi suara", "speech"),
    ],
)  # fmt: skip
def test_which_medium(text: str, kind: str) -> None:
    found = seen(text)
    assert found and found.kind == kind


def test_the_words_become_facts_and_a_kind_of_task_that_is_told_stays() -> None:
    facts = {f.signal: f.value for f in understand("baca foto struk", "use_case_clear", knowledge.load())}
    assert facts["task_type"] == "vision_audio" and facts["input_kind"] == "image"
    told = understand("klasifikasi rontgen paru jadi tiga kelas", "use_case_clear", knowledge.load())
    assert {f.signal: f.value for f in told}["task_type"] == "classify"


@pytest.mark.parametrize("language", ["en", "id"])
def test_it_is_said_first_once_and_with_a_way_out(project: Project, language: str) -> None:
    known = knowledge.load()
    session = Session(project, known, None, language)
    turn = session.say("dengerin telepon pelanggan terus kasih skor")
    assert turn.reply.startswith(known.media.text.say(language))
    assert known.media.kinds["audio"].say(language) in turn.reply
    again = session.say("suaranya direkam di kantor, telepon pelanggan didengerin satu-satu")
    assert known.media.text.say(language) not in again.reply
    ended = session.end().decision
    assert ended and ended.reasons[0].text == known.media.text.say(language)


@pytest.mark.parametrize(("language", "go_on"), [("en", "we go on"), ("id", "kita lanjutkan")])
def test_the_questions_end_and_no_better_prompt_is_advised(
    project: Project, language: str, go_on: str
) -> None:
    session = Session(project, knowledge.load(), None, language)
    session.set("use_case_clear", "yes")
    turn = session.say("transkripsi rekaman telepon pelanggan jadi teks")
    assert turn.asks is None and turn.settled and go_on in turn.reply
    assert turn.decision and turn.decision.approach == "not_llm"
    assert [step.page for step in turn.decision.next_steps] == ["decide"]
    resumed = session.say("transkripnya sudah ada, mau diringkas")
    assert resumed.asks is not None and go_on not in resumed.reply


def test_chosen_by_button_it_is_said_too(session: Session) -> None:
    known = knowledge.load()
    assert session.set("input_kind", "audio").reply.startswith(known.media.text.en)
    assert known.media.text.en not in session.set("input_kind", "text").reply


@pytest.mark.models
@pytest.mark.parametrize("text", TASKS)
def test_it_is_heard_beside_the_reader(embedder: Embedder, text: str) -> None:
    known = knowledge.load()
    values = {f.signal: f.value for f in understand(text, "use_case_clear", known, embedder)}
    assert known.hold(known.media.when, values)
