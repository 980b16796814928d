"""What the queries of a snapshot return where it is not the whole row of one table; each is filled by column names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from sys import intern
from types import MappingProxyType
from typing import Any, NamedTuple

from psycopg import AsyncCursor
from psycopg.rows import RowMaker

from contracts.ruling import RULING_TYPES
from contracts.rulings import RulingData
from contracts.values import Category, Classification, Light, PeriodId
from services.query.read_model.as_of import LOCAL
from services.query.read_model.columns import ComparedColumn, PeriodColumn, RecipientColumn
from services.query.read_model.tables import EventRow, RulingRow, SubmissionRow
from supervision.deadlines import PeriodDeadline
from supervision.workdays import last_day


class ItemHolders(NamedTuple):
    """Of an item only what says who may see it: its classification, and who holds it now."""

    programme: str
    item: str
    classification: Classification
    holding_unit: str
    holding_cooperating: Sequence[str]
    holding_leader: str


class HeldItem(NamedTuple):
    """An item with its holders then (`lead_unit`, …) and now (`holding_…`, for who may see it).

    Title, source and dates are as they were corrected by then; the classification is the present one, whatever time is
    looked at: what became internal is. `held_since` and `holding_since` are the offsets from which the holders hold.
    """

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
    lead_unit: str
    cooperating: list[str]
    leader: str
    held_since: int
    holding_unit: str
    holding_cooperating: list[str]
    holding_leader: str
    holding_since: int
    withdrawn_at: datetime | None = None
    cancelled: bool = False
    deadlines: Mapping[PeriodId, PeriodDeadline] = MappingProxyType({})

    @property
    def holders(self) -> ItemHolders:
        """Who may see it, to be kept: names that many items have are kept once."""
        return ItemHolders(
            intern(self.programme),
            self.item,
            self.classification,
            intern(self.holding_unit),
            tuple(map(intern, self.holding_cooperating)),
            intern(self.holding_leader),
        )

    @property
    def moved(self) -> int:
        """How many of its reports' deadlines were moved (延期报送)."""
        return sum(one.before is not None for one in self.deadlines.values())

    def is_beyond_calendar(self, due_at: datetime | None) -> bool:
        """Whether a limit lies where only Saturdays and Sundays are known to be off (rulebook: Deadlines)."""
        return due_at is not None and last_day(due_at, LOCAL) > self.calendar_ends_on

    def last_of(self, quarter: PeriodId) -> PeriodDeadline | None:
        """The deadline by which a quarter's light settles: that of its last period which binds."""
        bound = [p["id"] for p in self.periods if p["quarter"] == quarter and p["id"] not in self.void]
        known = [self.deadlines[id_] for id_ in bound if id_ in self.deadlines]
        return max(known, key=lambda one: one.due_at, default=None)


class CurrentLight(NamedTuple):
    """The light of an item and period as it stands; `rated` is what it was first settled as."""

    part: int
    pos: int
    time: datetime
    item: str
    period: PeriodId
    light: Light
    settled: bool
    rule: str
    compared: list[ComparedColumn]
    rated: Light | None


class StandingRow(NamedTuple):
    """Where reading of a partition stands, in which tables: another number after a rebuild was swapped in."""

    topic: str
    part: int
    next: int
    last: int
    counted: int
    tables: int


class LedItem(NamedTuple):
    """An item by its programme and id."""

    programme: str
    item: str


class RunningProgramme(NamedTuple):
    """A programme, and when the last of its items joined it."""

    programme: str
    opened_at: datetime


class Extended(NamedTuple):
    """How many extensions of its rectifications' limits an item was granted."""

    item: str
    number: int


class ReportedPeriod(NamedTuple):
    """A period of an item for which a report was recorded."""

    item: str
    period: PeriodId


class KnownSubmission(NamedTuple):
    """A submission with its ruling, as far as there is one."""

    submission: SubmissionRow
    ruling: RulingRow | None


class WaitingSubmission(NamedTuple):
    """A submission without a ruling."""

    part: int
    pos: int
    id: str
    item: str | None
    type: str
    unit: str | None
    received_at: datetime


class NoticeHead(NamedTuple):
    """A notice without its document."""

    part: int
    pos: int
    time: datetime
    programme: str
    item: str
    notice: str
    number: str
    kind: str
    title: str
    sha256: str
    recipients: list[RecipientColumn]
    causes: list[str]
    escalation: str | None
    due_at: datetime | None
    simulated: bool


class NoticeMessage(NamedTuple):
    """A message of a notice and how far it has come: accepted, if it ever was, else its latest step."""

    notice: str
    delivery: str
    recipient: str
    channel: str
    outcome: str
    attempt: int | None
    logged_at: datetime | None


def known_submission(cursor: AsyncCursor[Any]) -> RowMaker[KnownSubmission]:
    """Rows of `SELECT submission.*, ruling.*`, each half by the names of its columns."""
    names, cut = [column.name for column in cursor.description or ()], len(SubmissionRow._fields)

    def known(values: Sequence[Any]) -> KnownSubmission:
        submission = SubmissionRow(**dict(zip(names[:cut], values[:cut], strict=True)))
        found = dict(zip(names[cut:], values[cut:], strict=True))
        return KnownSubmission(submission, None if found["cause"] is None else RulingRow(**found))

    return known


class KnownEvent(NamedTuple):
    """An event of a ruling."""

    row: EventRow
    data: RulingData

    @property
    def place(self) -> tuple[int, int]:
        """The partition of rulings and the offset that it lies on."""
        return self.row.part, self.row.pos


def known(rows: Iterable[EventRow]) -> Iterator[KnownEvent]:
    """The events with their data."""
    for row in rows:
        data: RulingData = RULING_TYPES.load(RULING_TYPES.by_short_name(row.type), row.data)
        yield KnownEvent(row, data)
