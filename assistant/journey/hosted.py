"""A run at a provider: what it sends and costs, said before; started once, however often it is resumed; watched."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant import jobs
from assistant.advisor.estimate import providers
from assistant.advisor.estimate.assumptions import Range
from assistant.advisor.estimate.offers import Fact, Model, Provider
from assistant.errors import PenalaError
from assistant.jobs import Job, Journal
from assistant.journey import choices, exporting
from assistant.journey.tune import WORKER
from assistant.models.remote import estimated_tokens
from assistant.settings import Settings
from assistant.tuning import vertex
from assistant.tuning.hosted import Host, HostedPlan, Status
from assistant.workspace import files
from assistant.workspace.project import Project, open_project

_PREFIX = "vertex:"
POLL_SECONDS = 2.0  # between the first looks; each later wait is longer by half, up to
_SLOWEST_SECONDS = 30.0
_LONGEST_SECONDS = 4 * 24 * 3600.0  # of watching; the job itself goes on, and `resume` watches again
_PATIENCE_SECONDS = 3 * 3600.0  # of a network that is away


@dataclass(frozen=True)
class Cost:
    """USD for the training tokens, None where the price is unknown; `epochs` as priced.

    `token` is what has to be confirmed: the sum as written, or "unknown".
    """

    tokens: int
    epochs: int
    amount: Range | None
    price: Fact | None

    @property
    def token(self) -> str:
        if self.amount is None:
            return "unknown"
        low, high = self.amount.low, self.amount.high
        return f"{low:.2f}" if round(low, 2) == round(high, 2) else f"{low:.2f}-{high:.2f}"


@dataclass(frozen=True)
class Prepared:
    """A run that could start: its request as it would be sent, its cost, what speaks against it, and the data itself."""

    plan: HostedPlan
    dataset: str
    bucket: str
    request: dict[str, Any]
    cost: Cost
    rows: int
    validation: int
    warnings: tuple[str, ...]
    data: Mapping[str, bytes]  # by part: train, and validation where there is one


def is_hosted(spec: str) -> bool:
    """Whether a model is tuned at a provider."""
    return spec.startswith(_PREFIX)


def tunable(language: str) -> list[tuple[str, str]]:
    """Models that the price list knows to be tuned at a provider today: spec, and name for people."""
    provider = next(p for p in providers.load().all if p.id == "vertex")
    if provider.tuning.state_on(date.today()) == "closed":
        return []
    kept = [m for m in provider.models if m.tunable and not m.off(date.today())]
    return [(f"{_PREFIX}{m.id}", str(getattr(m.name, language))) for m in kept]


def prepare(
    project: Project, dataset: str, model: str, bucket: str, settings: Settings, language: str, **numbers: Any
) -> Prepared:
    """Check and price a run; nothing is sent.

    Raises PenalaError: hosted_door_shut, hosted_not_tunable, hosted_refused (by the provider's limits), bad_plan,
    remote_no_key, hosted_no_bucket, and what an export raises.
    """
    name = model.removeprefix(_PREFIX)
    provider, offered = _offered(name)
    export = exporting.build(project, exporting.Asked("vertex", dataset), settings, language)
    refused = [p.say(language) for p in export.problems if p.severity == "refused"]
    if refused:
        raise PenalaError("hosted_refused", model=name, reasons=" ".join(refused))
    title = f"{project.get('name') or project.id} {dataset}"[:128]
    plan = HostedPlan(name, "dry-run", title, **numbers)
    host, data = vertex.open_host(bucket), _parts(export.files)
    addresses = {part: host.address(_key(project, content)) for part, content in data.items()}
    return Prepared(
        plan, dataset, bucket, host.request(plan, addresses["train"], addresses.get("validation")),
        cost(offered, data["train"], plan.epochs), export.rows, export.validation,
        (*(p.say(language) for p in export.problems), *_notices(provider, host, language)), data,
    )  # fmt: skip


def start(project: Project, prepared: Prepared, confirmed: str) -> Job:
    """Start the run as a job, which sends the data that was priced. Raises PenalaError("hosted_not_confirmed") unless
    the sum was confirmed."""
    if confirmed.strip() != prepared.cost.token:
        raise PenalaError("hosted_not_confirmed", sum=prepared.cost.token)
    folder = _folder(project)
    taken = [int(p.name[1:]) for p in folder.glob("h*") if p.name[1:].isdigit()]
    run = f"h{max(taken, default=0) + 1:03d}"
    # The label finds the job again if the process dies between sending the request and writing down its answer.
    plan = replace(prepared.plan, label=f"{project.id}-{run}"[:63])
    spec = {
        "project": str(project.folder), "dataset": prepared.dataset, "bucket": prepared.bucket,
        "plan": {**plan.to_json(), "model": _PREFIX + plan.model}, "confirmed": confirmed.strip(),
    }  # fmt: skip
    for part, content in prepared.data.items():
        files.write(folder / run / "rows" / f"{part}.jsonl", content)
    return jobs.start(folder / run, "hosted", spec, WORKER)


def runs(project: Project) -> list[Job]:
    """The project's runs at providers, newest first."""
    return jobs.jobs_in(_folder(project))


def work(spec: Mapping[str, Any], journal: Journal, host: Host | None = None) -> dict[str, Any]:
    """The worker's part: upload and start unless that was done, then watch to the end.

    Raises PenalaError: hosted_failed, hosted_overdue, and what the provider refuses.
    """
    given = spec["plan"]
    plan = HostedPlan(**{**given, "model": given["model"].removeprefix(_PREFIX)})
    at = host or vertex.open_host(spec["bucket"])
    began = time.monotonic()
    name = _started(spec, plan, at, journal)
    ended = _watched(at, name, journal)
    kept = journal.folder / "hosted.json"
    prompt = choices.tuning_prompt(open_project(Path(spec["project"]))).to_json()
    files.write(
        kept, json.dumps({"job": name, "status": asdict(ended), "prompt": prompt}, ensure_ascii=False)
    )
    if not ended.usable:
        if ended.state == "cancelled":
            raise jobs.Cancelled
        raise PenalaError("hosted_failed", state=ended.state, reason=ended.error or "-")
    endpoint = ended.endpoint or ended.checkpoints[-1].endpoint
    return {
        "run": journal.folder.name, "adapter": None, "model": f"{_PREFIX}{endpoint}", "state": ended.state,
        "metrics": {"tokens": ended.tokens, "rows": ended.rows}, "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def cost(offered: Model, train: bytes, epochs: int | None) -> Cost:
    """Training tokens times epochs times the price; one epoch where the provider chooses how many."""
    counted, passes = estimated_tokens(train.decode("utf-8", "replace")), epochs or 1
    price = offered.tune
    if price is None or price.low is None or price.high is None:
        return Cost(counted, passes, None, price)
    million = counted * passes / 1e6
    # The file's letters hold its keys and quotes too, and four letters a token are right within a third.
    return Cost(counted, passes, Range(0.5 * million * price.low, 1.33 * million * price.high), price)


def _offered(name: str) -> tuple[Provider, Model]:
    provider = next(p for p in providers.load().all if p.id == "vertex")
    state = provider.tuning.state_on(date.today())
    if state == "closed":
        raise PenalaError("hosted_door_shut", model=name)
    known = {m.id: m for m in provider.models if m.tunable and not m.off(date.today())}
    if name not in known:
        raise PenalaError("hosted_not_tunable", model=name, known=", ".join(known))
    return provider, known[name]


def _notices(provider: Provider, host: Host, language: str) -> list[str]:
    notes = [getattr(notice.text, language) for notice in provider.must_know]
    location = getattr(host, "location", "")
    if provider.regions.values and location not in provider.regions.values:
        regions = ", ".join(provider.regions.values)
        notes.insert(0, str(PenalaError("hosted_region", location=location, known=regions).say(language)))
    return notes


def _parts(made: Mapping[str, bytes]) -> dict[str, bytes]:
    """The data of an export, by part; an empty part is none."""
    named = {path.partition(".")[0]: data for path, data in made.items() if path.endswith(".jsonl")}
    return {part: named[part] for part in ("train", "validation") if named.get(part)}


def _key(project: Project, data: bytes) -> str:
    return f"penala/{project.id}/{hashlib.sha256(data).hexdigest()[:16]}.jsonl"


def _started(spec: Mapping[str, Any], plan: HostedPlan, host: Host, journal: Journal) -> str:
    """The job's name: written down before, found at the provider, or started now."""
    kept = journal.folder / "job.json"
    if kept.exists():
        return str(json.loads(kept.read_text("utf-8"))["job"])
    asked = journal.folder / "asked"
    name = host.find(plan.label) if asked.exists() else None
    if name is None:
        journal.check()
        project = open_project(Path(spec["project"]))
        journal.progress(0, 1, "tuning.stage.uploading")
        train, validation = _uploaded(project, host, journal)
        files.write(asked, plan.label)
        journal.progress(0, 1, "tuning.stage.asking")
        name = host.start(plan, train, validation)
    files.write(kept, json.dumps({"job": name}))
    journal.add("note", key="tuning.hosted_started", job=name)
    return name


def _uploaded(project: Project, host: Host, journal: Journal) -> tuple[str, str | None]:
    """The data that was priced, under names by its content."""
    sent = {}
    for path in sorted((journal.folder / "rows").glob("*.jsonl")):
        sent[path.stem] = host.upload(path, _key(project, path.read_bytes()))
    return sent["train"], sent.get("validation")


def _watched(host: Host, name: str, journal: Journal) -> Status:
    """Look until it has ended; a network that is away is waited for, a cancel is passed on once."""
    began = away_since = time.monotonic()
    asked_to_stop = False
    last: object = None
    wait = POLL_SECONDS
    while time.monotonic() - began < _LONGEST_SECONDS:
        try:
            if (journal.folder / "cancel").exists() and not asked_to_stop:
                host.cancel(name)
                asked_to_stop = True
            now = host.status(name)
        except PenalaError as error:
            if not _passes(error) or _over(away_since):
                raise
            if last != error.code:
                journal.add("note", key="tuning.hosted_away")
            last = error.code
        else:
            away_since = time.monotonic()
            if (now.state, now.detail) != last:
                journal.add(
                    "note", key=f"tuning.hosted_state.{now.state}", detail=now.detail.replace("_", " ")
                )
            last = (now.state, now.detail)
            if now.ended:
                return now
        time.sleep(wait)
        wait = min(1.5 * wait, _SLOWEST_SECONDS)
    raise PenalaError("hosted_overdue", job=name)


def _passes(error: PenalaError) -> bool:
    """Whether it may well be over at a later look: no network, no quota, or the service in trouble of its own."""
    in_trouble = error.code == "remote_failed" and str(error.values.get("status", "")).startswith("5")
    return in_trouble or error.code in ("remote_unreachable", "remote_busy")


def _over(since: float) -> bool:
    return time.monotonic() - since > _PATIENCE_SECONDS


def _folder(project: Project) -> Path:
    return project.folder / "hosted"
