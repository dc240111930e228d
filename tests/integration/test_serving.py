"""What a tuned arm reads when it answers is, token for token, what it was trained to read; and its comparison."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.dataset import versions
from assistant.dataset.examples import Example
from assistant.evaluation.values import Case
from assistant.jobs import Job
from assistant.journey import compare, passages
from assistant.journey.arms import ModelArm
from assistant.journey.bench import Bench
from assistant.models.local import LocalChat
from assistant.models.prompt import Prompt
from assistant.models.values import ChatModel, Decoding, Embedder
from assistant.settings import Settings
from assistant.tuning.local.batches import Encoded, encode
from assistant.tuning.rows import read_rows
from assistant.workspace.project import Project

from .conftest import ended

pytestmark = pytest.mark.models
ARMS = ("prompt", "tuned", "tuned_rag")


@pytest.fixture(scope="module")
def run(outlived: Job) -> Job:
    assert ended(outlived) == "finished", outlived.log()
    return outlived


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The prompts that reach the network, as tokens; the network itself stays silent."""
    seen: list[list[int]] = []

    def steps(self: LocalChat, prompts: list[list[int]], decoding: Decoding) -> Iterator[Any]:
        seen.extend(prompts)
        return iter(())

    monkeypatch.setattr(LocalChat, "_steps", steps)
    return seen


def _bench(project: Project, run: Job, settings: Settings) -> Bench:
    return Bench(project, compare.Request("v001:test", ARMS, run.id), settings)


def _trained(run: Job, chat: ChatModel) -> dict[str, list[Encoded]]:
    """What training read: each row's layouts (plain, with passages) as tokens."""
    rows = read_rows(run.folder / "rows" / "train.jsonl")
    assert isinstance(chat, LocalChat)
    encoded, left_out = encode(rows, chat.encode, 768)
    assert left_out == 0 and len(encoded) == 24
    return {row.id: layouts for row, layouts in zip(rows, encoded, strict=True)}


def _examples(project: Project) -> Sequence[Example]:
    return versions.rows(project, "v001:train")


def test_a_tuned_arm_reads_the_tokens_it_was_trained_on(
    project: Project, run: Job, home: Settings, chat_en: ChatModel, read: list[list[int]]
) -> None:
    trained = _trained(run, chat_en)
    arm = _bench(project, run, home).arm("tuned", "fields")
    for e in _examples(project):
        arm.answer([Case(e.id, e.input, e.output)])
        assert tuple(read.pop()) == trained[e.id][0].prompt
    assert read == []


def test_a_tuned_rag_arm_reads_the_tokens_it_was_trained_on(
    project: Project, run: Job, home: Settings, chat_en: ChatModel, embedder: Embedder, read: list[list[int]]
) -> None:
    """Given the passages of the training row, distractor included; at other times retrieval chooses them."""
    trained, kept = _trained(run, chat_en), _examples(project)
    seed = json.loads((run.folder / "spec.json").read_text())["plan"]["seed"]
    shown = passages.for_training(project, kept, embedder, seed)
    by_input = dict(zip([e.input for e in kept], shown, strict=True))
    served = _bench(project, run, home).arm("tuned_rag", "fields")
    assert isinstance(served, ModelArm) and served.find is not None
    arm = ModelArm(
        "x", served.model, served.prompt, served.decoding, lambda texts: [by_input[t] for t in texts]
    )
    for e in kept:
        assert by_input[e.input], "the documents hold a passage for each"
        arm.answer([Case(e.id, e.input, e.output)])
        assert tuple(read.pop()) == trained[e.id][1].prompt
    found = served.find([kept[0].input])[0]
    assert served.conversations([kept[0].input]) == [served.prompt.messages(kept[0].input, found)]


def test_the_adapter_keeps_the_prompt_it_was_trained_with(
    project: Project, run: Job, home: Settings, chat_en: ChatModel, read: list[list[int]]
) -> None:
    """Whatever the project's prompts become afterwards."""
    trained = _trained(run, chat_en)
    first = _examples(project)[0]
    before = project.get("tuning_instructions")
    try:
        project.set("tuning_instructions", "Something else.")
        arm = _bench(project, run, home).arm("tuned", "fields")
        assert isinstance(arm, ModelArm) and arm.prompt == Prompt(before, (), "Documents:", "Message:")
        arm.answer([Case(first.id, first.input, first.output)])
    finally:
        project.set("tuning_instructions", before)
    assert tuple(read.pop()) == trained[first.id][0].prompt


def test_a_comparison_prints_the_contract_and_asks_nothing_twice(
    project: Project, run: Job, home: Settings, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    words = ["--test", "v1:test", "--run", run.id, "--arms", ",".join(ARMS), "--no-probe"]
    assert main(["compare", *words, "--project", str(project.folder), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert list(first["arms"]) == list(ARMS)
    for arm in first["arms"].values():
        assert arm.keys() == {"metrics", "seconds", "tokens", "cost", "fingerprint"}
        for metric in arm["metrics"].values():
            assert metric.keys() == {"value", "low", "high", "n"}
            assert metric["low"] <= metric["value"] <= metric["high"] and metric["n"] == 4
    assert len({arm["fingerprint"] for arm in first["arms"].values()}) == 3
    pairs = {(p["a"], p["b"]) for p in first["pairs"]}
    assert pairs == {("tuned", "prompt"), ("tuned_rag", "prompt"), ("tuned_rag", "tuned")}
    for pair in first["pairs"]:
        assert pair.keys() == {"a", "b", "metric", "difference", "low", "high", "p", "outcome"}
    assert first["verdict"].keys() == {"outcome", "text", "next_step"} and first["verdict"]["text"]

    for name in ("generate", "stream", "score"):
        monkeypatch.setattr(LocalChat, name, _asked)
    request = compare.Request("v1:test", ARMS, run.id)
    again = compare.compare(project, request, home, tmp_path / "again", lambda done, total, arm: None)
    assert json.loads(json.dumps(again.to_json("en")))["arms"] == first["arms"]

    assert (
        main(["report", "--project", str(project.folder), "--json", "--out", str(tmp_path / "r.html")]) == 0
    )
    assert json.loads(capsys.readouterr().out) == {"path": str(tmp_path / "r.html")}
    assert first["verdict"]["text"][:40] in (tmp_path / "r.html").read_text("utf-8")


def _asked(*given: object, **named: object) -> None:
    raise AssertionError("the model was asked again")


def test_one_question_is_answered_by_the_tuned_arm(
    project: Project, run: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--arm", "tuned", "--run", run.id, "--project", str(project.folder), "--json"]
    assert main(["ask", "where is the bell", *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.keys() >= {"answer", "citations", "refused", "arm", "fingerprint", "seconds", "tokens"}
    assert said["arm"] == "tuned" and said["answer"] and said["tokens"] > 0
