"""Files to keep, made when asked for: a project's zip, a decision record; addresses hold ids, never paths."""

import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.dataset.exports import records
from assistant.errors import PenalaError

if TYPE_CHECKING:
    from fastapi import Response

    from assistant.ui.context import Context
    from assistant.workspace.project import Project

Maker = Callable[["Project", str, str, Path], Path]


def sender(context: "Context") -> Callable[..., "Response"]:
    """The handler of /download/{kind}/{project}/{name}."""
    from fastapi import Request
    from fastapi.responses import FileResponse, PlainTextResponse
    from starlette.background import BackgroundTask

    def send(request: Request, kind: str, project: str, name: str, lang: str = "") -> "Response":
        folder = tempfile.TemporaryDirectory(prefix="penala-")
        language = lang if lang in ("id", "en") else context.settings.language
        try:
            if kind not in MAKERS or not context.may(request, "see", project):
                raise PenalaError("ui_no_download")
            path = MAKERS[kind](context.projects.open(project), name, language, Path(folder.name))
        except PenalaError as error:
            folder.cleanup()
            return PlainTextResponse(str(error.say(language)), status_code=404)
        return FileResponse(path, filename=path.name, background=BackgroundTask(folder.cleanup))

    return send


def icon() -> "Response":
    from fastapi.responses import FileResponse

    from assistant.ui import theme

    return FileResponse(theme.ICON, media_type="image/svg+xml")


def archive_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """The whole project as one zip."""
    from assistant.workspace import archive

    path = folder / f"{project.id}.zip"
    archive.pack(project, path)
    return path


def record_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """The decision record, as Markdown or, for a name that ends so, as one HTML file."""
    from assistant.advisor import checklist, record
    from assistant.advisor.session import Session

    text = Session(project, checklist.load(), None, language).record()
    is_page = name.endswith(".html")
    path = folder / f"{project.id}-decision-{language}.{'html' if is_page else 'md'}"
    path.write_text(record.page(text, language) if is_page else text, "utf-8")
    return path


def dataset_of(target: str, alone: bool) -> Maker:
    """Examples in the shape that `target` takes: a zip with its recipe, or the data alone. `name`: a version, or what
    `exporting.Asked.address` says."""

    def make(project: "Project", name: str, language: str, folder: Path) -> Path:
        from assistant.journey import exporting
        from assistant.settings import from_environment

        wanted = exporting.asked(target, name)
        made = exporting.build(project, wanted, from_environment(), language)
        suffix = made.target.suffix if alone and target != "huggingface" else ".zip"
        path = folder / f"{exporting.file_name(project, wanted, made)}{suffix}"
        exporting.write(made, path)
        return path

    return make


def left_out_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """The rows that an import left out, with their reasons; the mark at its start is how spreadsheets know UTF-8."""
    from assistant.dataset import importing

    kept = importing.kept_rejects(project, name)
    path = folder / f"{project.id}-{'sisa' if language == 'id' else 'left-out'}{kept.suffix}"
    path.write_text(kept.read_text("utf-8"), "utf-8-sig" if kept.suffix == ".csv" else "utf-8", newline="")
    return path


def checks_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """What the checks found, one line a row concerned; the mark at its start is how spreadsheets know UTF-8."""
    from assistant.journey import choices, readiness
    from assistant.settings import from_environment
    from assistant.ui.data import checking

    settings = from_environment()
    report = readiness.report(project, choices.base(project, settings), settings)
    path = folder / f"{project.id}-{'pemeriksaan' if language == 'id' else 'checks'}.csv"
    path.write_text(checking.sheet(project, report, language), "utf-8-sig", newline="")
    return path


def report_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """A comparison's report for stakeholders: one HTML file, or Markdown for a name that ends in .md."""
    from assistant.journey import reporting
    from assistant.settings import from_environment

    which, end = (name[:-3], "md") if name.endswith(".md") else (name, "html")
    path = folder / f"{project.id}-{_plain(which)}-{language}.{end}"
    return reporting.write(project, language, path, from_environment(), which)


def sheet_of(kind: str) -> Maker:
    """A comparison's table or answers as CSV; the mark at its start is how spreadsheets know UTF-8."""

    def make(project: "Project", name: str, language: str, folder: Path) -> Path:
        from assistant.journey import compare
        from assistant.ui.compare import sheets

        if name not in {job.id for job in compare.comparisons(project)}:
            raise PenalaError("no_comparison", comparison=name)
        write = {"arms": sheets.arms, "answers": sheets.answers}[kind]
        path = folder / f"{project.id}-{name}-{kind}.csv"
        path.write_text(write(compare.saved(project, name)), "utf-8-sig", newline="")
        return path

    return make


def estimate_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """The cost estimate as CSV: its `rows`, or the `assumptions` it rests on."""
    from assistant.advisor.estimate import project_costs
    from assistant.ui.decide import estimate_sheets

    made = {"rows": estimate_sheets.rows, "assumptions": estimate_sheets.assumptions}
    if name not in made:
        raise PenalaError("ui_no_download")
    path = folder / f"{project.id}-estimate-{name}.csv"
    text = made[name](project_costs.of(project, language), language)
    path.write_text(text, "utf-8-sig", newline="")
    return path


def log_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """What a run told and printed, for whoever has to find out why it failed."""
    from assistant.journey import tune

    job = tune.run(project, name)
    told = [f"{e.at} {e.kind} {json.dumps(e.values, ensure_ascii=False)}" for e in job.events()]
    path = folder / f"{project.id}-{job.id}.log.txt"
    path.write_text("\n".join([*told, "", job.log()]), "utf-8")
    return path


def shipped_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """An export of a tuned model as one zip, its weights as they are (they hardly shrink)."""
    from assistant.journey import shipping

    job = next((job for job in shipping.exports(project) if job.id == name), None)
    done = job.last("finished") if job else None
    if job is None or not done or "path" not in done:
        raise PenalaError("ui_no_download")
    path = folder / f"{project.id}-{job.spec['run']}-{job.spec['form']}.zip"
    with zipfile.ZipFile(path, "w") as out:
        for file in sorted((job.folder / "out").rglob("*")):
            if file.is_file():
                out.write(file, file.relative_to(job.folder / "out").as_posix())
    return path


def run_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """A run's record: what it takes to repeat it."""
    from assistant.journey import recording, tune

    job = tune.run(project, name)
    path = folder / f"{project.id}-{job.id}.json"
    path.write_text(json.dumps(recording.read(job.folder), ensure_ascii=False, indent=1), "utf-8")
    return path


def _plain(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum() or sign in "-_")[:40]


def datasheet_of(project: "Project", name: str, language: str, folder: Path) -> Path:
    """A version's datasheet, as Markdown."""
    from assistant.dataset import versions
    from assistant.journey import freezing

    version = versions.version(project, name).name
    path = folder / f"{project.id}-{version}-datasheet-{language}.md"
    path.write_text(freezing.sheet(project, version, language), "utf-8")
    return path


MAKERS: dict[str, Maker] = {
    "archive": archive_of,
    "record": record_of,
    "report": report_of,
    "checks": checks_of,
    "log": log_of,
    "run": run_of,
    "left-out": left_out_of,
    "estimate": estimate_of,
    "datasheet": datasheet_of,
    "shipped": shipped_of,
    "table": sheet_of("arms"),
    "answers": sheet_of("answers"),
    **{f"dataset-{target}": dataset_of(target, alone=True) for target in records.FORMS},
    **{f"export-{target}": dataset_of(target, alone=False) for target in records.FORMS},
}
