"""The programme file: a year's supervision scheme as its office writes it, and the submissions that it expands into."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from contracts.policy import Policy
from contracts.submissions import ItemAssigned, Predecessor, ProgrammePublished, SubmissionData
from contracts.topics import subject_of
from contracts.values import (
    Calendar,
    Category,
    Classification,
    Comparator,
    Identifier,
    Leader,
    Name,
    Number,
    PeriodId,
    Sentence,
    Target,
    Unit,
)
from supervision.schedule import Schedule, plan_due_at, reporting_periods
from supervision.workdays import last_day, offset_of

Aspect = Annotated[int, Field(ge=0, le=99)]
Milestone = Annotated[str, Field(pattern=r"^[0-9]{4}(Q[1-4]|-(0[1-9]|1[0-2]))?$")]
"""A period by whose end something is to be reached: a quarter, a month, or a whole year."""
Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
MAX_ITEMS: Final = 1000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Jurisdiction(_Part):
    """Whose programme it is."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    name: Name


class UnitEntry(_Part):
    """A unit that takes part; `kind` is a word such as township or department."""

    id: Identifier
    name: Name
    kind: Annotated[str, Field(max_length=40)] = "department"


class AspectEntry(_Part):
    """A chapter of the scheme's task list."""

    number: Aspect
    name: Name


class LeaderEntry(_Part):
    """A leader in charge, as a role, and the aspects that fall to it."""

    id: Identifier
    label: Name
    aspects: tuple[Aspect, ...]


class Indicator(_Part):
    """A countable goal for the whole year."""

    name: Name
    comparator: Comparator
    target: Number
    unit: Annotated[str, Field(max_length=40)] = ""
    note: Sentence = ""
    milestones: dict[Milestone, Number] = {}


class ItemEntry(_Part):
    """One supervised item; its leader is that of its aspect unless named.

    `milestones`, here and at its indicators, are what the office's ledger expects by the end of each period. They stay
    in the file: what binds is the plan that the lead unit files and the leader confirms.
    """

    id: Identifier
    category: Category
    aspect: Aspect
    task: Name
    lead_unit: Identifier
    cooperating_units: tuple[Identifier, ...] = ()
    leader: Identifier | None = None
    classification: Classification = "public"
    indicators: tuple[Indicator, ...] = ()
    due: date | None = None
    source: Sentence = ""
    quantified: bool
    note: Sentence = ""
    predecessor: Predecessor | None = None
    milestones: dict[Milestone, Sentence] = {}


class Quarterly(_Part):
    """Report days of the key tasks' periods."""

    report_due_on: dict[PeriodId, date]


class Monthly(_Part):
    """The livelihood items' months; a report is due on that working day of the month after."""

    first_month: Month
    last_month: Month
    report_due_working_day: Annotated[int, Field(ge=1, le=15)]

    def months(self) -> tuple[str, ...]:
        """All months from the first to the last."""
        first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (self.first_month, self.last_month))
        return tuple(f"{number // 12}-{number % 12 + 1:02}" for number in range(first, min(last, first + 35) + 1))


class ScheduleEntry(_Part):
    """The days on which plans and reports are due."""

    plan_due_on: date
    key_task: Quarterly
    livelihood: Monthly

    def schedule(self) -> Schedule:
        """The same as the rules take it."""
        return Schedule(
            plans_on=self.plan_due_on,
            quarters=dict(self.key_task.report_due_on),
            months=self.livelihood.months(),
            month_working_day=self.livelihood.report_due_working_day,
        )


class ProgrammeFile(_Part):
    """A complete programme file: calendar and policy stand in it, not as references."""

    programme: Identifier
    jurisdiction: Jurisdiction
    title: Name
    document: Name
    issued_on: date
    derived_from: Sentence = ""
    derived: bool = False
    simulated: bool = False
    closing_on: date | None = None
    policy: Policy
    calendar: Calendar
    schedule: ScheduleEntry
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1, max_length=500)]
    aspects: Annotated[tuple[AspectEntry, ...], Field(min_length=1, max_length=100)]
    leaders: Annotated[tuple[LeaderEntry, ...], Field(min_length=1, max_length=100)]
    items: Annotated[tuple[ItemEntry, ...], Field(min_length=1, max_length=MAX_ITEMS)]

    def leader_of(self, item: ItemEntry) -> str | None:
        """Id of the leader in charge of an item."""
        return item.leader or next((x.id for x in self.leaders if item.aspect in x.aspects), None)

    @property
    def provisional(self) -> tuple[str, ...]:
        """Months whose deadline lies beyond the calendar, where Saturdays and Sundays alone are known to be free."""
        schedule, zone = self.schedule.schedule(), offset_of(self.policy.utc_offset)
        periods = reporting_periods("livelihood", schedule, self.calendar, self.policy)
        return tuple(one.id for one in periods if last_day(one.due_at, zone) > self.calendar.last_on)


def expand(programme: ProgrammeFile, published_at: datetime) -> list[tuple[str, SubmissionData]]:
    """The submissions of a programme, each with its subject: the programme first, then one per item, in order.

    `published_at` is the instant of publication (aware).
    """
    schedule, calendar, policy = programme.schedule.schedule(), programme.calendar, programme.policy
    periods = {
        category: reporting_periods(category, schedule, calendar, policy)
        for category in {item.category for item in programme.items}
    }
    published = ProgrammePublished(
        title=programme.title,
        jurisdiction=programme.jurisdiction.name,
        document=programme.document,
        issued_on=programme.issued_on,
        simulated=programme.simulated,
        derived=programme.derived,
        units=tuple(Unit(id=unit.id, name=unit.name, kind=unit.kind) for unit in programme.units),
        leaders=tuple(Leader(id=leader.id, label=leader.label) for leader in programme.leaders),
        items=tuple(item.id for item in programme.items),
        policy=policy,
        closing_on=programme.closing_on,
    )
    units, leaders = tuple(one.id for one in programme.units), tuple(one.id for one in programme.leaders)
    made: list[tuple[str, SubmissionData]] = [(subject_of(programme.programme), published)]
    for item in programme.items:
        assigned = ItemAssigned(
            title=item.task,
            category=item.category,
            classification=item.classification,
            source=item.source,
            lead_unit=item.lead_unit,
            cooperating=item.cooperating_units,
            leader=programme.leader_of(item) or "",
            published_at=published_at,
            plan_due_at=plan_due_at(schedule, policy),
            periods=periods[item.category],
            annual_targets=tuple(
                Target(indicator=x.name, comparator=x.comparator, value=x.target, unit=x.unit) for x in item.indicators
            ),
            calendar=calendar,
            policy=policy,
            simulated=programme.simulated,
            derived=programme.derived,
            units=units,
            leaders=leaders,
            month_working_day=schedule.month_working_day if item.category == "livelihood" else None,
            closing_on=programme.closing_on,
            predecessor=item.predecessor,
        )
        made.append((subject_of(programme.programme, item.id), assigned))
    return made
