"""`penala data …`: import, check, split, freeze and export examples."""

import sys
from pathlib import Path
from typing import Any

from assistant import interchange, texts
from assistant.commands import Call
from assistant.dataset import checks, examples, importing, splits, versions
from assistant.dataset import export as exporting
from assistant.errors import PenalaError
from assistant.journey import choices, readiness
from assistant.workspace import files


def import_file(call: Call) -> int:
    """Add a file's examples; rows left out are listed with their reasons, and with --left-out written to a file."""
    asked = call.arguments
    columns = importing.Columns(asked.input, asked.output, asked.source, asked.tags, asked.rejected)
    options = interchange.Options(asked.sheet or "", not asked.no_header, asked.speaker or "")
    if str(asked.file) == "-":
        read = importing.take(interchange.paste(sys.stdin.read(), "-", options), "-", columns)
    else:
        read = importing.read_file(asked.file, columns, options)
    found = importing.keep(
        call.project_made_if_absent(), read
    )  # only now: a file that cannot be read makes no project
    rejected = [{"row": r.row, "reason": str(r.reason.say(call.language))} for r in found.rejected]
    notices = [str(notice.say(call.language)) for notice in found.notices]
    lines = [_say(call, "imported", imported=len(found.examples), rejected=len(rejected)), *notices]
    lines += [_say(call, "rejected", **row) for row in rejected]
    value = {"imported": len(found.examples), "rejected": rejected, "notices": notices}
    if asked.left_out and rejected:
        suffix, text = importing.rejects(found, call.language)
        path = asked.left_out.with_suffix(suffix)
        files.write(path, text)
        value["left_out"] = str(path)
        lines.append(_say(call, "left_out_written", path=str(path)))
    return call.show(value, "\n".join(lines))


def check(call: Call) -> int:
    """Is the data fit to train on?"""
    project = call.project
    model = call.arguments.model or choices.model(project, call.settings)
    report = readiness.report(project, model, call.settings)
    findings = [_finding(f, call.language) for f in report.findings]
    lines = [_say(call, f"ready.{report.ready}")]
    lines += [f"- {f['message']} {f['remedy']}" for f in findings]
    return call.show({"ready": report.ready, "findings": findings}, "\n".join(lines))


def split(call: Call) -> int:
    """Give a split to every example that has none; with --anew to all of them."""
    rows, asked = examples.all_examples(call.project), call.arguments
    rows = splits.again(rows, asked.seed) if asked.anew else splits.complete(rows, asked.seed)
    if not rows:
        raise PenalaError("no_examples")
    examples.save(call.project, rows)
    counts = splits.counts(rows)
    return call.show(counts, _say(call, "splits", **{k: v for k, v in counts.items() if k != "none"}))


def version(call: Call) -> int:
    """Freeze a version."""
    made = versions.freeze(call.project, call.arguments.note)
    value = {"version": made.name, "hash": made.hash, "rows": made.rows, "parent": made.parent}
    return call.show(value, _say(call, "frozen", name=made.name, rows=made.rows))


def export(call: Call) -> int:
    """Write a version (v001), a part of one (v001:test), or the examples as they are."""
    asked, project = call.arguments, call.project
    named = asked.dataset or ""
    rows = versions.rows(project, named) if named else examples.all_examples(project)
    kept = rows if ":" in named else exporting.to_train(rows, asked.to)
    text = exporting.export(kept, asked.to, choices.tuning_prompt(project).instructions)
    label = named.replace(":", "-") or "examples"
    path: Path = asked.out or Path(
        f"{project.id}-{label}-{asked.to}.{'csv' if asked.to == 'csv' else 'jsonl'}"
    )
    files.write(path, text)
    fewest, left_out = exporting.HOSTED.get(asked.to, 0), len(rows) - len(kept)
    lines = [_say(call, "exported", rows=len(kept), path=str(path))]
    lines += [_say(call, "left_out", rows=left_out)] if left_out else []
    lines += [_say(call, "too_few_for", target=asked.to, fewest=fewest)] if len(kept) < fewest else []
    value = {"path": str(path), "rows": len(kept), "left_out": left_out}
    return call.show(value, "\n".join(lines))


def _finding(f: checks.Finding, language: str) -> dict[str, Any]:
    return {
        "check": f.check, "severity": f.severity, "rows": list(f.rows), "count": len(f.rows),
        "message": f.say(language), "remedy": f.remedy(language),
    }  # fmt: skip


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"dataset.{key}", **values)
