"""The language of a page: asked for now, else remembered by the browser, else Chinese."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from supervision.words import Language

_COOKIE: Final = "liangdeng_lang"
_YEAR_SECONDS: Final = 365 * 86400


def language_of(request: Request) -> Language:
    """`?lang=en` switches to English and `?lang=zh` back."""
    asked = request.query_params.get("lang") or request.cookies.get(_COOKIE)
    return "en" if asked == "en" else "zh"


def remember_language(request: Request, answer: Response) -> None:
    """What was asked for is remembered, by the pages of every service."""
    if "lang" in request.query_params:
        answer.set_cookie(_COOKIE, language_of(request), max_age=_YEAR_SECONDS, samesite="lax", httponly=True)
