"""The addresses of our pages and downloads: language in the path, project in the query; shows nothing."""

from urllib.parse import quote, urlencode

STEPS = ("decide", "baseline", "data", "tune", "compare")
PAGES = ("home", *STEPS, "settings")


def page(language: str, name: str, project: str = "", **more: str) -> str:
    """The path of a page, e.g. /id/decide?project=p-1."""
    path = f"/{language}/" if name == "home" else f"/{language}/{name}"
    query = {key: value for key, value in {"project": project, **more}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def download(kind: str, project: str, name: str, language: str = "") -> str:
    """The path of a file to keep: kind archive, record, report, dataset."""
    path = f"/download/{quote(kind, safe='')}/{quote(project, safe='')}/{quote(name, safe='')}"
    return f"{path}?lang={language}" if language else path
