"""The addresses of our pages and downloads: language in the path, project in the query; shows nothing."""

from urllib.parse import quote, urlencode

from assistant.settings import from_environment

STEPS = ("decide", "baseline", "data", "tune", "compare")
PAGES = ("home", *STEPS, "settings")
ROOT = from_environment().root_path  # one for a process: what every address here begins with


def page(language: str, name: str, project: str = "", **more: str) -> str:
    """The path of a page, e.g. /id/decide?project=p-1."""
    path = f"{ROOT}/{language}/" if name == "home" else f"{ROOT}/{language}/{name}"
    query = {key: value for key, value in {"project": project, **more}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def download(kind: str, project: str, name: str, language: str = "") -> str:
    """The path of a file to keep: kind archive, record, report, dataset."""
    path = f"{ROOT}/download/{quote(kind, safe='')}/{quote(project, safe='')}/{quote(name, safe='')}"
    return f"{path}?lang={language}" if language else path
