"""One example as one row of each target; the shapes are those of knowledge/exports.yaml's sources."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.dataset import conversations
from assistant.dataset.examples import Example

Record = Mapping[str, Any]
_SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt"}


@dataclass(frozen=True)
class Form:
    """How a target's file is written: the row (from an example and the project's instructions) and its suffix."""

    record: Callable[[Example, str], Record]
    suffix: str = ".jsonl"
    pairs: bool = False
    whole: bool = False


def _asked(e: Example, instructions: str) -> list[dict[str, Any]]:
    """What comes before the answer: the instructions, then the turns, user's first and last."""
    system = [{"role": "system", "content": instructions}] if instructions else []
    return [*system, *({"role": turn.role, "content": turn.text} for turn in conversations.read(e.input))]


def _answer(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def _messages(e: Example, instructions: str) -> Record:
    return {"messages": [*_asked(e, instructions), _answer(e.output)]}


def _openai(e: Example, instructions: str) -> Record:
    """Earlier answers of a conversation get weight 0: only the last one is what the example teaches."""
    asked = _asked(e, instructions)
    if not any(turn["role"] == "assistant" for turn in asked):
        return _messages(e, instructions)
    turns = [turn | {"weight": 0} if turn["role"] == "assistant" else turn for turn in asked]
    return {"messages": [*turns, _answer(e.output) | {"weight": 1}]}


def _openai_dpo(e: Example, instructions: str) -> Record:
    return {
        "input": {"messages": _asked(e, instructions), "tools": [], "parallel_tool_calls": True},
        "preferred_output": [_answer(e.output)],
        "non_preferred_output": [_answer(e.rejected)],
    }


def _contents(e: Example) -> list[dict[str, Any]]:
    roles = {"user": "user", "assistant": "model"}
    return [_content(roles[turn.role], turn.text) for turn in conversations.read(e.input)]


def _content(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"text": text}]}


def _vertex(e: Example, instructions: str) -> Record:
    system = {"systemInstruction": {"parts": [{"text": instructions}]}} if instructions else {}
    return {**system, "contents": [*_contents(e), _content("model", e.output)]}


def _vertex_preference(e: Example, instructions: str) -> Record:
    """Google's documentation writes system_instruction here, and systemInstruction for supervised tuning."""
    system = {"system_instruction": {"parts": [{"text": instructions}]}} if instructions else {}
    scored = [
        {"score": score, "completion": _content("model", text)}
        for score, text in ((1, e.output), (0, e.rejected))
    ]
    return {**system, "contents": _contents(e), "completions": scored}


def _text_input(e: Example, instructions: str) -> Record:
    return {"text_input": e.input, "output": e.output}


def _trl(e: Example, instructions: str) -> Record:
    return {"prompt": _asked(e, instructions), "completion": [_answer(e.output)]}


def _trl_preference(e: Example, instructions: str) -> Record:
    return {
        "prompt": _asked(e, instructions),
        "chosen": [_answer(e.output)],
        "rejected": [_answer(e.rejected)],
    }


def _autotrain(e: Example, instructions: str) -> Record:
    """The messages as text, which AutoTrain reads with ast.literal_eval: strings only, so that JSON is Python too."""
    return {"text": json.dumps(_messages(e, instructions)["messages"], ensure_ascii=False)}


def _sharegpt(e: Example, instructions: str) -> Record:
    said = _messages(e, instructions)["messages"]
    return {"conversations": [{"from": _SHAREGPT[turn["role"]], "value": turn["content"]} for turn in said]}


def _alpaca(e: Example, instructions: str) -> Record:
    asked = (
        {"instruction": instructions, "input": e.input}
        if instructions
        else {"instruction": e.input, "input": ""}
    )
    return {**asked, "output": e.output}


def _ours(e: Example, instructions: str) -> Record:
    """All but the revision, which counts edits in this table."""
    record = asdict(e)
    del record["revision"]
    return record


def _cells(e: Example, instructions: str) -> Record:
    return {
        "id": e.id, "input": e.input, "output": e.output, "rejected": e.rejected, "source": e.source, "split": e.split,
        "note": e.note, "tags": "; ".join(e.tags), "author": e.author, "origin": e.origin, "status": e.status,
    }  # fmt: skip


FORMS: Mapping[str, Form] = {
    "vertex": Form(_vertex),
    "vertex_preference": Form(_vertex_preference, pairs=True),
    "gemini_legacy": Form(_text_input),
    "openai": Form(_openai),
    "openai_dpo": Form(_openai_dpo, pairs=True),
    "azure": Form(_openai),
    "trl": Form(_trl),
    "trl_messages": Form(_messages),
    "trl_preference": Form(_trl_preference, pairs=True),
    "autotrain_csv": Form(_autotrain, ".csv"),
    "autotrain_jsonl": Form(_autotrain),
    "unsloth": Form(_sharegpt),
    "axolotl": Form(_messages),
    "llamafactory": Form(_messages),
    "sharegpt": Form(_sharegpt),
    "alpaca": Form(_alpaca, ".json"),
    "huggingface": Form(_ours, ".parquet", whole=True),
    "csv": Form(_cells, ".csv", whole=True),
    "xlsx": Form(_cells, ".xlsx", whole=True),
    "jsonl": Form(_ours, whole=True),
    "parquet": Form(_ours, ".parquet", whole=True),
}
