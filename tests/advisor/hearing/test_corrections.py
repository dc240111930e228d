"""What a message takes back of what is on record, and what it says when it says little."""

import pytest

from assistant.advisor.hearing.understanding import understand
from assistant.advisor.session import Session
from assistant.advisor.signals import Checklist
from assistant.models.values import Embedder
from assistant.workspace.project import Project


@pytest.mark.parametrize(
    "text", ["actually it's 800 letters, not 1200", "bukan 1.200 tapi 800", "800, bukan 1.200 ya"]
)
def test_a_number_on_record_is_put_right(session: Session, text: str) -> None:
    session.set_all({"use_case_clear": "yes", "examples": 1200})
    turn = session.say(text)
    assert turn.facts["examples"].value == 800 and "1,200" in turn.reply


@pytest.mark.parametrize("text", ["500 of them, not 1300", "we have 1200", "about 12 or 1200"])
def test_other_numbers_put_nothing_right(session: Session, text: str) -> None:
    session.set_all({"use_case_clear": "yes", "examples": 1200})
    assert session.say(text).facts["examples"].value == 1200


@pytest.mark.parametrize(
    "text", ["udah ada transkripnya sih", "the recordings are already transcribed", "transkripnya sudah rapi"]
)
def test_sound_that_is_text_by_now_is_text(session: Session, text: str) -> None:
    before = session.say("dengerin rekaman rapat desa terus dibikinin notulen")
    assert before.facts["input_kind"].value == "audio"
    turn = session.say(text)
    assert turn.facts["input_kind"].value == "text" and turn.facts["task_type"].value != "vision_audio"


def test_no_transcript_is_no_text(session: Session) -> None:
    session.say("dengerin rekaman rapat desa terus dibikinin notulen")
    assert session.say("belum ada transkripnya").facts["input_kind"].value == "audio"


@pytest.mark.models
@pytest.mark.parametrize(
    "text", ["mahal banget tagihannya, 40jt sebulan", "the bill is 3k a month", "bayar 2 juta per bulan"]
)
def test_a_bill_is_no_volume(checklist: Checklist, embedder: Embedder, text: str) -> None:
    assert "volume_per_day" not in {f.signal for f in understand(text, "gap", checklist, embedder)}


@pytest.mark.models
def test_what_is_only_guessed_or_known_already_is_said(
    project: Project, checklist: Checklist, embedder: Embedder
) -> None:
    session = Session(project, checklist, embedder, "en")
    session.set_all({"use_case_clear": "yes", "task_type": "qa", "knowledge_change": "yearly"})
    turn = session.say("the rules change once a year")
    assert "That is on record" in turn.reply and "could not read" not in turn.reply


@pytest.mark.models
def test_a_short_task_that_a_rule_reads_is_heard(
    project: Project, checklist: Checklist, embedder: Embedder
) -> None:
    session = Session(project, checklist, embedder, "id")
    turn = session.say("ekstrak nomor polisi, tgl, nominal dari email klaim asuransi jadi json")
    assert turn.facts["task_type"].value == "extract" and turn.asks and turn.asks.signal != "use_case_clear"


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Actually it's monthly, not weekly.", "monthly"),
        ("Correction: monthly.", "monthly"),
        ("bukan tiap minggu, tapi tiap bulan", "monthly"),
        ("maksudku setahun sekali berubahnya", "yearly"),
        ("we meet every month", "weekly"),
        ("ada 500 pesan tiap bulan, bukan tiap minggu", "weekly"),
    ],
)
def test_another_period(session: Session, text: str, period: str) -> None:
    session.set("knowledge_change", "weekly")
    assert session.say(text).facts["knowledge_change"].value == period


@pytest.mark.parametrize(
    ("state", "text", "now"),
    [
        ("no_rights", "we do have consent actually", "unknown"),
        ("no_rights", "udah dapet izin kok", "unknown"),
        ("no_rights", "kami belum punya izin", "no_rights"),
        ("leaky", "scratch that, we rebuilt the test set from fresh reviews last week", "unknown"),
        ("leaky", "data ujinya sudah dibuat ulang", "unknown"),
        ("contradictory", "the labellers agreed on one rule last week", "unknown"),
        ("contradictory", "they have not agreed yet", "contradictory"),
    ],
)
def test_data_that_are_fit_after_all(session: Session, state: str, text: str, now: str) -> None:
    session.set("data_quality", state)
    assert session.say(text).facts["data_quality"].value == now
