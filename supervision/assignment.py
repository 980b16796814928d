"""Who has an item, by which policy, and what its nodes are, as its rulings say: a pure fold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timezone
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from contracts.policy import Policy
from contracts.rulings import (
    ItemOpened,
    ItemRevised,
    ItemTransferred,
    ItemWithdrawn,
    NodeAdjusted,
    PlanAdopted,
    PolicyChanged,
    RulingData,
)
from contracts.values import Identifier, Node, PeriodId
from supervision.workdays import offset_of

_NO_NODES: Final[Mapping[PeriodId, Node]] = MappingProxyType({})


class AssignmentRecord(NamedTuple):
    """What is asked of whom: `nodes` are those that have effect, `withdrawn` from the annual assessment.

    `former` are the units that led before; `cancelled`: it had been published by mistake.
    """

    lead_unit: Identifier
    cooperating: tuple[Identifier, ...]
    leader: Identifier
    policy: Policy
    nodes: Mapping[PeriodId, Node] = _NO_NODES
    withdrawn: bool = False
    former: tuple[Identifier, ...] = ()
    cancelled: bool = False

    @property
    def zone(self) -> timezone:
        """Where days are counted: the time zone of the policy in force."""
        return offset_of(self.policy.utc_offset)


def opened(data: ItemOpened) -> AssignmentRecord:
    """The record of an item that was just published."""
    return AssignmentRecord(data.lead_unit, data.cooperating, data.leader, data.policy)


def evolve(record: AssignmentRecord, data: RulingData) -> AssignmentRecord:
    """The record after one more event of the item."""
    transition = _TRANSITIONS.get(type(data))
    return record if transition is None else transition(record, data)


def _transferred(record: AssignmentRecord, data: ItemTransferred) -> AssignmentRecord:
    former = record.former if data.lead_unit == record.lead_unit else (*record.former, record.lead_unit)
    return record._replace(lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader, former=former)


def _adjusted(record: AssignmentRecord, data: NodeAdjusted) -> AssignmentRecord:
    return record._replace(nodes={**record.nodes, data.period: data.after})


_TRANSITIONS: Final[Mapping[type, Callable[[AssignmentRecord, Any], AssignmentRecord]]] = {
    ItemTransferred: _transferred,
    PolicyChanged: lambda record, data: record._replace(policy=data.policy),
    PlanAdopted: lambda record, data: record._replace(nodes=data.nodes),
    NodeAdjusted: _adjusted,
    ItemRevised: lambda record, data: (
        record if data.cooperating is None else record._replace(cooperating=data.cooperating)
    ),
    ItemWithdrawn: lambda record, data: record._replace(withdrawn=True, cancelled=data.cancelled),
}

FOLDED: Final = frozenset(_TRANSITIONS)
"""The events that change the record."""
