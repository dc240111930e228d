"""Who is let in: where accounts exist, every request needs a session; knows nothing of what the pages show."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.ui import addresses
from assistant.workspace.accounts import Accounts

COOKIE = "penala_session"
_OPEN = ("/login", "/logout", "/join/", "/favicon.ico", "/health")
_FOR_PROGRAMS = "/api/"
_OPEN_TO_VISITORS = ("/visit", "/logout", "/favicon.ico", "/health")


@dataclass(frozen=True)
class Gate:
    """ASGI middleware: sends who has no session to the login page; refuses what is no page's address.

    With `visitors` (a public demo) there is no login: who has no session is sent to where one is given.
    """

    app: ASGIApp
    accounts: Accounts
    visitors: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        doors = _OPEN_TO_VISITORS if self.visitors else _OPEN
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(doors):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if path.startswith(_FOR_PROGRAMS):  # a browser's session opens nothing here
            if not self.visitors and self.accounts.key_owner(bearer(headers.get("authorization", ""))):
                await self.app(scope, receive, send)
            else:
                await PlainTextResponse("A key is needed: Authorization: Bearer …\n", 401)(
                    scope, receive, send
                )
            return
        alone = not self.visitors and not self.accounts.exist()
        if alone or self.accounts.who(token(headers.get("cookie", ""))):
            await self.app(scope, receive, send)
        elif scope.get("method") == "GET" and "text/html" in headers.get("accept", ""):
            wanted = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
            door = addresses.ROOT + ("/visit" if self.visitors else "/login")
            await RedirectResponse(f"{door}?next={quote(wanted, safe='')}", 303)(scope, receive, send)
        else:
            await PlainTextResponse("Log in first.\n", status_code=401)(scope, receive, send)


def bearer(authorization: str) -> str:
    """The key in an Authorization header, or ""."""
    kind, _, key = authorization.partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def token(cookies: str) -> str:
    """The session's token in a Cookie header, or ""."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
