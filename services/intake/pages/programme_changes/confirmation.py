"""What was sent about a published programme: shown with what it would move, and submitted once that is confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from starlette.responses import Response

from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import DeputyEnded, ItemAssigned, ItemCorrected, ItemReassigned
from exact.faults import Fault
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import posted
from services.intake.pages.programme_changes import bodies, forms, item_bodies
from services.intake.pages.programme_changes.effect import Effects
from services.intake.pages.programme_changes.effects import effects_of, of_hand_over, of_words
from services.intake.pages.programme_changes.visit import OPERATIONS, ChangeName, ProgrammeVisit, form_page
from services.intake.pages.session import form_token
from services.intake.prepared.submissions import Prepared
from services.intake.problem import IntakeProblem, invalid
from services.intake.submitting.receipt import Receipt
from services.intake.who.item import KnownItem
from services.intake.who.permission import require_principal


async def sent(visit: ProgrammeVisit, name: ChangeName) -> Response:
    """The form again with its faults, what it would move, or, confirmed, what was recorded."""
    dependencies, now = visit.dependencies, visit.dependencies.clock.now()
    async with posted(visit.request, dependencies) as post:
        try:
            post.check(visit.request)
            if post.fields.one("act") == "edit":
                return await form_page(visit, name, post.fields, key=post.key)
            data = await _data(visit, name, post.fields)
            if post.fields.one("act") != "confirm":
                effects = _effects(visit, data, post.fields, await _unsigned(visit, data, post.fields))
                visit.shows(post.fields.one("item"), *effects.items)
                given = [pair for pair in post.fields.pairs() if pair[0] not in ("csrf", "act", "key", "published_at")]
                return visit.page(
                    "change_preview.html",
                    name=name,
                    effects=effects,
                    given=given,
                    key=post.key,
                    published_at=getattr(data, "published_at", now).isoformat(),
                    csrf=form_token(visit.request),
                )
            receipts = await _send(visit, name, data, post.fields, f"form-{post.key}")
        except IntakeProblem as problem:
            return await form_page(visit, name, post.fields, problem, post.key)
    return visit.page("change_done.html", 202, name=name, receipts=receipts)


async def _data(visit: ProgrammeVisit, name: ChangeName, fields: FormFields) -> Any:
    now = visit.dependencies.clock.now()
    match name:
        case "calendar":
            return bodies.calendar_days(fields, forms.today_of(now))
        case "units-and-leaders":
            return bodies.added_parts(fields, visit.known, visit.directory())
        case "policy":
            return await asyncio.to_thread(bodies.chosen_policy, fields, visit.dependencies.settings.library)
        case "deputies":
            data = bodies.naming(fields)
            require_principal(visit.identity, "deputy.name", data)
            return data
        case "item":
            return item_bodies.joining_item(fields, visit.known, visit.items, now)
        case "words":
            return item_bodies.corrected(fields, _item(visit, fields.one("item")))
        case "hands":
            return item_bodies.handed_over(fields, _item(visit, fields.one("item")))


async def _unsigned(visit: ProgrammeVisit, data: Any, fields: FormFields) -> Sequence[Prepared]:
    """What the unit that hands an item over prepared about it; nothing where there is no database to ask."""
    if isinstance(data, ItemReassigned):
        item = _item(visit, fields.one("item"))
        with suppress(IntakeProblem):
            if data.lead_unit != item.lead_unit:
                return await visit.dependencies.sign_off.passing_on(visit.programme, item.lead_unit, [item.id])
    return ()


def _effects(visit: ProgrammeVisit, data: Any, fields: FormFields, unsigned: Sequence[Prepared]) -> Effects:
    now, opened = visit.dependencies.clock.now(), visit.known.opened
    names = {one.id: one.name for one in opened.units} | {one.id: one.label for one in opened.leaders}
    if isinstance(data, ItemCorrected):
        return of_words(_item(visit, fields.one("item")), data, names)
    if isinstance(data, ItemReassigned):
        return of_hand_over(_item(visit, fields.one("item")), data, names, now, unsigned)
    there = visit.directory()
    known = {*names.values(), *(one.name for one in there.units), *(one.label for one in there.leaders)}
    return effects_of(data, visit.items, opened.policy, now, known)


def _item(visit: ProgrammeVisit, id_: str) -> KnownItem:
    """Raises IntakeProblem `invalid` for one that there is not."""
    found = next((one for one in visit.items if one.id == id_), None)
    if found is None:
        raise invalid(Fault(("item",), "unknown_item", "没有这件事项", "there is no such item"))
    return found


async def _send(visit: ProgrammeVisit, name: ChangeName, data: Any, fields: FormFields, key: str) -> Sequence[Receipt]:
    publisher, identity, programme = visit.dependencies.publisher, visit.identity, visit.programme
    if isinstance(data, ItemAssigned):
        return await publisher.assign(identity, programme, fields.one("id"), data, key)
    if isinstance(data, ItemCorrected | ItemReassigned):
        body = {"type": OPERATIONS[name].removeprefix("submit."), "data": SUBMISSION_TYPES.dump(data)}
        receiver, item = visit.dependencies.receiver, fields.one("item")
        return [(await receiver.receive(identity, programme, item, body, key)).receipt]
    operation = "deputy.end" if isinstance(data, DeputyEnded) else OPERATIONS[name]
    return await publisher.spread(operation, identity, programme, data, key)
