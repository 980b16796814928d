"""One item as intake must know it: its people, its periods, and what waits for somebody; changed by counted rulings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from contracts import rulings
from contracts.rulings import RulingData
from contracts.submissions import DeputyEnded, DeputyNamed, SubmissionData
from contracts.values import Light, Node, PeriodId
from services.intake.who import adjustments
from services.intake.who.alike import once, opened_alike, reported_alike
from services.intake.who.setbacks import NONE, Setbacks
from supervision import appeals, assignment, deadlines, deputies, escalations, involvement, lights, replies
from supervision.appeals import AppealRecord, Appeals
from supervision.assignment import AssignmentRecord
from supervision.awaited import Waiting
from supervision.deadlines import Deadlines
from supervision.deputies import Namings
from supervision.escalations import EscalationRecord, Escalations
from supervision.involvement import Involved, barred
from supervision.item import ItemRecord
from supervision.lights import LightsRecord
from supervision.replies import Replies
from supervision.right import StandsIn
from supervision.workdays import local


@dataclass(slots=True)
class KnownItem:
    """Held in memory for every item on the log; of its escalations only those that stand."""

    programme: str
    id: str
    opened: rulings.ItemOpened
    assignment: AssignmentRecord
    lights: LightsRecord
    escalations: Escalations = field(default_factory=dict)
    appeals: Appeals = ()
    involved: Involved = ()
    plan_confirmed: bool = False
    waiting_plan: Mapping[PeriodId, Node] | None = None
    last_plan: Mapping[PeriodId, Node] | None = None
    """The plan that was received last, also once it was returned."""
    requests: adjustments.Requests = ()
    inspections: dict[str, rulings.InspectionAuthorized] = field(default_factory=dict)
    withdrawal_waits: bool = False
    cancellation_waits: bool = False
    namings: Namings = ()
    extensions: tuple[rulings.ExtensionFiled, ...] = ()
    replies: Replies = field(default_factory=dict)
    signed: frozenset[tuple[str, str]] = frozenset()
    """Notices that the unit signed for, by escalation and cause."""
    setbacks: Setbacks = NONE
    waits: Waiting = field(default_factory=dict)
    """What waits for somebody's act, and what did."""

    @property
    def year_is_over(self) -> bool:
        """Whether every period with a light that binds anybody has passed: little changes afterwards."""
        return all(self.lights.of(period).settled for period, binding in self.lights.parts.items() if binding)

    @property
    def deadlines(self) -> Deadlines:
        """Until when its periods are reported."""
        return self.lights.deadlines

    @property
    def lit(self) -> Mapping[PeriodId, Light]:
        """The light of each period that has one."""
        return {period: one.light for period, one in self.lights.lights.items()}

    @property
    def record(self) -> ItemRecord:
        """What the sentences about its lights are made from."""
        return ItemRecord(self.assignment, self.lights, self.escalations, self.appeals)

    @property
    def lead_unit(self) -> str:
        """The unit that leads it."""
        return self.assignment.lead_unit

    @property
    def cooperating(self) -> tuple[str, ...]:
        """The units that work on it beside the lead unit."""
        return self.assignment.cooperating

    @property
    def leader(self) -> str:
        """The leader in charge."""
        return self.assignment.leader

    @property
    def nodes(self) -> Mapping[PeriodId, Node]:
        """The nodes that have effect."""
        return self.assignment.nodes

    @property
    def withdrawn(self) -> bool:
        """Whether it left the annual assessment."""
        return self.assignment.withdrawn

    @property
    def adjustments(self) -> list[rulings.AdjustmentFiled]:
        """The adjustments that wait for their decision."""
        return [one.filed for one in self.requests if not one.approved]

    @property
    def blockages(self) -> list[str]:
        """The blockages that wait for an answer."""
        return [name for one in self.escalations.values() for name in one.unanswered]

    def decidable_by(self, person: str) -> list[AppealRecord]:
        """The appeals that wait and in which this person took no part before (rulebook: Fairness Art. 16/17)."""
        return [one for one in self.appeals if person not in barred(self.involved, one.against, self.escalations)]

    def is_concerned(self, data: SubmissionData) -> bool:
        """Whether something about many items of its programme concerns it: a leader's naming only the leader's own."""
        if self.withdrawn:
            return False
        return not isinstance(data, DeputyNamed | DeputyEnded) or data.principal in ("chief", f"leader:{self.leader}")

    def deputies_at(self, instant: datetime) -> tuple[StandsIn, ...]:
        """Who stands in for whom on the local day of an instant."""
        return deputies.in_force(self.namings, local(instant, self.assignment.zone).date()) if self.namings else ()

    def open_escalations(self, *levels: str, phase: str = "open") -> list[EscalationRecord]:
        """Escalations of these levels (none: of any) in this phase."""
        return [one for one in self.escalations.values() if one.phase == phase and (not levels or one.level in levels)]

    def evolve(self, data: RulingData) -> None:
        """Change the item by one event of a counted ruling."""
        kind = type(data)
        if isinstance(data, rulings.ProgressRecorded):
            data = reported_alike(data)
        if kind in lights.FOLDED:
            self.lights = lights.evolve(self.lights, data, self.assignment.policy)
        if kind in assignment.FOLDED:
            self.assignment = assignment.evolve(self.assignment, data)
        elif kind in escalations.FOLDED:
            after = escalations.evolve(self.escalations, data)
            self.escalations = {id_: one for id_, one in after.items() if one.stands}
        elif kind in appeals.FOLDED:
            self.appeals = appeals.evolve(self.appeals, data)
        elif kind in deputies.FOLDED:
            self.namings = deputies.evolve(self.namings, data)
        if kind in adjustments.FOLDED:
            self.requests = adjustments.evolve(self.requests, data)
        elif kind in replies.FOLDED:
            self.replies = replies.evolve(self.replies, data)
        if kind in involvement.FOLDED:
            self.involved = involvement.evolve(self.involved, data, self.lights.quarter_of)
        transition = _TRANSITIONS.get(kind)
        if transition is not None:
            transition(self, data)


def opened(programme: str, id_: str, data: rulings.ItemOpened) -> KnownItem:
    """An item that was just published."""
    data = opened_alike(data)
    return KnownItem(
        once(programme), once(id_), data, assignment.opened(data), lights.opened(data), namings=data.deputies
    )


def _plan_received(item: KnownItem, data: rulings.PlanReceived) -> None:
    item.waiting_plan = item.last_plan = data.nodes


def _plan_returned(item: KnownItem, _: rulings.PlanReturned) -> None:
    item.waiting_plan = None


def _plan_adopted(item: KnownItem, data: rulings.PlanAdopted) -> None:
    item.plan_confirmed, item.waiting_plan = True, None
    if item.last_plan == data.nodes:
        item.last_plan = item.nodes


def _inspection_authorized(item: KnownItem, data: rulings.InspectionAuthorized) -> None:
    item.inspections[data.plan] = data


def _inspection_endorsed(item: KnownItem, data: rulings.InspectionEndorsed) -> None:
    planned = item.inspections.get(data.plan)
    if planned is not None:
        item.inspections[data.plan] = replace(planned, approved=True)


def _withdrawal_filed(item: KnownItem, _: rulings.WithdrawalFiled) -> None:
    item.withdrawal_waits = True


def _withdrawal_decided(item: KnownItem, data: rulings.WithdrawalRefused | rulings.ItemWithdrawn) -> None:
    item.withdrawal_waits = False
    if isinstance(data, rulings.ItemWithdrawn):
        item.cancellation_waits = False


def _cancellation_filed(item: KnownItem, _: rulings.CancellationFiled) -> None:
    item.cancellation_waits = True


def _extension_filed(item: KnownItem, data: rulings.ExtensionFiled) -> None:
    item.extensions = (*item.extensions, data)


def _extension_decided(item: KnownItem, data: rulings.ExtensionRefused | rulings.LimitMoved) -> None:
    """The one at a place among those of its id; the oldest without."""
    decided = [one for one in item.extensions if one.extension == data.extension][data.place or 0 :][:1]
    item.extensions = tuple(one for one in item.extensions if one not in decided)


def _signed(item: KnownItem, data: rulings.NoticeSigned) -> None:
    item.signed |= {(data.escalation, data.cause)}


def _revised(item: KnownItem, data: rulings.ItemRevised) -> None:
    changed = {
        name: value
        for name in ("title", "source", "classification", "annual_targets")
        if (value := getattr(data, name)) is not None
    }
    item.opened = replace(item.opened, **changed)


def _dated(item: KnownItem, data: RulingData) -> None:
    """The lights took the deadlines in before."""
    due_at = item.deadlines.due_at
    periods = tuple(
        one if one.due_at == (now := due_at(one.id)) else replace(one, due_at=now) for one in item.opened.periods
    )
    calendar = data.calendar if isinstance(data, rulings.CalendarRevised) else item.opened.calendar
    item.opened = replace(item.opened, periods=once(periods), calendar=once(calendar))


_TRANSITIONS: Final[Mapping[type, Callable[[KnownItem, Any], None]]] = {
    rulings.PlanReceived: _plan_received,
    rulings.PlanReturned: _plan_returned,
    rulings.PlanAdopted: _plan_adopted,
    rulings.NoticeSigned: _signed,
    rulings.InspectionAuthorized: _inspection_authorized,
    rulings.InspectionEndorsed: _inspection_endorsed,
    rulings.WithdrawalFiled: _withdrawal_filed,
    rulings.CancellationFiled: _cancellation_filed,
    rulings.ExtensionFiled: _extension_filed,
    rulings.ExtensionRefused: _extension_decided,
    rulings.LimitMoved: _extension_decided,
    rulings.ItemRevised: _revised,
    **dict.fromkeys(deadlines.FOLDED, _dated),
    rulings.WithdrawalRefused: _withdrawal_decided,
    rulings.ItemWithdrawn: _withdrawal_decided,
}

SETTLING: Final = frozenset({rulings.LightChanged, rulings.LightSettled})
"""Events after which an item's year may be over."""

FOLDED: Final = (
    assignment.FOLDED
    | escalations.FOLDED
    | appeals.FOLDED
    | deputies.FOLDED
    | involvement.FOLDED
    | lights.FOLDED
    | frozenset(_TRANSITIONS)
    | adjustments.FOLDED
    | replies.FOLDED
)
"""The events that change an item here; all others are passed over unread."""
