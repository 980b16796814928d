"""A page as a browser reads it: its forms, their fields and buttons."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]
_TOLD = re.compile(r'<div class="problem".*?</div>', re.DOTALL)
_HEADING = re.compile(r"<h1.*?</h1>", re.DOTALL)
_UNSENT = frozenset({"submit", "button", "file", "image", "reset"})


@dataclass(slots=True)
class Form:
    """A form that is posted: what it would send as it is, what else its fields offer, its buttons."""

    action: str
    fields: Pairs = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: Pairs = field(default_factory=list)

    def filled(self, values: Mapping[str, str | Sequence[str]], button: tuple[str, str] | None = None) -> Pairs:
        """What is sent with these fields typed over, by a button."""
        typed = [
            (name, one) for name, given in values.items() for one in ([given] if isinstance(given, str) else given)
        ]
        return [
            *((name, value) for name, value in self.fields if name not in values),
            *typed,
            *([button] if button else []),
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was opened."""

    url: str
    status: int
    text: str
    forms: Sequence[Form]

    def form(self, *, field: str = "csrf", button: tuple[str, str] | None = None) -> Form | None:
        """The first form with a field of this name, and this button."""
        return next(
            (
                one
                for one in self.forms
                if (field in dict(one.fields) or field in one.offered) and (button is None or button in one.buttons)
            ),
            None,
        )

    @property
    def told(self) -> str:
        """What the page says went wrong, else its heading."""
        found = _TOLD.search(self.text) or _HEADING.search(self.text)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0] if found else self.text[:300])).split())


def read_page(url: str, status: int, text: str) -> Page:
    """A page with its forms."""
    reader = _Reader()
    reader.feed(text)
    return Page(url, status, text, reader.forms)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select: tuple[str, bool, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("form", "input", "textarea", "select", "option", "button"):
            return
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            if given.get("method", "get").lower() == "post":
                self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input":
            self._input(self._form, given)
        elif tag == "textarea":
            self._area = given.get("name", ""), []
        elif tag == "select":
            self._select = given.get("name", ""), "multiple" in given, []
            self._form.offered.setdefault(given.get("name", ""), [])
        elif tag == "option" and self._select is not None:
            name, _, chosen = self._select
            self._form.offered[name].append(given.get("value", ""))
            if "selected" in given:
                chosen.append(given.get("value", ""))
        elif tag == "button" and given.get("name"):
            self._form.buttons.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None
        elif tag == "select" and self._select is not None and self._form is not None:
            name, several, chosen = self._select
            chosen = chosen or ([] if several else self._form.offered[name][:1])
            self._form.fields += [(name, value) for value in chosen]
            self._select = None

    def _input(self, form: Form, given: Mapping[str, str]) -> None:
        name, kind, value = given.get("name", ""), given.get("type", "text").lower(), given.get("value", "")
        if not name or kind in _UNSENT:
            return
        if kind in ("checkbox", "radio"):
            form.offered.setdefault(name, []).append(value)
            if "checked" not in given:
                return
        form.fields.append((name, value))
