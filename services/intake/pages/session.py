"""Who uses the browser: the token's cookie, and the proof that a form was opened in the same session."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote, urlsplit

from starlette.requests import Request

from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from supervision.words import Language
from web.tokens import COOKIE, Identity


def language_of(request: Request) -> Language:
    """`?lang=en` switches to English; everything else is Chinese."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def signed_in(request: Request) -> tuple[Dependencies, Identity]:
    """What a handler needs, and the identity that the cookie proves. Raises Unauthenticated."""
    dependencies: Dependencies = request.app.state.dependencies
    return dependencies, dependencies.tokens.identity(request.cookies.get(COOKIE))


def sign_in_link(request: Request, address: str) -> str:
    """Where to sign in and come back from; empty if the setting `sign_in_url`, here `address`, is."""
    return f"{address.rstrip('/')}/sign-in?return={quote(str(request.url), safe='')}" if address else ""


def form_token(request: Request) -> str:
    """Stands in every form: only who can read the cookie can make it."""
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
