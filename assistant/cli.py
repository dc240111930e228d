"""The `penala` command: reads arguments, finds the project, prints results; the work is in `commands/`."""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant import __version__, settings
from assistant.commands import Call, compare_arguments, data_arguments
from assistant.commands.parsing import Commands
from assistant.errors import PenalaError
from assistant.workspace import files, redaction, restoring

# Errors that are nobody's bad input: exit 1, and the same command may succeed later.
FAILED = {
    "disk_full", "unexpected", "broke_off", "out_of_memory", "loss_not_finite", "job_ended", "arm_broken",
    "weights_unreachable", "weights_no_room", "weights_wrong_hash", "weights_not_converted", "weights_busy",
    "hub_unreachable", "remote_busy", "remote_unreachable", "remote_failed", "database_damaged",
    "backup_disturbed",
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 2 wrong usage or bad input, 1 failed."""
    _speak_utf8()
    known = settings.from_environment()
    arguments = _parser().parse_args(argv)
    language = arguments.lang or known.language
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    try:
        with files.disk_full_is_said(known.home):
            return _dispatch(Call(replace(known, language=language), arguments))
    except PenalaError as error:
        return _said(error, language)
    except BrokenPipeError:  # `penala … | head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        return _said(PenalaError("broke_off", error=text, trace=str(_trace(known.home))), language)


def _speak_utf8() -> None:
    """Whatever the terminal's own encoding: programs read our JSON, and a stray byte must not end an interview."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _said(error: PenalaError, language: str) -> int:
    said = error.say(language)
    print(redaction.redact(f"{said.message}\n{said.hint}"), file=sys.stderr)
    return 1 if error.code in FAILED else 2


def _trace(home: Path) -> Path:
    """Where the error that is being handled was written in full, for those who mend it."""
    path = home / "last-error.txt"
    with suppress(PenalaError, OSError):
        files.write(path, redaction.redact(traceback.format_exc()))
    return path


def _dispatch(call: Call) -> int:
    """Import the one module that the command needs, so that small commands start at once."""
    import importlib

    restoring.finish(call.settings.home)
    if call.arguments.run == "serve":
        return _serve(call)
    module, function = call.arguments.run.split(":")
    return getattr(importlib.import_module(f"assistant.commands.{module}"), function)(call)


def _serve(call: Call) -> int:
    from assistant.ui.server import serve

    asked, known = call.arguments, call.settings
    serve(replace(known, host=asked.host or known.host, port=asked.port or known.port), opened=print)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="penala", description="Prompt, retrieve or fine-tune: decide, then do it."
    )
    parser.add_argument("--version", action="version", version=f"penala {__version__}")
    commands = Commands(parser)
    for family in (
        _everyday, _baseline, data_arguments.data, _projects, _tuning, _runs, compare_arguments.compare, _shipping,
        _upkeep,
    ):  # fmt: skip
        family(commands)
    return parser


def _everyday(commands: Commands) -> None:
    serve = commands.add("serve", "serve", "start the app")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    demo = commands.add("demo", "demo:demo", "the whole journey on a sample project, headless")
    demo.add_argument(
        "--accept-terms", action="append", default=[], metavar="NAME", help="for example: gemma"
    )
    demo.add_argument("--model", help="base model, instead of the sample's own")
    demo.add_argument("--preset", default="balanced")
    advise = commands.add("advise", "advise:advise", "the interview on stdin, one JSON turn a line")
    advise.add_argument("--model", help="a chat model that reads the messages too, for example gemini:MODEL")
    explain = commands.add(
        "explain", "explain:explain", "answer from the guides; - reads one question a line"
    )
    explain.add_argument("question")
    _estimate(commands.add("estimate", "estimate:estimate", "cost, time and memory of each way"))
    models = commands.add("models", "upkeep:models", "models found here; `models fetch ID` brings one")
    models.add_argument("action", nargs="?", choices=("list", "fetch"), default="list")
    models.add_argument("ids", nargs="*", metavar="ID")
    models.add_argument("--embedded", action="store_true", help="those that the product needs")
    models.add_argument("--accept-terms", action="append", default=[], metavar="NAME")


def _estimate(parser: argparse.ArgumentParser) -> None:
    ranged = {
        "volume": "requests a day",
        "examples": "good examples that exist",
        "pages": "pages of material",
    }
    ranged |= {f"{part}-tokens": f"tokens of one {part}" for part in ("prompt", "input", "output")}
    for name, meaning in {**ranged, "epochs": "passes over the training data"}.items():
        parser.add_argument(f"--{name}", metavar="N", help=f"{meaning}: N or LOW..HIGH")
    parser.add_argument(
        "--assume", action="append", default=[], metavar="NAME=N", help="any other assumption"
    )
    parser.add_argument("--assumptions", action="store_true", help="only what the estimate rests on")
    parser.add_argument("--all", action="store_true", help="every model, not the cheapest of each way only")


def _baseline(commands: Commands) -> None:
    index = commands.add("index", "baseline:index", "add documents")
    index.add_argument("paths", nargs="+", type=Path)
    index.add_argument(
        "--sync", action="store_true", help="also remove documents whose files left these folders"
    )
    search = commands.add("search", "baseline:search", "find passages; - reads one query a line")
    search.add_argument("query")
    search.add_argument("-k", type=int, default=5)
    _scope(search)
    ask = commands.add("ask", "baseline:ask", "one answer; - reads one question a line")
    ask.add_argument("question")
    ask.add_argument("--arm", default="rag")
    ask.add_argument("--run", dest="tuned_run", metavar="ID", help="the tuning run, for tuned and tuned_rag")
    ask.add_argument("--model")
    _scope(ask)
    evaluation = commands.group("evaluation", "the evaluation questions")
    commands.add("add", "baseline:evaluation_add", "add questions from a file", evaluation).add_argument(
        "file", type=Path
    )
    commands.add("list", "baseline:evaluation_list", "show the questions", evaluation)
    commands.add(
        "missed",
        "baseline:evaluation_missed",
        "how well answers are found, and where they were lost",
        evaluation,
    )
    drafted = commands.add(
        "draft", "baseline:evaluation_draft", "draft questions from the documents", evaluation
    )
    drafted.add_argument("--count", type=int, default=20)
    drafted.add_argument("--seed", type=int, default=0)
    drafted.add_argument(
        "--model", help="a chat model that reads passages and proposes, for example gemini:MODEL"
    )
    review = commands.add(
        "review", "baseline:evaluation_review", "show the drafts, accept or reject one", evaluation
    )
    review.add_argument("draft", nargs="?", metavar="ID")
    review.add_argument("--question", help="in your users' words (then accepted)")
    review.add_argument("--answers", help="right answers, parted by | (then accepted)")
    review.add_argument("--reject", action="store_true", help="put the draft aside")
    _prompt(commands)


def _prompt(commands: Commands) -> None:
    group = commands.group("prompt", "the prompts by version, and two versions side by side")
    added = commands.add(
        "add", "prompt:add", "keep a prompt as the next version; 0 is the one to beat", group
    )
    added.add_argument("file", type=Path, help="the instructions as text; - for stdin")
    added.add_argument("--system", help="who answers, ahead of the instructions")
    added.add_argument("--schema", type=Path, help="JSON Schema of the answer")
    added.add_argument(
        "--examples", type=int, default=0, help="worked examples for each input, from training data"
    )
    added.add_argument("--note", default="", help="what is new in it")
    compared = commands.add("compare", "prompt:compare", "two versions on the same cases", group)
    compared.add_argument("first", type=int)
    compared.add_argument("second", type=int)
    compared.add_argument("--limit", type=int, help="only so many cases, picked by seed")
    compared.add_argument("--model")
    for one in (commands.add("list", "prompt:show", "every version", group), added, compared):
        one.add_argument("--kind", choices=("task", "question"), default="question")


def _scope(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--document", action="append", metavar="NAME", help="only this document; may be repeated"
    )
    command.add_argument("--language", choices=("id", "en", "other"), help="only documents in this language")


def _projects(commands: Commands) -> None:
    project = commands.group("project", "projects as folders and zips")
    new = commands.add("new", "projects:new", "create a project", project)
    new.add_argument("name")
    new.add_argument("--sample", help="start from a sample project: sulur or harbour")
    commands.add("list", "projects:list_all", "show the projects", project)
    commands.add("export", "projects:export", "pack a project into a zip", project).add_argument(
        "file", type=Path
    )
    commands.add("import", "projects:import_file", "unpack a zip as a new project", project).add_argument(
        "file", type=Path
    )
    commands.add("delete", "projects:delete", "move a project to the trash", project).add_argument(
        "id", nargs="?"
    )
    commands.add("restore", "projects:restore", "take a project back from the trash", project).add_argument(
        "id"
    )
    commands.add("purge", "projects:purge", "empty the trash", project)
    account = commands.group("account", "who may log in to this workspace")
    add = commands.add("add", "accounts:add", "make an account; the password is read from stdin", account)
    add.add_argument("name")
    add.add_argument("--steward", action="store_true", help="looks after the whole workspace")
    commands.add("list", "accounts:list_all", "show the accounts", account)
    for name, meaning in (("remove", "remove an account"), ("password", "set a new password")):
        commands.add(name, f"accounts:{name}", meaning, account).add_argument("name")
    invite = commands.add("invite", "accounts:invite", "make an invitation link to a project", account)
    invite.add_argument("id", help="the project's id")
    invite.add_argument("--role", default="expert", help="owner, reviewer, expert or viewer")
    key = commands.add("key", "accounts:key", "a key for programs that use the public endpoints", account)
    key.add_argument("name", nargs="?", help="the account it acts for (where there are accounts)")
    key.add_argument("--end", action="store_true", help="end all its keys")
    log = commands.add("log", "accounts:log", "who did what, the latest first", account)
    log.add_argument("id", nargs="?", help="only in this project")
    log.add_argument("--limit", type=int, default=200)


def _tuning(commands: Commands) -> None:
    tune = commands.add("tune", "tune:tune", "tune a model; waits and shows progress unless --detach")
    tune.add_argument("--dataset", metavar="V", help="a version, for example v001 (default: the newest)")
    tune.add_argument("--model")
    tune.add_argument(
        "--method",
        default="lora",
        help="lora, rslora, dora, qlora, prompt, bottleneck, bias, partial or full",
    )
    tune.add_argument("--preset", default="balanced")
    tune.add_argument(
        "--passages", action="store_true", help="a third of the rows come with passages too, for tuned_rag"
    )
    for name, kind in (
        ("epochs", int),
        ("rank", int),
        ("rate", float),
        ("batch", int),
        ("seed", int),
        ("layers", int),
        ("metric", str),
        ("patience", int),
        ("replay", float),
        ("temperature", float),
    ):
        tune.add_argument(f"--{name}", type=kind)
    # --replay 0.2: a fifth of the training rows are general examples; --temperature 2: small sources count for more.
    tune.add_argument(
        "--mix",
        action="append",
        metavar="SOURCE",
        help="learn this too: v002, v002=2, v001#TAG=0.5, PROJECT/v001",
    )
    tune.add_argument(
        "--pilot", type=int, nargs="?", const=100, default=0, metavar="N",
        help="first on a quarter, a half and all of N examples (100), with what more would bring",
    )  # fmt: skip
    tune.add_argument("--search", action="store_true", help="look for rate, rank and epochs within a budget")
    tune.add_argument("--budget", type=float, metavar="MIN", help="minutes for --search (30)")
    tune.add_argument("--tries", type=int, default=0, help="tries for --search, instead of minutes")
    tune.add_argument("--repeat", metavar="RUN", help="the same run once more, from its record")
    # At a provider --rank is the adapter's size and --rate multiplies the provider's own rate.
    tune.add_argument(
        "--bucket", metavar="NAME", help="vertex:MODEL only: the Cloud Storage bucket for the data"
    )
    tune.add_argument(
        "--dry-run", action="store_true", help="vertex:MODEL only: show the request and its cost"
    )
    tune.add_argument("--confirm", metavar="SUM", help="vertex:MODEL only: the cost as the dry run writes it")
    tune.add_argument("--continue", dest="start", metavar="RUN", help="learn on from that run's adapter")
    tune.add_argument("--estimate", action="store_true", help="only say what it would take, from a few steps")
    tune.add_argument("--name", help="what to call the result, its domain for example")
    tune.add_argument("--detach", action="store_true")
    tune.add_argument("--override", metavar="REASON", help="start although the checks say not ready")


def _runs(commands: Commands) -> None:
    commands.add("jobs", "tune:jobs", "the runs and their states")
    commands.add("cancel", "tune:cancel", "stop a run and keep the best so far").add_argument("id")
    resume = commands.add("resume", "tune:resume", "go on with an interrupted run")
    resume.add_argument("id")
    resume.add_argument("--detach", action="store_true")


def _shipping(commands: Commands) -> None:
    ship = commands.add("ship", "ship:ship", "write a tuned model to take away, with its papers")
    ship.add_argument("id", help="the tuning run, for example r001")
    ship.add_argument("out", metavar="DIR", help="a new folder; with --to hub, the repository as OWNER/NAME")
    ship.add_argument(
        "--to", default="adapter", help="adapter, merged (safetensors), gguf (llama.cpp, Ollama) or hub"
    )
    ship.add_argument(
        "--as", dest="form", default="adapter", help="what goes to the hub: adapter, merged or gguf"
    )
    ship.add_argument("--public", action="store_true", help="a repository made now can be read by everybody")
    adapter = commands.group("adapter", "adapters from elsewhere")
    taken = commands.add("import", "ship:adopt", "take in a LoRA adapter, as safetensors only", adapter)
    taken.add_argument("folder", type=Path, metavar="DIR")
    taken.add_argument(
        "--model", default="", help="its base model, if its configuration names none that is known"
    )


def _upkeep(commands: Commands) -> None:
    backup = commands.add("backup", "backup:back_up", "the whole workspace as one verified file")
    backup.add_argument(
        "file", nargs="?", type=Path, help="a new zip; default: in the workspace's own backups/"
    )
    restore = commands.add("restore", "backup:restore", "put a backup in the place of the workspace")
    restore.add_argument("file", type=Path)
    restore.add_argument("--check", action="store_true", help="only read it through and say what it holds")
    restore.add_argument(
        "--replace", action="store_true", help="although there is something here, which is then kept aside"
    )
    space = commands.group("space", "the public demo on Hugging Face Spaces")
    built = commands.add("build", "space:build", "write a complete Gradio Space", space)
    built.add_argument("folder", type=Path, metavar="DIR", help="a new folder; push it as a Space")
    built.add_argument(
        "--recording", type=Path, action="append", default=[], metavar="PROJECT",
        help="a project of a sample with a finished run and comparison, for example by penala demo --project",
    )  # fmt: skip
    licences = commands.add("licences", "licences:licences", "every library with its licence; fails on AGPL")
    licences.add_argument("--dev", action="store_true", help="those for development and the extras too")
    commands.add(
        "doctor", "doctor:doctor", "what is wrong here, and how to mend it; exit code 1 if anything is"
    )
