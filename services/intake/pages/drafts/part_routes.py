"""Units, leaders and items of a draft: the list of them, and a form for one."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from exact.faults import Fault
from programmes.consistency import check
from programmes.programme import ItemEntry
from services.intake.pages.drafts.part_forms import (
    MAX_INDICATORS,
    PARTS,
    SPARE,
    FaultyPart,
    PartName,
    ask_if_similar,
    entries_of,
    known_names,
    part_of,
    periods_of,
    posted_values,
    values_of,
)
from services.intake.pages.drafts.visit import MANAGE, DraftVisit, visited
from services.intake.pages.form_post import posted
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.draft import ProgrammeDraft, with_part
from web.gate import GuardedRoute, does
from web.privileged_reads import opened_by

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
NEW: Final = "new"
_USED: Final = ("仍有事项用到，不能删除：", "items use it, it cannot be removed: ")


@router.get("/drafts/{programme}/{part}")
@does(MANAGE)
async def parts(request: Request, programme: str, part: str) -> Response:
    """All units, leaders or items."""
    visit, known = await visited(request, programme), _known(part)
    if known == "items":
        visit.shows_items()
    return visit.page(f"draft_{known}.html", entries=entries_of(visit.kept.content, known))


@router.get("/drafts/{programme}/{part}/{id_}")
@does(MANAGE)
async def part_form(request: Request, programme: str, part: str, id_: str) -> Response:
    """The form of one of them, empty for a new one."""
    visit, known = await visited(request, programme, changing=True), _known(part)
    entry = _entry(visit.kept.content, known, id_)
    return _form(visit, known, entry, values_of(entry))


@router.post("/drafts/{programme}/{part}/{id_}")
@does(MANAGE)
async def send_part(request: Request, programme: str, part: str, id_: str) -> Response:
    """The draft with what the form says, or without that part."""
    visit, known = await visited(request, programme, changing=True), _known(part)
    content = visit.kept.content
    entry = _entry(content, known, id_)
    async with posted(request, visit.dependencies) as post:
        try:
            post.check(request)
            if post.fields.one("act") == "remove" and entry is not None:
                changed = _without(content, known, entry)
            else:
                made = part_of(known, post.fields, entry, visit.directory())
                ask_if_similar(known, entry, made, post.fields, content, visit.directory())
                changed = _with(content, known, entry, made)
            await visit.save(changed, post, known)
        except FaultyPart as faulty:
            return _form(visit, known, entry, posted_values(post.fields), invalid(*faulty.faults))
        except IntakeProblem as problem:
            return _form(visit, known, entry, posted_values(post.fields), problem)
    return visit.onward(f"/{known}" + (f"#e-{quote(entry.id)}" if entry is not None else ""))


def _known(part: str) -> PartName:
    found = next((one for one in PARTS if one == part), None)
    if found is None:
        raise IntakeProblem("not_found")
    return found


def _entry(content: ProgrammeDraft, part: PartName, id_: str) -> Any:
    if id_ == NEW:
        return None
    found = next((one for one in entries_of(content, part) if one.id == id_), None)
    if found is None:
        raise IntakeProblem("not_found")
    return found


def _with(content: ProgrammeDraft, part: PartName, before: Any, entry: Any) -> ProgrammeDraft:
    """The draft with a part that is new or changed. Raises FaultyPart for what contradicts the rest of it."""
    entries = entries_of(content, part)
    if before is None and any(one.id == entry.id for one in entries):
        field = {"units": "name", "leaders": "label", "items": "id"}[part]
        raise FaultyPart(
            Fault((field,), "repeated_id", "已有同名（同编号）的一项", "there is one of this name already")
        )
    changed = content.model_copy(update={part: tuple(with_part(entries, entry))})
    at = (part, [one.id for one in entries_of(changed, part)].index(entry.id))
    if faults := [one for one in check(changed) if one.loc[:2] == at]:
        raise FaultyPart(*(Fault(one.loc[2:3], one.rule, one.zh, one.en) for one in faults))
    return changed


def _without(content: ProgrammeDraft, part: PartName, entry: Any) -> ProgrammeDraft:
    """The draft without a part. Raises FaultyPart where items use it."""
    using = {
        "units": [one.id for one in content.items if entry.id in (one.lead_unit, *one.cooperating_units)],
        "leaders": [one.id for one in content.items if content.leader_of(one) == entry.id],
        "items": [],
    }[part]
    if using:
        listed = "、".join(using[:20])
        raise FaultyPart(Fault((), "used", f"{_USED[0]}{listed}", f"{_USED[1]}{listed}"))
    return content.model_copy(update={part: tuple(one for one in entries_of(content, part) if one.id != entry.id)})


def _form(
    visit: DraftVisit, part: PartName, entry: Any, values: dict[str, Any], problem: IntakeProblem | None = None
) -> Response:
    content = visit.kept.content
    if isinstance(entry, ItemEntry):
        opened_by(visit.request).item(content.programme, entry.id, entry.classification)
    rows = min(sum(name.endswith(".target") for name in values) + SPARE, MAX_INDICATORS)
    return visit.page(
        f"draft_{part[:-1]}.html",
        problem,
        entry=entry,
        values=values,
        rows=rows,
        periods=periods_of(content, entry if part == "items" else None),
        aspect_choices=[(one.number, one.name) for one in content.aspects],
        unit_choices=[(one.id, one.name) for one in content.units],
        leader_choices=[(one.id, one.label) for one in content.leaders],
        known_names=known_names(part, visit.directory()) if entry is None else [],
    )
