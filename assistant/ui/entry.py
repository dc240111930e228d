"""Logging in and out, and joining by an invitation: plain forms without scripts; knows nothing of Gradio."""

from dataclasses import dataclass
from html import escape as safe
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.errors import PenalaError
from assistant.settings import LANGUAGES
from assistant.ui import addresses
from assistant.ui.context import Context, speaker
from assistant.ui.gate import COOKIE
from assistant.workspace.accounts import SESSION, SHORTEST, Invitation
from assistant.workspace.people import Person

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 ui-sans-serif, system-ui, sans-serif; background: #faf9f7; color: #1b1c1a; }
main { max-width: 24rem; margin: 8vh auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: .2rem 0; } p { margin: .4rem 0 1rem; color: #575550; }
label { display: block; margin: .8rem 0 .2rem; font-weight: 600; }
input { width: 100%; box-sizing: border-box; font: inherit; padding: .6rem; border: 1px solid #a3a097;
  border-radius: .4rem; background: #fff; color: inherit; }
button { margin-top: 1.2rem; font: inherit; font-weight: 600; padding: .65rem 1.2rem; border: 0; border-radius: .4rem;
  background: #14666d; color: #fff; cursor: pointer; width: 100%; }
a { color: #14666d; } :focus-visible { outline: 3px solid #479ba0; outline-offset: 2px; }
nav { display: flex; justify-content: space-between; } .p-wrong { border-left: 4px solid #b3261e; padding: .5rem .8rem;
  background: #fdecea; color: #5c1410; border-radius: .3rem; }
@media (prefers-color-scheme: dark) { body { background: #121312; color: #f3f2ee; } p { color: #d3d0c8; }
  input { background: #1b1c1a; } a { color: #7cbcbf; } .p-wrong { background: #3b1613; color: #f7d9d6; } }
"""


@dataclass(frozen=True)
class Entry:
    """The answers to /login, /logout and /join/{token}."""

    context: Context

    def routes(self) -> APIRouter:
        router = APIRouter()
        router.get("/login")(self.login_page)
        router.post("/login")(self.log_in)
        router.post("/logout")(self.log_out)
        router.get("/join/{token}")(self.join_page)
        router.post("/join/{token}")(self.join)
        return router

    def login_page(self, request: Request, next: str = "") -> Response:
        language = self._language(request)
        return self._page(
            language, self._login_form(language, next), f"{addresses.ROOT}/login?next={quote(next, safe='')}"
        )

    def log_in(
        self, request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        language = self._language(request)
        try:
            session = self.context.accounts.log_in(name, password, _address(request))
        except PenalaError as error:
            form = self._login_form(language, next, name, error)
            return self._page(language, form, f"{addresses.ROOT}/login?next={quote(next, safe='')}", 401)
        return self._let_in(request, session, own_path(next) or addresses.page(language, "home"))

    def log_out(self, request: Request) -> Response:
        self.context.accounts.log_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(f"{addresses.ROOT}/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    def join_page(self, request: Request, token: str) -> Response:
        return self._joining(request, token)

    def join(
        self, request: Request, token: str, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
        again: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Whoever is logged in joins; anyone else makes an account by it."""
        accounts, known = self.context.accounts, self._known(request)
        try:
            accounts.invitation(token)  # first: a link that is over makes no account
            if known is None and password != again:
                raise PenalaError("passwords_differ")
            person = known or accounts.add(name, password)
            found = accounts.join(token, person)
        except PenalaError as error:
            return self._joining(request, token, name, error)
        target = addresses.page(self._language(request), "data", found.project)
        return (
            RedirectResponse(target, 303)
            if known
            else self._let_in(request, accounts.open_session(person.name), target)
        )

    def _known(self, request: Request) -> Person | None:
        return self.context.accounts.who(request.cookies.get(COOKIE, ""))

    def _joining(
        self, request: Request, token: str, name: str = "", error: PenalaError | None = None
    ) -> Response:
        language, here = self._language(request), f"{addresses.ROOT}/join/{quote(token, safe='')}"
        try:
            found = self.context.accounts.invitation(token)
        except PenalaError as over:
            return self._page(language, _wrong(over, language), here, 404)
        form = self._join_form(language, here, found, self._known(request), name, error)
        return self._page(language, form, here, 400 if error else 200)

    def _login_form(self, language: str, next: str, name: str = "", error: PenalaError | None = None) -> str:
        t = speaker(language)
        return (
            f"<h1>{safe(t('entry.title'))}</h1><p>{safe(t('entry.lead'))}</p>{_wrong(error, language)}"
            f'<form method="post" action="{addresses.ROOT}/login?lang={language}"><input type="hidden" name="next" value="{safe(next)}">'
            f"{_field('name', t('entry.name'), name, 'username')}"
            f"{_field('password', t('entry.password'), '', 'current-password')}"
            f"<button>{safe(t('entry.log_in'))}</button></form>"
        )

    def _join_form(
        self, language: str, here: str, found: Invitation, known: Person | None, name: str, error: PenalaError | None
    ) -> str:  # fmt: skip
        t = speaker(language)
        lead = t(
            "entry.join_lead_known" if known else "entry.join_lead",
            project=self._project_name(found.project), role=t(f"people.role_{found.role}"),
        )  # fmt: skip
        by = f" {t('entry.by', name=found.by)}" if found.by else ""
        head = f"<h1>{safe(t('entry.join_title'))}</h1><p>{safe(lead + by)}</p>{_wrong(error, language)}"
        action = f'<form method="post" action="{safe(here)}?lang={language}">'
        if known:
            return f"{head}{action}<button>{safe(t('entry.join_known', name=known.name))}</button></form>"
        return (
            f"{head}{action}{_field('name', t('entry.name'), name, 'username')}"
            f"{_field('password', t('entry.password'), '', 'new-password')}"
            f"<small>{safe(t('entry.password_rule', least=SHORTEST))}</small>"
            f"{_field('again', t('entry.again'), '', 'new-password')}<button>{safe(t('entry.join'))}</button></form>"
            f'<p><a href="{addresses.ROOT}/login?lang={language}&next={quote(here, safe="")}">{safe(t("entry.have_account"))}</a></p>'
        )

    def _project_name(self, id: str) -> str:
        try:
            return str(self.context.projects.open(id).get("name", id))
        except PenalaError:
            return id

    def _language(self, request: Request) -> str:
        from assistant.ui.server import preferred

        asked = request.query_params.get("lang", "")
        if asked in LANGUAGES:
            return asked
        wanted = request.query_params.get("next", "").removeprefix(addresses.ROOT).split("/")[1:2]
        if wanted and wanted[0] in LANGUAGES:
            return wanted[0]
        return preferred(request.headers.get("accept-language", ""), self.context.settings.language)

    def _page(self, language: str, body: str, here: str, status: int = 200) -> Response:
        mark = "&" if "?" in here else "?"
        others = " ".join(
            f'<a href="{safe(f"{here}{mark}lang={code}")}" lang="{code}" hreflang="{code}">{code.upper()}</a>'
            for code in LANGUAGES
        )
        return HTMLResponse(shell(language, body, others), status_code=status)

    def _let_in(self, request: Request, session: str, target: str) -> Response:
        answer = RedirectResponse(target, 303)
        answer.set_cookie(
            COOKIE, session, max_age=int(SESSION.total_seconds()), httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer


def shell(language: str, body: str, others: str = "") -> str:
    """A page without scripts; `others`: links to the same in other languages."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Penala</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body><main><nav><b>Penala</b><span>{others}</span></nav>{body}</main></body></html>"
    )


def _field(name: str, label: str, value: str, kind: str) -> str:
    type_ = "password" if "password" in kind else "text"
    kept = f' value="{safe(value)}"' if value else ""
    focus = " autofocus" if name == "name" else ""
    return (
        f'<label for="{name}">{safe(label)}</label>'
        f'<input id="{name}" name="{name}" type="{type_}" autocomplete="{kind}" required{kept}{focus}>'
    )


def _wrong(error: PenalaError | None, language: str) -> str:
    if error is None:
        return ""
    said = error.say(language)
    return f'<div class="p-wrong" role="alert">{safe(said.message)} {safe(said.hint)}</div>'


def own_path(next: str) -> str:
    """The address asked for, if it is one of ours: another site's would make the login a springboard."""
    ours = next.startswith("/") and not next.startswith(("//", "/\\")) and next.isprintable()
    return next if ours else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
