"""What later rulings changed of items and programmes as they were published: words, dates, units that joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from contracts.ruling import RULING_TYPES
from contracts.rulings import (
    CalendarRevised,
    DeadlineShifted,
    ItemRevised,
    ItemWithdrawn,
    ProgrammeEnlarged,
    RulingData,
)
from contracts.values import ReportingPeriod
from services.query.read_model.as_of import LOCAL
from services.query.read_model.columns import JsonObject
from services.query.read_model.results import HeldItem
from services.query.read_model.tables import EventRow, ProgrammeRow
from supervision import deadlines
from supervision.deadlines import Deadlines

CHANGING: Final = [
    RULING_TYPES.short_names[cls] for cls in (ItemRevised, ItemWithdrawn, DeadlineShifted, CalendarRevised)
]
"""The events that change an item's row."""


class ItemChange(NamedTuple):
    """An event that changes an item; `held`: within the limits of what is asked for."""

    part: int
    pos: int
    time: datetime
    item: str
    type: str
    data: JsonObject
    held: bool


def with_changes(items: Iterable[HeldItem], changes: Iterable[ItemChange]) -> list[HeldItem]:
    """The items as they were changed, in the order of the log."""
    by_item: dict[str, list[ItemChange]] = defaultdict(list)
    for change in changes:
        by_item[change.item].append(change)
    return [_changed(item, by_item[item.item]) for item in items]


def _changed(item: HeldItem, changes: Iterable[ItemChange]) -> HeldItem:
    dates = _published(item)
    for change in changes:
        data: RulingData = RULING_TYPES.load(RULING_TYPES.by_short_name(change.type), change.data)
        if isinstance(data, ItemRevised):
            item = _revised(item, data, change)
        elif not change.held:
            continue
        elif isinstance(data, ItemWithdrawn):
            item = item._replace(withdrawn_at=change.time, cancelled=data.cancelled)
        else:
            dates = deadlines.evolve(dates, data)
        if change.held and isinstance(data, CalendarRevised):
            item = item._replace(calendar_ends_on=data.calendar.last_on)
    return item._replace(deadlines=dates.periods)


def _published(item: HeldItem) -> Deadlines:
    computed = item.month_working_day is not None and item.category == "livelihood"
    periods = [
        ReportingPeriod(
            id=one["id"],
            quarter=one["quarter"],
            opens_at=datetime.fromisoformat(one["opens_at"]),
            due_at=datetime.fromisoformat(one["due_at"]),
        )
        for one in item.periods
    ]
    return deadlines.published(periods, LOCAL, item.calendar_ends_on if computed else None)


def _revised(item: HeldItem, data: ItemRevised, change: ItemChange) -> HeldItem:
    """Words by the time that is asked for; who may see it, by now."""
    if data.classification is not None:
        item = item._replace(classification=data.classification)
    if data.cooperating is not None and change.pos > item.holding_since:
        item = item._replace(holding_cooperating=list(data.cooperating))
    if not change.held:
        return item
    if data.cooperating is not None and change.pos > item.held_since:
        item = item._replace(cooperating=list(data.cooperating))
    return item._replace(
        title=item.title if data.title is None else data.title,
        source=item.source if data.source is None else data.source,
    )


def enlarged(programme: ProgrammeRow, joined: Iterable[EventRow]) -> ProgrammeRow:
    """A programme with the units and leaders that joined it; what it had under an id stays."""
    units = {one["id"]: one for one in programme.units}
    leaders = {one["id"]: one for one in programme.leaders}
    for row in joined:
        if row.programme == programme.programme:
            data: ProgrammeEnlarged = RULING_TYPES.load(RULING_TYPES.by_short_name(row.type), row.data)
            for unit in data.units:
                units.setdefault(unit.id, {"id": unit.id, "name": unit.name, "kind": unit.kind})
            for leader in data.leaders:
                leaders.setdefault(leader.id, {"id": leader.id, "label": leader.label})
    return programme._replace(units=list(units.values()), leaders=list(leaders.values()))
