"""A number that a message puts right itself is read as it was meant, with the user's own words."""

import pytest

from assistant.advisor.hearing.slips import slip
from assistant.advisor.hearing.understanding import understand


@pytest.mark.parametrize(
    ("text", "signal", "value"),
    [
        ("kami punya 50 contoh, eh maksudnya 500 contoh", "examples", 500),
        ("kami punya 50 contoh. ralat, 500.", "examples", 500),
        ("we have 50 examples, sorry, I mean 500 examples", "examples", 500),
        ("contohnya ada 50. eh, contohnya ada ribuan, sekitar 3000", "examples", 3000),
        ("We get 200 requests a day. Correction: 2,000 a day.", "volume_per_day", 2000),
        ("sehari 300 chat, eh 400 chat, eh 3rb chat sehari", "volume_per_day", 3000),
        ("300 chats a day, no wait, 30 a day", "volume_per_day", 30),
        ("contohnya ada 50, eh ada 3 bahasa juga", "examples", 50),
        ("contoh surat bagus ada 15, eh 50 deng", "examples", 50),
    ],
)
def test_the_number_that_was_meant(checklist, text, signal, value):
    [fact] = [f for f in understand(text, None, checklist) if f.signal == signal]
    assert fact.value == value and fact.quote in text


@pytest.mark.parametrize(
    "text",
    ["", "eh", "kami punya 50 contoh, eh ada 3 bahasa juga", "200 examples. Actually the rules change 3 times a day.",
     "kami punya 50 contoh dan " + "kata " * 40 + "eh, 500", "eh 5 eh"],
)  # fmt: skip
def test_what_takes_no_number_back(text):
    assert slip(text) is None


def test_many_corrections_in_a_row_end(checklist):
    understand("contoh 1 " + "eh 2 eh 3 " * 900, None, checklist)
