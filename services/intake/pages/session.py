"""Who sits before the browser: the token's cookie, and the proof that a form was opened in the same session."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlsplit

from starlette.requests import Request

from services.intake.dependencies import desk_of
from services.intake.problem import IntakeProblem
from supervision.words import Language
from web.tokens import COOKIE, Identity


def language_of(request: Request) -> Language:
    """`?lang=en` switches to English; everything else is Chinese."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def signed_in(request: Request) -> Identity:
    """The identity that the cookie proves. Raises Unauthenticated."""
    return desk_of(request).tokens.identity(request.cookies.get(COOKIE))


def sign_in_link(request: Request) -> str:
    """Where to sign in and come back from; empty if nowhere is set."""
    address = desk_of(request).settings.sign_in_url.rstrip("/")
    return f"{address}/sign-in?return={quote(str(request.url), safe='')}" if address else ""


def form_token(request: Request) -> str:
    """Goes into every form: whoever cannot read the cookie cannot make it."""
    secret = request.cookies.get(COOKIE, "").encode()
    return hmac.new(secret, b"liangdeng form " + request.scope["path"].encode(), hashlib.sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Refuses a form that another site sent, before its body is read. Raises IntakeProblem `form_expired`."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    elsewhere = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in ("same-origin", "none") or elsewhere:
        raise IntakeProblem("form_expired", "请求来自其他网站", "the request comes from another site")


def check_form_token(request: Request, given: str) -> None:
    """Raises IntakeProblem `form_expired` unless the form was made in this session."""
    if not hmac.compare_digest(given.encode(), form_token(request).encode()):
        raise IntakeProblem("form_expired")
