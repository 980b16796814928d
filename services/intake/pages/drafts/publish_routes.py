"""A draft is published once its summary is confirmed, and the rulings on it are told; refused, it is open again."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from programmes.programme import ProgrammeFile
from programmes.programme_text import programme_text
from services.intake.pages.drafts.directory_routes import beside_directory, directory_token
from services.intake.pages.drafts.outcome import PublicationOutcome, outcome_of
from services.intake.pages.drafts.visit import MANAGE, DraftVisit, version_in, visited
from services.intake.pages.form_post import posted
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.draft import open_points
from services.intake.programme_drafts.year_calendar import due_days
from services.intake.who.permission import require_own, rights_of
from supervision.refusal_words import REASONS
from web.gate import GuardedRoute, does
from web.rights import RightDenied

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_RULED_SECONDS: Final = 8.0
_PERHAPS_ON_THE_LOG: Final = ("partly_published", "unknown_outcome")


@router.get("/drafts/{programme}/publish")
@does(MANAGE)
async def summary(request: Request, programme: str) -> Response:
    """What would be published, to be confirmed."""
    visit = await visited(request, programme)
    return _summary(visit) if _to_send(visit) else visit.onward("/published")


@router.post("/drafts/{programme}/publish")
@does(MANAGE)
async def publish(request: Request, programme: str) -> Response:
    """Through the publisher, as a file that is posted; sent twice it is one publication."""
    visit = await visited(request, programme)
    dependencies, identity, kept = visit.dependencies, visit.identity, visit.kept
    async with posted(request, dependencies) as post:
        try:
            post.check(request)
            if kept.published is None and version_in(post) != kept.version:
                raise IntakeProblem("draft_changed")
            if post.fields.one("confirmed") != "yes":
                raise IntakeProblem("invalid", "请先勾选确认", "tick the box to confirm")
            require_own(rights_of(dependencies.roster, identity), "programme.publish", programme)
            complete, key = await _complete(visit)
            if kept.published is not None and (await outcome_of(visit, key, refusals=False)).reopens:
                return visit.onward("/published")
            # Before the first append: what breaks off is sent again as it is, and nobody changes it meanwhile.
            await dependencies.drafts.publish(kept, key)
            try:
                await dependencies.publisher.publish(identity, complete, key)
            except (IntakeProblem, RightDenied) as refused:
                perhaps = isinstance(refused, IntakeProblem) and refused.code in _PERHAPS_ON_THE_LOG
                if not perhaps:
                    await dependencies.drafts.reopen(kept, key)
                raise
        except IntakeProblem as problem:
            return _summary(visit, problem)
    return visit.onward("/published")


@router.get("/drafts/{programme}/published")
@does(MANAGE)
async def published(request: Request, programme: str) -> Response:
    """What the rulings on a publication say; waits some seconds for all of them. Refused, the draft is open again.

    Of a draft that is open again it is the last one that was refused.
    """
    visit = await visited(request, programme)
    kept = visit.kept
    if kept.published is None and not (kept.refusals and kept.sent_under):
        return visit.onward()
    outcome = await _waited_for(visit, kept.sent_under or (await _complete(visit))[1])
    if outcome.reopens and kept.published is not None:
        await visit.dependencies.drafts.refused(kept)
        visit = await visited(request, programme)
    found = await visit.dependencies.used_keys.named(outcome.submission)
    receipt = found[1] if found else None
    return visit.page(
        "draft_published.html",
        outcome=outcome,
        reasons=REASONS,
        receipt=receipt,
        ruling=receipt.page(visit.dependencies.position_tokens) if receipt else "",
    )


async def _waited_for(visit: DraftVisit, key: str) -> PublicationOutcome:
    deadline = asyncio.get_running_loop().time() + _RULED_SECONDS
    while not (outcome := await outcome_of(visit, key, refusals=False)).settled:
        if asyncio.get_running_loop().time() > deadline:
            return await outcome_of(visit, key)
        await asyncio.sleep(0.2)
    return outcome


def _to_send(visit: DraftVisit) -> int:
    """How many items of a draft no ruling has opened yet; all of them before it is published."""
    items, known = visit.kept.content.items, visit.dependencies.roster.items
    if visit.kept.published is None:
        return len(items) or 1
    return sum((visit.kept.programme, item.id) not in known for item in items)


async def _complete(visit: DraftVisit) -> tuple[ProgrammeFile, str]:
    """The programme as its reader reads the draft's text, and the key that this text alone has.

    What was refused is sent anew under another key: under the first one it is refused for ever.

    Raises IntakeProblem `invalid`, Busy.
    """
    content, refusals = visit.kept.content, visit.kept.refusals
    if faults := open_points(content):
        raise invalid(*faults)
    text = (await asyncio.to_thread(programme_text, content)).encode()
    reader = visit.dependencies.programme_reader
    programme = await reader.read(text, json=False, simulated=content.simulated)
    again = f"-{refusals}" if refusals else ""
    return programme, f"draft-{sha256(text).hexdigest()}{again}"


def _summary(visit: DraftVisit, problem: IntakeProblem | None = None) -> Response:
    content, found = visit.kept.content, beside_directory(visit)
    return visit.page(
        "draft_publish.html",
        problem,
        open_points=open_points(content),
        due=due_days(content) if content.items else [],
        to_send=_to_send(visit) > 0,
        directory_csrf=directory_token(visit),
        absent=[*(one.name for one in found.units), *(one.label for one in found.leaders)],
        elsewhere=found.elsewhere,
    )
