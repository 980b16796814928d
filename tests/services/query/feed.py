"""A feed of submissions, rulings and dispatches as their authors would write them, for tests of query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.dispatch import Dispatch, encode_dispatch
from contracts.dispatches import Addressed, DeliveryAccepted, DeliveryClaimed, NoticeIssued, Recipient
from contracts.envelope import derived_id
from contracts.policy import Policy, Weights
from contracts.ruling import RulingEvent, encode_ruling
from contracts.rulings import (
    EscalationRaised,
    ItemOpened,
    LightChanged,
    LightSettled,
    ProgrammeOpened,
    ProgressRecorded,
    RulingData,
    SubmissionAccepted,
)
from contracts.submission import Submission, encode_submission, new_submission
from contracts.submissions import (
    DeadlinePassed,
    ItemAssigned,
    ProgrammePublished,
    ProgressReported,
    SubmissionData,
)
from contracts.topics import partition_of, subject_of
from contracts.values import Actor, Calendar, Leader, Level, Light, ReportingPeriod, Unit
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry

LOG = "test"
OFFICE = Actor(role="office", id="o-1")
ALARM = Actor(role="alarm", id="rating")
MARCH = datetime(2024, 3, 19, 1, tzinfo=UTC)
APRIL = datetime(2024, 4, 8, 1, tzinfo=UTC)
DUE = datetime(2024, 4, 10, 16, tzinfo=UTC)
ONE = Decimal(1)
POLICY = Policy(
    id="yuancheng-2024",
    version=1,
    weights=Weights(
        base=Decimal(100),
        yellow=-ONE,
        red=-2 * ONE,
        missing_report=Decimal("-0.5"),
        lapsed_rectification=-ONE,
        chief_interview=-2 * ONE,
    ),
)
CALENDAR = Calendar(first_on=date(2024, 1, 1), last_on=date(2025, 3, 31))
QUARTERS = tuple(
    ReportingPeriod(
        id=f"2024Q{n}",
        quarter=f"2024Q{n}",
        opens_at=datetime(2024, 3 * n - 2, 1, tzinfo=UTC),
        due_at=DUE + timedelta(days=91 * (n - 1)),
    )
    for n in range(1, 5)
)


def unit(slug: str) -> Actor:
    """A person of a unit."""
    return Actor(role="unit", id=f"u-{slug}-1", unit=slug)


class Feed:
    """Writes to a log in memory; keeps the next `causeoffset` and offset of each partition itself."""

    def __init__(self, topics: MemoryTopics | None = None) -> None:
        self.topics = topics or MemoryTopics()
        self._keys = 0
        self._ruled: dict[int, int] = {}

    def submit(
        self, subject: str, data: SubmissionData, by: Actor = OFFICE, at: datetime = MARCH, key: str | None = None
    ) -> Submission:
        """Append a submission; its place is the end of its partition."""
        self._keys += 1
        submission = new_submission(LOG, by, key or f"k{self._keys}", subject, data, at)
        part = partition_of(subject)
        self.topics.place("submissions", part, [Entry(subject.encode(), encode_submission(submission))])
        return submission

    def rule(
        self, submission: Submission, *events: RulingData, at: datetime | None = None, shift: int = 0, ahead: int = 0
    ) -> list[str]:
        """Append the ruling on the next submission of the partition; returns the ids of its events.

        `shift` moves `at` (the records become void), `ahead` the `causeoffset`.
        """
        part = partition_of(submission.subject)
        base = self.topics.end("rulings", part)
        cause = self.ruled(part) + ahead
        whole: Sequence[RulingData] = (
            events if events and type(events[0]).__name__.startswith("Submission") else (SubmissionAccepted(), *events)
        )
        ruling = [
            RulingEvent(
                log=LOG,
                partition=part,
                subject=submission.subject,
                time=at or submission.received_at,
                causeid=submission.id,
                causedigest=submission.digest,
                causeoffset=cause,
                ordinal=ordinal,
                of=len(whole),
                at=base + ordinal + shift,
                rules="1",
                policy=POLICY.ref,
                data=data,
            )
            for ordinal, data in enumerate(whole)
        ]
        self.topics.place("rulings", part, [Entry(submission.subject.encode(), encode_ruling(one)) for one in ruling])
        if not shift and not ahead:
            self._ruled[part] = cause + 1
        return [one.id for one in ruling]

    def ruled(self, part: int) -> int:
        """How many submissions of a partition have a counted ruling."""
        return self._ruled.get(part, 0)

    def publish(self, programme: str = "p-2024", items: Sequence[str] = ("K01",), **about: Any) -> None:
        """A programme with its items, published and opened."""
        units = about.get("units") or (Unit(id="nongye", name="区农业农村局"), Unit(id="jiaoyu", name="区教育局"))
        leaders = (Leader(id="leader-1", label="分管领导一"),)
        common = {
            "title": about.get("title", "重点工作督查方案"),
            "jurisdiction": "源城区",
            "document": "源府办〔2024〕3号",
            "issued_on": date(2024, 3, 19),
            "simulated": about.get("simulated", True),
            "derived": about.get("derived", True),
            "units": tuple(units),
            "leaders": leaders,
            "items": tuple(items),
            "policy": POLICY,
        }
        self.rule(self.submit(programme, ProgrammePublished(**common)), ProgrammeOpened(**common))
        for item in items:
            self.open(programme, item, **{k: v for k, v in about.items() if k in _ITEM})

    def open(
        self,
        programme: str,
        item: str,
        *,
        item_title: str = "撂荒耕地复耕复种",
        lead_unit: str = "nongye",
        cooperating: tuple[str, ...] = (),
        classification: Any = "public",
        category: Any = "key_task",
        derived: bool = True,
        calendar: Calendar = CALENDAR,
        month_working_day: int | None = None,
    ) -> None:
        """An item, assigned and opened."""
        common: dict[str, Any] = {
            "title": item_title,
            "category": category,
            "classification": classification,
            "source": "",
            "lead_unit": lead_unit,
            "cooperating": cooperating,
            "leader": "leader-1",
            "published_at": MARCH,
            "plan_due_at": DUE,
            "periods": QUARTERS,
            "annual_targets": (),
            "calendar": calendar,
            "month_working_day": month_working_day,
            "policy": POLICY,
            "simulated": True,
            "derived": derived,
        }
        assigned = self.submit(subject_of(programme, item), ItemAssigned(**common))
        self.rule(assigned, ItemOpened(**common, void=()))

    def report(
        self, programme: str, item: str, period: str = "2024Q1", at: datetime = APRIL, narrative: str = "已完成复耕。"
    ) -> Submission:
        """A report of the lead unit, not ruled on yet."""
        data = ProgressReported(period=period, claim="completed", narrative=narrative)
        return self.submit(subject_of(programme, item), data, unit("nongye"), at)

    def green(self, report: Submission, period: str = "2024Q1") -> list[str]:
        """The ruling that a report meets its node."""
        return self.rule(report, recorded(report, period), light(period, "none", "green", report, "Lights 1"))

    def deadline(self, programme: str, item: str, period: str, was: Light, now: Light, **told: Any) -> list[str]:
        """The alarm and its ruling: the light settles, with what follows."""
        due = next(quarter.due_at for quarter in QUARTERS if quarter.id == period)
        alarm = self.submit(
            subject_of(programme, item), DeadlinePassed(kind="report", ref=period, due_at=due), ALARM, due
        )
        events: list[RulingData] = []
        if was != now:
            events.append(light(period, was, now, alarm, "Lights 3" if now == "red" else "Lights 2", settled=True))
        events.append(LightSettled(period=period, light=now))
        if now in ("yellow", "red"):
            level: Level = "rectification" if now == "yellow" else "interview"
            events.append(
                EscalationRaised(
                    escalation=told.get("escalation", f"{level}-1"),
                    level=level,
                    state="open",
                    cause=period,
                    raised_at=due,
                    due_at=due + timedelta(days=21),
                    to="unit:nongye",
                    copy=("leader:leader-1",),
                    rule=f"Escalation ladder: {level}",
                    because=(alarm.id,),
                )
            )
        return self.rule(alarm, *events)

    def notice(self, programme: str, item: str, cause: str, at: datetime = DUE, **about: Any) -> str:
        """A notice with a mail and an inbox message, both accepted; returns its name."""
        number = len(self.topics.records("dispatches", partition_of(programme))) + 1
        name: str = about.get("name", f"{programme}-n{number}")
        self.dispatch(
            programme,
            NoticeIssued(
                notice=name,
                number=about.get("number", f"源督整〔2024〕{number}号"),
                kind=about.get("kind", "rectification"),
                item=item,
                title=about.get("title", f"督查整改通知书：{item}"),
                document_sha256="0" * 64,
                document=about.get("document", f"<h1>督查整改通知书</h1><p>{item}</p>"),
                text="督查整改通知书",
                recipients=(
                    Recipient(role="unit:nongye", kind="to"),
                    Recipient(role=about.get("copy", "leader:leader-1"), kind="copy"),
                ),
                deliveries=(
                    Addressed(delivery=f"{name}/m", role="unit:nongye", channel="mail"),
                    Addressed(delivery=f"{name}/i", role="unit:nongye", channel="inbox"),
                ),
                causes=(cause,),
                escalation=about.get("escalation"),
                gathered="",
                simulated=True,
                issued_at=at,
            ),
            at=at,
        )
        for delivery in (f"{name}/m", f"{name}/i"):
            claim = DeliveryClaimed(
                delivery=delivery, attempt=1, by="n1", until=at + timedelta(minutes=1), lease_seconds=60
            )
            self.dispatch(programme, claim, at=at)
            self.dispatch(programme, DeliveryAccepted(delivery=delivery, attempt=1, receipt="ok"), at=at)
        return name

    def dispatch(self, programme: str, data: Any, at: datetime = DUE, shift: int = 0) -> None:
        """Append a dispatch; `shift` makes it void."""
        part = partition_of(programme)
        base = self.topics.end("dispatches", part)
        event = Dispatch(log=LOG, subject=programme, time=at, partition=part, at=base + shift, data=data)
        self.topics.place("dispatches", part, [Entry(programme.encode(), encode_dispatch(event))])


_ITEM = ("item_title", "lead_unit", "cooperating", "classification", "category", "derived")


def recorded(report: Submission, period: str) -> ProgressRecorded:
    """That a report was accepted, in time, its node met."""
    data = report.data
    assert isinstance(data, ProgressReported)
    return ProgressRecorded(
        report=report.id,
        period=period,
        claim=data.claim,
        measures=data.measures,
        evidence=data.evidence,
        narrative=data.narrative,
        received_at=report.received_at,
        in_time=True,
        met=True,
    )


def light(
    period: str, was: Light, now: Light, because: Submission, rule: str, *, settled: bool = False
) -> LightChanged:
    """A light that moved."""
    return LightChanged(period=period, from_=was, to=now, settled=settled, rule=rule, because=(because.id,))


def event_id(part: int, cause: int, ordinal: int) -> str:
    """Id of an event of a ruling."""
    return derived_id(LOG, "rulings", part, cause, ordinal)
