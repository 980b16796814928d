"""One item as intake must know it: its people, its periods, and what waits for somebody; changed by counted rulings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from contracts import rulings
from contracts.rulings import RulingData
from contracts.submissions import Appealed
from contracts.values import Node
from web.tokens import Identity


@dataclass(slots=True)
class Escalation:
    """An open or proposed rung of the ladder."""

    level: str
    state: str
    causes: list[str]
    reported: bool = False


@dataclass(slots=True)
class Item:
    """Held in memory for every item on the log."""

    programme: str
    id: str
    opened: rulings.ItemOpened
    lead_unit: str
    cooperating: tuple[str, ...]
    leader: str
    nodes: dict[str, Node] = field(default_factory=dict)
    waiting_plan: dict[str, Node] | None = None
    adjustments: dict[str, rulings.AdjustmentFiled] = field(default_factory=dict)
    inspections: dict[str, rulings.InspectionAuthorized] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    blockages: list[str] = field(default_factory=list)
    appeals: dict[str, Appealed] = field(default_factory=dict)
    withdrawal_waits: bool = False
    withdrawn: bool = False

    def concerns(self, identity: Identity) -> bool:
        """Whether a person finds this item in their list."""
        if identity.role == "unit":
            return identity.unit == self.lead_unit or identity.unit in self.cooperating
        return identity.role != "leader" or identity.id == self.leader

    def open_escalations(self, *levels: str, state: str = "open") -> list[Escalation]:
        """Escalations of these levels (none: of any) in this state."""
        return [one for one in self.escalations.values() if one.state == state and (not levels or one.level in levels)]

    def evolve(self, data: RulingData) -> None:
        """Take in one event of a counted ruling."""
        _people_and_plan(self, data)
        _reports_and_appeals(self, data)
        _ladder(self, data)


FOLDED: Final = frozenset(
    {
        rulings.ItemTransferred,
        rulings.ItemWithdrawn,
        rulings.WithdrawalFiled,
        rulings.WithdrawalRefused,
        rulings.PlanReceived,
        rulings.PlanReturned,
        rulings.PlanAdopted,
        rulings.AdjustmentFiled,
        rulings.AdjustmentRefused,
        rulings.NodeAdjusted,
        rulings.ProgressRecorded,
        rulings.InspectionAuthorized,
        rulings.AppealOpened,
        rulings.AppealClosed,
        rulings.EscalationRaised,
        rulings.EscalationJoined,
        rulings.EscalationConfirmed,
        rulings.EscalationReported,
        rulings.EscalationReviewed,
        rulings.EscalationReduced,
        rulings.EscalationClosed,
        rulings.EscalationWithdrawn,
        rulings.BlockageResolved,
    }
)
"""The events that change an item here; all others are passed over unread."""


def _people_and_plan(item: Item, data: RulingData) -> None:
    match data:
        case rulings.ItemTransferred():
            item.lead_unit, item.cooperating, item.leader = data.lead_unit, data.cooperating, data.leader
        case rulings.ItemWithdrawn():
            item.withdrawn, item.withdrawal_waits = True, False
        case rulings.WithdrawalFiled():
            item.withdrawal_waits = True
        case rulings.WithdrawalRefused():
            item.withdrawal_waits = False
        case rulings.PlanReceived():
            item.waiting_plan = data.nodes
        case rulings.PlanReturned():
            item.waiting_plan = None
        case rulings.PlanAdopted():
            item.nodes |= data.nodes
            item.waiting_plan = None
        case rulings.NodeAdjusted():
            item.nodes[data.period] = data.after
            item.adjustments.pop(data.adjustment, None)


def _reports_and_appeals(item: Item, data: RulingData) -> None:
    match data:
        case rulings.AdjustmentFiled():
            item.adjustments[data.adjustment] = data
        case rulings.AdjustmentRefused():
            item.adjustments.pop(data.adjustment, None)
        case rulings.ProgressRecorded():
            item.reported.add(data.period)
        case rulings.InspectionAuthorized():
            item.inspections[data.plan] = data
        case rulings.AppealOpened():
            item.appeals[data.appeal] = data.against
        case rulings.AppealClosed():
            item.appeals.pop(data.appeal, None)
        case rulings.BlockageResolved():
            item.blockages = [one for one in item.blockages if one != data.blockage]


def _ladder(item: Item, data: RulingData) -> None:
    if isinstance(data, rulings.EscalationRaised):
        item.escalations[data.escalation] = Escalation(data.level, data.state, [data.cause])
        if data.level == "blockage":
            item.blockages.append(data.cause)
        return
    one = item.escalations.get(getattr(data, "escalation", ""))
    if one is None:
        return
    match data:
        case rulings.EscalationJoined():
            one.causes.append(data.cause)
            if data.level == "blockage":
                item.blockages.append(data.cause)
        case rulings.EscalationConfirmed():
            one.state = "open"
        case rulings.EscalationReported():
            one.reported = True
        case rulings.EscalationReduced():
            one.causes = [cause for cause in one.causes if cause != data.cause]
        case rulings.EscalationClosed() | rulings.EscalationWithdrawn():
            del item.escalations[data.escalation]
