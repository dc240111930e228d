"""The catalogue's own soundness: sources, hashes, dates and terms of every entry."""

import re
from datetime import date

import pytest

from assistant.errors import PenalaError
from assistant.models import catalogue
from assistant.models.catalogue import Entry, Hub, Wheel


@pytest.mark.parametrize("entry", catalogue.entries(), ids=lambda entry: entry.id)
def test_an_entry_is_sound(entry: Entry) -> None:
    kinds = [type(source) for source in entry.sources]
    assert kinds == [Hub, Wheel]  # full precision first
    for source in entry.sources:
        if isinstance(source, Wheel):
            assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
            assert source.size > source.bytes * 0.5 and entry.disk > 2 * source.size
            assert all(re.fullmatch(r"\d+(\.\d+)+", part.version) for part in source.parts)
    assert set(entry.languages) <= {"en", "id"} and entry.licence and entry.context >= 512
    told = " ".join(fact.about for fact in entry.facts)
    assert all(word in told for word in ("licence", "languages", "context", "sha256"))
    for fact in entry.facts:
        assert fact.source and date(2026, 1, 1) <= date.fromisoformat(fact.date)


def test_a_model_under_terms_names_them_and_their_notice() -> None:
    entry = catalogue.entry("gemma-3-270m")
    terms = catalogue.terms(entry.terms or "")
    assert (
        terms.notice
        == "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
    )
    assert terms.address.startswith("https://") and terms.policy.startswith("https://")
    assert not entry.instruct and entry.template == "plain"


def test_an_unknown_id_lists_the_known_ones() -> None:
    with pytest.raises(PenalaError) as caught:
        catalogue.entry("gpt")
    assert "smollm2-135m-instruct" in str(caught.value)
