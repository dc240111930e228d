"""On a public demo: lets visitors in without a login, says whose projects they are and how long; deletes them on time."""

import logging
import threading
from dataclasses import dataclass
from html import escape as safe
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import PenalaError
from assistant.settings import LANGUAGES
from assistant.ui import addresses
from assistant.ui.context import Context, speaker
from assistant.ui.entry import own_path, shell
from assistant.ui.gate import COOKIE
from assistant.workspace.visitors import limits

log = logging.getLogger("penala")
_EVERY = 60.0  # seconds between two looks for visitors whose time is over


@dataclass(frozen=True)
class Guests:
    """The answers to /visit and /visit/in."""

    context: Context

    def routes(self) -> APIRouter:
        router = APIRouter()
        router.get("/visit")(self.welcome)
        router.get("/visit/in")(self.enter)
        return router

    def welcome(self, request: Request, next: str = "") -> Response:
        """A new visitor's cookie, then on to see whether the browser has kept it."""
        try:
            session = self.context.visitors.welcome()
        except PenalaError as error:
            said = error.say(self._language(next))
            return self._page(next, said.message, said.hint, 503)
        answer = RedirectResponse(f"visit/in?next={quote(next, safe='')}", 303)
        hours = int(limits().hours * 3600)
        answer.headers["set-cookie"] = (
            f"{COOKIE}={session}; Max-Age={hours}; Path=/; HttpOnly; {_site(request)}"
        )
        return answer

    def enter(self, request: Request, next: str = "") -> Response:
        if self.context.accounts.who(request.cookies.get(COOKIE, "")):
            return RedirectResponse(own_path(next) or f"{addresses.ROOT}/", 303)
        t = speaker(self._language(next))
        return self._page(next, t("visit.no_cookie"), t("visit.no_cookie_hint"), 400)

    def _language(self, next: str) -> str:
        first = next.removeprefix(addresses.ROOT).split("/")[1:2]
        return first[0] if first and first[0] in LANGUAGES else self.context.settings.language

    def _page(self, next: str, message: str, hint: str, status: int) -> Response:
        language = self._language(next)
        again = f'<a href="{addresses.ROOT}/" target="_blank">{safe(speaker(language)("visit.own_tab"))}</a>'
        body = f"<h1>{safe(message)}</h1><p>{safe(hint)}</p><p>{again}</p>"
        return HTMLResponse(shell(language, body), status_code=status)


def _site(request: Request) -> str:
    """A Space is shown in a frame of another site, where only such a cookie is kept; it needs HTTPS."""
    secure = request.headers.get("x-forwarded-proto", request.url.scheme).startswith("https")
    return "SameSite=None; Secure; Partitioned" if secure else "SameSite=Lax"


def delete_on_time(context: Context, stop: threading.Event | None = None) -> threading.Thread:
    """Look every minute, in a thread of its own, for visitors whose time is over."""
    ended = stop or threading.Event()

    def look() -> None:
        while not ended.wait(_EVERY):
            try:
                if gone := context.visitors.delete_expired():
                    log.info("visitors whose time was over: %s", gone)
            except Exception:
                log.exception("deleting visitors failed; tried again in a minute")

    thread = threading.Thread(target=look, daemon=True, name="visitors")
    thread.start()
    return thread
