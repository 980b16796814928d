"""What is remembered about one subject: immutable values, folded from its rulings, at most some kilobytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from contracts.policy import Policy
from contracts.submissions import Appealed, Deputy
from contracts.values import Claim, Comparator, Finding, Identifier, Level, Light, MonthStatus, Node, PeriodId
from services.rating.rules.state.frame import Frame
from services.rating.rules.state.programme import Programme

EscalationPhase = Literal["proposed", "open", "closed", "withdrawn"]
Arrival = Literal["in_time", "late"]


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


class Content(NamedTuple):
    """What a report measures, and whether it has evidence."""

    measures: Mapping[str, Decimal]
    evidenced: bool


class Report(NamedTuple):
    """An accepted report: its submission's id, the day of its receipt, its claim and the last finding about it.

    `late_at` is when a late one was received.

    `met`: whether it meets the node by itself, as that stands. Once its period has settled neither node nor policy
    can change: that holds for good, and the content is forgotten.
    """

    id: str
    claim: Claim
    content: Content | None
    met: bool
    late_at: datetime | None
    finding: Finding | None = None
    received_on: date | None = None


class EarlierReport(NamedTuple):
    """The last report of a day that another one followed: a visit may still be about it (rulebook: Fairness)."""

    id: str
    received_on: date
    late: bool


class Period(NamedTuple):
    """A reporting period: the last report in time, the last late one, and its status if it is a month.

    Reminders about it up to `reminded_until` were sent, or no longer matter; `moved`: its deadline was, once.
    """

    in_time: Report | None = None
    late: Report | None = None
    settled: bool = False
    status: MonthStatus = "open"
    reminded_until: datetime | None = None
    moved: bool = False
    earlier: tuple[EarlierReport, ...] = ()

    def with_in_time(self, report: Report) -> Period:
        """As `_replace(in_time=report)`, at half the cost (see `Item.with_periods`)."""
        return Period(report, self.late, self.settled, self.status, self.reminded_until, self.moved, self.earlier)

    def with_reminded_until(self, until: datetime) -> Period:
        """As `_replace(reminded_until=until)`, at half the cost (see `Item.with_periods`)."""
        return Period(self.in_time, self.late, self.settled, self.status, until, self.moved, self.earlier)


class Quarter(NamedTuple):
    """A period with a light: as it stands, as first rated, by which policy it settled, whether an appeal upholds it."""

    light: Light = "none"
    rated: Light | None = None
    upheld: bool = False
    policy: Policy | None = None

    @property
    def settled(self) -> bool:
        """Whether its deadline was announced (rulebook: Lights 1)."""
        return self.rated is not None


class Cause(NamedTuple):
    """What an escalation stands on; `source` is the escalation that a derived cause came from.

    `left`: it stood when the item left the assessment, and can be appealed about.
    """

    name: str
    source: str | None = None
    standing: bool = True
    signed_at: datetime | None = None
    left: bool = False


class Escalation(NamedTuple):
    """A rectification, an interview, a chief interview or a blockage; `due_at` is exclusive.

    `acted` and `progressed` say when a rectification was reported, by an act of its own or by a progress report.

    `limit_from` is where its limit began, `limit_days` how many working days it was set with, `extended` how often it
    was extended; `report` is the last report about it, `acted_by` the unit's own, `acted_reviewed` and
    `progress_reviewed` whether one of either kind was reviewed; `led_by` led the item when it was confirmed.
    """

    id: str
    level: Level
    phase: EscalationPhase
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
    limit_from: datetime | None = None
    extended: int = 0
    report: str | None = None
    acted_by: str | None = None
    acted_reviewed: bool = False
    progress_reviewed: bool = False
    limit_days: int = 0
    led_by: Identifier | None = None

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
        """Whether it stands on the cause `name`, or stood on it when the item left the assessment."""
        return any(cause.name == name and (cause.standing or cause.left) for cause in self.causes)


class Appeal(NamedTuple):
    """An appeal that waits for its decision, lodged by the submission `of`; `due_at` is exclusive.

    `notice` is the escalation that it was lodged against, if not a light, `causes` the places of the causes that stood.
    """

    id: Identifier
    against: Appealed
    due_at: datetime
    overdue: bool = False
    notice: str | None = None
    causes: tuple[int, ...] = ()
    of: str = ""


class Adjustment(NamedTuple):
    """An adjustment that waits for its decision, or, approved, for the plan; requested by the submission `of`."""

    id: Identifier
    period: PeriodId
    node: Node
    reason: str
    approved: bool = False
    of: str = ""


class Extension(NamedTuple):
    """An extension of the limit of `escalation` that waits for its decision."""

    id: Identifier
    escalation: str
    until_on: date
    of: str


class Inspection(NamedTuple):
    """An inspection plan with its term, both days included, put on record by the submission `of` on `planned_on`.

    `by_chief`: it takes the chief leader's approval; `approved_on` is the day of what it takes.
    """

    plan: Identifier
    from_on: date
    to_on: date
    approved: bool
    by_chief: bool = False
    planned_on: date | None = None
    approved_on: date | None = None
    of: str = ""


class Reply(NamedTuple):
    """The reply that stands about a light or a cause of a notice (`topic`), by its submission."""

    topic: str
    of: str


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


class FormerLead(NamedTuple):
    """A unit that led the item before `until`."""

    unit: Identifier
    until: datetime


class Hands(NamedTuple):
    """Who has the item in hand, and where it stands in the assessment.

    `withdrawal` and `cancellation` are the submissions that ask for one and wait; `units` and `leaders` are those of
    the programme (none: any id is known).
    """

    lead_unit: Identifier
    cooperating: tuple[Identifier, ...]
    leader: Identifier
    withdrawal: str | None = None
    withdrawn: bool = False
    cancellation: str | None = None
    former: tuple[FormerLead, ...] = ()
    deputies: tuple[Deputy, ...] = ()
    units: frozenset[Identifier] | None = None
    leaders: frozenset[Identifier] | None = None

    def lead_at(self, instant: datetime) -> Identifier:
        """The unit that led the item at an instant, by the times that count (rulebook: Annual evaluation)."""
        return next((one.unit for one in self.former if instant < one.until), self.lead_unit)


class Body(NamedTuple):
    """What was assigned: a mark of the item's words, and the frame as it was then."""

    words: bytes
    frame: Frame


class Item(NamedTuple):
    """One supervised item; `periods` and `quarters` run parallel to those of its frame.

    `policies` are those that held before; the one in force is the frame's. `body` is what was assigned.
    """

    frame: Frame
    hands: Hands
    plan: Plan
    periods: tuple[Period, ...]
    quarters: tuple[Quarter, ...]
    escalations: tuple[Escalation, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    involved: tuple[tuple[str, str], ...] = ()
    policies: tuple[Policy, ...] = ()
    extensions: tuple[Extension, ...] = ()
    replies: tuple[Reply, ...] = ()
    body: Body | None = None

    def with_periods(self, periods: tuple[Period, ...]) -> Item:
        """As `_replace(periods=periods)`, at half the cost.

        Four of five events of a year change a report, a reminder or a light. These go through `with_...`; with
        `_replace` in all places the rules decide and evolve 4 % fewer submissions a second.
        """
        (
            frame,
            hands,
            plan,
            _,
            quarters,
            escalations,
            appeals,
            inspections,
            involved,
            policies,
            extensions,
            replies,
            body,
        ) = self
        rare = (extensions, replies, body)
        return Item(frame, hands, plan, periods, quarters, escalations, appeals, inspections, involved, policies, *rare)

    def with_quarters(self, quarters: tuple[Quarter, ...]) -> Item:
        """As `_replace(quarters=quarters)`, at half the cost."""
        (
            frame,
            hands,
            plan,
            periods,
            _,
            escalations,
            appeals,
            inspections,
            involved,
            policies,
            extensions,
            replies,
            body,
        ) = self
        rare = (extensions, replies, body)
        return Item(frame, hands, plan, periods, quarters, escalations, appeals, inspections, involved, policies, *rare)


class State(NamedTuple):
    """A subject: the keys that were used (`answered`), and the item or programme if it was opened."""

    subject: str
    answered: bytes = b""
    item: Item | None = None
    programme: Programme | None = None
