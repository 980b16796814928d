"""The header of every page: where one can go, who one is, signing in and out; the same for all services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import Request

from supervision.words import ROLES, Language, Word, say
from web.addresses import SHARED, path_of, sign_in_link
from web.assets import Assets
from web.identity import Identity
from web.language import language_of
from web.rights import Rights

TEMPLATES: Final = Path(__file__).with_name("templates")
"""Holds what the pages of all services are made of; they are given the page's `Header` as `header`."""
shared = Assets(directory=Path(__file__).with_name("static"))
"""The style sheet and icon of all pages, for an application that renders pages to mount at `SHARED`."""

_LIGHTS: Final = Word("亮灯图", "Lights")
_ESCALATIONS: Final = Word("督办", "Escalations")
_EVALUATION: Final = Word("考核", "Evaluation")
_DESK: Final = Word("工作台", "Desk")
_ITEMS: Final = Word("我的事项", "My items")
_DRAFTS: Final = Word("方案草稿", "Drafts")
_SIGNING: Final = Word("待签", "To sign")
_DEPUTIES: Final = Word("代理", "Deputies")
_INBOX: Final = Word("收件箱", "Inbox")
_PEOPLE: Final = Word("人员", "People")
_READS: Final = Word("敏感读取", "Privileged reads")
_PROGRAMMES: Final = Word("督查方案", "Programmes")


class HeaderLink(NamedTuple):
    """Something one can go to."""

    address: str
    word: Word
    here: bool
    waiting: int = 0
    """How much waits there for whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the header of one page shows.

    `here` is the page's own address and `other_language` that of the same page in the other one; `root` is the path
    below which the application lies that renders it, `intake` that of intake. `programme` is the one that the page is
    about, `keep` the query that links to query's pages keep (`?as_of=…`).
    """

    language: Language
    here: str
    other_language: str
    intake: str
    people_sign_in: bool
    root: str = ""
    identity: Identity | None = None
    recognised: bool = True
    """False where nobody can be recognised now: then it is not said that nobody is signed in."""
    unit_name: str = ""
    person_name: str = ""
    programme: str = ""
    keep: str = ""
    waiting: int = 0
    """How much waits for a decision of whoever is signed in."""
    to_sign: int = 0
    """How much waits for the signature of whoever signs for a unit."""
    notes: Sequence[Word] = ()
    """What must be said with the data of the page, such as that it is simulated."""

    @property
    def zh(self) -> bool:
        """Whether the page is in Chinese."""
        return self.language == "zh"

    @property
    def assets(self) -> str:
        """Below which the style sheet and the icon of every page lie."""
        return f"{self.root}{SHARED}"

    @property
    def home(self) -> str:
        """Address of the first page."""
        return f"/{self.keep}"

    @property
    def sign_in(self) -> str:
        """Where to sign in and come back from; empty where nobody signs in."""
        return sign_in_link(self.here) if self.people_sign_in else ""

    @property
    def who(self) -> str:
        """Who is signed in, in words: the role, the unit, the person's name."""
        if self.identity is None:
            return ""
        unit = self.unit_name or self.identity.unit
        return " · ".join(filter(None, (say(ROLES, self.identity.role, self.language), unit, self.person_name)))

    @property
    def account(self) -> str:
        """The id of whoever is signed in, where the name is not known."""
        return self.identity.id if self.identity is not None and not self.person_name else ""

    @property
    def places(self) -> Iterator[HeaderLink]:
        """Where one can go from here."""
        rights = Rights(self.identity)
        if rights.may("desk.read"):
            yield self._place("/desk", _DESK, kept=False)._replace(waiting=self.waiting)
        yield self._place("/", _PROGRAMMES)
        if self.programme:
            about = f"/programmes/{quote(self.programme, safe='')}"
            yield self._place(about, _LIGHTS)
            if rights.may("escalations.list"):
                yield self._place(f"{about}/escalations", _ESCALATIONS)
            if rights.may("evaluation.list"):
                yield self._place(f"{about}/evaluation", _EVALUATION)
            if rights.may("deputy.name") and not rights.may("draft.manage"):  # the office has it on its workbench
                yield self._place(f"{self.intake}{about}/deputies", _DEPUTIES, kept=False)
        if rights.may("submission.sign"):
            yield self._place(f"{self.intake}/items", _ITEMS, kept=False)
            yield self._place(f"{self.intake}/signing", _SIGNING, kept=False)._replace(waiting=self.to_sign)
        if rights.may("draft.manage"):
            yield self._place(f"{self.intake}/drafts", _DRAFTS, kept=False)
        if rights.may("inbox.read"):
            yield self._place("/inbox", _INBOX, kept=False)
        if rights.may("people.list"):
            yield self._place("/people", _PEOPLE, kept=False)
        if rights.may("privileged_reads.list"):
            yield self._place("/privileged-reads", _READS, kept=False)

    def _place(self, path: str, word: Word, *, kept: bool = True) -> HeaderLink:
        return HeaderLink(f"{path}{self.keep}" if kept else path, word, self.here.partition("?")[0] == path)


def in_other_language(request: Request, *dropped: str) -> str:
    """The page that is asked for, with its query but for what is dropped, in the other language."""
    kept = {name: value for name, value in request.query_params.items() if name not in dropped}
    kept["lang"] = "zh" if language_of(request) == "en" else "en"
    return f"{path_of(request)}?{urlencode(kept)}"
