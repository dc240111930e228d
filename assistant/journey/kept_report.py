"""The newest report of a project's checks, kept until anything that was checked changes; knows no check."""

import hashlib
import json
from pathlib import Path
from typing import Any

from assistant.dataset import checks
from assistant.dataset.checks import Data, Finding, Named, Report
from assistant.settings import KNOWLEDGE
from assistant.workspace import files
from assistant.workspace.project import Project

_FILE = "checks.json"
_FORMAT = 4  # raised when a check's findings change for the same data


def of(project: Project, data: Data) -> Report:
    path, key = project.cache / _FILE, _key(data)
    known = _read(path)
    if known.get("key") == key:
        return Report(known["ready"], tuple(_finding(f) for f in known["findings"]))
    report = checks.check(data)
    body = {"key": key, "ready": report.ready, "findings": [_record(f) for f in report.findings]}
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, json.dumps(body, ensure_ascii=False))
    return report


def _key(data: Data) -> str:
    """A hash of all that the checks look at."""
    digest = hashlib.sha256()
    for e in data.examples:
        digest.update(
            repr((e.id, e.input, e.output, e.rejected, e.source, e.split, e.place)).encode("utf-8", "replace")
        )
    around = (
        _FORMAT, data.count("penala 123"), data.longest, data.frame, data.instructions, data.limits, data.left_out,
        data.asked, sorted(data.groups.items()), data.unread, (KNOWLEDGE / "checks.yaml").stat().st_mtime,
    )  # fmt: skip
    digest.update(repr(around).encode("utf-8", "replace"))
    return digest.hexdigest()


def _read(path: Path) -> dict[str, Any]:
    """What was kept; nothing where it is absent or damaged: it can be made again."""
    try:
        body = json.loads(path.read_text("utf-8"))
        return body if isinstance(body, dict) else {}
    except (OSError, ValueError):
        return {}


def _record(f: Finding) -> dict[str, Any]:
    values = {
        n: {"counts": dict(v.counts), "family": v.family} if isinstance(v, Named) else v
        for n, v in f.values.items()
    }
    return {"check": f.check, "severity": f.severity, "rows": f.rows, "values": values, "variant": f.variant}


def _finding(body: dict[str, Any]) -> Finding:
    values = {n: Named(**v) if isinstance(v, dict) else v for n, v in body["values"].items()}
    return Finding(body["check"], body["severity"], tuple(body["rows"]), values, body["variant"])
