"""The rows of a dispatch: a notice with the messages it gives rise to, or a step of a message."""

from __future__ import annotations

from datetime import datetime

from contracts.dispatch import DISPATCH_TYPES
from eventlog.at.at_rule import Body, Counted
from eventlog.log.record import Record
from services.query.follow.storable import clean, instant, logged_at
from services.query.read_model.dispatch_tables import AddressedRow, DeliveryRow, NoticeRow
from services.query.read_model.rows import Rows


def project_dispatch(counted: Counted, rows: Rows) -> None:
    """The rows of a counted dispatch: a notice with the messages it gives rise to, or a step of a delivery.

    Raises:
        UnknownType, KeyError, TypeError, ValueError: as for rulings.
    """
    body = clean(counted.record, counted.body)
    data = body["data"]
    noun, _, step = DISPATCH_TYPES.short_name(body["type"]).partition(".")
    record, programme, time = counted.record, body["subject"], datetime.fromisoformat(body["time"])
    if noun == "notice":
        rows.notice.append(_notice(record, programme, time, data))
        rows.addressed.extend(
            AddressedRow(
                part=record.partition,
                pos=record.offset,
                time=time,
                programme=programme,
                notice=data["notice"],
                delivery=message["delivery"],
                recipient=message["role"],
                channel=message["channel"],
            )
            for message in data["deliveries"]
        )
        return
    rows.delivery.append(
        DeliveryRow(
            part=record.partition,
            pos=record.offset,
            time=time,
            logged_at=logged_at(record),
            programme=programme,
            delivery=data["delivery"],
            step=step,
            attempt=data.get("attempt"),
            data=data,
        )
    )


def _notice(record: Record, programme: str, time: datetime, data: Body) -> NoticeRow:
    return NoticeRow(
        part=record.partition,
        pos=record.offset,
        time=time,
        logged_at=logged_at(record),
        programme=programme,
        item=data["item"],
        notice=data["notice"],
        number=data["number"],
        kind=data["kind"],
        title=data["title"],
        document=data["document"],
        body=data["text"],
        sha256=data["document_sha256"],
        recipients=data["recipients"],
        causes=data["causes"],
        escalation=data.get("escalation"),
        due_at=instant(data.get("due_at")),
        simulated=data["simulated"],
    )
