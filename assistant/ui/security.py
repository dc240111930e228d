"""Headers on every answer, and whom the server answers at all; knows nothing of the pages."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's page needs inline scripts and styles and compiles its HTML templates (hence unsafe-eval). All else
# comes from this server, so an address inside a model's or a document's text is never fetched.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)


@dataclass(frozen=True)
class Guard:
    """ASGI middleware: refuses foreign hosts and origins, and sets the security headers.

    `hosts` are the names this server answers to (empty: any, as on a team's server or behind a Space's proxy).
    Checking them stops a foreign page whose name was pointed at this machine (DNS rebinding). With `same_origin` a
    request that another site's page sent is refused (CSRF).
    """

    app: ASGIApp
    hosts: frozenset[str]
    same_origin: bool = True
    framed_by: str = ""  # another site that may show the pages in a frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if self._foreign(Headers(scope=scope)):
            refuse = PlainTextResponse("This server answers its own machine only.\n", status_code=403)
            await refuse(scope, receive, send)
            return
        policy = _POLICY.format(ancestors=f"'self' {self.framed_by}".strip())

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = (
                    "same-origin"  # "no-referrer" would send our own forms with the origin "null"
                )
            await send(message)

        await self.app(scope, receive, send_guarded)

    def _foreign(self, headers: Headers) -> bool:
        if self.hosts and _name(headers.get("host", "")) not in self.hosts:
            return True
        origin = headers.get("origin")
        return self.same_origin and origin is not None and urlsplit(origin).netloc != headers.get("host")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach that address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def own_names(host: str) -> frozenset[str]:
    return frozenset({"localhost", "127.0.0.1", "::1", host.strip("[]")})


def _name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "") if host else ""
