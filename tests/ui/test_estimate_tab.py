"""The estimate tab without a browser: what it shows, what it keeps, what it says at a field."""

import csv
import io
from types import SimpleNamespace

import pytest

from assistant.advisor import checklist
from assistant.advisor.estimate import own_numbers, project_costs
from assistant.advisor.estimate.assumptions import NAMES
from assistant.advisor.session import Session
from assistant.errors import PenalaError
from assistant.settings import LANGUAGES
from assistant.ui import downloads
from assistant.ui.decide import assumption_form, estimate_sheets, estimate_view
from assistant.ui.decide.estimate_tab import EstimateTab

EVIL = "<img src=x onerror=alert(1)>"
TOLD = {"task_type": "classify", "volume_per_day": 2000, "platform": "openai", "examples": 400}


@pytest.fixture
def project(context):
    return context.projects.create("Tickets", "en")


@pytest.fixture
def tab(context):
    return EstimateTab(context, "en")


def told(project, **facts):
    Session(project, checklist.load(), None, "en").set_all(facts)


def pressed(fields=None, reset="", opened=("use",)):
    return SimpleNamespace(fields=fields or {}, reset=reset, open=list(opened))


def fields(name, low, high):
    return {f"{name}.low": low, f"{name}.high": high}


def test_without_a_project_nothing_is_shown(tab):
    shown = tab.show(SimpleNamespace(query_params={}))
    assert len(shown) == 9 and [part for part in shown if isinstance(part, str)] == [""] * 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_project_says_that_it_rests_on_assumptions(context, request_, language):
    tab = EstimateTab(context, language)
    head, notes, table, frame, words, plot, rest, folded, form = tab.show(request_)
    assert tab.t("estimate.no_facts") in head and tab.t("estimate.doors") in notes
    assert table.count("<tr>") > 8 and frame.visible and folded.visible
    assert "US$" in table and 'class="p-right"' in table and "p-scroll" in table
    assert form.count("<input") == 2 * len(NAMES) and words and rest and plot.value


def test_facts_narrow_it_and_closing_doors_come_first(tab, project, request_):
    told(project, **TOLD)
    head, notes, table, *_ = tab.show(request_)
    assert "2,000 requests a day (from the interview)" in head
    assert notes.index("closing") < notes.index(">note<") and "14 October 2026" in notes
    assert "Classifier on embeddings" in table and "p-warn" in table


def test_every_row_of_the_plot_is_a_row_of_the_table(project):
    told(project, task_type="qa", platform="gemini", volume_per_day=500, knowledge_size="small")
    found = project_costs.of(project, "en")
    frame, end = estimate_view.frame(found, "en"), estimate_view.edge(found)
    known = [(n, row) for n, row in enumerate(found.shown, 1) if row.month]
    assert len(frame) == 2 * len(known) < 2 * len(found.shown)
    for n, row in known:
        lengths = frame[frame.way.str.startswith(f"{n:2} ")].usd.tolist()
        assert lengths[0] == min(row.month.low, end) and sum(lengths) == pytest.approx(
            min(row.month.high, end)
        )
    said = estimate_view.plot_words(found, "en")
    assert "Not drawn, because a price is unknown: 7, 8." in said and "unknown" in estimate_view.table(
        found, "en"
    )
    for language in LANGUAGES:  # the plot lays its parts end to end in backward alphabetical order
        assert (
            sorted(set(estimate_view.frame(found, language).part))[-1]
            == estimate_view.frame(found, language).part[0]
        )


def test_one_dear_way_does_not_hide_the_others(project):
    told(project, **TOLD)
    found = project_costs.of(project, "en")
    months = sorted(row.month.high for row in found.shown if row.month)
    end = estimate_view.edge(found)
    assert months[len(months) // 2] < end < months[-1]
    past = [str(n) for n, row in enumerate(found.shown, 1) if row.month and row.month.high > end]
    assert f"Past the right edge, see the table: {', '.join(past)}." in estimate_view.plot_words(found, "en")


def test_a_number_of_ones_own_counts_everywhere_and_can_be_given_up(tab, project, request_, context):
    told(project, **TOLD)
    before = tab.show(request_)
    *_, form = shown = tab.save(pressed(fields("requests_per_day", "20.000", "")), request_)
    assert "Saved, and worked out again. Changed: 1." in form and 'value="20,000"' in form
    assert "set by you" in form and "Back to 2,000" in form and shown[2] != before[2]
    assert own_numbers.load(project) == {"requests_per_day": (20000, 20000)}
    assert "20.000" in Session(project, checklist.load(), None, "id").record()
    *_, form = shown = tab.save(pressed(reset="requests_per_day"), request_)
    assert own_numbers.load(project) == {} and shown[2] == before[2] and "Back to" not in form
    tab.save(pressed(fields("wage", "4", "6")), request_)
    *_, form = tab.save(pressed(fields("wage", "", "")), request_)
    assert own_numbers.load(project) == {} and "not counted until given" in form


@pytest.mark.parametrize(
    ("name", "low", "high", "said", "wrong"),
    [
        ("requests_per_day", "banyak", "10", "bukan angka", 1),
        ("requests_per_day", EVIL, "10", "bukan angka", 1),
        ("requests_per_day", "5", "-10", "kurang dari nol", 1),
        ("requests_per_day", "9", "2", "lebih besar daripada angka tinggi", 2),
        ("requests_per_day", "9" * 30, "x", "terlalu besar", 2),
        ("epochs", "0", "3", "tidak boleh 0", 1),
        ("cache_hits", "0,5", "30", "melebihi keseluruhan", 1),
    ],
)
def test_a_wrong_number_is_said_at_its_field_and_nothing_is_lost(
    context, project, request_, name, low, high, said, wrong
):
    tab = EstimateTab(context, "id")
    typed = fields(name, low, high) | fields("months", "6", "6")
    *_, form = tab.save(pressed(typed, opened=()), request_)
    assert own_numbers.load(project) == {"months": (6, 6)}
    row = next(part for part in form.split("data-row=") if f'name="{name}.low"' in part)
    assert said in row and row.count('aria-invalid="true"') == wrong and "draft" in row
    assert f'aria-describedby="own-{name}-problem"' in row and f'id="own-{name}-problem"' in row
    assert EVIL not in form and "Tersimpan: 1." in form
    group = next(g for g, names in assumption_form.GROUPS.items() if name in names)
    assert f'data-group="{group}" open' in form
    if low == "banyak":
        assert 'value="banyak"' in row and 'value="10"' in row


def test_a_row_that_was_not_touched_stays_an_assumption(tab, project, request_):
    found = project_costs.of(project, "en")
    same = {}
    for name in NAMES:
        same |= fields(name, *assumption_form.shown(found, name, "en"))
    *_, form = tab.save(pressed(same), request_)
    assert own_numbers.load(project) == {} and "Nothing was changed." in form


def test_what_no_browser_sends_changes_nothing(tab, project, request_):
    tab.save(pressed({"nothing.low": "1", "epochs.low": 3, "wage.high": "4"}, reset="nothing"), request_)
    assert own_numbers.load(project) == {}
    with pytest.raises(PenalaError):
        tab.save(pressed(), SimpleNamespace(query_params={}))


def test_every_quantity_stands_under_one_heading():
    listed = [name for names in assumption_form.GROUPS.values() for name in names]
    assert sorted(listed) == sorted(NAMES)


@pytest.mark.parametrize("facts", [{"task_type": "vision_audio"}, {"input_kind": "audio"}])
def test_images_and_sound_get_no_figures(tab, project, request_, facts):
    told(project, **facts)
    head, notes, table, frame, _, plot, rest, folded, _ = tab.show(request_)
    assert "no figures for images, audio or video" in head and notes
    assert table == rest == "" and plot is None and not frame.visible and not folded.visible
    assert "images, audio and video cost more" in Session(project, checklist.load(), None, "en").record()


def test_a_mixture_is_told_that_only_text_counts(tab, project, request_):
    told(project, input_kind="mixed")
    head, _, table, *_ = tab.show(request_)
    assert "count text only" in head and "US$" in table


def test_everything_can_be_taken_along(project, tmp_path):
    told(project, **TOLD)
    own_numbers.keep(project, {"epochs": (2, 3)})
    found = project_costs.of(project, "en")
    path = downloads.MAKERS["estimate"](project, "rows", "en", tmp_path)
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert len(lines) == len(found.estimate.rows)
    assert sum(line["shortlist"] == "True" for line in lines) == len(found.shown)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(estimate_sheets.assumptions(found, "en")))}
    assert (rows["epochs"]["low"], rows["epochs"]["origin"], rows["epochs"]["assumed_high"]) == (
        "2.0",
        "yours",
        "5.0",
    )
    assert rows["wage"]["low"] == "" and rows["requests_per_day"]["origin"] == "facts"
    with pytest.raises(PenalaError):
        downloads.MAKERS["estimate"](project, "../x", "en", tmp_path)


@pytest.mark.parametrize(
    ("dated", "id", "en"),
    [("2026-09-05", "5 September 2026", "5 September 2026"), ("2026-05", "Mei 2026", "May 2026"), ("2026", "2026", "2026")],
)  # fmt: skip
def test_a_date_reads_as_people_write_it(dated, id, en):
    assert (estimate_view.day(dated, "id"), estimate_view.day(dated, "en")) == (id, en)
