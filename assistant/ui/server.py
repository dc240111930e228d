"""Puts the pages of each language on one web server and starts it; knows nothing of what they show."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import texts
from assistant.errors import PenalaError
from assistant.journey import samples
from assistant.settings import LANGUAGES, Settings
from assistant.ui import addresses
from assistant.ui.context import Context, open_context
from assistant.workspace import lock, redaction, selfcheck
from assistant.workspace.accounts import Accounts
from assistant.workspace.visitors import limits

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

MAX_UPLOAD = "200mb"  # one file; retrieval and archive have their own, stricter words for what is inside


def serve(settings: Settings, opened: Callable[[str], None] | None = None) -> None:
    """Serve the app until it is stopped; `opened` hears the address first.

    Raises PenalaError: ui_vibe_mode, ui_public_address, already_open.
    """
    import uvicorn

    from assistant.ui import guests

    check_start(settings, os.environ)
    settings.home.mkdir(parents=True, exist_ok=True)
    _quiet(settings.home)
    with lock.held(settings.home / "server.lock", "already_open", folder=str(settings.home)):
        redaction.log_to(settings.home)
        for repair in selfcheck.check(settings):
            _told(repair, settings, opened)
        context = open_context(settings)
        if settings.space:
            guests.delete_on_time(context)
            context.background.start("fetch:embedded", lambda report: _embedded(settings))
        else:
            samples.ready(context.projects)
        context.open_reader()
        app = create_app(context)
        if opened:
            opened(f"http://{settings.host}:{settings.port}/")
        uvicorn.run(
            app, host=settings.host, port=settings.port, root_path=settings.root_path, log_level="warning",
            server_header=False,
        )  # fmt: skip


def _told(repair: selfcheck.Repair, settings: Settings, opened: Callable[[str], None] | None) -> None:
    """Say what was mended at the start, where the server was started and in the log of who did what."""
    said = texts.say(
        settings.language, f"workspace.repair.{repair.kind}",
        path=str(repair.path), copied=repair.copied, kept=str(repair.kept), count=repair.count,
    )  # fmt: skip
    if opened:
        opened(said)
    if repair.path.name != "workspace.db" or repair.kind != "database_damaged":
        Accounts(settings.home).note("penala", repair.kind, repair.path.parent.name, said)


def check_start(settings: Settings, env: "os._Environ[str] | dict[str, str]") -> None:
    """Refuse what would open this machine to others."""
    from assistant.ui.security import is_loopback

    if env.get("GRADIO_VIBE_MODE"):
        raise PenalaError("ui_vibe_mode")
    if not is_loopback(settings.host) and not settings.space and not Accounts(settings.home).exist():
        raise PenalaError("ui_public_address", host=settings.host)


def _embedded(settings: Settings) -> None:
    """Fetch the models that a visitor meets first, while the first pages are read."""
    from assistant.models import weights

    for name in ("multilingual-e5-small", "smollm2-135m-instruct"):
        weights.ensure(name, settings)


def create_app(context: Context) -> "FastAPI":
    """The whole web application: one set of pages a language, downloads, and the guard before all."""
    from fastapi import FastAPI

    from assistant.ui import downloads, endpoints, entry, gate, guests, security, speech
    from assistant.ui.pages import pages

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.get("/")(front_door(context.settings.language))
    app.get("/favicon.ico")(downloads.icon)
    app.get("/health")(alive)
    space = context.settings.space
    app.include_router((guests.Guests(context) if space else entry.Entry(context)).routes())
    app.get("/download/{kind}/{project}/{name}")(downloads.sender(context))
    with _built_once():
        built = {language: assemble(pages(context, language), language) for language in LANGUAGES}
        named = endpoints.Endpoints(context).build()
    for language, blocks in built.items():
        app.get(f"/{language}")(_with_slash(language))
        _mount(app, blocks, f"/{language}", _largest_upload(space))
    _mount(app, named, endpoints.PATH, "1kb", show_error=True)
    own = security.is_loopback(context.settings.host) and not space
    hosts = security.own_names(context.settings.host) if own else frozenset()
    framed_by = "https://huggingface.co" if space else ""
    app.add_middleware(speech.Speech)
    app.add_middleware(gate.Gate, accounts=context.accounts, visitors=space)
    app.add_middleware(security.Guard, hosts=hosts, same_origin=not space, framed_by=framed_by)
    return app


@contextmanager
def _built_once() -> Iterator[None]:
    """Gradio describes a Blocks and makes a web application of it each time it is left: 23 times a language, and most
    of the time of a start. Only what `gr.mount_gradio_app` makes of it afterwards is served."""
    from gradio import Blocks
    from gradio.routes import App

    described, made = Blocks.get_config_file, App.create_app
    Blocks.get_config_file = lambda *_, **__: {}
    App.create_app = staticmethod(lambda *_, **__: None)
    try:
        yield
    finally:
        Blocks.get_config_file, App.create_app = described, made


def assemble(built: "dict[str, gr.Blocks]", language: str) -> "gr.Blocks":
    """One Blocks app from the pages of a language: "home" is its front, each other page a route."""
    import gradio as gr

    with gr.Blocks(
        title="Penala", analytics_enabled=False, delete_cache=(3600, 86400), fill_width=True
    ) as app:
        built["home"].render()
    for name, page in built.items():
        if name != "home":
            with app.route(texts.say(language, f"ui.step.{name}"), name):
                page.render()
    return app.queue(default_concurrency_limit=8, max_size=64, api_open=False)


def _largest_upload(space: bool) -> str:
    return f"{limits().upload_megabytes}mb" if space else MAX_UPLOAD


def _mount(app: "FastAPI", blocks: "gr.Blocks", path: str, largest: str, show_error: bool = False) -> None:
    import gradio as gr

    from assistant.ui import theme

    # Gradio warns that pages with routes have no server-side rendering, which is off here anyway.
    warnings.filterwarnings("ignore", message="SSR mode is not supported")
    gr.mount_gradio_app(
        app, blocks, path=path, theme=theme.theme(), css=theme.css(), head=_head(),
        favicon_path=str(theme.ICON), run_history=False, footer_links=[], allowed_paths=[], show_error=show_error, max_file_size=largest,
        root_path=f"{addresses.ROOT}{path}" if addresses.ROOT else None, enable_monitoring=False, mcp_server=False, ssr_mode=False, pwa=False,
    )  # fmt: skip


# Ctrl+Enter (or Cmd+Enter) inside a panel presses its save button; a link of the header that is clicked before the
# header is filled takes the project along.
_KEYS = """
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  const save = event.target.closest('.p-panel')?.querySelector('button.p-save');
  if (save) { event.preventDefault(); save.click(); }
});
document.addEventListener('click', (event) => {
  const link = event.target.closest('.p-tools a');
  const project = new URLSearchParams(location.search).get('project');
  if (!link || !project || link.search.includes('project=')) return;
  const to = new URL(link.href);
  to.searchParams.set('project', project);
  link.href = to.href;
}, true);
"""


def _head() -> str:
    """One key for saving, links that keep the project, and our icon where a reverse proxy shows us under a path."""
    return f'<link rel="icon" href="{addresses.ROOT}/favicon.ico"><script>{_KEYS}</script>'


def alive() -> dict[str, str]:
    """For whoever watches the server: it answers, and says no more."""
    return {"status": "ok"}


def front_door(language: str) -> Callable[..., Any]:
    from fastapi import Request
    from fastapi.responses import RedirectResponse

    def enter(request: Request) -> RedirectResponse:
        chosen = preferred(request.headers.get("accept-language", ""), language)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{addresses.ROOT}/{chosen}/{query}", status_code=307)

    return enter


def _with_slash(language: str) -> Callable[..., Any]:
    from fastapi import Request
    from fastapi.responses import RedirectResponse

    def add_slash(request: Request) -> RedirectResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{addresses.ROOT}/{language}/{query}", status_code=307)

    return add_slash


def preferred(accepted: str, otherwise: str) -> str:
    """The first of our languages in an Accept-Language header; q-values come sorted from browsers."""
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return otherwise


def _quiet(home: Path) -> None:
    """No telemetry, and uploads in transit inside our own folder; read by the libraries when imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["GRADIO_TEMP_DIR"] = str(home / "transit")
