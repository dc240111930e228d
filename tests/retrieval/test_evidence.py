"""Which sentence answers: words that stand together, what follows a question in the text, codes that are not there."""

import pytest

from assistant.retrieval.answering import Answer, answer
from assistant.retrieval.codes import other_code
from retrieval.test_answering import ALWAYS, PROMPT, passage


def quoted(question: str, text: str) -> Answer:
    return answer(question, [passage(text)], None, PROMPT, threshold=ALWAYS)


def test_words_that_stand_together_as_in_the_question_decide():
    text = "Sisa cuti paling banyak 6 hari dibawa ke tahun berikutnya. Setiap karyawan berhak atas 14 hari cuti tahunan."
    assert quoted("Berapa hari cuti tahunan?", text).text.endswith("14 hari cuti tahunan.")


@pytest.mark.parametrize(
    ("question", "text", "right"),
    [
        ("kode pintu gudang apa?", "Rina: Bu, pintu gudang kodenya berapa?\nSari: Kodenya 4417 ya\nRina: siap", "4417"),
        ("When is the shop open?", "When is the shop open?\nDaily from nine.\nWe sell shoes.", "Daily from nine."),
    ],
)  # fmt: skip
def test_what_follows_a_question_in_the_text_answers_it(question, text, right):
    assert right in quoted(question, text).text


def test_a_question_that_ends_its_passage_is_still_quoted():
    assert quoted("Is the shop open?", "Is the shop open?").text == "Is the shop open?"


@pytest.mark.parametrize(
    ("question", "text", "absent"),
    [
        ("What does the PX-300 cost?", "Model: PX-200; Price: 45", True),
        ("harga px300 brp", "PX-200 dan PX-300 dijual", False),
        ("What does the PX-300 cost?", "Pumps are sold by weight.", False),
        ("Apakah Rp75000 cukup?", "Biayanya Rp50000.", False),
        ("What happened in 2024?", "In 2023 it opened.", False),
    ],
)
def test_a_code_that_is_not_there_beside_others_of_its_make(question, text, absent):
    assert other_code(question, [text]) is absent
    assert quoted(question, text).refused is absent


@pytest.mark.parametrize("nothing", ["", "  ", "?!", "🙂"])
def test_no_words_are_no_question(nothing):
    said = answer(nothing, [passage()], None, PROMPT, threshold=ALWAYS, language="id")
    assert said.refused and said.text == "Belum ada pertanyaan di situ. Tulislah dengan kata-kata."
