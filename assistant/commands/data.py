"""`penala data …`: import, check, split, freeze and export examples."""

import sys
from collections.abc import Sequence
from pathlib import Path

from assistant import interchange, texts
from assistant.commands import Call
from assistant.dataset import examples, exports, importing, mending, splits
from assistant.errors import PenalaError
from assistant.journey import choices, exporting, freezing, readiness, shapes
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
    _known_split(asked.split)
    project = call.project_made_if_absent()  # only now: a file that cannot be read makes no project
    found = importing.keep(project, read, asked.split)
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
    model = call.arguments.model or choices.base(project, call.settings)
    if call.arguments.groups is not None:
        readiness.set_groups(project, call.arguments.groups)
    report = readiness.report(project, model, call.settings, "all" if call.arguments.deep else "some")
    findings = [shapes.finding(f, call.language) for f in report.findings]
    lines = [_say(call, f"ready.{report.ready}")]
    lines += [f"- {f['message']} {f['remedy']}" for f in findings]
    return call.show({"ready": report.ready, "findings": findings}, "\n".join(lines))


def mend(call: Call) -> int:
    """Do a check's remedy, or take the newest one back with --undo."""
    project, asked = call.project, call.arguments
    if asked.undo:
        done, key = mending.undo(project), "unmended"
    else:
        model = choices.base(project, call.settings)
        done, key = readiness.mend(project, model, call.settings, asked.check or "", asked.person), "mended"
    value = {"check": done.check, "changed": len(done.rows), "rows": list(done.rows)}
    return call.show(value, _say(call, key, check=done.check, count=len(done.rows)))


def split(call: Call) -> int:
    """Give a split to every example that has none; with --anew to all of them."""
    rows, asked = examples.all_examples(call.project), call.arguments
    if asked.folds:
        return _folds(call, splits.folds(rows, asked.folds, asked.seed))
    rows = splits.again(rows, asked.seed) if asked.anew else splits.complete(rows, asked.seed)
    if not rows:
        raise PenalaError("no_examples")
    examples.save(call.project, rows)
    counts = splits.counts(rows)
    return call.show(counts, _say(call, "splits", **{k: v for k, v in counts.items() if k != "none"}))


def _folds(call: Call, found: Sequence[splits.Fold]) -> int:
    """Each fold's ids; nothing is saved."""
    if not found:
        raise PenalaError("no_folds")
    rows = [
        {"fold": n, "train": list(fold.train), "test": list(fold.test)} for n, fold in enumerate(found, 1)
    ]
    lines = [_say(call, "fold", n=n, train=len(f.train), test=len(f.test)) for n, f in enumerate(found, 1)]
    return call.show_rows(rows, "\n".join(lines))


def version(call: Call) -> int:
    """Freeze a version."""
    asked = call.arguments
    made = freezing.freeze(call.project, call.settings, asked.note, asked.person, licence=asked.licence)
    value = {"version": made.name, "hash": made.hash, "rows": made.rows, "parent": made.parent}
    return call.show(value, _say(call, "frozen", name=made.name, rows=made.rows))


def export(call: Call) -> int:
    """Write a version (v001), a part of one (v001:test), or the table as it is, of it what the filters leave."""
    given, project = call.arguments, call.project
    wanted = exporting.Asked(
        given.to, given.dataset or "", _sought(call), given.all_splits, given.bom, given.model or ""
    )
    made = exporting.build(project, wanted, call.settings, call.language)
    suffix = "" if made.target.id == "huggingface" else made.target.suffix
    path: Path = given.out or Path(exporting.file_name(project, wanted, made) + suffix)
    written = exporting.write(made, path)
    alone = len(written) == 1 and path.suffix != ".zip"
    left_out = made.left_out + (made.validation if alone else 0)
    lines = [
        _say(call, "exported_to", rows=made.rows, target=made.target.name.say(call.language), path=str(path))
    ]
    lines += (
        [_say(call, "exported_validation", rows=made.validation)] if made.validation and not alone else []
    )
    lines += [_say(call, "left_out", rows=left_out)] if left_out else []
    lines += [problem.say(call.language) for problem in made.problems]
    lines += [f"\n# {name}\n{text}" for name, text in made.recipes.items()]
    value = {
        "path": str(path), "files": list(map(str, written)), "target": made.target.id, "rows": made.rows,
        "validation": 0 if alone else made.validation, "left_out": left_out,
        "problems": [
            {"code": p.code, "severity": p.severity, "rows": list(p.rows), "message": p.say(call.language)}
            for p in made.problems
        ],
        "recipes": dict(made.recipes),
    }  # fmt: skip
    return call.show(value, "\n".join(lines))


def targets(call: Call) -> int:
    """Where examples can be exported to."""
    rows = [
        {
            "id": to.id, "group": to.group, "name": to.name.say(call.language), "about": to.about.say(call.language), "state": to.state,
            "pairs": to.pairs, "source": to.source, "date": to.date,
            "limits": {name: limit.value for name, limit in to.limits.items()},
        }
        for to in exports.all_targets()
    ]  # fmt: skip
    return call.show_rows(
        rows, "\n".join(f"{row['id']:18} {row['name']}\n{'':18} {row['about']}" for row in rows)
    )


def _sought(call: Call) -> examples.Filter:
    """The rows that the command's filters leave; only accepted ones unless --status says otherwise."""
    given = call.arguments
    if given.status not in exporting.STATUSES:
        raise PenalaError("no_status", status=given.status, known=", ".join(exporting.STATUSES))
    _known_split(given.split)
    return examples.Filter(
        words=given.words, split=given.split, status=exporting.STATUSES[given.status], tag=given.tag, author=given.author,
        origin=given.origin,
    )  # fmt: skip


def _known_split(name: str) -> None:
    if name and name not in examples.SPLITS:
        raise PenalaError("no_split", split=name, known=", ".join(examples.SPLITS))


def _say(call: Call, key: str, **values: object) -> str:
    return texts.say(call.language, f"dataset.{key}", **values)
