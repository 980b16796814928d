"""What somebody does next, so that a receipt leads on: papers to sign, an errand of the unit, a decision alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from fastapi import Request

from services.intake.dependencies import Dependencies
from services.intake.pages import desk
from services.intake.pages.desk import Errand
from services.intake.pages.prepared_rows import PreparedRow, prepared_rows
from services.intake.pages.shown_items import open_item
from services.intake.who.decisions import pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from web.identity import Identity


class NextErrand(NamedTuple):
    """An errand and the page on which it is done; without an item: papers that wait for the signature, `number`."""

    path: str
    query: Mapping[str, str]
    name: str = ""
    item: KnownItem | None = None
    number: int = 0


def to_do(led: Iterable[KnownItem], prepared: Iterable[PreparedRow], now: datetime) -> list[Errand]:
    """What a unit has to do about the items that it leads, without what is prepared already."""
    begun = {(row.item.programme, row.item.id, row.prepared.type, row.prepared.period) for row in prepared}
    due = desk.errands(led, now)
    return [one for one in due if (one.item.programme, one.item.id, one.name, one.period) not in begun]


async def next_errand(
    request: Request, dependencies: Dependencies, identity: Identity, done: KnownItem | None = None, act: str = ""
) -> NextErrand | None:
    """What follows `act` about the item that is `done`; None where the desk is the place to choose."""
    find = _of_unit if identity.unit is not None else _decision
    found = await find(dependencies, identity, done, act)
    if found is not None and found.item is not None:
        open_item(request, found.item)
    return found


async def _of_unit(
    dependencies: Dependencies, identity: Identity, done: KnownItem | None, act: str
) -> NextErrand | None:
    """A head's papers first; then what is due soon, the most urgent first."""
    prepared = await prepared_rows(dependencies, identity)
    waiting = sum(row.prepared.state == "waiting" for row in prepared)
    if waiting and dependencies.heads.sign(identity):
        return NextErrand("/signing", {}, number=waiting)
    known = dependencies.roster.items_of(identity.jurisdictions)
    led = [item for item in known if item.lead_unit == identity.unit]
    for one in to_do(led, prepared, dependencies.clock.now()):
        if one.soon and not (one.item is done and one.name == act):  # the ruling on what is done may be to come
            query = {"period": one.period} if one.period else {}
            return NextErrand(_form(one.item, one.name), query, one.name, one.item)
    return None


async def _decision(
    dependencies: Dependencies, identity: Identity, done: KnownItem | None, act: str
) -> NextErrand | None:
    """The decision of the same kind that waits longest."""
    for one in pending(dependencies.roster, rights_of(dependencies.roster, identity)):
        item, awaited = one.item, one.awaited
        if item is None or item is done or awaited.act != act:
            continue
        if act != "appeal.decided" or item.decidable_by(identity.id):
            query = {"level": awaited.name} if act == "interview.held" else {}
            return NextErrand(_form(item, act), query, act, item)
    return None


def _form(item: KnownItem, name: str) -> str:
    return f"/items/{item.programme}/{item.id}/{name}"
