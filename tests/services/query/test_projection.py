"""Each column holds what its name says: known records with a value of its own for every column, read back by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import orjson
import psycopg
import pytest
from psycopg import sql
from psycopg.rows import class_row

from contracts.topics import partition_of
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry
from services.query.follow.batch import PartitionFolds
from services.query.read_model import schemas, writer
from services.query.read_model.dispatch_tables import AddressedRow, DeliveryRow, NoticeRow
from services.query.read_model.rows import FILLED, Rows
from services.query.read_model.tables import (
    AwaitedRow,
    EscalationRow,
    EventRow,
    HolderRow,
    ItemRow,
    LightRow,
    ProgrammeRow,
    RulingRow,
    SubmissionRow,
)

pytestmark = pytest.mark.services
R = TypeVar("R")
PROGRAMME, ITEM = "p-2024", "K00"
PART, OWN_PART = partition_of(f"{PROGRAMME}/{ITEM}"), partition_of(PROGRAMME)
CAUSE, FIRST, OPENING, ISSUED = 40, 60, 10, 20
"""Offsets of the submission, of its ruling, of the programme's ruling, and of the notice; no two are the same."""
RECEIVED, LOGGED = datetime(2024, 4, 8, 1, 2, 3, tzinfo=UTC), datetime(2024, 4, 8, 4, 5, 6, tzinfo=UTC)
RULED, DUE = datetime(2024, 4, 9, 7, 8, 9, tzinfo=UTC), datetime(2024, 5, 10, 10, 11, 12, tzinfo=UTC)
UNITS = [{"id": "unit-1", "kind": "department", "name": "单位一"}]
LEADERS = [{"id": "leader-2", "label": "领导二"}]
PERIODS = [
    {
        "id": "2024-05",
        "quarter": "2024Q2",
        "opens_at": "2024-05-01T00:00:00+08:00",
        "due_at": "2024-06-11T00:00:00+08:00",
    },
    {
        "id": "2024-08",
        "quarter": "2024Q3",
        "opens_at": "2024-08-01T00:00:00+08:00",
        "due_at": "2024-09-11T00:00:00+08:00",
    },
]
COMPARED = [{"indicator": "亩数", "comparator": ">=", "target": "12.5", "measured": "11", "reached": False}]
OPENED = {
    "title": "item title",
    "category": "livelihood",
    "classification": "internal",
    "source": "item source",
    "lead_unit": "unit-3",
    "cooperating": ["unit-4"],
    "leader": "leader-5",
    "periods": PERIODS,
    "void": ["2024-08"],
    "simulated": True,
    "derived": False,
    "calendar": {"first_on": "2024-01-01", "last_on": "2024-12-31"},
    "month_working_day": 3,
}
TRANSFERRED = {"lead_unit": "unit-6", "cooperating": ["unit-7", "unit-8"], "leader": "leader-9"}
CHANGED = {
    "period": "2024Q2",
    "from": "none",
    "to": "yellow",
    "settled": False,
    "rule": "light rule",
    "because": ["submission-10"],
    "compared": COMPARED,
}
RAISED = {
    "escalation": "interview-11",
    "level": "chief_interview",
    "state": "proposed",
    "cause": "interview_lapsed",
    "source": "interview-12",
    "raised_at": RULED.isoformat(),
    "due_at": DUE.isoformat(),
    "to": "unit:unit-13",
    "copy": ["leader:leader-14"],
    "rule": "escalation rule",
    "because": ["submission-15"],
}
REVIEWED = {"escalation": "interview-16", "finding": "not_done", "person": "person-17"}
REPORTED = {"escalation": "interview-18", "late": True, "by": "rectification"}
MOVED = {
    "escalation": "rectification-19",
    "level": "rectification",
    "before": RULED.isoformat(),
    "due_at": DUE.isoformat(),
    "extension": "extension-33",
}
PUBLISHED: dict[str, Any] = {
    "title": "programme title",
    "jurisdiction": "programme jurisdiction",
    "document": "programme document",
    "issued_on": "2024-03-19",
    "simulated": True,
    "derived": False,
    "units": UNITS,
    "leaders": LEADERS,
}
NOTICE = {
    "notice": "notice-19",
    "number": "number-20",
    "kind": "interview",
    "item": ITEM,
    "title": "notice title",
    "document": "notice document",
    "text": "notice text",
    "document_sha256": "notice sha256",
    "recipients": [{"role": "unit:unit-21", "kind": "to"}],
    "deliveries": [{"delivery": "delivery-22", "role": "unit:unit-23", "channel": "mail", "contact": ""}],
    "causes": ["event-24"],
    "escalation": "interview-25",
    "due_at": DUE.isoformat(),
    "simulated": True,
}
FAILED: dict[str, Any] = {"delivery": "delivery-26", "attempt": 27, "permanent": True, "reason": "no such mailbox"}


class Clock:
    """The broker's clock, standing still."""

    def now(self) -> datetime:
        """An instant of its own."""
        return LOGGED


def a_log() -> MemoryTopics:
    """One submission and its ruling, a publication and its ruling, a notice and a step of a message."""
    topics = MemoryTopics(Clock())
    place(topics, "submissions", PART, [None] * CAUSE)
    earlier = [ruling_event(PART, one, 0, 1, "submission.accepted", {}, at=one) for one in range(CAUSE)]
    place(topics, "rulings", PART, earlier)
    place(topics, "rulings", PART, [None] * (FIRST - CAUSE))
    place(topics, "submissions", PART, [submission(), {"specversion": "0.3"}])
    consequences: list[tuple[str, dict[str, Any]]] = [
        ("submission.rejected", {"reasons": ["reason-28"]}),
        ("item.opened", OPENED),
        ("item.transferred", TRANSFERRED),
        ("light.changed", CHANGED),
        ("light.settled", {"period": "2024Q3", "light": "red"}),
        ("escalation.raised", RAISED),
        ("escalation.reviewed", REVIEWED),
        ("escalation.reported", REPORTED),
        ("limit.moved", MOVED),
    ]
    events = [
        ruling_event(PART, CAUSE, ordinal, len(consequences), name, data, at=FIRST + ordinal)
        for ordinal, (name, data) in enumerate(consequences)
    ]
    place(topics, "rulings", PART, events)
    place(topics, "rulings", OWN_PART, [None] * OPENING)
    verdict = ruling_event(OWN_PART, 0, 0, 2, "submission.accepted", {}, at=OPENING, subject=PROGRAMME)
    opened = ruling_event(OWN_PART, 0, 1, 2, "programme.opened", PUBLISHED, at=OPENING + 1, subject=PROGRAMME)
    place(topics, "rulings", OWN_PART, [verdict, opened])
    place(topics, "dispatches", OWN_PART, [None] * ISSUED)
    issued, failed = dispatch(ISSUED, "notice.issued", NOTICE), dispatch(ISSUED + 1, "delivery.failed", FAILED)
    place(topics, "dispatches", OWN_PART, [issued, failed])
    return topics


def place(topics: MemoryTopics, topic: str, part: int, bodies: Sequence[Mapping[str, Any] | None]) -> None:
    """Lay records down; None is one that counts nowhere."""
    topics.place(topic, part, [Entry(None, None if body is None else orjson.dumps(body)) for body in bodies])


def submission() -> dict[str, Any]:
    """A submission as it lies on the log."""
    return {
        "specversion": "1.0",
        "id": "submission-29",
        "source": "//liangdeng/test/intake",
        "type": "liangdeng.progress.reported.v1",
        "subject": f"{PROGRAMME}/{ITEM}",
        "time": RECEIVED.isoformat(),
        "actorrole": "unit",
        "actorid": "person-30",
        "actorunit": "unit-31",
        "actoronbehalfof": "leader:leader-34",
        "actorpreparedby": "person-35",
        "digest": "digest-32",
        "data": {"received_at": RECEIVED.isoformat(), "narrative": "words"},
    }


def ruling_event(
    part: int,
    cause: int,
    ordinal: int,
    of: int,
    name: str,
    data: dict[str, Any],
    *,
    at: int | None = None,
    subject: str = "",
) -> dict[str, Any]:
    """An event of a ruling as it lies on the log."""
    return {
        "specversion": "1.0",
        "id": f"event-{part}-{cause}-{ordinal}",
        "source": "//liangdeng/test/rating",
        "type": f"liangdeng.{name}.v1",
        "subject": subject or f"{PROGRAMME}/{ITEM}",
        "time": RULED.isoformat(),
        "causeid": f"cause-{cause}",
        "causedigest": "digest-33",
        "causeoffset": str(cause),
        "ordinal": ordinal,
        "of": of,
        "at": str(at),
        "rules": "rules-34",
        "policy": "policy-35",
        "data": data,
    }


def dispatch(at: int, name: str, data: dict[str, Any]) -> dict[str, Any]:
    """A dispatch as it lies on the log."""
    return {
        "specversion": "1.0",
        "id": f"dispatch-{at}",
        "source": "//liangdeng/test/notify",
        "type": f"liangdeng.{name}.v1",
        "subject": PROGRAMME,
        "time": RULED.isoformat(),
        "at": str(at),
        "data": data,
    }


def event(pos: int, name: str, data: dict[str, Any]) -> EventRow:
    """The row of an event of the ruling."""
    return EventRow(
        part=PART,
        pos=pos,
        cause=CAUSE,
        ordinal=pos - FIRST,
        id=f"event-{PART}-{CAUSE}-{pos - FIRST}",
        programme=PROGRAMME,
        item=ITEM,
        type=name,
        time=RULED,
        data=data,
    )


def light(pos: int, **values: Any) -> LightRow:
    """The row of a light."""
    return LightRow(part=PART, pos=pos, cause=CAUSE, time=RULED, programme=PROGRAMME, item=ITEM, **values)


def holder(pos: int, lead_unit: str, cooperating: list[str], leader: str) -> HolderRow:
    """The row of a holder."""
    return HolderRow(
        part=PART,
        pos=pos,
        cause=CAUSE,
        time=RULED,
        programme=PROGRAMME,
        item=ITEM,
        lead_unit=lead_unit,
        cooperating=cooperating,
        leader=leader,
    )


def waits(pos: int, act: str, **values: Any) -> AwaitedRow:
    """A step of what waits for an act."""
    empty = {"name": "", "opens": False, "of": None, "place": None, "weak": False, "due_at": None}
    return AwaitedRow(
        part=PART, pos=pos, cause=CAUSE, time=RULED, programme=PROGRAMME, item=ITEM, act=act, **{**empty, **values}
    )


def step(pos: int, verb: str, **values: Any) -> EscalationRow:
    """The row of a step of an escalation; what is not given is not known."""
    unknown: dict[str, Any] = dict.fromkeys(EscalationRow._fields[7:])
    known = {"part": PART, "pos": pos, "cause": CAUSE, "time": RULED, "programme": PROGRAMME, "item": ITEM}
    return EscalationRow(**{**unknown, "because": [], **known, "step": verb, **values})


EXPECTED: dict[type[Any], list[Any]] = {
    SubmissionRow: [
        SubmissionRow(
            part=PART,
            pos=CAUSE,
            id="submission-29",
            programme=PROGRAMME,
            item=ITEM,
            type="progress.reported",
            role="unit",
            person="person-30",
            unit="unit-31",
            on_behalf_of="leader:leader-34",
            prepared_by="person-35",
            received_at=RECEIVED,
            logged_at=LOGGED,
            digest="digest-32",
            data={"received_at": RECEIVED.isoformat(), "narrative": "words"},
        ),
        SubmissionRow(
            part=PART,
            pos=CAUSE + 1,
            id=f"unreadable-{PART}-{CAUSE + 1}",
            programme="",
            item=None,
            type="unreadable",
            role="",
            person="",
            unit=None,
            on_behalf_of=None,
            prepared_by=None,
            received_at=LOGGED,
            logged_at=LOGGED,
            digest="",
            data={},
        ),
    ],
    RulingRow: [
        RulingRow(
            part=PART,
            cause=CAUSE,
            pos=FIRST,
            until=FIRST + 8,
            causeid=f"cause-{CAUSE}",
            programme=PROGRAMME,
            item=ITEM,
            verdict="rejected",
            codes=["reason-28"],
            rules="rules-34",
            policy="policy-35",
            time=RULED,
            logged_at=LOGGED,
        )
    ],
    EventRow: [
        EventRow(
            part=OWN_PART,
            pos=OPENING + 1,
            cause=0,
            ordinal=1,
            id=f"event-{OWN_PART}-0-1",
            programme=PROGRAMME,
            item=None,
            type="programme.opened",
            time=RULED,
            data=PUBLISHED,
        ),
        event(FIRST + 1, "item.opened", OPENED),
        event(FIRST + 2, "item.transferred", TRANSFERRED),
        event(FIRST + 3, "light.changed", CHANGED),
        event(FIRST + 4, "light.settled", {"period": "2024Q3", "light": "red"}),
        event(FIRST + 5, "escalation.raised", RAISED),
        event(FIRST + 6, "escalation.reviewed", REVIEWED),
        event(FIRST + 7, "escalation.reported", REPORTED),
        event(FIRST + 8, "limit.moved", MOVED),
    ],
    ItemRow: [
        ItemRow(
            part=PART,
            pos=FIRST + 1,
            cause=CAUSE,
            time=RULED,
            programme=PROGRAMME,
            item=ITEM,
            title="item title",
            category="livelihood",
            classification="internal",
            source="item source",
            quarters=["2024Q2"],
            periods=PERIODS,  # type: ignore[arg-type]
            void=["2024-08"],
            simulated=True,
            derived=False,
            calendar_ends_on=date(2024, 12, 31),
            month_working_day=3,
        )
    ],
    HolderRow: [
        holder(FIRST + 1, "unit-3", ["unit-4"], "leader-5"),
        holder(FIRST + 2, "unit-6", ["unit-7", "unit-8"], "leader-9"),
    ],
    LightRow: [
        light(
            FIRST + 3,
            period="2024Q2",
            kind="changed",
            previous="none",
            light="yellow",
            settled=False,
            rule="light rule",
            because=["submission-10"],
            compared=COMPARED,
        ),
        light(
            FIRST + 4,
            period="2024Q3",
            kind="settled",
            previous="red",
            light="red",
            settled=True,
            rule="",
            because=[],
            compared=[],
        ),
    ],
    EscalationRow: [
        step(
            FIRST + 5,
            "raised",
            escalation="interview-11",
            level="chief_interview",
            ground="interview_lapsed",
            source="interview-12",
            state="proposed",
            due_at=DUE,
            recipient="unit:unit-13",
            rule="escalation rule",
            because=["submission-15"],
        ),
        step(FIRST + 6, "reviewed", escalation="interview-16", finding="not_done"),
        step(FIRST + 7, "reported", escalation="interview-18", late=True, reported_by="rectification"),
        step(
            FIRST + 8,
            "moved",
            escalation="rectification-19",
            level="rectification",
            due_at=DUE,
            extension="extension-33",
        ),
    ],
    AwaitedRow: [
        waits(FIRST + 5, "interview.confirmed", opens=True, of=f"cause-{CAUSE}", due_at=DUE),
        waits(FIRST + 6, "rectification.reviewed", name="rectification"),
        waits(FIRST + 6, "rectification.reviewed", name="progress"),
        waits(FIRST + 7, "rectification.reviewed", name="rectification", opens=True, of=f"cause-{CAUSE}"),
        waits(FIRST + 8, "extension.decided", name="extension-33"),
    ],
    ProgrammeRow: [
        ProgrammeRow(
            part=OWN_PART,
            pos=OPENING + 1,
            cause=0,
            time=RULED,
            programme=PROGRAMME,
            title="programme title",
            jurisdiction="programme jurisdiction",
            document="programme document",
            issued_on=date(2024, 3, 19),
            simulated=True,
            derived=False,
            units=UNITS,  # type: ignore[arg-type]
            leaders=LEADERS,  # type: ignore[arg-type]
        )
    ],
    NoticeRow: [
        NoticeRow(
            part=OWN_PART,
            pos=ISSUED,
            time=RULED,
            logged_at=LOGGED,
            programme=PROGRAMME,
            item=ITEM,
            notice="notice-19",
            number="number-20",
            kind="interview",
            title="notice title",
            document="notice document",
            body="notice text",
            sha256="notice sha256",
            recipients=[{"role": "unit:unit-21", "kind": "to"}],
            causes=["event-24"],
            escalation="interview-25",
            due_at=DUE,
            simulated=True,
        )
    ],
    AddressedRow: [
        AddressedRow(
            part=OWN_PART,
            pos=ISSUED,
            time=RULED,
            programme=PROGRAMME,
            notice="notice-19",
            delivery="delivery-22",
            recipient="unit:unit-23",
            channel="mail",
        )
    ],
    DeliveryRow: [
        DeliveryRow(
            part=OWN_PART,
            pos=ISSUED + 1,
            time=RULED,
            logged_at=LOGGED,
            programme=PROGRAMME,
            delivery="delivery-26",
            step="failed",
            attempt=27,
            data=FAILED,
        )
    ],
}


async def test_every_column_of_every_table_holds_what_its_name_says(postgres: Callable[[], str]) -> None:
    assert EXPECTED.keys() == set(FILLED.values())
    topics = a_log()
    async with await psycopg.AsyncConnection.connect(postgres(), autocommit=True) as connection:
        await connection.execute("SET timezone TO 'UTC'")
        await schemas.ensure(connection, "query")
        beginning, rows = await writer.positions(connection), Rows()
        folds = PartitionFolds(beginning)
        for where in beginning:
            folds.fold(where, topics.records(*where), rows)
        await writer.commit(connection, beginning, folds.positions, rows)
        for table, row in FILLED.items():
            assert await held(connection, table, row) == EXPECTED[row], table


async def held(connection: psycopg.AsyncConnection[Any], table: str, row: type[R]) -> list[R]:
    """The rows of a table, read by the names of their columns, without those of what lies before the story."""
    cursor = connection.cursor(row_factory=class_row(row))
    await cursor.execute(sql.SQL("SELECT * FROM query.{} ORDER BY part, pos").format(sql.Identifier(table)))
    found = await cursor.fetchall()
    return [one for one in found if not lies_before(one)]


def lies_before(row: object) -> bool:
    """Whether this is of a record that only makes the offsets of the story differ from each other."""
    if isinstance(row, SubmissionRow):
        return row.pos < CAUSE
    return isinstance(row, RulingRow) and row.verdict == "accepted"
