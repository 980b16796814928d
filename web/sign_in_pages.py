"""The pages of signing in and out themselves: signed out, and what did not work."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from supervision.words import Word
from web.addresses import local_path
from web.header import TEMPLATES, Header
from web.language import language_of, marked, remember_language
from web.problem import HttpProblem

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_SIGNED_OUT: Final = Word("您已退出登录", "You are signed out")
_environment: Final = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def problem_page(request: Request, problem: HttpProblem, intake: str, hint: Word | None = None) -> HTMLResponse:
    """What did not work, what there is to know about it, and the way back."""
    answer = _page(request, problem.title, intake, status=problem.status, hint=hint)
    answer.headers.update(problem.headers)
    return answer


def signed_out_page(request: Request, onward: str, intake: str) -> HTMLResponse:
    """Signed out here; the browser goes on to `onward`, where it signs out at the provider.

    A page and not a redirect: a browser lets no form of ours lead to another origin, by our own policy.
    """
    return _page(request, _SIGNED_OUT, intake, onward=onward)


def _page(
    request: Request, title: Word, intake: str, *, status: int = 200, onward: str = "", hint: Word | None = None
) -> HTMLResponse:
    header = Header(
        language=language_of(request),
        here=local_path(request.query_params.get("return", "/")),
        other_language="/?lang=zh" if language_of(request) == "en" else "/?lang=en",
        intake=intake,
        people_sign_in=True,
    )
    template, failed = _environment.get_template("sign_in.html"), status != HTTPStatus.OK
    text = template.render(header=header, title=title, onward=onward, failed=failed, hint=hint)
    answer = HTMLResponse(marked(text, header.language), status, headers=_HEADERS)
    remember_language(request, answer)
    return answer
