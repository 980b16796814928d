"""What the queries of a snapshot return where it is not the whole row of one table; each is filled by column names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import AsyncCursor
from psycopg.rows import RowMaker

from contracts.values import Category, Classification, Light, PeriodId
from services.query.read_model.columns import ComparedColumn, PeriodColumn, RecipientColumn
from services.query.read_model.tables import RulingRow, SubmissionRow


class HeldItem(NamedTuple):
    """An item with its holders then (`lead_unit`, …) and now (`holding_…`, for who may see it)."""

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
    lead_unit: str
    cooperating: list[str]
    leader: str
    holding_unit: str
    holding_cooperating: list[str]
    holding_leader: str
    withdrawn_at: datetime | None


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
