import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant import texts
from assistant.advisor.estimate import providers
from assistant.advisor.estimate.offers import Providers, earliest
from assistant.advisor.facts import Fact
from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def known() -> Providers:
    return providers.load()


def _told(value: str, quote: str | None = None) -> dict[str, Fact]:
    return {"platform": Fact("platform", value, quote or value, "said")}


def _facts_of(node: object) -> list[dict[str, object]]:
    """Every mapping in the file that states a figure."""
    found: list[dict[str, object]] = []
    if isinstance(node, dict):
        if "value" in node or "low" in node:
            found.append(node)
        for inner in node.values():
            found += _facts_of(inner)
    elif isinstance(node, list):
        for inner in node:
            found += _facts_of(inner)
    return found


def test_every_figure_has_a_source_and_says_its_date_or_that_it_has_none(known: Providers) -> None:
    figures = _facts_of(yaml.safe_load((KNOWLEDGE / "providers.yaml").read_text("utf-8")))
    assert len(figures) > 150
    for figure in figures:
        assert figure["source"] in known.sources, figure
        assert "date" in figure, figure


def test_our_own_rules_of_thumb_are_assumptions_and_never_a_vendors_price(known: Providers) -> None:
    for one in known.all:
        facts = [one.hosting, one.storage, *one.limits.values(), *one.embedding.values()]
        for model in one.models:
            prices = [price for price in (model.base, model.tuned) if price]
            facts += [model.tune] if model.tune else []
            facts += [fact for price in prices for fact in (price.input, price.cached, price.output)]
        assert one.place == "own" or all(fact.source != "author" for fact in facts), one.id


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ("source: g_sft, ", "source: nobody, ", "providers/vertex"),
        ("value: 131072", "value: many", "providers/vertex/limits/tokens_per_example"),
        ("    state: closing", "    state: ajar", "providers/openai/tuning"),
        ('from: "2027-01-06"', "from: soon", "providers/openai/tuning"),
        ("low: 1.19, high: 2.79", "low: 2.79, high: 1.19", "providers/gpu_hour/hosting"),
        ("  small: [10, 500]", "  small: [500, 10]", "pages/small"),
        ('date: "2026-09-25"', 'date: "last week"', "providers/vertex"),
        ("used: true", "used: false", "gpus"),
    ],
)
def test_a_mistake_is_named_with_file_and_entry(tmp_path: Path, old: str, new: str, entry: str) -> None:
    for name in ("sources.yaml", "checklist.yaml"):
        shutil.copy(KNOWLEDGE / name, tmp_path)
    text = (KNOWLEDGE / "providers.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "providers.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PenalaError) as caught:
        providers.load(tmp_path)
    assert caught.value.code == "knowledge_entry"
    assert caught.value.values["file"] == "providers.yaml"
    assert str(caught.value.values["entry"]).startswith(entry)


def test_a_price_grows_old_and_one_without_a_date_is_old(known: Providers) -> None:
    price = known.provider("gemini_api").models[1].base
    assert price is not None
    assert not known.stale(price.input.date, "price", TODAY)
    assert known.stale(price.input.date, "price", date(2027, 6, 1))
    assert known.stale(None, "price", TODAY)
    assert (earliest("2026"), earliest("2026-09")) == (date(2026, 1, 1), date(2026, 9, 1))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_ai_studio_is_heard_as_closed_first_and_vertex_as_open(known: Providers, language: str) -> None:
    notes = providers.status_notes(_told("gemini_ai_studio"), language, TODAY, known)
    assert (notes[0].provider, notes[0].state) == ("gemini_api", "closed")
    assert any(note.provider == "vertex" and note.state == "open" for note in notes)
    assert all(note.source in known.sources and note.text for note in notes)


def test_openai_is_closing_until_its_day_and_then_closed(known: Providers) -> None:
    door = providers.status_notes(_told("openai"), "en", TODAY, known)[0]
    assert (door.provider, door.state) == ("openai", "closing")
    assert providers.status_notes(_told("openai"), "en", date(2027, 1, 6), known)[0].state == "closed"


def test_the_users_own_words_choose_between_azure_and_openai(known: Providers) -> None:
    meant = providers.meant(_told("openai", "we pay for Azure OpenAI"), known)
    assert [one.id for one in meant] == ["azure"]
    hosting = [
        note.text for note in providers.status_notes(_told("openai", "di Azure saja"), "id", TODAY, known)
    ]
    assert any("1,70" in text for text in hosting)
    assert [one.id for one in providers.meant(_told("AWS Bedrock"), known)] == ["bedrock"]


def test_nothing_is_said_about_a_platform_that_nobody_named(known: Providers) -> None:
    assumed = {"platform": Fact("platform", "openai", None, "assumed")}
    for facts in ({}, assumed, _told("unknown")):
        assert providers.status_notes(facts, "en", TODAY, known) == ()
    closed = {note.provider: note.state for note in providers.doors("en", TODAY, known)}
    assert closed == {"gemini_api": "closed", "openai": "closing", "mistral": "unknown", "cohere": "closed"}


def test_regulated_data_hears_where_it_would_go(known: Providers) -> None:
    facts = _told("gemini") | {"privacy": Fact("privacy", "regulated", "rekam medis", "said")}
    assert any("us-central1" in note.text and "Hapus data pribadi" in note.text
               for note in providers.status_notes(facts, "id", TODAY, known))  # fmt: skip
