"""The mailbox in the browser, and as JSON for tests."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.mail.mail_store import MailStore, body, headers
from sandbox.mail.smtp_server import Faults, SmtpHandler

PAGE = 50
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_FRAMED = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def application(smtp: SmtpHandler) -> Starlette:
    """The web application that shows what the SMTP server took."""
    routes = [
        Route("/", _list),
        Route("/mails/{id:int}", _mail),
        Route("/mails/{id:int}/html", _html),
        Route("/mails/{id:int}/raw", _raw),
        Route("/messages.json", _messages),
        Route("/counts.json", _counts),
        Route("/faults", _faults, methods=["GET", "PUT", "DELETE"]),
        Route("/readyz", _alive),
        Route("/healthz", _alive),
    ]
    app = Starlette(routes=routes)
    app.state.smtp = smtp
    return app


def _smtp(request: Request) -> SmtpHandler:
    smtp: SmtpHandler = request.app.state.smtp
    return smtp


def _store(request: Request) -> MailStore:
    return _smtp(request).store


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 18 else None


def _page(template: str, request: Request, **values: Any) -> HTMLResponse:
    lang = "en" if request.query_params.get("lang") == "en" else "zh"
    text = _TEMPLATES.get_template(template).render(lang=lang, en=lang == "en", **values)
    return HTMLResponse(text, headers=_HEADERS)


async def _list(request: Request) -> Response:
    recipient, words = request.query_params.get("to", "").strip(), request.query_params.get("q", "").strip()
    mails = _store(request).listed(recipient, words, limit=PAGE + 1, before=_number(request, "before"))
    older = mails[PAGE - 1].id if len(mails) > PAGE else None
    return _page(
        "list.html",
        request,
        mails=mails[:PAGE],
        older=older,
        recipient=recipient,
        words=words,
        total=_store(request).count(),
    )


async def _mail(request: Request) -> Response:
    id_ = request.path_params["id"]
    mail = _store(request).one(id_)
    if mail is None:
        return PlainTextResponse("没有这封邮件 · no such mail\n", 404)
    raw = _store(request).raw(id_)
    return _page(
        "mail.html",
        request,
        mail=mail,
        headers=list(headers(raw)),
        text=body(raw, "plain"),
        has_html=body(raw, "html") is not None,
    )


async def _html(request: Request) -> Response:
    found = body(_store(request).raw(request.path_params["id"]), "html")
    return HTMLResponse(found or "", 200 if found else 404, headers=_FRAMED)


async def _raw(request: Request) -> Response:
    raw = _store(request).raw(request.path_params["id"])
    return Response(raw, 200 if raw else 404, media_type="text/plain; charset=utf-8", headers=_FRAMED)


async def _messages(request: Request) -> Response:
    query = request.query_params
    limit = min(_number(request, "limit") or 100, 10_000)
    mails = _store(request).listed(
        query.get("to", ""), query.get("q", ""), limit=limit, before=_number(request, "before")
    )
    return JSONResponse({"total": _store(request).count(), "mails": [mail.as_json() for mail in mails]})


async def _counts(request: Request) -> Response:
    return JSONResponse(_store(request).counts())


async def _faults(request: Request) -> Response:
    smtp = _smtp(request)
    if request.method == "DELETE":
        smtp.faults = Faults()
    elif request.method == "PUT":
        try:
            smtp.faults = Faults.from_json(await request.json())
        except (TypeError, ValueError, AttributeError) as error:
            return JSONResponse({"problem": str(error)}, 400)
    return JSONResponse(smtp.faults.as_json())


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")
