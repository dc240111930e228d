"""What goes with the data: the filled-in config or command, how to use it, and a dataset's card."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING

from assistant import texts
from assistant.dataset.examples import SPLITS, Example
from assistant.dataset.exports.rules import Problem
from assistant.dataset.exports.targets import Target, source_title
from assistant.dataset.kinds import kind_of

if TYPE_CHECKING:
    from assistant.dataset.exports.building import Setting

EPOCHS = 3
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10**9, "n>1M"),
)


def recipes(to: Target, setting: "Setting", train: str, validation: str) -> dict[str, str]:
    """The target's files by name, filled in; `validation` is "" where there is none."""
    values = {
        "model": setting.model if to.model == "project" else to.model,
        "name": setting.name,
        "suffix": setting.name.replace(".", "-")[:18].strip("-") or "penala",
        "train": train,
        "validation": validation,
        "epochs": str(EPOCHS),
    }
    made = {file: _filled(text, values) for file, text in to.recipes.items()}
    return made | (
        {"dataset_info.json": _dataset_info(setting.name, train, validation)}
        if to.id == "llamafactory"
        else {}
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    kept = [line for line in text.splitlines() if values["validation"] or "$validation" not in line]
    return Template("\n".join(kept) + "\n").substitute(values)


def _dataset_info(name: str, train: str, validation: str) -> str:
    """`formatting: openai` would put words into the system prompt, so the same turns go as ShareGPT with these tags."""
    entry = {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
            "system_tag": "system",
        },
    }  # fmt: skip
    files = {name: train} | ({f"{name}-validation": validation} if validation else {})
    return json.dumps({key: {"file_name": file, **entry} for key, file in files.items()}, indent=2) + "\n"


def readme(to: Target, setting: "Setting", files: Mapping[str, int], problems: Sequence[Problem]) -> str:
    """What the files are and what to do with them, in the user's language; `files`: rows by file."""
    say = _speaker(setting.language)
    lines = [f"# {setting.title}: {to.name.say(setting.language)}", "", to.about.say(setting.language), ""]
    lines += [f"- `{file}`: {say('rows', rows=rows)}" for file, rows in files.items()]
    lines += [f"- {say('version', version=setting.version)}"] if setting.version else []
    lines += [f"- {say('recipe', file=file)}" for file in to.recipes]
    if problems:
        lines += [
            "",
            f"## {say('problems')}",
            "",
            *(f"- {problem.say(setting.language)}" for problem in problems),
        ]
    if to.notices:
        lines += ["", f"## {say('notices')}", ""]
        lines += [f"- {n.text.say(setting.language)} ({_told(n.source, n.date)})" for n in to.notices]
    return "\n".join([*lines, "", say("source", source=_told(to.source, to.date)), ""])


def card(setting: "Setting", rows: Sequence[Example], files: Mapping[str, str]) -> str:
    """A dataset's card as hubs read it (Hugging Face: metadata in YAML, then text); `files`: path by split."""
    say = _speaker(setting.language)
    size = next(words for most, words in _SIZES if len(rows) < most)
    task = "text-classification" if kind_of(rows) == "labels" else "text-generation"
    head = [
        "---", f"pretty_name: {json.dumps(setting.title, ensure_ascii=False)}", "license: unknown",
        f"language: [{setting.spoken}]", f"task_categories: [{task}]", f"size_categories: [{size}]", "configs:",
        "- config_name: default", "  data_files:",
        *(f"  - {{split: {split}, path: {path}}}" for split, path in files.items()), "---",
    ]  # fmt: skip
    counts = Counter(e.split or "train" for e in rows)
    origins = Counter(texts.say(setting.language, f"dataset.origin.{e.origin}") for e in rows)
    body = ["", f"# {setting.title}", "", say("card"), ""]
    body += [f"- {split}: {say('rows', rows=counts[split])}" for split in (*SPLITS,) if counts[split]]
    body += [f"- {say('origins')}: {', '.join(f'{name} {count}' for name, count in origins.most_common())}"]
    body += [f"- {say('version', version=setting.version)}"] if setting.version else []
    body += ["", say("columns"), "", say("licence"), ""]
    return "\n".join([*head, *body])


def _told(source: str, date: str | None) -> str:
    return source_title(source) + (f", {date}" if date else "")


class _Speaker:
    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return texts.say(self.language, f"dataset.export_readme.{key}", **values)


def _speaker(language: str) -> _Speaker:
    return _Speaker(language)
