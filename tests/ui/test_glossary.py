"""The terms at the foot of each page."""

import pytest

from assistant import texts
from assistant.ui import addresses
from assistant.ui.glossary import TERMS, glossary


def test_every_step_has_terms_and_every_term_a_page():
    used = {term for terms in TERMS.values() for term in terms}
    known = {
        key.split(".")[2] for key in texts.keys("en") if key.startswith("ui.glossary.") and "." in key[12:]
    }
    assert set(TERMS) == set(addresses.STEPS)
    assert used == known


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_term_is_shown_with_what_it_means(language):
    shown = glossary(language, "tune")
    assert texts.say(language, "ui.glossary.loss.means") in shown
    assert glossary(language, "home") == ""
