"""Whose draft a page is about, and what every page of a draft shares: rights, forms, faults beside their fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from exact.faults import Fault
from programmes.programme import ProgrammeFile
from services.intake.dependencies import Dependencies
from services.intake.pages.form_post import FormPost
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.ledger_import import KnownNames, known_names_of
from services.intake.programme_drafts.store import KeptDraft
from services.intake.who.permission import require_own, rights_of
from web.identity import Identity
from web.privileged_reads import opened_by

MANAGE: Final = "draft.manage"
_PROGRAMME: Final = re.compile(r"[0-9]{6}-[A-Za-z0-9._-]{1,57}")


class DraftVisit(NamedTuple):
    """Somebody at a draft that is theirs to work on."""

    request: Request
    dependencies: Dependencies
    identity: Identity
    kept: KeptDraft

    def page(self, template: str, problem: IntakeProblem | None = None, **context: Any) -> Response:
        """A page about the draft; `problem` is what stands against what was sent."""
        faults = problem.faults if problem else ()
        return page(
            self.request,
            template,
            problem.status if problem else 200,
            **{"kept": self.kept, "draft": self.kept.content, "values": {}} | context,
            problem=problem,
            faults=by_field(faults),
            csrf=form_token(self.request),
        )

    def directory(self) -> KnownNames:
        """The units and leaders that the directory has of this jurisdiction."""
        return known_names_of(self.dependencies.directory, self.kept.content.jurisdiction.code)

    def shows_items(self, *versions: ProgrammeFile) -> None:
        """Say that the page shows the items, of these versions or the latest: those that are internal are on record."""
        for content in versions or (self.kept.content,):
            for item in content.items:
                opened_by(self.request).item(self.kept.programme, item.id, item.classification)

    async def save(self, content: Any, post: FormPost, made_from: Any) -> int:
        """The draft as it was sent, upon the version that the form was opened with."""
        upon = version_in(post)
        return await self.dependencies.drafts.save(content, upon, self.identity.id, made_from)

    def onward(self, path: str = "") -> RedirectResponse:
        """To a page of the draft."""
        root = self.request.scope["root_path"]
        return RedirectResponse(f"{root}/drafts/{self.kept.programme}{path}", 303)


async def visited(request: Request, programme: str, *, changing: bool = False) -> DraftVisit:
    """The draft of a programme, for its office. Raises RightDenied, IntakeProblem.

    `changing`: one that was published is not found, as nothing of it can be changed.
    """
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    require_own(rights_of(dependencies.roster, identity), MANAGE, programme)
    kept = await dependencies.drafts.find(programme) if _PROGRAMME.fullmatch(programme) else None
    if kept is None:
        raise IntakeProblem("not_found")
    if changing and kept.published is not None:
        raise IntakeProblem("draft_changed")
    return DraftVisit(request, dependencies, identity, kept)


def version_in(post: FormPost) -> int:
    """The version that the form was opened with; one that there never is where it says none."""
    text = post.fields.one("version")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def by_field(faults: Sequence[Fault]) -> Mapping[str, list[Fault]]:
    """Faults by the field of the form that they are in, as its name spells the path."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(".".join(map(str, fault.loc)), []).append(fault)
    return found
