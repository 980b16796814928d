"""What is remembered about one subject: immutable values, folded from its rulings, at most some kilobytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from contracts.policy import Policy
from contracts.submissions import Deputy
from contracts.values import Claim, Finding, Identifier, Light, MonthStatus, PeriodId
from services.rating.rules.state.frame import Frame
from services.rating.rules.state.goal import Plan
from services.rating.rules.state.ladder import Appeal, Escalation, Extension
from services.rating.rules.state.programme import Programme


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


class Period(NamedTuple):
    """A reporting period: the last report in time, the last late one, and its status if it is a month.

    Reminders about it up to `reminded_until` were sent, or no longer matter.
    """

    in_time: Report | None = None
    late: Report | None = None
    settled: bool = False
    status: MonthStatus = "open"
    reminded_until: datetime | None = None

    def with_in_time(self, report: Report) -> Period:
        """As `_replace(in_time=report)`, at half the cost (see `Item.with_periods`)."""
        return Period(report, self.late, self.settled, self.status, self.reminded_until)

    def with_reminded_until(self, until: datetime) -> Period:
        """As `_replace(reminded_until=until)`, at half the cost (see `Item.with_periods`)."""
        return Period(self.in_time, self.late, self.settled, self.status, until)


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

    def led_to(self, due_at: datetime) -> Identifier:
        """The unit that led the item to the end of a deadline: what happens at its very instant comes after it."""
        return next((one.unit for one in self.former if due_at <= one.until), self.lead_unit)


class EarlierReport(NamedTuple):
    """The last report of a day that another one followed: a visit may still be about it (rulebook: Fairness)."""

    period: PeriodId
    id: str
    received_on: date
    late: bool


class Particulars(NamedTuple):
    """What few items have; those that have none of it share one. `moved`: periods whose deadline was moved, once."""

    inspections: tuple[Inspection, ...] = ()
    extensions: tuple[Extension, ...] = ()
    replies: tuple[Reply, ...] = ()
    earlier: tuple[EarlierReport, ...] = ()
    moved: tuple[PeriodId, ...] = ()


NO_PARTICULARS: Final = Particulars()


class Origin(NamedTuple):
    """What was assigned: a mark of the item's words, and the frame as it was then.

    `policies` are those that held before; the one in force is the frame's.
    """

    words: bytes
    frame: Frame
    policies: tuple[Policy, ...] = ()


class Item(NamedTuple):
    """One supervised item; `periods` and `quarters` run parallel to those of its frame."""

    frame: Frame
    hands: Hands
    origin: Origin
    plan: Plan
    periods: tuple[Period, ...]
    quarters: tuple[Quarter, ...]
    escalations: tuple[Escalation, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    involved: tuple[tuple[str, str], ...] = ()
    particulars: Particulars = NO_PARTICULARS

    def with_periods(self, periods: tuple[Period, ...]) -> Item:
        """As `_replace(periods=periods)`, at a third of the cost.

        Most events of a year change a report, a reminder or a light. These go through `with_...`; with `_replace` in
        all places the rules decide and evolve 4 % fewer submissions a second.
        """
        frame, hands, origin, plan, _, quarters, escalations, appeals, involved, particulars = self
        values = (frame, hands, origin, plan, periods, quarters, escalations, appeals, involved, particulars)
        return tuple.__new__(Item, values)

    def with_quarters(self, quarters: tuple[Quarter, ...]) -> Item:
        """As `_replace(quarters=quarters)`, at a third of the cost."""
        frame, hands, origin, plan, periods, _, escalations, appeals, involved, particulars = self
        values = (frame, hands, origin, plan, periods, quarters, escalations, appeals, involved, particulars)
        return tuple.__new__(Item, values)

    def with_settled(self, plan: Plan, periods: tuple[Period, ...], quarters: tuple[Quarter, ...]) -> Item:
        """As `_replace` of the three, at a third of the cost."""
        frame, hands, origin, _, _, _, escalations, appeals, involved, particulars = self
        values = (frame, hands, origin, plan, periods, quarters, escalations, appeals, involved, particulars)
        return tuple.__new__(Item, values)

    def with_escalations(self, escalations: tuple[Escalation, ...]) -> Item:
        """As `_replace(escalations=escalations)`, at a third of the cost."""
        frame, hands, origin, plan, periods, quarters, _, appeals, involved, particulars = self
        values = (frame, hands, origin, plan, periods, quarters, escalations, appeals, involved, particulars)
        return tuple.__new__(Item, values)


class State(NamedTuple):
    """A subject: the keys that were used (`answered`), and the item or programme if it was opened."""

    subject: str
    answered: bytes = b""
    item: Item | None = None
    programme: Programme | None = None
