"""The row of a submission."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.envelope import Unreadable, parse
from contracts.topics import split_subject
from eventlog.log.record import Record
from services.query.follow.storable import clean, logged_at
from services.query.read_model.rows import Rows
from services.query.read_model.tables import SubmissionRow

_NAMED: Final = ("actorunit", "actoronbehalfof", "actorpreparedby")


def project_submission(record: Record, rows: Rows) -> None:
    """A submission's row; what is no readable event is kept with the type `unreadable` and no data."""
    try:
        row = _submission(record)
    except (Unreadable, KeyError, TypeError, ValueError):
        row = _unreadable(record)
    rows.submission.append(row)


def _submission(record: Record) -> SubmissionRow:
    body = clean(record, parse(record.value))
    data = body["data"]
    received_at = datetime.fromisoformat(data["received_at"])
    if not 1970 <= received_at.year <= 9000:
        raise ValueError(received_at)
    unit, principal, preparer = (body.get(name) for name in _NAMED)
    if not all(one is None or isinstance(one, str) for one in (unit, principal, preparer)):
        raise TypeError(", ".join(_NAMED))
    programme, item = split_subject(body["subject"])
    return SubmissionRow(
        part=record.partition,
        pos=record.offset,
        id=body["id"],
        programme=programme,
        item=item,
        type=body["type"].removeprefix("liangdeng.").removesuffix(".v1"),
        role=str(body["actorrole"]),
        person=str(body["actorid"]),
        unit=unit,
        on_behalf_of=principal,
        prepared_by=preparer,
        received_at=received_at,
        logged_at=logged_at(record),
        digest=str(body["digest"]),
        data=data,
    )


def _unreadable(record: Record) -> SubmissionRow:
    logged = logged_at(record)
    return SubmissionRow(
        part=record.partition,
        pos=record.offset,
        id=f"unreadable-{record.partition}-{record.offset}",
        programme="",
        item=None,
        type="unreadable",
        role="",
        person="",
        unit=None,
        on_behalf_of=None,
        prepared_by=None,
        received_at=logged,
        logged_at=logged,
        digest="",
        data={},
    )
