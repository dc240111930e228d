"""The knowledge files: complete, in both languages, and refused with a place when they are wrong."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from assistant import texts
from assistant.advisor import checklist as knowledge
from assistant.advisor.signals import APPROACHES, HYBRID, PAGES, UNKNOWN, Checklist, Words
from assistant.errors import PenalaError
from assistant.settings import KNOWLEDGE

REFERENCE = Path(__file__).parents[3] / "shared/reference/signals.json"


def every_words(node: object) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif is_dataclass(node):
        for field in fields(node):
            yield from every_words(getattr(node, field.name))
    elif isinstance(node, dict):
        for value in node.values():
            yield from every_words(value)
    elif isinstance(node, tuple):
        for value in node:
            yield from every_words(value)


def test_every_entry_has_both_languages(checklist: Checklist) -> None:
    found = list(every_words(checklist))
    assert len(found) > 300
    assert all(words.en.strip() and words.id.strip() for words in found)
    sentences = [words for words in found if len(words.en) > 40]
    assert all(words.en != words.id for words in sentences)
    assert not any("!" in words.en + words.id for words in found)


def test_every_answer_can_be_recognised_and_explained(checklist: Checklist) -> None:
    for signal in checklist.signals.values():
        for answer in signal.choices:
            assert len(answer.says) >= 6, (signal.name, answer.code)
        for answer in signal.answers.values():
            assert bool(answer.effects) == bool(answer.reason and answer.source), (signal.name, answer.code)


def test_buttons_of_one_question_differ(checklist: Checklist) -> None:
    for signal in checklist.signals.values():
        for language in texts.LANGUAGES:
            labels = [answer.label.say(language).casefold() for answer in signal.choices]
            assert len(set(labels)) == len(labels), signal.name


def test_texts_of_this_area_exist_in_both_languages() -> None:
    mine = [{k for k in texts.keys(lang) if k.startswith("advisor.")} for lang in texts.LANGUAGES]
    assert mine[0] == mine[1]
    wanted = {f"advisor.approaches.{a}" for a in (*APPROACHES, HYBRID)} | {
        f"advisor.pages.{p}" for p in PAGES
    }
    assert wanted <= mine[0]


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the reference is not here")
def test_names_codes_and_effects_are_the_references(checklist: Checklist) -> None:
    reference = json.loads(REFERENCE.read_text("utf-8"))
    assert {one["name"] for one in reference} == set(checklist.signals)
    for one in reference:
        signal = checklist.signals[one["name"]]
        assert set(one["allowed"] or ()) <= set(signal.allowed)
        assert set(one["sources"]) == set(signal.sources)
        for code, effects in one["effects"].items():
            answer = signal.answers[code]
            assert dict(answer.effects) == {k: v for k, v in effects.items() if v}


def test_numbers_fall_into_one_band(checklist: Checklist) -> None:
    examples, volume = checklist.signals["examples"], checklist.signals["volume_per_day"]
    bands = {0: "0", 1: "1-19", 19: "1-19", 20: "20-99", 100: "100-499", 500: "500-999", 10**9: "1000+"}
    assert {number: examples.code(number) for number in bands} == bands
    assert [volume.code(n) for n in (0, 99, 100, 9999, 10_000, 999_999, 10**6)] == [
        "<100", "<100", "100-9999", "100-9999", "10k-999k", "10k-999k", "1M+",
    ]  # fmt: skip


def test_what_a_signal_accepts(checklist: Checklist) -> None:
    examples, gap, platform = (checklist.signals[n] for n in ("examples", "gap", "platform"))
    assert [examples.parse(raw) for raw in (12, "12", 12.0, "100-499", None, UNKNOWN)] == [
        12, 12, 12, "100-499", UNKNOWN, UNKNOWN,
    ]  # fmt: skip
    assert [examples.parse(raw) for raw in (-1, "many", True, [], {})] == [None] * 5
    assert [gap.parse(raw) for raw in ("both", "BOTH", 3, "")] == ["both", None, None, None]
    assert platform.parse("Google AI Studio") == "gemini_ai_studio"
    assert platform.parse("our own thing") == "our own thing"


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ("- signal: gap", "- signal: gapp", "gates"),
        ("heading: use_case", "heading: usecase", "signals/use_case_clear"),
        ("rag: 3, fine_tune: -2", "rag: 30, fine_tune: -2", "signals/gap/knowledge"),
        ("sources: [anth_cr]", "sources: [nobody]", "signals/knowledge_size"),
        ("label: {en: Daily, id: Setiap hari}", "label: {en: Daily}", "signals/knowledge_change/daily/label"),
        ("'chat ?bot'", "'(chat'", "signals/task_type/qa/patterns"),
        ("page: tune", "page: tuning", "steps/"),
        ("is: [classify]", "is: [classifyy]", "gates/fast_labels"),
        ("blocks: fine_tune", "blocks: tuning", "gates/prove_first"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, entry: str) -> None:
    shutil.copy(KNOWLEDGE / "sources.yaml", tmp_path)
    text = (KNOWLEDGE / "checklist.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "checklist.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PenalaError) as raised:
        knowledge.load(tmp_path)
    if old != "- signal: gap":
        assert entry in str(raised.value.values["entry"])
    assert "checklist.yaml" in str(raised.value)
    assert raised.value.say("id").message != raised.value.say("en").message


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    shutil.copy(KNOWLEDGE / "sources.yaml", tmp_path)
    (tmp_path / "checklist.yaml").write_text("signals: [", "utf-8")
    with pytest.raises(PenalaError, match=r"checklist\.yaml"):
        knowledge.load(tmp_path)
