"""The review tab's buttons, without a browser: many people at once, hostile words, roles, and the ends of the queue."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from assistant.dataset import examples
from assistant.dataset.examples import Example, Place
from assistant.dataset.reviews import actions, records, rules
from assistant.dataset.reviews.actions import Said
from assistant.errors import PenalaError
from assistant.ui import gate
from assistant.ui.data.reviewed import Reviewed
from assistant.ui.data.reviewing import Reviewing

EVIL = "<img src=x onerror=alert(1)>"
PASSWORD = "kuda-baterai-tepat"


def drafts(project, count, output="jawaban"):
    rows = [Example(f"e{n}", f"masukan {n}", f"{output} {n}", status="draft") for n in range(1, count + 1)]
    examples.save(project, rows)


def event(do, id=""):
    return SimpleNamespace(do=do, id=id)


def joined(context, project, name, role):
    """The request of a person with that role in the project."""
    context.accounts.add(name, PASSWORD)
    context.accounts.set_role(project.id, name, role)
    cookies = {gate.COOKIE: context.accounts.open_session(name)}
    return SimpleNamespace(query_params={"project": project.id}, cookies=cookies, headers={})


def test_an_opinion_a_press_then_the_next_until_nothing_is_left(context, project, request_):
    page = Reviewing(context, "id")
    assert "Belum ada contoh untuk ditinjau" in page.show(request_)[0]
    drafts(project, 3)
    card, held, text, answer, _ = page.show(request_)
    assert (held, text, answer) == ("1 e1", "masukan 1", "jawaban 1") and "3 lagi untuk Anda" in card
    card, held, *_ = page.act(event("accept", held), request_)
    assert "e1 diterima." in card and held == "1 e2"
    again = page.act(event("accept", "1 e1"), request_)  # the same key pressed twice on the same card
    assert again[1] == "1 e2" and len(records.history(project)) == 1
    card, held, *_ = page.save(held, "masukan 2", "lebih baik", request_)
    assert "e2 diubah." in card
    with pytest.raises(PenalaError, match="changed"):
        page.act(event("reject", "7 e3"), request_)
    card, held, *_ = page.comment(held, "cek dulu", request_)
    assert "Anda: cek dulu" in card and held == "1 e3"
    card, held, *_ = page.act(event("reject", held), request_)
    assert "Semua sudah ditinjau" in card and held == ""
    figures = Reviewed(context, "id")
    seen, rest = figures.follow(held, request_)
    assert "3 dari 3 sudah ditinjau: 2 baik, 1 ditolak" in seen and "Kesepakatan" in rest
    card, held, *_ = page.act(event("undo"), request_)
    assert held.endswith(" e3") and "e3 dikembalikan" in card


def test_the_card_shows_the_worse_answer_and_the_passage_it_rests_on(context, project, request_):
    with project.database() as db:
        db.execute(
            "INSERT INTO documents (name, file, status, text, at) VALUES ('aturan.md', 'x.md', 'ready', ?, 't')",
            ("Barang boleh dikembalikan dalam 21 hari. Sisanya tidak.",),
        )
    place = Place(document="aturan.md", start=0, stop=40)
    examples.save(
        project, [Example("e1", "berapa hari?", "21 hari", place=place, rejected="7 hari", status="draft")]
    )
    card, *_ = Reviewing(context, "id").show(request_)
    assert "dari aturan.md" in card and "7 hari" in card
    assert "Barang boleh dikembalikan dalam 21 hari." in card and "Sisanya" not in card


def test_hostile_words_are_shown_as_words(context, project, request_):
    evil = Example("e1", EVIL, EVIL, note=EVIL, author=EVIL, tags=(EVIL,), status="draft")
    labels = [Example(f"l{n}", f"x {n}", EVIL if n % 2 else "aman") for n in range(10)]
    examples.save(project, [evil, *labels])
    actions.comment(project, EVIL, "e1", EVIL)
    rules.set_opinions(project, 2, "x")
    actions.judge(project, EVIL, "l1", Said("accept"))
    actions.judge(project, "Ani", "l1", Said("edit", EVIL + "?", EVIL + "!"))
    shown = [Reviewing(context, "id").show(request_)[0], *Reviewed(context, "id").show(request_)]
    for one in shown:
        assert EVIL not in one
    assert "&lt;img" in shown[0] and "&lt;img" in shown[2]


def test_only_who_may_review_is_lent_an_example(context, project):
    drafts(project, 2)
    context.accounts.add("Ketua", PASSWORD, steward=True)
    page = Reviewing(context, "id")
    assert page.show(joined(context, project, "Tamu", "viewer"))[0] == ""
    assert page.show(joined(context, project, "Pakar", "expert"))[0] == ""
    assert page.show(joined(context, project, "Sari", "reviewer"))[1] == "1 e1"
    assert page.show(joined(context, project, "Ani", "reviewer"))[1] == "1 e2"
    assert "Sisanya sedang dibuka orang lain" in page.show(joined(context, project, "Budi", "reviewer"))[0]
    outsider = joined(context, context.projects.create("Lain", "id"), "Lain", "owner")
    outsider.query_params = {"project": project.id}
    assert page.show(outsider)[0] == ""


def test_twenty_sessions_at_once_never_judge_one_example_twice(context, project):
    drafts(project, 120)
    context.accounts.add("Ketua", PASSWORD, steward=True)
    requests = [joined(context, project, f"Peninjau {n}", "reviewer") for n in range(20)]
    page = Reviewing(context, "id")

    def review(request):
        _, held, *_ = page.show(request)
        seen = []
        while held:
            seen.append(held.split()[1])
            _, held, *_ = page.act(event("accept", held), request)
        return seen

    with ThreadPoolExecutor(20) as pool:
        seen = list(pool.map(review, requests))
    assert Counter(id for one in seen for id in one) == {f"e{n}": 1 for n in range(1, 121)}
    log = records.history(project)
    assert Counter(line.example for line in log) == {f"e{n}": 1 for n in range(1, 121)}
    for name, ids in zip((f"Peninjau {n}" for n in range(20)), seen, strict=True):
        assert [line.example for line in log if line.person == name] == ids


def test_rules_bulk_and_settling(context, project, request_):
    drafts(project, 12)
    figures = Reviewed(context, "id")
    assert figures.rules(request_) == (1, 100)
    figures.keep(2, 10, request_)
    assert figures.rules(request_) == (2, 10)
    with pytest.raises(PenalaError):
        figures.keep(None, 10, request_)
    assert "12 contoh cocok" in figures.count("masukan", "draft", "", "", request_)
    assert "data-do" not in figures.count("tiada", "", "", "", request_)
    assert "12 contoh dinilai" in figures.judge_all("masukan", "draft", "", "", event("accept"), request_)
    actions.judge(project, "Ani", "e1", Said("edit", output="lain"))
    assert "Pakai ini" in figures.show(request_)[1]
    figures.settle(event("settle Ani", "e1"), request_)
    assert examples.find(project, "e1").output == "lain"
    assert "Pakai ini" not in figures.show(request_)[1]
