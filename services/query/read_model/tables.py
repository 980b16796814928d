"""The tables of the read model: a row type each, its fields the columns of schema.sql in their order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple

from contracts.values import Category, Classification, Level, Light, PeriodId
from services.query.read_model.columns import (
    ComparedColumn,
    JsonObject,
    LeaderColumn,
    PeriodColumn,
    UnitColumn,
)


class PositionRow(NamedTuple):
    """Where reading of a partition stands."""

    topic: str
    part: int
    next: int
    last: int
    counted: int


class SubmissionRow(NamedTuple):
    """A submission, readable or not."""

    part: int
    pos: int
    id: str
    programme: str
    item: str | None
    type: str
    role: str
    person: str
    unit: str | None
    on_behalf_of: str | None
    prepared_by: str | None
    received_at: datetime
    logged_at: datetime
    digest: str
    data: JsonObject


class RulingRow(NamedTuple):
    """A whole ruling: `cause` is the submission that it answers, `pos` to `until` are its events."""

    part: int
    cause: int
    pos: int
    until: int
    causeid: str
    programme: str
    item: str | None
    verdict: str
    codes: list[str]
    rules: str
    policy: str
    time: datetime
    logged_at: datetime


class EventRow(NamedTuple):
    """An event of a ruling, its verdict aside."""

    part: int
    pos: int
    cause: int
    ordinal: int
    id: str
    programme: str
    item: str | None
    type: str
    time: datetime
    data: JsonObject


class ProgrammeRow(NamedTuple):
    """A publication of a programme."""

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    title: str
    jurisdiction: str
    document: str
    issued_on: date
    simulated: bool
    derived: bool
    units: list[UnitColumn]
    leaders: list[LeaderColumn]


class ItemRow(NamedTuple):
    """An item as it was opened; `quarters` are those that bind it.

    `month_working_day`: deadlines of months are computed, and provisional beyond the end of the calendar.
    """

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str
    title: str
    category: Category
    classification: Classification
    source: str
    quarters: list[PeriodId]
    periods: list[PeriodColumn]
    void: list[PeriodId]
    simulated: bool
    derived: bool
    calendar_ends_on: date
    month_working_day: int | None


class HolderRow(NamedTuple):
    """Who holds an item from here on."""

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str
    lead_unit: str
    cooperating: list[str]
    leader: str


class LightRow(NamedTuple):
    """A light that changed, or that was settled and rated."""

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str
    period: PeriodId
    kind: Literal["changed", "settled"]
    previous: Light
    light: Light
    settled: bool
    rule: str
    because: list[str]
    compared: list[ComparedColumn]


class EscalationRow(NamedTuple):
    """A step of an escalation: `step` is the verb of its event, `ground` the cause that it is about.

    A limit that moved is a step, too (`moved`, with its new `due_at`, and `extension` where one was granted).
    """

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str
    escalation: str
    level: Level | None
    step: str
    ground: str | None
    source: str | None
    state: Literal["proposed", "open"] | None
    due_at: datetime | None
    recipient: str | None
    finding: Literal["done", "not_done"] | None
    late: bool | None
    reported_by: Literal["rectification", "progress"] | None
    extension: str | None
    rule: str | None
    because: list[str]


class AwaitedRow(NamedTuple):
    """A step of what waits for somebody's act (`supervision.awaited`); `item` is empty for a programme as a whole."""

    part: int
    pos: int
    cause: int
    time: datetime
    programme: str
    item: str
    act: str
    name: str
    opens: bool
    of: str | None
    place: int | None
    weak: bool
    due_at: datetime | None
