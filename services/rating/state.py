"""What is remembered about one subject: an immutable fold of its rulings, at most some kilobytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

from contracts.policy import Policy
from contracts.submissions import Appealed
from contracts.values import Claim, Finding, Identifier, Level, Light, MonthStatus, Node, PeriodId
from services.rating.scheme import Scheme

Phase = Literal["proposed", "open", "closed", "withdrawn"]
Arrival = Literal["in_time", "late"]
_NOTHING: Final[Mapping[str, Node]] = MappingProxyType({})


def _nothing() -> Mapping[str, Node]:
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Report:
    """An accepted report: its submission's id, what it claims, and the last finding about it.

    Once its period has settled neither node nor policy can change: `met` says for good whether it meets the node,
    and the measures are forgotten.
    """

    id: str
    claim: Claim
    measures: Mapping[str, Decimal]
    evidenced: bool
    received_at: datetime
    finding: Finding | None = None
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period: the last report in time, the last late one, and its status if it is a month."""

    in_time: Report | None = None
    late: Report | None = None
    settled: bool = False
    status: MonthStatus = "open"


@dataclass(frozen=True, slots=True)
class Quarter:
    """A period with a light: as it stands, as first rated, by which policy it settled, whether an appeal upholds it."""

    light: Light = "none"
    rated: Light | None = None
    upheld: bool = False
    policy: Policy | None = None

    @property
    def settled(self) -> bool:
        """Whether its deadline was announced (rulebook: Lights 1)."""
        return self.rated is not None


@dataclass(frozen=True, slots=True)
class Cause:
    """What an escalation stands on; `source` is the escalation that a derived cause came from."""

    name: str
    source: str | None = None
    standing: bool = True
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A rung of the ladder. `due_at` is exclusive; `acted` and `progressed` tell how a rectification was reported."""

    id: str
    level: Level
    phase: Phase
    causes: tuple[Cause, ...]
    raised_at: datetime
    due_at: datetime | None
    overdue: bool = False
    acted: Arrival | None = None
    progressed: Arrival | None = None
    progress_report: str | None = None
    awaits_review: bool = False
    answered: tuple[str, ...] = ()
    reminded_until: datetime | None = None

    @property
    def stands(self) -> bool:
        """Open, or proposed."""
        return self.phase in ("open", "proposed")

    @property
    def reported(self) -> bool:
        """Whether the rectification counts as reported."""
        return self.acted is not None or self.progressed is not None

    @property
    def reported_in_time(self) -> bool:
        """Whether a report came within the limit."""
        return "in_time" in (self.acted, self.progressed)

    def has(self, name: str) -> bool:
        """Whether it stands on the cause `name`."""
        return any(cause.name == name and cause.standing for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Appeal:
    """An appeal that waits for its decision; `due_at` is exclusive."""

    id: Identifier
    against: Appealed
    due_at: datetime
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An adjustment that waits for its decision, or, approved, for the plan."""

    id: Identifier
    period: PeriodId
    node: Node
    reason: str
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Inspection:
    """An inspection plan with its term, both days included."""

    plan: Identifier
    from_on: date
    to_on: date
    approved: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan: `nodes` that have effect, `indicators` of all its nodes (`idle`: of those without effect), and what
    waits for a decision."""

    confirmed: bool = False
    nodes: Mapping[str, Node] = field(default_factory=_nothing)
    idle: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    waiting: Mapping[str, Node] | None = None
    came: bool = False
    missed: bool = False
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has the item in hand, and where it stands in the assessment."""

    lead_unit: Identifier
    cooperating: tuple[Identifier, ...]
    leader: Identifier
    withdrawal: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin that waits for the chief leader."""

    id: Identifier
    published: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One supervised item; tuples run parallel to the scheme's periods and quarters."""

    scheme: Scheme
    hands: Hands
    plan: Plan
    periods: tuple[Period, ...]
    quarters: tuple[Quarter, ...]
    reminded: tuple[datetime | None, ...]
    escalations: tuple[Escalation, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    involved: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Programme:
    """What concerns a whole programme: its policy and its bulletins."""

    policy: Policy
    simulated: bool
    bulletins: tuple[Bulletin, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """A subject: the keys that were used (`answered`), and the item or programme if it was opened."""

    subject: str
    answered: bytes = b""
    item: Item | None = None
    programme: Programme | None = None
