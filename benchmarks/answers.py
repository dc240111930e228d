"""How well questions are answered, and how well those are refused whose passage is not there, in one run.

    python -m benchmarks.answers FOLDER…

Each folder holds `documents/` and `questions.jsonl` as benchmarks.retrieval reads them. Ways of answering:
`quoted`, the sentence in the documents' own words (and the words marked in it, where there are any), and with
the embedded chat model `prompt` (from memory), `few_shot` (four worked examples of a sample project), `rag` (the
passages found) and `whole_document` (all of them where they fit the model's context, else the one document that
holds the answer, as in a project of that document alone), eight questions at a time and 32 tokens an answer; the
chat model may be asked fewer (`--model-most`). Prints the share of answers that contain the right one,
token F1, both with 95 % intervals, and seconds an answer.

Refusal: each question once with all passages and once with those left out that hold the answer's place; AUC with
a 95 % interval (bootstrap over questions) of the plain score (cosine of the best passage), of the passages' mixed
relevance, and of ours; then what the index's own threshold answers, refuses and calls unsure.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from assistant.evaluation import wording
from assistant.evaluation.statistics import mean_interval
from assistant.journey import choices
from assistant.models.embedding import open_embedder
from assistant.models.prompt import Shot
from assistant.models.registry import open_model
from assistant.models.values import ChatModel, Decoding, Embedder, Message
from assistant.retrieval import answering, calibration, search, store
from assistant.retrieval.answering import Asking
from assistant.retrieval.calibration import SHOWN
from assistant.retrieval.evidence import Evidence, best, gather_many
from assistant.retrieval.search import Passage
from assistant.settings import KNOWLEDGE, from_environment
from assistant.workspace.project import Project
from benchmarks.retrieval import Gold, indexed, located

MODEL = "smollm2-135m-instruct"
SAMPLE = {"en": "harbour", "id": "sulur"}
DECODING = Decoding(max_tokens=32)
BATCH = 8
DRAWS = 2000
Shown = list[Passage]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/penala-benchmark"))
    parser.add_argument("--most", type=int, default=100, help="questions a folder")
    parser.add_argument(
        "--model-most", type=int, default=100, help="of those, how many the chat model is asked (0: none)"
    )
    asked = parser.parse_args()
    settings = from_environment()
    embedder = open_embedder(settings)
    model = open_model(MODEL, settings) if asked.model_most else None
    for folder in asked.folders:
        project = indexed(folder, asked.cache / folder.resolve().name, embedder)
        gold = located(project, folder / "questions.jsonl")
        random.Random(0).shuffle(gold)
        report(folder, project, gold[: asked.most], embedder, model, asked.model_most)


def report(
    folder: Path, project: Project, gold: list[Gold], embedder: Embedder, model: ChatModel | None, most: int
) -> None:
    questions = [g.question for g in gold]
    wide = search.search_many(project, questions, embedder, 30)
    found = [passages[:SHOWN] for passages in wide]
    hidden = [[p for p in ps if not holds(p, g)][:SHOWN] for g, ps in zip(gold, wide, strict=True)]
    with_it = gather_many(list(zip(questions, found, strict=True)), embedder)
    without = gather_many(list(zip(questions, hidden, strict=True)), embedder)
    print(f"n = {len(gold)} questions")
    refusals(project, questions, embedder, (found, with_it), (hidden, without))
    right = accepted(folder, gold)
    print(f"{'':16}{'n':>5}{'contains the answer':>24}{'token F1':>24}{'seconds':>9}")
    quoted = [best(e) for e in with_it]
    show("quoted", [e.text if e else "" for e in quoted], right, 0.0)
    show("  marked words", [marked(e) for e in quoted], right, 0.0)
    if model is not None:
        if most < len(gold):
            show("quoted", [e.text if e else "" for e in quoted[:most]], right[:most], 0.0)
            show("  marked words", [marked(e) for e in quoted[:most]], right[:most], 0.0)
        spoken = json.loads((folder / "questions.jsonl").read_text("utf-8").splitlines()[0])["lang"]
        for name, asked in ways(project, gold[:most], found, model, spoken).items():
            began = time.perf_counter()
            said = answers(model, asked)
            show(name, said, right[:most], (time.perf_counter() - began) / len(said))


def answers(model: ChatModel, asked: Sequence[Sequence[Message]]) -> list[str]:
    """In batches, so that a step of the model serves several questions."""
    parts = [model.generate(asked[at : at + BATCH], DECODING) for at in range(0, len(asked), BATCH)]
    return [reply.text for part in parts for reply in part]


def holds(passage: Passage, gold: Gold) -> bool:
    """Whether the passage has any part of the answer's place."""
    return passage.document_id == gold.document and passage.start < gold.stop and gold.start < passage.stop


def accepted(folder: Path, gold: Sequence[Gold]) -> list[list[str]]:
    rows = map(json.loads, (folder / "questions.jsonl").read_text("utf-8").splitlines())
    known = {row["question"]: row["answers"] for row in rows}
    return [known[g.question] for g in gold]


def marked(e: Evidence | None) -> str:
    if e is None:
        return ""
    return e.text[e.asked.start : e.asked.stop] if e.asked else e.text


def ways(
    project: Project, gold: Sequence[Gold], found: Sequence[Shown], model: ChatModel, spoken: str
) -> dict[str, list[list[Message]]]:
    """What the model reads for each question, by the way of answering."""
    prompt = choices.default_prompt(project, "question")
    rows = (KNOWLEDGE / "samples" / SAMPLE[spoken] / "questions.jsonl").read_text("utf-8").splitlines()
    shots = [Shot(r["question"], r["answers"][0]) for r in map(json.loads, rows[:8]) if r["answers"]][:4]
    few = replace(prompt, shots=tuple(shots))
    contents = {d.id: store.content(project, d.id) for d in store.documents(project)}
    whole = "\n\n".join(contents.values())
    room = model.context - DECODING.max_tokens - 300
    size = model.count(whole)
    print(f"the documents are {size} tokens; {MODEL} reads {model.context}")

    def rag(n: int) -> list[Message]:
        asking = Asking(gold[n].question, tuple(found[n]), prompt, model, decoding=DECODING)
        return answering.fitting(asking, model)

    def whole_document(n: int) -> list[Message]:
        text = whole if size <= room else contents[gold[n].document]
        while model.count(text) > room:
            text = text[: len(text) * 9 // 10]
        return prompt.messages(gold[n].question, [text])

    numbers = range(len(gold))
    return {
        "prompt": [prompt.messages(g.question) for g in gold],
        "few_shot": [few.messages(g.question) for g in gold],
        "rag": [rag(n) for n in numbers],
        "whole_document": [whole_document(n) for n in numbers],
    }


def show(name: str, said: Sequence[str], right: Sequence[Sequence[str]], seconds: float) -> None:
    rows = list(zip(said, right, strict=True))
    held = [float(any(wording.contains(text, a) for a in answers)) for text, answers in rows]
    f1 = [max(wording.token_f1(text, a) for a in answers) for text, answers in rows]
    one, other = mean_interval(held), mean_interval(f1)
    print(
        f"{name:16}{len(rows):5}{f'{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]':>24}"
        f"{f'{other.value:.3f} [{other.low:.3f}, {other.high:.3f}]':>24}{seconds:9.2f}"
    )


def refusals(
    project: Project,
    questions: Sequence[str],
    embedder: Embedder,
    present: tuple[Sequence[Shown], Sequence[Sequence[Evidence]]],
    absent: tuple[Sequence[Shown], Sequence[Sequence[Evidence]]],
) -> None:
    def passages(rows: Sequence[Shown], score: Callable[[Passage], float]) -> list[float]:
        return [max(map(score, ps), default=0.0) for ps in rows]

    def ours(rows: Sequence[Sequence[Evidence]]) -> list[float]:
        return [max((e.grounds for e in es), default=0.0) for es in rows]

    scores = {
        "best passage": [passages(rows, lambda p: p.nearness) for rows in (present[0], absent[0])],
        "mixed relevance": [passages(rows, lambda p: p.relevance) for rows in (present[0], absent[0])],
        "ours": [ours(present[1]), ours(absent[1])],
    }
    for name, (there, gone) in scores.items():
        print(f"refusal by {name:16} AUC {auc_with_interval(np.array(there), np.array(gone))}")
    limit = calibration.threshold(project, embedder)
    both = [list(zip(questions, rows, strict=True)) for rows in (present[1], absent[1])]
    answered, passed = ([limit.reached(q, e) for q, e in rows] for rows in both)
    doubted, warned = ([limit.reached(q, e) and limit.unsure(q, e) for q, e in rows] for rows in both)
    n = len(questions)
    print(
        f"threshold {limit.grounds:.3f}: answered {sum(answered) / n:.2f} ({sum(doubted) / n:.2f} said to be unsure); "
        f"passage left out: refused {1 - sum(passed) / n:.2f}, said to be unsure {sum(warned) / n:.2f}"
    )


def auc_with_interval(there: np.ndarray, gone: np.ndarray) -> str:
    """The chance that a question with its passage scores above one without; questions are drawn anew in pairs."""
    wins = (there[:, None] > gone[None, :]) + 0.5 * (there[:, None] == gone[None, :])
    draw = np.random.default_rng(0)
    picks = [draw.integers(len(there), size=len(there)) for _ in range(DRAWS)]
    low, high = np.quantile([wins[np.ix_(pick, pick)].mean() for pick in picks], [0.025, 0.975])
    return f"{wins.mean():.3f} [{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
