"""The language of a page: asked for now, else remembered by the browser, else Chinese; and of what is Chinese on it."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from supervision.words import Language

_COOKIE: Final = "liangdeng_lang"
_YEAR_SECONDS: Final = 365 * 86400
_PART: Final = re.compile(r"""</?[A-Za-z](?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|<""")
_NAME: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_OWN: Final = re.compile(r"""\slang=["']?zh""")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_VALUE: Final = re.compile('\\svalue="[^"]*[\u3400-\u9fff]')
_SIGNS: Final = "\u3001-\u301f\u3400-\u9fff\uff01-\uff5e"
_RUN: Final = re.compile(f"[{_SIGNS}](?:[^A-Za-z&;]*[{_SIGNS}])?")
"""From the first Chinese sign to the last, over digits and points; a foreign word ends it."""
_WHOLE: Final = frozenset(("option", "textarea"))
"""Elements that hold no other ones: they are marked as a whole."""
_UNMARKED: Final = frozenset(("title", "script", "style"))
"""Those that hold no other ones, and are in no language or in several."""


def language_of(request: Request) -> Language:
    """`?lang=en` switches to English and `?lang=zh` back."""
    asked = request.query_params.get("lang") or request.cookies.get(_COOKIE)
    return "en" if asked == "en" else "zh"


def remember_language(request: Request, answer: Response) -> None:
    """What was asked for is remembered, by the pages of every service."""
    if "lang" in request.query_params:
        answer.set_cookie(_COOKIE, language_of(request), max_age=_YEAR_SECONDS, samesite="lax", httponly=True)


def marked(html: str, language: Language) -> str:
    """The page; on an English one every Chinese text on it has its language, `lang="zh-CN"` (WCAG 3.1.2)."""
    if language == "zh":
        return html
    said: list[str] = []
    within, deep = "", 0
    for found in _PART.finditer(html):
        part = found[0]
        tag = _NAME.match(part)
        if tag is None:
            if within in _WHOLE and _HAN.search(part) and not _OWN.search(said[-1]):
                said[-1] = _with_language(said[-1])
            part = part if within else _RUN.sub(r'<span lang="zh-CN">\g<0></span>', part)
        elif within:
            deep += (tag[2].lower() == within) * (-1 if tag[1] else 1)
            within = within if deep else ""
        elif not tag[1]:
            name = tag[2].lower()
            if name == "input" and _VALUE.search(part):
                part = _with_language(part)
            elif name in _WHOLE or name in _UNMARKED or _OWN.search(part):
                within, deep = name, 1
        said.append(part)
    return "".join(said)


def _with_language(tag: str) -> str:
    return f'{tag[:-1]} lang="zh-CN">'
