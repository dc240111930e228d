import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant import texts
from assistant.evaluation import comparing, forgetting, report
from assistant.evaluation.drawing import Point, curve, dot_plot
from assistant.evaluation.report import Background, Fact
from assistant.evaluation.robustness import Held
from assistant.evaluation.values import Case

from .scripted import ScriptedArm, label_cases, right, right_but

EVIL = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>{{ 7*7 }}'


class Page(HTMLParser):
    """Tags and attributes of a page; fails on what would run or reach out."""

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert tag not in ("script", "img", "iframe", "link", "object", "base", "form"), tag
        for name, value in attrs:
            assert not name.startswith("on") and name not in ("src", "href", "xlink:href", "action"), name
            assert "url(" not in (value or "")
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(html):
    page = Page()
    page.feed(html)
    assert page.open == []
    return page


@pytest.fixture
def comparison(tmp_path):
    arms = [
        ScriptedArm("prompt", right_but(*range(12))),
        ScriptedArm("tuned", right),
        ScriptedArm("rag", lambda c: ""),
    ]
    seen = ["ulasan nomor 39"]
    return comparing.compare(arms, label_cases(40, groups=20), "labels", seen, tmp_path, seed=7)


BACKGROUND = Background(
    project="Toko Rempah",
    decision=[Fact("Cara", "penyetelan")],
    data=[Fact("Data latih", "240 baris")],
    training=[Fact("Model dasar", "kecil")],
    losses=[Point(s, 3.0 / (1 + s / 10), "train") for s in range(0, 60, 5)]
    + [Point(s, 3.1 / (1 + s / 12), "validation") for s in (0, 25, 55)],
    risks=["Satu risiko lagi."],
    commands=["penala compare --test v003:test"],
    versions=[Fact("penala", "0.1.0")],
    hashes=[Fact("v003", "abc123")],
)


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_report_stands_alone_and_holds_every_part(comparison, language, tmp_path):
    path = report.write(comparison, BACKGROUND, language, tmp_path / "report.html")
    html = path.read_text("utf-8")
    page = read(html)
    assert page.tags.count("svg") == 2 and "http" not in html.replace("http-equiv", "")
    for part in (
        "Toko Rempah",
        "240 baris",
        "penala compare --test v003:test",
        "abc123",
        comparison.cases_hash,
    ):
        assert part in html
    assert html.index(comparison.verdict.say(language)) < html.index("240 baris") < html.index("<table")
    assert page.tags.count("article") == 10
    assert not re.search(r"\bnan\b|evaluation\.|None", html)


def test_what_people_and_models_wrote_stays_text(tmp_path):
    cases = [Case(f"c{i}", EVIL, EVIL, EVIL) for i in range(3)]
    arms = [ScriptedArm("prompt", lambda c: EVIL, EVIL), ScriptedArm(f"tuned:{EVIL}", lambda c: EVIL)]
    found = comparing.compare(arms, cases, "text", [], tmp_path)
    evil = [Fact(EVIL, EVIL)]
    html = report.render(found, Background(EVIL, evil, evil, evil, (), [EVIL], [EVIL], evil, evil), "id")
    read(html)
    assert "<script" not in html and html.count("{{ 7*7 }}") == html.count("&lt;script&gt;")


def test_a_report_of_little_is_a_report_all_the_same(tmp_path):
    found = comparing.compare([ScriptedArm("prompt", right)], label_cases(1), "labels", [], tmp_path)
    read(report.render(found, Background("x"), "en"))


def test_examples_are_drawn_by_seed_and_the_same_for_every_arm(comparison):
    drawn = report.examples(comparison)
    assert drawn == report.examples(comparison) and len(drawn) == 10
    assert all([g.arm for g in e.given] == ["prompt", "rag", "tuned"] for e in drawn)


def test_the_risks_name_what_a_reader_must_know(comparison):
    said = " ".join(report.risks(comparison, "en"))
    assert "20 independent sources" in said and "also in the training data: 1." in said
    assert "Retrieval (RAG) gave no text at all in 40 of 40 cases" in said


def test_charts_place_marks_inside_their_frames(comparison):
    plot = dot_plot(comparison.arms, "accuracy")
    assert [d.arm for d in plot.dots] == ["prompt", "rag", "tuned"]
    assert all(230 <= d.low <= d.x <= d.high <= 640 for d in plot.dots)
    assert curve([Point(0, 1.0, "train")]) is None and curve([]) is None
    drawn = curve([Point(0, 2.0, "train"), Point(10, float("nan"), "train"), Point(20, 1.0, "train")])
    assert drawn is not None and len(drawn.lines) == 1 and len(drawn.lines[0].dots) == 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_was_forgotten_is_told_by_kind(comparison, language):
    every = forgetting.items()
    lost = [0.0 if i.kind == "safety" else 1.0 for i in every]
    kept = forgetting.judge("r001", [1.0] * len(every), lost)
    html = report.render(comparison, replace(BACKGROUND, kept=kept), language)
    read(html)
    for sentence in kept.say(language):
        assert sentence in html
    assert html.count("240") and kept.of("safety").outcome == "worse"
    assert texts.say(language, "evaluation.forgetting.kind.safety") in html


def test_asked_otherwise_and_judged_stand_in_both_forms_and_languages(comparison):
    held = [Held("prompt", "typing", 0.9, 0.7, -0.35, -0.05, 40, "worse", 0.6, 0.5, 0.7)]
    given = replace(BACKGROUND, held=held, judged=[f"{EVIL} was preferred"])
    for language, said in (("en", "loses 20.0 points"), ("id", "turun 20,0 poin")):
        for template in ("report.html.j2", "report.md.j2"):
            page = report.render(comparison, given, language, template)
            assert said in page and "was preferred" in page
            if "html" in template:
                read(page)
