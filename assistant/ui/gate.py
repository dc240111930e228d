"""Who is let in: where accounts exist, every request needs a session; knows nothing of what the pages show."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.workspace.accounts import Accounts

COOKIE = "penala_session"
_OPEN = ("/login", "/logout", "/join/", "/favicon.ico", "/health")


@dataclass(frozen=True)
class Gate:
    """ASGI middleware: sends who has no session to the login page; refuses what is no page's address."""

    app: ASGIApp
    accounts: Accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self.accounts.exist() or self.accounts.who(token(headers.get("cookie", ""))):
            await self.app(scope, receive, send)
        elif scope.get("method") == "GET" and "text/html" in headers.get("accept", ""):
            wanted = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
            await RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)(scope, receive, send)
        else:
            await PlainTextResponse("Log in first.\n", status_code=401)(scope, receive, send)


def token(cookies: str) -> str:
    """The session's token in a Cookie header, or ""."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
