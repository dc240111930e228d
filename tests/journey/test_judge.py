"""A chat model as judge, asked through the real SDK at a server on this machine."""

import json
import re
from contextlib import ExitStack

import pytest
from models.standins import Service, openai_says

from assistant import cli, texts
from assistant.errors import PenalaError
from assistant.evaluation import comparing, judging, voting
from assistant.evaluation.values import Answered, Case
from assistant.evaluation.voting import Vote
from assistant.journey import judge
from assistant.workspace.projects import Projects


class Judge(Service):
    """An OpenAI-compatible service that judges by `rule`, a function of both answers."""

    def __init__(self, rule):
        super().__init__(lambda asked: (200, openai_says(rule(*self.pair(asked)))))

    def pair(self, asked):
        pattern = r"## (?:Jawaban|Answer) [AB]\n<<<\n(.*?)\n>>>"
        return re.findall(pattern, asked.body["messages"][-1]["content"], re.DOTALL)

    @property
    def spec(self):
        return f"openai:j@{self.address}/v1"


def longer(first, second):
    return f"A is {len(first)} long. So: {'A' if len(first) > len(second) else 'B'}"


@pytest.fixture
def judging_by():
    with ExitStack() as services:
        yield lambda rule: services.enter_context(Judge(rule))


class Scripted:
    def __init__(self, name, text):
        self.name = self.fingerprint = name
        self.text = text

    def answer(self, cases):
        return [Answered(c.id, f"{self.text} {c.id}", 0.1, 1, 1) for c in cases]


@pytest.fixture
def project(settings):
    made = Projects(settings).create("Toko", "id")
    cases = [Case(f"c{n}", f"pesan {n}", "Jawaban yang benar.", f"s{n}") for n in range(20)]
    arms = [
        Scripted("prompt", "pendek"),
        Scripted("tuned", "jawaban yang panjang sekali"),
        Scripted("rag", "sedang-sedang saja"),
    ]
    found = comparing.compare(arms, cases, "text", [], made.cache)
    folder = made.comparisons / "r001"
    comparing.save(found, folder)
    (folder / "spec.json").write_text(json.dumps({"kind": "compare", "request": {"test": "v001:test"}}))
    (folder / "events.jsonl").write_text(json.dumps({"kind": "finished", "at": found.at}) + "\n")
    return made


def test_both_orders_are_asked_and_a_steady_judge_is_counted(project, settings, judging_by):
    service = judging_by(longer)
    judged = judge.run(project, "r001", service.spec, settings, arms=("prompt", "tuned"))
    assert len(service.asked) == 40 and judged.asked == 20
    assert {v.winner for v in judged.votes} == {"tuned"} and (judged.swayed, judged.unclear) == (0, 0)
    assert (judged.left, judged.decisive) == (20, 40)
    [pair] = judging.preferred(judged, comparing.load(project.comparisons / "r001"))
    assert (pair.a, pair.b, pair.losses, pair.outcome) == ("prompt", "tuned", 20, "worse")
    assert judging.load(project.comparisons / "r001") == judged
    asked = [one.body["messages"][1]["content"] for one in service.asked]
    assert all("<<<" in text and "Jawaban yang benar." in text for text in asked)


def test_a_judge_that_takes_a_side_is_a_tie_and_told(project, settings, judging_by):
    judged = judge.run(project, "r001", judging_by(lambda a, b: "A").spec, settings, 10, ("prompt", "tuned"))
    assert judged.asked == judged.swayed == 10 and all(v.choice == "tie" for v in judged.votes)
    found = comparing.load(project.comparisons / "r001")
    for language in texts.LANGUAGES:
        said = " ".join(judging.told(judged, found, None, language))
        assert "100" in said and "10" in said
    unclear = judge.run(
        project, "r001", judging_by(lambda a, b: "sulit").spec, settings, 3, ("prompt", "tuned")
    )
    assert unclear.unclear == 6 and unclear.decisive == 0 and unclear.swayed == 0


def test_agreement_with_people_takes_chance_off(project, settings, judging_by):
    for n in range(10):
        better = "right" if n < 8 else "tie" if n < 9 else "left"
        voting.cast(project, "r001", Vote(f"c{n + 5}", "prompt", "tuned", "Sari", better, False))
    judged = judge.run(project, "r001", judging_by(longer).spec, settings, 12, ("tuned", "prompt"))
    assert {v.case for v in judged.votes} >= {f"c{n}" for n in range(5, 15)}  # what people judged comes first
    agreed = judge.people(project, "r001", comparing.load(project.comparisons / "r001"), judged)
    assert agreed.same.n == 10 and agreed.same.value == 0.8 and agreed.kappa == pytest.approx(0.0)
    assert judging.agreement(judged, voting.votes(project, "r001")[:3], {}) is None


def test_the_command_and_what_it_refuses(project, judging_by, capsys):
    where = ["--project", str(project.folder), "--json"]
    spec = judging_by(longer).spec
    assert cli.main(["judge", "--model", spec, "--limit", "6", *where]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["comparison"] == "r001" and told["asked"] == 6 and told["people"] is None
    assert [(p["a"], p["b"]) for p in told["pairs"]] in ([("rag", "tuned")], [("prompt", "tuned")])
    assert cli.main(["judge", "--model", spec, "--arms", "prompt,absent", *where]) == 2
    assert cli.main(["judge", "--model", "openai:j@http://127.0.0.1:9/v1", *where]) == 1


@pytest.mark.models
def test_a_small_model_is_refused(project, model_settings, chat_en):
    with pytest.raises(PenalaError) as told:
        judge.run(project, "r001", "smollm2-135m-instruct", model_settings, arms=("prompt", "tuned"))
    assert told.value.code == "judge_small"
