"""The record of a run, `record.json`: all that a colleague needs to repeat it, and whether a repetition came out alike."""

import json
from pathlib import Path
from typing import Any

from assistant.errors import PenalaError
from assistant.jobs import Job, Journal
from assistant.tuning import sealed
from assistant.tuning.adapters import Card
from assistant.tuning.environment import environment
from assistant.workspace import files

_FILE = "record.json"
_WEIGHTS = ("adapter_model.safetensors", "changes.safetensors")
Record = dict[str, Any]


def read(folder: Path) -> Record:
    """Empty for a run that never came so far."""
    try:
        return dict(json.loads((folder / _FILE).read_text("utf-8")))
    except (OSError, ValueError):
        return {}


def begin(folder: Path, spec: dict[str, Any], prompt: str, data_hash: str, chat: Any) -> None:
    """Write down plan and seed, data, prompt, versions and machine; a repetition computes with as many threads."""
    from assistant.tuning.local.hardware import hardware, use_threads

    if spec.get("repeats"):
        threads = read(folder.parent / spec["repeats"]).get("hardware", {}).get("threads")
        if threads:
            use_threads(int(threads))
    asked: Record = {
        key: spec[key] for key in ("plan", "dataset", "pilot", "search", "repeats") if key in spec
    }
    record: Record = {
        "run": folder.name, **asked, "seed": spec["plan"]["seed"],
        "data": {"hash": data_hash, "rows": sealed.sealed(folder / "rows")}, "prompt": prompt,
        "base": chat.fingerprint, "versions": environment(), "hardware": hardware(chat.model),
    }  # fmt: skip
    files.write(folder / _FILE, json.dumps(record, ensure_ascii=False, indent=1))


def end(folder: Path, card: Card) -> None:
    """What came of it: the measures, and the hash of the weights."""
    found = [path for name in _WEIGHTS if (path := folder / "adapter" / name).is_file()]
    result = {
        "steps": card.steps, "best_step": card.best_step, "validation_loss": card.validation_loss,
        "score": card.score, "weights": files.sha256(found[0]) if found else None,
    }  # fmt: skip
    files.write(folder / _FILE, json.dumps({**read(folder), "result": result}, ensure_ascii=False, indent=1))


def repeated(old: Job) -> dict[str, Any]:
    """The spec that repeats a run from its record and its rows. Raises PenalaError("no_record")."""
    rows = old.folder / "rows"
    if not sealed.whole(rows) or "learned.json" not in sealed.sealed(rows) or not read(old.folder):
        raise PenalaError("no_record", run=old.id)
    spec = {k: v for k, v in old.spec.items() if k not in ("kind", "worker", "repeats")}
    return {**spec, "repeats": old.id}


def compare(journal: Journal, repeated: str) -> None:
    """Say whether the repetition came out the same, bit by bit, and if not, what was different."""
    old, new = read(journal.folder.parent / repeated), read(journal.folder)
    before, now = old.get("result"), new.get("result")
    if not before or before == now:
        key = "tuning.repeated_same" if before else "tuning.repeated_unfinished"
        journal.add("note", key=key, run=repeated, weights=str((now or {}).get("weights"))[:12])
        return
    journal.add(
        "note", key="tuning.repeated_other", run=repeated, reasons=", ".join(differences(old, new)) or "-"
    )


def differences(old: Record, new: Record) -> list[str]:
    """What differs in versions and machine, as "torch 2.8 → 2.9"."""
    found = []
    for part in ("versions", "hardware"):
        before, now = old.get(part, {}), new.get(part, {})
        found += [f"{k} {before.get(k)} → {now.get(k)}" for k in sorted({*before, *now}) if before.get(k) != now.get(k)]  # fmt: skip
    return found
