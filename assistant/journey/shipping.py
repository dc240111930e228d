"""A tuned model to take away: the adapter with its papers, merged weights, or GGUF; each export proven or marked."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant import texts
from assistant.errors import PenalaError
from assistant.models import catalogue, weights
from assistant.settings import Settings
from assistant.tuning import adapters
from assistant.tuning.adapters import Card
from assistant.tuning.rows import read_rows
from assistant.workspace import files
from assistant.workspace.project import Project

Form = Literal["adapter", "merged", "gguf"]
FORMS: tuple[Form, ...] = ("adapter", "merged", "gguf")
_PROMPTS = 20


@dataclass(frozen=True)
class Shipped:
    """What was written, and how like the adapter it answers (None for the adapter itself)."""

    folder: Path
    form: Form
    parity: dict[str, Any] | None


def ship(project: Project, run: str, form: Form, out: Path, settings: Settings, language: str) -> Shipped:
    """Write the tuned model of a run into `out`, which must be absent or empty.

    Raises PenalaError: no_adapter, ship_form, ship_not_empty, merge_blocks, gguf_unsupported, adapter_misfit, disk_full,
    and what the base's weights raise.
    """
    if form not in FORMS:
        raise PenalaError("ship_form", form=form, known=", ".join(FORMS))
    if out.exists() and (out.is_file() or any(out.iterdir())):
        raise PenalaError("ship_not_empty", folder=str(out))
    found = adapters.adapter(project.runs, run)
    aside = out.with_name(f".{out.name}-new")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        with files.disk_full_is_said(out.parent if out.parent.exists() else project.folder):
            aside.mkdir(parents=True)
            proof = _write(project, found.folder, found.card, form, aside, settings)
            files.write(aside / "README.md", card_text(found.card, form, proof, language))
            if out.exists():
                out.rmdir()
            aside.rename(out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return Shipped(out, form, proof)


def _write(
    project: Project, adapter: Path, card: Card, form: Form, out: Path, settings: Settings
) -> dict[str, Any] | None:
    if form == "adapter":
        shutil.copytree(adapter, out, dirs_exist_ok=True)
        return None
    from assistant.models.local import open_chat
    from assistant.tuning.local import merging, parity

    base = weights.ensure(card.base, settings) if catalogue.known(card.base) else Path(card.base).expanduser()
    merged = out if form == "merged" else out / "merged"
    merging.merge(base, adapter, merged)
    answering = merged
    if form == "gguf":
        file = out / f"{project.id}-{card.run}-f16.gguf"
        pre = catalogue.entry(card.base).gguf_pre if catalogue.known(card.base) else None
        merging.to_gguf(merged, file, f"{project.id} {card.run}", pre or "")
        answering = _opened_again(file, out / "again")
        files.write(out / "Modelfile", modelfile(file.name, card))
    rows = read_rows(adapter.parent / "rows" / "validation.jsonl")[:_PROMPTS]
    tuned, exported = open_chat(card.base, settings, adapter), open_chat(str(answering), settings)
    proof = parity.parity(tuned, exported, [row.layouts[0] for row in rows]).to_json()
    for folder in (out / "again", out / "merged") if form == "gguf" else ():
        shutil.rmtree(folder)
    files.write(out / "parity.json", json.dumps(proof, indent=1))
    return proof


def _opened_again(file: Path, folder: Path) -> Path:
    """The GGUF file read back, as a folder that can be asked: what is in the file is tested, not what went in."""
    from assistant.models import gguf

    gguf.convert(file, folder)
    return folder


def modelfile(name: str, card: Card) -> str:
    """For `ollama create NAME -f Modelfile`: the file, greedy answers, and the instructions it was trained with."""
    instructions = card.to_prompt().instructions.replace('"""', "'''")
    return f'FROM ./{name}\nPARAMETER temperature 0\nSYSTEM """{instructions}"""\n'


def card_text(card: Card, form: Form, proof: dict[str, Any] | None, language: str) -> str:
    """The model's papers in Markdown: what it is, what it learned from, how well, what it must not be used for."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, f"tuning.card.{key}", **values)

    known = catalogue.known(card.base)
    base = catalogue.entry(card.base).name if known else card.base
    licence = catalogue.entry(card.base).licence if known else say("licence_unknown")
    loss = "-" if card.validation_loss is None else texts.number(language, card.validation_loss, 3)
    lines = [
        f"# {say('title', run=card.run)}", "",
        say("about", base=base, method=texts.say(language, f"tuning.method.{card.plan['method']}"), form=say(f"form.{form}")),
        "",
        f"- {say('licence', licence=licence)}",
        f"- {say('data', dataset=card.dataset, hash=card.dataset_hash[:12], rows=card.rows)}",
        f"- {say('validation', loss=loss, step=card.best_step, steps=card.steps)}",
        f"- {say('served')}",
        f"- {say('limits')}",
    ]  # fmt: skip
    if proof:
        share = texts.number(language, 100 * proof["agreement"])
        gap = texts.number(language, proof["largest"], 3)
        key = "proven" if proof["proven"] else "unproven"
        lines.append(f"- {say(key, prompts=proof['prompts'], share=share, largest=gap)}")
    return "\n".join([*lines, "", "```json", json.dumps(card.plan, indent=1), "```", ""])
