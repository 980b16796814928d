"""Units and leaders of a draft beside those of the directory: they join it, or take the ids that they have there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import psycopg
from fastapi import APIRouter, Request
from psycopg_pool import PoolTimeout
from starlette.responses import Response

from contracts.values import Leader, Unit
from programmes.programme import LeaderEntry, UnitEntry
from services.intake.pages.drafts.part_forms import PartName
from services.intake.pages.drafts.visit import MANAGE, DraftVisit, visited
from services.intake.pages.form_post import FormPost, posted
from services.intake.pages.session import form_token
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.draft import with_ids
from services.intake.who.permission import require_own, rights_of
from web.gate import GuardedRoute, does
from web.visitor import request_id

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


class Elsewhere(NamedTuple):
    """A unit or a leader that the directory has by this name, under another id; `taken` by another part of the draft.

    Whoever signs in for it has the directory's id, and would see nothing of the draft's.
    """

    part: PartName
    name: str
    here: str
    there: str
    taken: bool


class BesideDirectory(NamedTuple):
    """What of a draft the directory does not have, by id or by name, and what it has under another id."""

    units: Sequence[UnitEntry]
    leaders: Sequence[LeaderEntry]
    elsewhere: Sequence[Elsewhere]


def beside_directory(visit: DraftVisit) -> BesideDirectory:
    """The units and leaders of a draft beside the directory's: nobody can sign in for those that it does not have."""
    content, directory = visit.kept.content, visit.directory()
    units = [one for one in content.units if one.kind != "office"]
    # The office's own unit joins by nobody's click, and has its id all the same.
    taken = {one.id for one in content.units}
    of_units = {one.name: one.id for one in directory.units}
    of_leaders = {one.label: one.id for one in directory.leaders}
    return BesideDirectory(
        [one for one in units if one.id not in of_units.values() and one.name not in of_units],
        [one for one in content.leaders if one.id not in of_leaders.values() and one.label not in of_leaders],
        [
            *_elsewhere("units", [(one.name, one.id) for one in units], of_units, taken),
            *_elsewhere(
                "leaders",
                [(one.label, one.id) for one in content.leaders],
                of_leaders,
                {one.id for one in content.leaders},
            ),
        ],
    )


def _elsewhere(
    part: PartName, here: Sequence[tuple[str, str]], there: Mapping[str, str], taken: Collection[str]
) -> list[Elsewhere]:
    return [
        Elsewhere(part, name, id_, there[name], there[name] in taken)
        for name, id_ in here
        if there.get(name, id_) != id_
    ]


@router.post("/drafts/{programme}/directory")
@does(MANAGE)
async def to_directory(request: Request, programme: str) -> Response:
    """Units and leaders that the directory does not have join it under their ids here; others take its ids."""
    visit = await visited(request, programme)
    async with posted(request, visit.dependencies) as post:
        post.check(request)
        if post.fields.one("act") == "take":
            return await _take(visit, post)
        require_own(rights_of(visit.dependencies.roster, visit.identity), "units.add", programme)
        await _join(visit)
    return visit.onward("/publish")


async def _join(visit: DraftVisit) -> None:
    """Raises IntakeProblem `drafts_unavailable`."""
    dependencies, where, found = visit.dependencies, visit.kept.content.jurisdiction, beside_directory(visit)
    try:
        added = dependencies.directory and await dependencies.directory.extend(
            where.code,
            where.name,
            [Unit(id=one.id, name=one.name, kind=one.kind) for one in found.units],
            [Leader(id=one.id, label=one.label) for one in found.leaders],
        )
    except (psycopg.Error, PoolTimeout) as error:
        raise IntakeProblem("drafts_unavailable", "", type(error).__name__) from error
    for one in (*added[0], *added[1]) if added else ():
        dependencies.who.security.tell(
            "directory_extended", request_id=request_id(visit.request), who=visit.identity, about=one, outcome="done"
        )


async def _take(visit: DraftVisit, post: FormPost) -> Response:
    """The draft with the directory's ids, where no other part of the draft has them. Raises `draft_changed`."""
    if visit.kept.published is not None:
        raise IntakeProblem("draft_changed")
    ids: dict[PartName, dict[str, str]] = {"units": {}, "leaders": {}}
    for one in beside_directory(visit).elsewhere:
        if not one.taken:
            ids[one.part][one.here] = one.there
    if any(ids.values()):
        await visit.save(with_ids(visit.kept.content, ids["units"], ids["leaders"]), post, "units")
    return visit.onward("/publish")


def directory_token(visit: DraftVisit) -> str:
    """The token of the forms on the draft's summary that are sent here."""
    return form_token(visit.request, "directory")
