"""Makes Gradio's own words ("Drop file here") follow the page's language instead of the browser's."""

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.settings import LANGUAGES

_SCRIPT = (
    "<script>for (const [name, value] of [['language', '{0}'], ['languages', ['{0}']]])"
    " Object.defineProperty(navigator, name, {{get: () => value}});</script>"
)


@dataclass(frozen=True)
class Speech:
    """ASGI middleware: puts one script at the top of each page, before Gradio asks the browser's language.

    Gradio's own `head` option comes too late for that: it is added by the very program that has asked by then.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        language = scope.get("path", "").strip("/").split("/")[0]
        if scope["type"] != "http" or language not in LANGUAGES:
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Rewriter(language, send))


class _Rewriter:
    """Holds back the first HTML body until it is whole; everything else passes as it comes."""

    def __init__(self, language: str, send: Send) -> None:
        self.language, self.send = language, send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)
        else:
            await self.send(message)

    async def _finish(self, start: Message) -> None:
        script = _SCRIPT.format(self.language).encode()
        body = self.body.replace(b"<head>", b"<head>" + script, 1)
        body = body.replace(b'lang="en"', f'lang="{self.language}"'.encode(), 1)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def _is_page(message: Message) -> bool:
    headers = MutableHeaders(scope=message)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
