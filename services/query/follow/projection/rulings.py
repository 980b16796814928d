"""The rows of a ruling: the ruling, its events, and by their types programmes, items, holders, lights, escalations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from contracts.ruling import RULING_TYPES
from contracts.rulings import RulingData
from contracts.topics import split_subject
from eventlog.at.at_rule import Body, Counted, CountedAnswer
from services.query.follow.storable import clean, instant, logged_at
from services.query.read_model.rows import Rows
from services.query.read_model.tables import (
    AwaitedRow,
    EscalationRow,
    EventRow,
    HolderRow,
    ItemRow,
    LightRow,
    ProgrammeRow,
    RulingRow,
)
from supervision import awaited

_AWAITED: Final = frozenset(RULING_TYPES.short_names[cls] for cls in awaited.FOLDED)
"""The events that change what waits for somebody."""


def project_ruling(ruling: CountedAnswer, rows: Rows) -> None:
    """All rows of a whole counted ruling.

    Raises:
        UnknownType: a type that this version does not know: reading waits here for an upgrade.
        KeyError, TypeError, ValueError: data that is not what its type says.
    """
    first = ruling.events[0]
    body = clean(first.record, first.body)
    data = body["data"]
    programme, item = split_subject(body["subject"])
    rows.ruling.append(
        RulingRow(
            part=first.record.partition,
            cause=ruling.causeoffset,
            pos=first.record.offset,
            until=ruling.events[-1].record.offset,
            causeid=body["causeid"],
            programme=programme,
            item=item,
            verdict=RULING_TYPES.short_name(body["type"]).partition(".")[2],
            codes=data.get("reasons") or data.get("remarks") or ([data["problem"]] if "problem" in data else []),
            rules=body["rules"],
            policy=body["policy"],
            time=datetime.fromisoformat(body["time"]),
            logged_at=logged_at(first.record),
        )
    )
    for counted in ruling.events[1:]:
        _project_event(counted, ruling.causeoffset, rows)


def _steps_of(event: EventRow, causeid: str) -> Iterator[AwaitedRow]:
    data: RulingData = RULING_TYPES.load(RULING_TYPES.by_short_name(event.type), event.data)
    for step in awaited.steps(data, causeid):
        yield AwaitedRow(
            part=event.part,
            pos=event.pos,
            cause=event.cause,
            time=event.time,
            programme=event.programme,
            item=event.item or "",
            act=step.act,
            name=step.name,
            opens=step.opens,
            of=step.of,
            place=step.place,
            weak=step.weak,
            due_at=step.due_at,
        )


class _Origin(NamedTuple):
    """What the rows of an event about an item begin with."""

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str


def _project_event(counted: Counted, cause: int, rows: Rows) -> None:
    body = clean(counted.record, counted.body)
    data = body["data"]
    name = RULING_TYPES.short_name(body["type"])
    programme, item = split_subject(body["subject"])
    event = EventRow(
        part=counted.record.partition,
        pos=counted.record.offset,
        cause=cause,
        ordinal=body["ordinal"],
        id=body["id"],
        programme=programme,
        item=item,
        type=name,
        time=datetime.fromisoformat(body["time"]),
        data=data,
    )
    rows.event.append(event)
    if name in _AWAITED:
        rows.awaited.extend(_steps_of(event, body["causeid"]))
    if name == "programme.opened":
        rows.programme.append(_programme(event, data))
        return
    noun, _, verb = name.partition(".")
    if name not in _OF_ITEM and noun != "escalation":
        return
    if item is None:
        raise ValueError(f"{name} is about an item")
    origin = _Origin(event.part, event.pos, cause, event.time, programme, item)
    if noun == "escalation":
        rows.escalation.append(_step(origin, verb, data))
    else:
        _OF_ITEM[name](origin, data, rows)


def _programme(event: EventRow, data: Body) -> ProgrammeRow:
    return ProgrammeRow(
        part=event.part,
        pos=event.pos,
        cause=event.cause,
        time=event.time,
        programme=event.programme,
        title=data["title"],
        jurisdiction=data["jurisdiction"],
        document=data["document"],
        issued_on=date.fromisoformat(data["issued_on"]),
        simulated=data["simulated"],
        derived=data["derived"],
        units=data["units"],
        leaders=data["leaders"],
    )


def _opened_item(origin: _Origin, data: Body, rows: Rows) -> None:
    void = set(data["void"])
    rows.item.append(
        ItemRow(
            *origin,
            title=data["title"],
            category=data["category"],
            classification=data["classification"],
            source=data["source"],
            quarters=sorted({period["quarter"] for period in data["periods"] if period["id"] not in void}),
            periods=data["periods"],
            void=data["void"],
            simulated=data["simulated"],
            derived=data["derived"],
            calendar_ends_on=date.fromisoformat(data["calendar"]["last_on"]),
            month_working_day=data.get("month_working_day"),
        )
    )
    _held_by(origin, data, rows)


def _held_by(origin: _Origin, data: Body, rows: Rows) -> None:
    rows.holder.append(
        HolderRow(*origin, lead_unit=data["lead_unit"], cooperating=data["cooperating"], leader=data["leader"])
    )


def _changed_light(origin: _Origin, data: Body, rows: Rows) -> None:
    rows.light.append(
        LightRow(
            *origin,
            period=data["period"],
            kind="changed",
            previous=data["from"],
            light=data["to"],
            settled=data["settled"],
            rule=data["rule"],
            because=data["because"],
            compared=data.get("compared", []),
        )
    )


def _settled_light(origin: _Origin, data: Body, rows: Rows) -> None:
    rows.light.append(
        LightRow(
            *origin,
            period=data["period"],
            kind="settled",
            previous=data["light"],
            light=data["light"],
            settled=True,
            rule="",
            because=[],
            compared=[],
        )
    )


def _step(origin: _Origin, step: str, data: Body) -> EscalationRow:
    return EscalationRow(
        *origin,
        escalation=data["escalation"],
        level=data.get("level"),
        step=step,
        ground=data.get("cause"),
        source=data.get("source"),
        state=data.get("state"),
        due_at=instant(data.get("due_at")),
        recipient=data.get("to"),
        finding=data.get("finding"),
        late=data.get("late"),
        reported_by=data.get("by"),
        extension=data.get("extension"),
        rule=data.get("rule"),
        because=data.get("because", []),
    )


def _moved_limit(origin: _Origin, data: Body, rows: Rows) -> None:
    rows.escalation.append(_step(origin, "moved", data))


_OF_ITEM: Final[dict[str, Callable[[_Origin, Body, Rows], None]]] = {
    "item.opened": _opened_item,
    "item.transferred": _held_by,
    "light.changed": _changed_light,
    "limit.moved": _moved_limit,
    "light.settled": _settled_light,
}
