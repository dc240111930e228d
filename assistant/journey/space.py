"""Writes the folder of a public demo Space: its README, its requirements from our lock, the program, recordings."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

import assistant
from assistant.errors import PenalaError
from assistant.jobs import jobs_in
from assistant.journey import libraries
from assistant.settings import KNOWLEDGE, locked_versions
from assistant.workspace import archive
from assistant.workspace.project import Project
from assistant.workspace.visitors import limits, space

_APP = '''"""Starts Penala as a Space."""

from assistant.errors import PenalaError
from assistant.settings import from_environment
from assistant.ui.server import serve

try:
    serve(from_environment(), opened=print)
except PenalaError as error:
    raise SystemExit(str(error)) from None
'''
_ABOUT = """
# Penala

Asisten yang mencari tahu, dengan bukti, apakah sebuah tim perlu memperbaiki prompt, memakai RAG, menyetel model,
menggabungkannya, atau menunggu. Proyek Anda di demo ini hanya terlihat oleh Anda, paling besar {megabytes} MB, dan
dihapus permanen setelah {hours} jam; bawa sebagai zip sebelum itu. Proses penyetelan di proyek contoh adalah rekaman.
Untuk memakai Gemini di salinan milik Anda, setel `GEMINI_API_KEY` di Settings, Variables and secrets; tanpa itu semuanya
tetap berjalan, di prosesor Space ini.

An assistant that finds out, with evidence, whether a team should prompt, retrieve, fine-tune, combine them, or wait. Your
projects in this demo are seen by you alone, {megabytes} MB at most, and deleted for good after {hours} hours; take them
with you as a zip before that. The tuning run in the sample project is a recording. To use Gemini in a copy of your own,
set `GEMINI_API_KEY` under Settings, Variables and secrets; without it everything still works, on this Space's processor.
"""


def build(folder: Path, recordings: Sequence[Project]) -> list[Path]:
    """Write the Space to a new folder; what stands at its top.

    Raises PenalaError: space_not_empty, space_no_recording (a project without sample, finished run or comparison).
    """
    if folder.exists() and any(folder.iterdir()):
        raise PenalaError("space_not_empty", folder=str(folder))
    for project in recordings:
        _refuse_unfinished(project)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(readme(), "utf-8")
    (folder / "requirements.txt").write_text("\n".join(requirements()) + "\n", "utf-8")
    (folder / "app.py").write_text(_APP, "utf-8")
    skipped = shutil.ignore_patterns("__pycache__", "_knowledge", "*.pyc")
    shutil.copytree(Path(assistant.__file__).parent, folder / "assistant", ignore=skipped)
    shutil.copytree(
        KNOWLEDGE, folder / "knowledge", ignore=shutil.ignore_patterns("recorded", "constraints.txt")
    )
    shutil.copyfile(folder / "requirements.txt", folder / "knowledge" / "constraints.txt")
    for project in recordings:
        archive.pack(project, folder / "knowledge" / "recorded" / f"{project.get('sample')}.zip")
    return sorted(folder.iterdir())


def _refuse_unfinished(project: Project) -> None:
    done = [
        any(job.state() == "finished" for job in jobs_in(kind))
        for kind in (project.runs, project.comparisons)
    ]
    if not (all(done) and project.get("sample")):
        raise PenalaError("space_no_recording", project=str(project.folder))


def readme() -> str:
    """Front matter that Spaces know, then what the demo is, in both languages."""
    said, allowed = space(), limits()
    front = {
        "title": said["title"], "emoji": said["emoji"], "colorFrom": said["color_from"], "colorTo": said["color_to"],
        "sdk": "gradio", "sdk_version": locked_versions()["gradio"], "python_version": said["python_version"],
        "app_file": "app.py", "short_description": said["short_description"], "license": "apache-2.0",
    }  # fmt: skip
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n{_ABOUT.format(megabytes=allowed.megabytes, hours=int(allowed.hours))}"


def requirements() -> list[str]:
    """Every library that Penala needs at run time, those they need included, at its locked version; PyTorch as ZeroGPU
    has it. Versions carry no build's label (+cpu), which the package index does not have."""
    locked, said = locked_versions(), space()
    environment = {
        "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64",
        "python_version": said["python_version"], "python_full_version": f"{said['python_version']}.0",
    }  # fmt: skip
    wanted = {**locked, "torch": said["torch"]}
    names = sorted(libraries.needed(environment) & locked.keys())  # what the lock lacks comes from elsewhere
    return [f"{name}=={wanted[name].split('+')[0]}" for name in names]
