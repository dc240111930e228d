"""A follow-up question is searched for with what it leans on; any other is left as it is."""

import pytest

from assistant.models.values import Reply
from assistant.retrieval.followup import leans, standalone


class Scripted:
    """Replies with a text and keeps what it was asked."""

    parameters: int | None = None
    context = 4096
    fingerprint = "scripted"

    def __init__(self, text: str) -> None:
        self.text, self.asked = text, ""

    def generate(self, batch, decoding=None):
        self.asked = batch[0][-1].content
        return [Reply(self.text, 1, 1, 0.0)]


@pytest.mark.parametrize(
    "question",
    [
        "How much is it?",
        "What about Papua?",
        "Does this hold for Papua too?",
        "How long may members stay there?",
        "Berapa lama pengiriman ke sana?",
        "Berapa harganya?",
        "Kalau yang itu?",
        "Dan ke Papua?",
        "GX-4500?",
        "kenapa",
    ],
)
def test_questions_that_lean(question):
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "How long is the warranty of lamp GX-4500?",
        "Berapa ongkos kirim ke Papua?",
        "jam berapa toko tutup",
        "Is there a fee for late books?",
        "What is the fee that members pay each year?",
        "Toko mana yang bekerja sama dengan koperasi?",
    ],
)
def test_questions_that_stand_alone_are_left(question):
    assert not leans(question)
    assert standalone(question, ["Who are you?"], Scripted("other")) == question


def test_without_a_model_the_last_questions_words_are_carried_over():
    history = ["When do you open?", "How long is the warranty of GX-4500 lamps?"]
    assert standalone("How much is it?", history) == "How much is it? long warranty GX-4500 lamps?"
    assert standalone("Berapa harga lampunya?", ["Apakah lampu taman ada?"]) == "Berapa harga lampunya?"
    assert standalone("Dan garansi lampunya?", ["Apakah lampu taman ada?"]) == "Dan garansi lampunya? taman"
    assert standalone("How much is it?", []) == "How much is it?"


def test_a_model_writes_it_anew_and_what_is_no_question_is_not_taken():
    model = Scripted('"How much is the GX-4500 lamp?"')
    assert (
        standalone("How much is it?", ["a", "b", "c", "GX-4500 lamp?"], model)
        == "How much is the GX-4500 lamp?"
    )
    assert "GX-4500 lamp?" in model.asked and "question: a" not in model.asked
    for unfit in ("", "Sure!\nHow much?", "x" * 400):
        assert (
            standalone("How much is it?", ["GX-4500 lamp?"], Scripted(unfit))
            == "How much is it? GX-4500 lamp?"
        )
    small = Scripted("never asked")
    small.parameters = 135_000_000
    assert standalone("How much is it?", ["GX-4500 lamp?"], small) == "How much is it? GX-4500 lamp?"
