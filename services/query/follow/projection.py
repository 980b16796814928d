"""Which rows follow from a record of the log: pure rules, one row or none per table and event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from contracts.dispatch import DISPATCH_TYPES
from contracts.envelope import UnknownType, Unreadable, parse
from contracts.ruling import RULING_TYPES
from contracts.topics import split_subject
from eventlog.at.at_rule import Body, Counted, CountedAnswer
from eventlog.log.record import Record
from services.query.follow.storable import clean, json_text, logged_at
from services.query.read_model.tables import Row, Rows

_RULINGS: Final = {full: RULING_TYPES.short_names[cls] for full, cls in RULING_TYPES.classes.items()}
_DISPATCHES: Final = {full: DISPATCH_TYPES.short_names[cls] for full, cls in DISPATCH_TYPES.classes.items()}


def project_submission(record: Record, rows: Rows) -> None:
    """A submission's row; what is no readable event is kept with the type `unreadable` and no data."""
    logged = logged_at(record)
    place = (record.partition, record.offset)
    try:
        body = clean(record, parse(record.value))
        data = body["data"]
        received_at = datetime.fromisoformat(data["received_at"])
        if not 1970 <= received_at.year <= 9000:
            raise ValueError(received_at)
        row: Row = (
            *place,
            body["id"],
            *split_subject(body["subject"]),
            body["type"].removeprefix("liangdeng.").removesuffix(".v1"),
            str(body["actorrole"]),
            str(body["actorid"]),
            _unit(body.get("actorunit")),
            received_at,
            logged,
            str(body["digest"]),
            json_text(data),
        )
    except (Unreadable, KeyError, TypeError, ValueError):
        row = (*place, f"unreadable-{place[0]}-{place[1]}", "", None, "unreadable", "", "", None, logged, logged)
        row = (*row, "", "{}")
    rows["submission"].append(row)


def _unit(unit: object) -> str | None:
    if unit is None or isinstance(unit, str):
        return unit
    raise TypeError("actorunit")


def project_ruling(ruling: CountedAnswer, rows: Rows) -> None:
    """All rows of a whole counted ruling.

    Raises:
        UnknownType: a type that this version does not know: reading waits here for an upgrade.
    """
    first = ruling.events[0]
    body, data = _opened(first)
    programme, item = split_subject(body["subject"])
    name = _name(_RULINGS, body)
    codes = data.get("reasons") or data.get("remarks") or ([data["problem"]] if "problem" in data else [])
    rows["ruling"].append(
        (
            first.record.partition,
            ruling.causeoffset,
            first.record.offset,
            ruling.events[-1].record.offset,
            body["causeid"],
            programme,
            item,
            name.partition(".")[2],
            codes,
            body["rules"],
            body["policy"],
            body["time"],
            logged_at(first.record),
        )
    )
    for counted in ruling.events[1:]:
        _project_event(counted, ruling.causeoffset, rows)


def _project_event(counted: Counted, cause: int, rows: Rows) -> None:
    body, data = _opened(counted)
    name = _name(_RULINGS, body)
    part, pos = counted.record.partition, counted.record.offset
    programme, item = split_subject(body["subject"])
    rows["event"].append(
        (part, pos, cause, body["ordinal"], body["id"], programme, item, name, body["time"], json_text(data))
    )
    common = (part, pos, cause, body["time"], programme)
    if name == "programme.opened":
        rows["programme"].append(
            (
                *common,
                data["title"],
                data["jurisdiction"],
                data["document"],
                data["issued_on"],
                data["simulated"],
                data["derived"],
                json_text(data["units"]),
                json_text(data["leaders"]),
            )
        )
    elif name in _OF_ITEM:
        _OF_ITEM[name]((*common, item), data, rows)
    elif name.startswith("escalation."):
        rows["escalation"].append(_step((*common, item), name.partition(".")[2], data))


def _opened_item(common: Row, data: Body, rows: Rows) -> None:
    void = set(data["void"])
    quarters = sorted({period["quarter"] for period in data["periods"] if period["id"] not in void})
    rows["item"].append(
        (
            *common,
            data["title"],
            data["category"],
            data["classification"],
            data["source"],
            quarters,
            json_text(data["periods"]),
            data["void"],
            data["simulated"],
            data["derived"],
        )
    )
    _held_by(common, data, rows)


def _held_by(common: Row, data: Body, rows: Rows) -> None:
    rows["holder"].append((*common, data["lead_unit"], data["cooperating"], data["leader"]))


def _changed_light(common: Row, data: Body, rows: Rows) -> None:
    rows["light"].append(
        (
            *common,
            data["period"],
            "changed",
            data["from"],
            data["to"],
            data["settled"],
            data["rule"],
            data["because"],
            json_text(data.get("compared", [])),
        )
    )


def _settled_light(common: Row, data: Body, rows: Rows) -> None:
    rows["light"].append((*common, data["period"], "settled", data["light"], data["light"], True, "", [], "[]"))


def _step(common: Row, step: str, data: Body) -> Row:
    return (
        *common,
        data["escalation"],
        data.get("level"),
        step,
        data.get("cause"),
        data.get("source"),
        data.get("state"),
        data.get("due_at"),
        data.get("to"),
        data.get("finding"),
        data.get("late"),
        data.get("rule"),
        data.get("because", []),
    )


_OF_ITEM: Final[dict[str, Callable[[Row, Body, Rows], None]]] = {
    "item.opened": _opened_item,
    "item.transferred": _held_by,
    "light.changed": _changed_light,
    "light.settled": _settled_light,
}


def project_dispatch(counted: Counted, rows: Rows) -> None:
    """The rows of a counted dispatch: a notice with the messages it gives rise to, or a step of a delivery.

    Raises:
        UnknownType: as for rulings.
    """
    body, data = _opened(counted)
    noun, _, step = _name(_DISPATCHES, body).partition(".")
    record, programme = counted.record, body["subject"]
    common = (record.partition, record.offset, body["time"])
    if noun == "notice":
        rows["notice"].append(
            (
                *common,
                logged_at(record),
                programme,
                data["item"],
                data["notice"],
                data["number"],
                data["kind"],
                data["title"],
                data["document"],
                data["text"],
                data["document_sha256"],
                json_text(data["recipients"]),
                data["causes"],
                data.get("escalation"),
                data.get("due_at"),
                data["simulated"],
            )
        )
        rows["addressed"].extend(
            (*common, programme, data["notice"], message["delivery"], message["role"], message["channel"])
            for message in data["deliveries"]
        )
    else:
        rows["delivery"].append(
            (*common, logged_at(record), programme, data["delivery"], step, data.get("attempt"), json_text(data))
        )


def _opened(counted: Counted) -> tuple[Body, Body]:
    body = clean(counted.record, counted.body)
    return body, body["data"]


def _name(known: dict[str, str], body: Body) -> str:
    name = known.get(body["type"])
    if name is None:
        raise UnknownType(body["type"])
    return name
