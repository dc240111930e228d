"""Whether data may leave: said, denied, asked, or said of something else."""

import pytest

from assistant.advisor.facts import Fact
from assistant.advisor.hearing.staying import stays
from assistant.advisor.hearing.understanding import understand
from assistant.advisor.signals import Checklist


@pytest.mark.parametrize(
    "text",
    [
        "the data can't leave the building",
        "Nothing may leave the hospital network.",
        "We can't use the cloud",
        "Everything has to stay in-house",
        "It must run on our own machines",
        "Cloud is out of the question.",
        "Data tidak boleh keluar dari kantor.",
        "datanya gak boleh naik ke cloud ya",
        "file pasien ga boleh keluar gedung rs",
        "data harus tetap di server sendiri",
        "Dokumen dilarang keluar dari jaringan bank.",
    ],
)
def test_what_must_stay(text: str) -> None:
    (fact,) = stays(text, {})
    assert (fact.value, fact.origin) == ("on_prem", "inferred")
    assert fact.quote == text


@pytest.mark.parametrize(
    "text",
    [
        "The data may go to the cloud.",
        "Cloud is fine",
        "Our lawyers have no objection to the cloud",
        "Datanya boleh ke cloud.",
        "gak apa-apa pakai cloud",
        "tidak masalah kalau di cloud",
    ],
)
def test_what_may_go_is_not_protected_unless_something_else_says_so(text: str) -> None:
    assert [fact.value for fact in stays(text, {})] == ["none"]
    personal = Fact("privacy", "pii", "nomor HP pelanggan", "inferred")
    assert stays(text, {"privacy": personal}) == []


@pytest.mark.parametrize("text", ["Data must stay in Indonesia", "data dilarang diproses di luar negeri"])
def test_a_country_is_a_rule_of_law(text: str) -> None:
    assert [fact.value for fact in stays(text, {})] == ["regulated"]


@pytest.mark.parametrize(
    "text",
    [
        "Boleh ke cloud ga ya?",
        "belum tahu boleh ke cloud atau tidak",
        "It can be stored in the cloud but only in the EU",
        "Employees can't leave the building before five.",
        "Pelanggan tidak boleh keluar dari aplikasi",
        "Model jangan keluar dari topik",
        "gw bikin game, karakternya ga boleh keluar karakter",
        "Data can leave the building",
        "our cloud bill is too high",
    ],
)
def test_what_says_nothing_of_it(text: str) -> None:
    assert stays(text, {}) == []


def test_it_is_heard_in_a_message(checklist: Checklist) -> None:
    text = "Kami mau bot tanya jawab SOP. Datanya tidak boleh keluar dari kantor."
    found = {fact.signal: fact for fact in understand(text, None, checklist)}
    assert found["privacy"].value == "on_prem"
    assert found["privacy"].quote == "Datanya tidak boleh keluar dari kantor."
