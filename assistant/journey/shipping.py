"""A tuned model to take away: the adapter with its papers, merged weights, or GGUF; each export proven or marked."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from assistant import jobs, texts
from assistant.errors import PenalaError
from assistant.jobs import Job, Journal
from assistant.journey.tune import WORKER
from assistant.models import catalogue, weights
from assistant.settings import Settings
from assistant.tuning import adapters, hub
from assistant.tuning.adapters import Card
from assistant.tuning.rows import read_rows
from assistant.workspace import files
from assistant.workspace.project import Project, open_project

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


def start(
    project: Project, run: str, form: Form, language: str, repository: str = "", public: bool = False
) -> Job:
    """Begin to write a form of a tuned model as a job, and to push it where a repository is named.

    The token is not in the job's papers; its process finds it where this one does. Raises PenalaError("no_adapter").
    """
    adapters.adapter(project.runs, run)
    folder = _folder(project)
    spec: dict[str, Any] = {
        "project": str(project.folder),
        "run": run,
        "form": form,
        "language": language,
        "plan": {"model": ""},
    }
    spec |= {"repository": repository, "public": public} if repository else {}
    return jobs.start(folder / jobs.new_id(folder), "ship", spec, WORKER)


def exports(project: Project) -> list[Job]:
    """What was taken away or pushed, newest first."""
    return jobs.jobs_in(_folder(project))


def work(spec: dict[str, Any], journal: Journal, settings: Settings) -> dict[str, Any]:
    """The worker's part. Raises what `ship` and `push` raise."""
    project = open_project(Path(spec["project"]))
    journal.progress(0, 1, "tuning.stage.shipping")
    run, form, language = spec["run"], spec["form"], spec["language"]
    if repository := spec.get("repository"):
        address, done = push(project, run, form, repository, settings, language, public=spec["public"])
        return {"address": address, "parity": done.parity}
    shutil.rmtree(journal.folder / "out", ignore_errors=True)  # of a try that was broken off
    done = ship(project, run, form, journal.folder / "out", settings, language)
    return {"path": str(done.folder), "parity": done.parity}


def _folder(project: Project) -> Path:
    return project.folder / "exports"


def push(
    project: Project,
    run: str,
    form: Form,
    repository: str,
    settings: Settings,
    language: str,
    public: bool = False,
) -> tuple[str, Shipped]:
    """Write the tuned model aside and push it to a model hub with the user's token; the repository's address.

    A repository that is made now is private unless `public`. Raises what `ship`, `hub.checked` and `hub.push` raise.
    """
    name = hub.checked(repository, settings.offline)
    aside = project.runs / run / ".push"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        done = ship(project, run, form, aside, settings, language)
        card = adapters.adapter(project.runs, run).card
        readme = aside / "README.md"
        files.write(readme, hub_header(card, form) + readme.read_text("utf-8"))
        return hub.push(aside, name, not public, texts.say("en", "tuning.card.title", run=run)), done
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def hub_header(card: Card, form: Form) -> str:
    """What a hub reads from a model card: the base, its licence and the library."""
    known = catalogue.entry(card.base) if catalogue.known(card.base) else None
    licence = {"Gemma Terms of Use": "gemma"}.get(known.licence, known.licence.lower()) if known else "other"
    head: dict[str, Any] = {"license": licence, "pipeline_tag": "text-generation", "tags": ["penala"]}
    head |= {"base_model": _public(card.base)} if known else {}
    head |= {"library_name": {"adapter": "peft", "merged": "transformers", "gguf": "gguf"}[form]}
    return f"---\n{yaml.safe_dump(head, sort_keys=False)}---\n"


def _write(
    project: Project, adapter: Path, card: Card, form: Form, out: Path, settings: Settings
) -> dict[str, Any] | None:
    if form == "adapter":
        shutil.copytree(adapter, out, dirs_exist_ok=True)
        _name_the_base(card, out)
        _notice(card, out, settings)
        return None
    from assistant.models.local import open_chat
    from assistant.tuning.local import gguf_out, merging, modelfile, parity

    base = weights.ensure(card.base, settings) if catalogue.known(card.base) else Path(card.base).expanduser()
    merged = out if form == "merged" else out / "merged"
    merging.merge(base, adapter, merged)
    answering = merged
    if form == "gguf":
        file = out / f"{project.id}-{card.run}-f16.gguf"
        pre = catalogue.entry(card.base).gguf_pre if catalogue.known(card.base) else None
        gguf_out.to_gguf(merged, file, f"{project.id} {card.run}", pre or "")
        answering = _opened_again(file, out / "again")
        files.write(out / "Modelfile", modelfile.modelfile(file.name, merged, card))
    rows = read_rows(adapter.parent / "rows" / "validation.jsonl")[:_PROMPTS]
    tuned, exported = open_chat(card.base, settings, adapter), open_chat(str(answering), settings)
    proof = parity.parity(tuned, exported, [row.layouts[0] for row in rows]).to_json()
    for folder in (out / "again", out / "merged") if form == "gguf" else ():
        shutil.rmtree(folder)
    files.write(out / "parity.json", json.dumps(proof, indent=1))
    _notice(card, out, settings)
    return proof


def _name_the_base(card: Card, out: Path) -> None:
    """The base by its public name: the folder of this machine means nothing elsewhere, and is nobody's business."""
    path = out / "adapter_config.json"
    if path.is_file():
        config = json.loads(path.read_text("utf-8"))
        files.write(path, json.dumps({**config, "base_model_name_or_path": _public(card.base)}, indent=1))


def _public(base: str) -> str:
    """A model's repository on the hub, else its bare name."""
    known = catalogue.entry(base).sources if catalogue.known(base) else ()
    return next((s.repository for s in known if isinstance(s, catalogue.Hub)), Path(base).name)


def _notice(card: Card, out: Path, settings: Settings) -> None:
    """The notice that the base's licence wants beside whatever is made from it."""
    notice = weights.folder_of(card.base, settings) / "NOTICE" if catalogue.known(card.base) else None
    if notice and notice.is_file():
        shutil.copyfile(notice, out / "NOTICE")


def _opened_again(file: Path, folder: Path) -> Path:
    """The GGUF file read back, as a folder that can be asked: what is in the file is tested, not what went in."""
    from assistant.models import gguf

    gguf.convert(file, folder)
    return folder


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
