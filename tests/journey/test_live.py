"""One message through several arms at the same time."""

import json
import threading
import time

import pytest

from assistant import cli
from assistant.dataset import examples
from assistant.errors import PenalaError
from assistant.evaluation.values import Answered
from assistant.journey import live
from assistant.journey.bench import Bench
from assistant.workspace.projects import Projects


class Whole:
    """An arm that only knows whole answers."""

    def __init__(self, name, text="utuh"):
        self.name, self.fingerprint, self.text = name, name, text

    def answer(self, cases):
        return [Answered(case.id, self.text, 0.1, 1, 1) for case in cases]


class Slow(Whole):
    """Writes a word at a time, each when the other arm has written one too."""

    def __init__(self, name, meeting, words):
        super().__init__(name)
        self.meeting, self.words, self.left = meeting, words, 0

    def stream(self, text):
        said = ""
        for word in self.words:
            self.meeting.wait(timeout=5)
            said += word
            self.left += 1
            yield said


class Broken(Whole):
    def stream(self, text):
        yield "awal"
        raise PenalaError("no_arms")


def test_arms_write_at_the_same_time_and_the_last_state_is_whole():
    meeting = threading.Barrier(2)  # neither gets past a word before the other one has begun it
    arms = [
        Slow("prompt", meeting, ["satu", "dua", "tiga"]),
        Slow("tuned", meeting, ["a", "b", "c"]),
        Whole("rag"),
    ]
    seen = list(live.talk(arms, "halo"))
    assert [h.arm for h in seen[-1]] == ["prompt", "tuned", "rag"] and all(h.done for h in seen[-1])
    assert [h.text for h in seen[-1]] == ["satuduatiga", "abc", "utuh"]
    assert all(0 < h.first <= h.seconds for h in seen[-1])


def test_an_arm_that_fails_lets_the_others_go_on():
    last = list(live.talk([Broken("prompt"), Whole("tuned")], "halo"))[-1]
    assert last[0].problem.code == "no_arms" and last[0].text == "awal"
    assert last[1].text == "utuh" and last[1].problem is None


def test_leaving_ends_the_writing():
    meeting = threading.Barrier(2)
    arms = [Slow("prompt", meeting, ["x"] * 1000), Slow("tuned", meeting, ["y"] * 1000)]
    talk = live.talk(arms, "halo")
    next(talk)
    talk.close()
    time.sleep(0.2)
    written = arms[0].left
    time.sleep(0.2)
    assert written == arms[0].left < 1000


def test_what_cannot_be_read_side_by_side_is_refused():
    with pytest.raises(PenalaError):
        live.check([])
    with pytest.raises(PenalaError):
        live.check([f"tuned:r{n}" for n in range(live.MOST + 1)])
    assert live.usual(["prompt", "rag", "tuned", "tuned:r001"]) == ["prompt", "tuned"]


def test_the_command_prints_each_answer_and_keeps_the_one_put_right(settings, monkeypatch, capsys):
    project = Projects(settings).create("Toko", "id")
    monkeypatch.setattr(
        Bench, "arms", lambda self, kind: [Whole(name, f"kata {name}") for name in self.request.arms]
    )
    where = ["--project", str(project.folder), "--json"]
    assert (
        cli.main(["live", "Bisa COD?", "--arms", "prompt,rag", "--better", "Bisa.", "--of", "rag", *where])
        == 0
    )
    said = {row["arm"]: row["answer"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert said == {"prompt": "kata prompt", "rag": "kata rag"}
    [kept] = examples.all_examples(project)
    assert (kept.input, kept.output, kept.rejected) == ("Bisa COD?", "Bisa.", "kata rag")
    assert cli.main(["live", "Halo", "--arms", "prompt", "--better", "x", "--of", "rag", *where]) == 2
