"""What a later bulletin must correct: lights and months that a published one told and that changed since.

Only an upheld appeal or a finding makes an erratum (rulebook: Bulletins).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from contracts.position_vector import LastOffsets, MalformedPosition
from contracts.rulings import (
    AppealClosed,
    BulletinFiled,
    BulletinPublished,
    LightChanged,
    MonthSettled,
    ProgrammeOpened,
    RulingData,
    VerificationRecorded,
)
from contracts.topics import RULINGS
from contracts.values import PeriodId
from supervision.workdays import end_of, offset_of


class PlacedEvent(NamedTuple):
    """An event of a ruling on the submission `cause`, where it lies on `rulings`."""

    part: int
    pos: int
    cause: int
    time: datetime
    item: str | None
    data: RulingData


@dataclass(frozen=True, slots=True, kw_only=True)
class Erratum:
    """What a bulletin told of an item's period, and what it is since `at`; lights, or statuses of months.

    `told_by` is the bulletin that must tell it: none as long as the next one is not published; `closing`: it is for
    the closing bulletin.
    """

    bulletin: str
    item: str
    period: PeriodId
    before: str
    after: str
    at: datetime
    part: int
    pos: int
    closing: bool
    told_by: str | None


class _Bulletin(NamedTuple):
    """A published bulletin: its period, up to where it was composed, and when it was published."""

    id: str
    period: PeriodId
    position: LastOffsets
    published_at: datetime

    def holds(self, one: PlacedEvent) -> bool:
        """Whether the event was known when it was composed."""
        return one.pos <= self.position.offsets.get((RULINGS, one.part), -1)


class _Change(NamedTuple):
    """A light, or a month's status, became another one."""

    event: PlacedEvent
    period: PeriodId
    before: str
    after: str


def errata(events: Iterable[PlacedEvent]) -> list[Erratum]:
    """The errata of a programme's bulletins by time, from all its events, those of a partition in its order."""
    listed = list(events)
    bulletins, closes_at = _bulletins(listed), _closing(listed)
    grounds = {(one.part, one.cause) for one in listed if _is_ground(one.data)}
    changes = list(_changes(listed))
    found = []
    for bulletin in bulletins:
        told = {(one.event.item, one.period) for one in changes if bulletin.holds(one.event)}
        for event, period, before, after in changes:
            if (
                period != bulletin.period
                or bulletin.holds(event)
                or (event.item, period) not in told
                or (event.part, event.cause) not in grounds
            ):
                continue
            since = max(event.time, bulletin.published_at)
            found.append(
                Erratum(
                    bulletin=bulletin.id,
                    item=event.item or "",
                    period=period,
                    before=before,
                    after=after,
                    at=event.time,
                    part=event.part,
                    pos=event.pos,
                    closing=closes_at is not None and event.time >= closes_at,
                    told_by=next((one.id for one in bulletins if one.published_at > since), None),
                )
            )
    return sorted(found, key=lambda one: (one.at, one.part, one.pos))


def _changes(events: Iterable[PlacedEvent]) -> Iterator[_Change]:
    statuses: dict[tuple[str | None, PeriodId], str] = {}
    for one in events:
        if isinstance(one.data, LightChanged):
            yield _Change(one, one.data.period, one.data.from_, one.data.to)
        elif isinstance(one.data, MonthSettled):
            before = statuses.get((one.item, one.data.month), "open")
            statuses[one.item, one.data.month] = one.data.status
            if before != one.data.status:
                yield _Change(one, one.data.month, before, one.data.status)


def _bulletins(events: Iterable[PlacedEvent]) -> list[_Bulletin]:
    """Those published, in their order; one whose position cannot be read tells of nothing."""
    filed: dict[str, BulletinFiled] = {}
    found = []
    for one in events:
        if isinstance(one.data, BulletinFiled):
            filed[one.data.bulletin] = one.data
        elif isinstance(one.data, BulletinPublished) and (known := filed.get(one.data.bulletin)) is not None:
            found.append(_Bulletin(known.bulletin, known.period, _position(known.position), one.time))
    return found


def _position(text: str) -> LastOffsets:
    try:
        return LastOffsets.parse(text)
    except MalformedPosition:
        return LastOffsets()


def _closing(events: Iterable[PlacedEvent]) -> datetime | None:
    """The end of the closing day, if the programme has one (rulebook: Closing day)."""
    for one in events:
        if isinstance(one.data, ProgrammeOpened) and one.data.closing_on is not None:
            return end_of(one.data.closing_on, offset_of(one.data.policy.utc_offset))
    return None


def _is_ground(data: RulingData) -> bool:
    return isinstance(data, VerificationRecorded) or (isinstance(data, AppealClosed) and data.decision == "upheld")
