from assistant.evaluation import traits
from assistant.evaluation.values import Case


def test_habits_are_counted_as_shares():
    cases = [Case("1", "Bolehkah saya menukar baju yang kekecilan?", "Boleh, Kak."), Case("2", "Halo", "Hai")]
    said = ["- satu\n- dua **tebal** 😀!", "Bolehkah saya menukar baju yang kekecilan? Anda boleh."]
    got = traits.table([cases[0], cases[0]], said, lambda text: "id")
    assert {k: got[k] for k in ("lists", "marked", "emoji", "exclaims", "formal", "echo", "language")} == {
        "lists": 0.5, "marked": 0.5, "emoji": 0.5, "exclaims": 0.5, "formal": 0.5, "echo": 0.5, "language": 1.0
    }  # fmt: skip
    assert "language" not in traits.table(cases, said, lambda text: "")


def test_a_loop_is_four_words_said_three_times():
    assert traits.repeats("kami akan segera cek " * 3) and not traits.repeats("kami akan segera cek " * 2)
    assert not traits.repeats("")
