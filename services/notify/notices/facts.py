"""What notices need to know about programmes and items: a fold of counted rulings, pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from contracts.dispatches import Recipient
from contracts.ruling import RulingEvent
from contracts.rulings import (
    Compared,
    ItemOpened,
    ItemRevised,
    LightChanged,
    ProgrammeEnlarged,
    ProgrammeOpened,
    ProgressRecorded,
    RulingData,
)
from contracts.topics import split_subject
from contracts.values import Category, Light, Node, PeriodId
from supervision import deputies, replies
from supervision import item as item_record
from supervision.deputies import Namings
from supervision.item import ItemRecord
from supervision.replies import Replies
from supervision.workdays import last_day, local


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """A programme as its notices name it; names of units and labels of leaders by their ids."""

    id: str
    title: str
    jurisdiction: str
    document: str
    year: int
    units: Mapping[str, str]
    leaders: Mapping[str, str]


class Notified(NamedTuple):
    """What was told about an escalation: the ids of its notices, and who got them."""

    notices: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()


NOBODY_YET: Final = Notified()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as it stands at one position of its rulings; beside its `record` what notices alone need.

    `compared` are the targets and values last compared, by period, `namings` who stands in for its leader or the chief,
    `replies` what units say; `notified` goes by the id of an escalation.
    """

    programme: str
    id: str
    title: str
    category: Category
    simulated: bool
    derived: bool
    record: ItemRecord
    compared: Mapping[PeriodId, tuple[Compared, ...]] = field(default_factory=dict)
    namings: Namings = ()
    replies: Replies = field(default_factory=dict)
    notified: Mapping[str, Notified] = field(default_factory=dict)

    @property
    def lead_unit(self) -> str:
        """The unit that leads it."""
        return self.record.assignment.lead_unit

    @property
    def cooperating(self) -> tuple[str, ...]:
        """The units that work on it beside the lead unit."""
        return self.record.assignment.cooperating

    @property
    def leader(self) -> str:
        """The leader in charge."""
        return self.record.assignment.leader

    @property
    def nodes(self) -> Mapping[PeriodId, Node]:
        """The nodes that have effect."""
        return self.record.assignment.nodes

    @property
    def blind(self) -> Literal["resend", "hold"]:
        """What the policy says about a message whose outcome nobody can tell: `resend` or `hold`."""
        return self.record.assignment.policy.blind_channel

    @property
    def appeal_days(self) -> int:
        """Calendar days in which a notice can be appealed."""
        return self.record.assignment.policy.appeal_days

    def light(self, period: PeriodId) -> Light:
        """The light of a period as it stands."""
        return self.record.light(period) or "none"

    def day(self, instant: datetime) -> date:
        """The local day of an instant."""
        return local(instant, self.record.assignment.zone).date()

    def last_day(self, due_at: datetime) -> date:
        """The last day on which something due at `due_at` (exclusive) is in time."""
        return last_day(due_at, self.record.assignment.zone)

    def told(self, escalation: str, notice: str, recipients: tuple[Recipient, ...]) -> ItemFacts:
        """The item after one more notice about an escalation."""
        before = self.notified.get(escalation, NOBODY_YET)
        whom = tuple(dict.fromkeys((*before.recipients, *recipients)))
        return replace(self, notified={**self.notified, escalation: Notified((*before.notices, notice), whom)})


def programme_from(subject: str, data: ProgrammeOpened) -> ProgrammeFacts:
    """The facts of a published programme."""
    return ProgrammeFacts(
        id=split_subject(subject)[0],
        title=data.title,
        jurisdiction=data.jurisdiction,
        document=data.document,
        year=data.issued_on.year,
        units={unit.id: unit.name for unit in data.units},
        leaders={leader.id: leader.label for leader in data.leaders},
    )


def with_joined(programme: ProgrammeFacts, data: ProgrammeEnlarged) -> ProgrammeFacts:
    """The facts of a programme that units and leaders joined; what it had under an id stays."""
    units = {unit.id: unit.name for unit in data.units}
    leaders = {leader.id: leader.label for leader in data.leaders}
    return replace(programme, units={**units, **programme.units}, leaders={**leaders, **programme.leaders})


def evolve(item: ItemFacts | None, event: RulingEvent) -> ItemFacts | None:
    """The item after one counted event of its rulings; None as long as it was not opened."""
    data = event.data
    kind = type(data)
    if isinstance(data, ItemOpened):
        return _opened(event.subject, data)
    if item is None or kind not in _FOLDED:
        return item
    changes: dict[str, Any] = {
        "record": item_record.evolve(item.record, data),
        "compared": _compared(item.compared, data),
    }
    if kind in deputies.FOLDED:
        changes["namings"] = deputies.evolve(item.namings, data)
    if kind in replies.FOLDED:
        changes["replies"] = replies.evolve(item.replies, data)
    if isinstance(data, ItemRevised) and data.title is not None:
        changes["title"] = data.title
    if all(value is getattr(item, name) for name, value in changes.items()):
        return item
    return replace(item, **changes)


_FOLDED: Final = (
    item_record.FOLDED | deputies.FOLDED | replies.FOLDED | frozenset({ItemRevised, LightChanged, ProgressRecorded})
)
"""The events that change an item that is open."""


def _opened(subject: str, data: ItemOpened) -> ItemFacts:
    programme, item = split_subject(subject)
    return ItemFacts(
        programme=programme,
        id=item or "",
        title=data.title,
        category=data.category,
        simulated=data.simulated,
        derived=data.derived,
        record=item_record.opened(data),
        namings=data.deputies,
    )


def _compared(
    compared: Mapping[PeriodId, tuple[Compared, ...]], data: RulingData
) -> Mapping[PeriodId, tuple[Compared, ...]]:
    if isinstance(data, ProgressRecorded) or (isinstance(data, LightChanged) and data.compared):
        return {**compared, data.period: data.compared}
    return compared
