"""One item as intake must know it: its people, its periods, and what waits for somebody; changed by counted rulings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from contracts import rulings
from contracts.rulings import RulingData
from contracts.values import Node, PeriodId
from supervision import appeals, assignment, escalations
from supervision.appeals import Appeals
from supervision.assignment import AssignmentRecord
from supervision.escalations import EscalationRecord, Escalations


class AdjustmentRequest(NamedTuple):
    """An adjustment that waits for its decision, or, approved, for the plan."""

    filed: rulings.AdjustmentFiled
    approved: bool = False


@dataclass(slots=True)
class KnownItem:
    """Held in memory for every item on the log; of its escalations only those that stand."""

    programme: str
    id: str
    opened: rulings.ItemOpened
    assignment: AssignmentRecord
    escalations: Escalations = field(default_factory=dict)
    appeals: Appeals = ()
    plan_confirmed: bool = False
    waiting_plan: Mapping[PeriodId, Node] | None = None
    requests: tuple[AdjustmentRequest, ...] = ()
    inspections: dict[str, rulings.InspectionAuthorized] = field(default_factory=dict)
    reported: set[PeriodId] = field(default_factory=set)
    withdrawal_waits: bool = False

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

    def open_escalations(self, *levels: str, phase: str = "open") -> list[EscalationRecord]:
        """Escalations of these levels (none: of any) in this phase."""
        return [one for one in self.escalations.values() if one.phase == phase and (not levels or one.level in levels)]

    def evolve(self, data: RulingData) -> None:
        """Change the item by one event of a counted ruling."""
        kind = type(data)
        if kind in assignment.FOLDED:
            self.assignment = assignment.evolve(self.assignment, data)
        elif kind in escalations.FOLDED:
            after = escalations.evolve(self.escalations, data)
            self.escalations = {id_: one for id_, one in after.items() if one.stands}
        elif kind in appeals.FOLDED:
            self.appeals = appeals.evolve(self.appeals, data)
        transition = _TRANSITIONS.get(kind)
        if transition is not None:
            transition(self, data)


def opened(programme: str, id_: str, data: rulings.ItemOpened) -> KnownItem:
    """An item that was just published."""
    return KnownItem(programme, id_, data, assignment.opened(data))


def _plan_received(item: KnownItem, data: rulings.PlanReceived) -> None:
    item.waiting_plan = data.nodes


def _plan_returned(item: KnownItem, _: rulings.PlanReturned) -> None:
    item.waiting_plan = None


def _plan_adopted(item: KnownItem, _: rulings.PlanAdopted) -> None:
    item.plan_confirmed, item.waiting_plan = True, None


def _adjustment_filed(item: KnownItem, data: rulings.AdjustmentFiled) -> None:
    item.requests = (*item.requests, AdjustmentRequest(data))


def _adjustment_approved(item: KnownItem, data: rulings.AdjustmentApproved) -> None:
    """It waits for the plan behind those approved before it (rulebook: Fine print, "Last")."""
    asked = _waiting(item, data.adjustment)
    if asked is not None:
        item.requests = (*_without(item, asked), AdjustmentRequest(asked.filed, approved=True))


def _adjustment_refused(item: KnownItem, data: rulings.AdjustmentRefused) -> None:
    item.requests = _without(item, _waiting(item, data.adjustment))


def _node_adjusted(item: KnownItem, data: rulings.NodeAdjusted) -> None:
    wanted = (data.adjustment, data.period, data.after)
    asked = (one for one in item.requests if (one.filed.adjustment, one.filed.period, one.filed.node) == wanted)
    item.requests = _without(item, next(asked, None))


def _waiting(item: KnownItem, adjustment: str) -> AdjustmentRequest | None:
    """The first request of that id that waits for its decision; a unit may give two of them one id."""
    return next((one for one in item.requests if one.filed.adjustment == adjustment and not one.approved), None)


def _without(item: KnownItem, asked: AdjustmentRequest | None) -> tuple[AdjustmentRequest, ...]:
    return tuple(one for one in item.requests if one is not asked)


def _reported(item: KnownItem, data: rulings.ProgressRecorded) -> None:
    item.reported.add(data.period)


def _inspection_authorized(item: KnownItem, data: rulings.InspectionAuthorized) -> None:
    item.inspections[data.plan] = data


def _withdrawal_filed(item: KnownItem, _: rulings.WithdrawalFiled) -> None:
    item.withdrawal_waits = True


def _withdrawal_decided(item: KnownItem, _: rulings.WithdrawalRefused | rulings.ItemWithdrawn) -> None:
    item.withdrawal_waits = False


_TRANSITIONS: Final[Mapping[type, Callable[[KnownItem, Any], None]]] = {
    rulings.PlanReceived: _plan_received,
    rulings.PlanReturned: _plan_returned,
    rulings.PlanAdopted: _plan_adopted,
    rulings.AdjustmentFiled: _adjustment_filed,
    rulings.AdjustmentApproved: _adjustment_approved,
    rulings.AdjustmentRefused: _adjustment_refused,
    rulings.NodeAdjusted: _node_adjusted,
    rulings.ProgressRecorded: _reported,
    rulings.InspectionAuthorized: _inspection_authorized,
    rulings.WithdrawalFiled: _withdrawal_filed,
    rulings.WithdrawalRefused: _withdrawal_decided,
    rulings.ItemWithdrawn: _withdrawal_decided,
}

FOLDED: Final = assignment.FOLDED | escalations.FOLDED | appeals.FOLDED | frozenset(_TRANSITIONS)
"""The events that change an item here; all others are passed over unread."""
