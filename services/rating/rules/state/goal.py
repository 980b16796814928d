"""What is remembered of a plan: its nodes as they are kept, and the adjustments that wait."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from contracts.values import Comparator, Identifier, Node, PeriodId


class Gauge(NamedTuple):
    """What a target measures, and how a measured value must stand to the target's."""

    indicator: str
    comparator: Comparator
    unit: str


class Goal(NamedTuple):
    """A node as it is kept (`node.goal_of`): `values` run parallel to `gauges`, which the periods of a plan share.

    The text of a settled period is forgotten: its node can't be adjusted any more.
    """

    text: str
    gauges: tuple[Gauge, ...]
    values: tuple[Decimal | int, ...]


NO_GOALS: Final[Mapping[str, Goal]] = MappingProxyType({})


class Adjustment(NamedTuple):
    """An adjustment that waits for its decision, or, approved, for the plan; requested by the submission `of`."""

    id: Identifier
    period: PeriodId
    node: Node
    reason: str
    approved: bool = False
    of: str = ""


class Plan(NamedTuple):
    """The plan: `nodes` that have effect, `indicators` of all its nodes (`idle`: of those without effect), and what
    waits for a decision, submitted by `of`."""

    confirmed: bool = False
    nodes: Mapping[str, Goal] = NO_GOALS
    idle: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    waiting: Mapping[str, Goal] | None = None
    of: str = ""
    came: bool = False
    missed: bool = False
    adjustments: tuple[Adjustment, ...] = ()

    def with_nodes(self, nodes: Mapping[str, Goal]) -> Plan:
        """As `_replace(nodes=nodes)`, at a third of the cost (see `state.Item.with_periods`)."""
        confirmed, _, idle, indicators, waiting, of, came, missed, adjustments = self
        values = (confirmed, nodes, idle, indicators, waiting, of, came, missed, adjustments)
        return tuple.__new__(Plan, values)
