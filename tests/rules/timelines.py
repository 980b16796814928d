"""Random timelines of one item: whatever may be submitted, in whatever order, with the alarm between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st

from contracts.envelope import parse, submission_id
from contracts.policy_file import read_calendar, read_policy
from contracts.ruling import RulingEvent, encode_ruling, ruling_from
from contracts.schedule import plan_due_at, reporting_periods
from contracts.submission import SUBMISSION_TYPES, Submission, body_digest
from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    Appealed,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    DeadlinePassed,
    InspectionPlanned,
    InspectionRecorded,
    InterviewConfirmed,
    InterviewHeld,
    ItemAssigned,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    RectificationReviewed,
    SubmissionData,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Actor, Evidence, Node, Target
from services.rating.book import PROGRAMMES, SCHEDULE
from services.rating.decide import decide
from services.rating.draft import Event
from services.rating.due import due
from services.rating.evolve import evolve
from services.rating.state import Item, State

YUANCHENG = read_policy(PROGRAMMES / "policies" / "yuancheng-2024.yaml")
OUHAI = read_policy(PROGRAMMES / "policies" / "ouhai-like.yaml")
CALENDAR = read_calendar(PROGRAMMES / "calendar-2024.yaml")
PUBLISHED_AT = datetime.fromisoformat("2024-03-19T09:00:00+08:00")
LOG, SUBJECT = "1", "441602-2024/K01"
FILE = Evidence(sha256="0" * 64, name="a.pdf", size=1, media_type="application/pdf")
OFFICE, ALARM, CHIEF = Actor(role="office", id="o1"), Actor(role="alarm", id="alarm"), Actor(role="chief", id="chief")
ACTORS = (
    Actor(role="unit", id="u-fagai-1", unit="fagai"),
    Actor(role="unit", id="u-keji-1", unit="keji"),
    OFFICE,
    Actor(role="office", id="o2"),
    Actor(role="leader", id="leader-1"),
    Actor(role="leader", id="leader-2"),
    CHIEF,
    Actor(role="auditor", id="a1"),
)
FITTING = {"lead": ACTORS[0], "office": OFFICE, "leader": ACTORS[4], "chief": CHIEF}


class Step(NamedTuple):
    """What is submitted after a span of time, by whom, how long before it reached the log, and under which key."""

    after: timedelta
    lag: timedelta
    actor: Actor
    data: SubmissionData
    key: str | None


@dataclass
class Run:
    """A timeline being lived through: the state, what was submitted, and every event told."""

    assigned: ItemAssigned | None
    subject: str = SUBJECT
    state: State | None = None
    now: datetime = PUBLISHED_AT
    submissions: list[tuple[Submission, datetime]] = field(default_factory=list)
    rulings: list[list[Event]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.assigned is not None:
            self.submit(OFFICE, "item", self.now, self.assigned)

    @property
    def item(self) -> Item:
        assert self.state is not None
        assert self.state.item is not None
        return self.state.item

    def submit(self, actor: Actor, key: str, received_at: datetime, data: SubmissionData) -> list[Event]:
        submission = Submission(
            id=submission_id(LOG, actor.key_owner, key, self.subject),
            log=LOG,
            type=SUBMISSION_TYPES.types[type(data)],
            subject=self.subject,
            actor=actor,
            received_at=received_at,
            digest=body_digest(data),
            data=data,
        )
        return self.rule(submission)

    def rule(self, submission: Submission) -> list[Event]:
        events = decide(self.state, submission, self.now)
        for ordinal, event in enumerate(events):
            told = RulingEvent(
                log=LOG,
                partition=0,
                subject=submission.subject,
                time=event.time,
                causeid=submission.id,
                causedigest=submission.digest,
                causeoffset=len(self.submissions),
                ordinal=ordinal,
                of=len(events),
                at=len(self.written),
                rules="1",
                policy="",
                data=event.data,
            )
            self.written.append(encode_ruling(told))
            self.state = evolve(self.state, told)
        self.submissions.append((submission, self.now))
        self.rulings.append(events)
        return events

    def ring(self, until: datetime) -> None:
        """Let the alarm announce everything up to an instant."""
        while ready := [one for one in due(self.state) if one.announce_at <= until]:
            first = ready[0]
            self.now = max(self.now, first.announce_at)
            data = DeadlinePassed(kind=first.kind, ref=first.ref, due_at=first.due_at)
            key = f"{first.kind}/{first.ref}/{first.due_at.isoformat()}"
            self.submit(ALARM, key, self.now, data)
            assert first not in due(self.state), "an announced deadline is announced for ever"

    def live(self, steps: Sequence[Step]) -> Run:
        """Live through the steps, the alarm before each."""
        for number, step in enumerate(steps):
            at = self.now + step.after
            self.ring(at)
            self.now = max(self.now, at)
            self.submit(step.actor, step.key or f"#{number}", self.now - step.lag, step.data)
        return self


def replayed(written: Sequence[bytes]) -> dict[str, State]:
    """The states that the bytes on the log fold to."""
    states: dict[str, State] = {}
    for value in written:
        event = ruling_from(parse(value), 0)
        states[event.subject] = evolve(states.get(event.subject), event)
    return states


def assigned(category: Any, **changes: Any) -> ItemAssigned:
    """An item of the scheme."""
    return replace(
        ItemAssigned(
            title="t",
            category=category,
            lead_unit="fagai",
            cooperating=("keji",),
            leader="leader-1",
            published_at=PUBLISHED_AT,
            plan_due_at=plan_due_at(SCHEDULE, YUANCHENG),
            periods=reporting_periods(category, SCHEDULE, CALENDAR, YUANCHENG),
            calendar=CALENDAR,
            policy=YUANCHENG,
        ),
        **changes,
    )


items = st.builds(
    assigned,
    st.sampled_from(("key_task", "livelihood")),
    policy=st.sampled_from((YUANCHENG, OUHAI, replace(YUANCHENG, yellows_to_red=3, reminder_days=(40, 2)))),
    simulated=st.booleans(),
    published_at=st.sampled_from((PUBLISHED_AT, PUBLISHED_AT + timedelta(days=23), PUBLISHED_AT + timedelta(days=150))),
)


def steps(item: ItemAssigned) -> st.SearchStrategy[Step]:
    """Any submission: mostly by whom it fits, mostly at once, now and then under a key that was used."""
    ids = st.sampled_from(("x", "y"))
    period = st.sampled_from([p.id for p in item.periods] + ["2031Q1"])
    quarter = st.sampled_from([*dict.fromkeys(p.quarter for p in item.periods), "2031Q1"])
    cause = st.one_of(quarter, st.sampled_from(("lag", "rectification_overdue", "rectification_not_done", "x")))
    level = st.sampled_from(("rectification", "interview", "chief_interview", "blockage"))
    number = st.sampled_from((Decimal(0), Decimal("0.5"), Decimal(1)))
    target = st.builds(
        Target, indicator=st.sampled_from("ab"), comparator=st.sampled_from((">=", "<", "=")), value=number
    )
    node = st.builds(Node, text=st.just("t"), targets=st.lists(target, max_size=2).map(tuple))
    files = st.sampled_from(((), (FILE,)))
    finding = st.sampled_from(("confirmed", "overturned"))
    against = st.one_of(
        st.builds(Appealed, light=quarter), st.builds(Appealed, level=level, cause=cause), st.just(Appealed())
    )
    day = st.dates(date(2024, 3, 1), date(2025, 1, 1))
    decided = partial(st.sampled_from)
    kinds: dict[str, list[st.SearchStrategy[SubmissionData]]] = {
        "lead": [
            st.builds(PlanSubmitted, nodes=st.dictionaries(period, node, max_size=12)),
            *[
                st.builds(
                    ProgressReported,
                    period=period,
                    claim=st.sampled_from(("completed", "completed", "in_progress")),
                    measures=st.dictionaries(st.sampled_from("ab"), number, max_size=2),
                    evidence=files,
                )
            ]
            * 4,
            st.builds(AdjustmentRequested, adjustment=ids, period=period, node=node),
            st.builds(WithdrawalRequested),
            st.builds(RectificationReported),
            st.builds(NoticeAcknowledged, level=level, cause=cause),
            st.builds(AppealLodged, appeal=ids, against=against),
            st.builds(BlockageRaised, blockage=ids),
        ],
        "office": [
            st.builds(ProgressReviewed, period=period, finding=finding),
            st.builds(InspectionPlanned, plan=ids, from_on=day, to_on=day, approved=st.booleans()),
            st.builds(InspectionRecorded, plan=ids, visited_on=day, period=period, finding=finding),
            st.builds(LagDeclared),
            st.builds(RectificationReviewed, finding=st.sampled_from(("done", "not_done"))),
            st.builds(InterviewConfirmed),
            st.builds(InterviewHeld, level=st.sampled_from(("interview", "chief_interview"))),
            st.builds(AppealDecided, appeal=ids, decision=decided(("upheld", "upheld", "dismissed"))),
            st.builds(BlockageAnswered, blockage=ids),
            st.builds(ItemReassigned, lead_unit=st.sampled_from(("fagai", "keji")), leader=st.just("leader-1")),
            st.builds(PolicyAdopted, policy=st.sampled_from((YUANCHENG, OUHAI))),
        ],
        "leader": [
            st.builds(PlanDecided, decision=decided(("confirmed", "confirmed", "returned"))),
            st.builds(AdjustmentDecided, adjustment=ids, decision=decided(("approved", "refused"))),
        ],
        "chief": [st.builds(WithdrawalDecided, decision=decided(("approved", "refused", "refused")))],
    }
    after = st.one_of(
        st.sampled_from((0, 1, 300, 3600)).map(lambda seconds: timedelta(seconds=seconds)),
        st.integers(0, 30).map(lambda days: timedelta(days=days, seconds=61)),
    )
    return st.one_of(
        *[
            st.builds(
                Step,
                after=after,
                lag=st.sampled_from((0, 0, 0, 599, 601, -5, -6)).map(lambda s: timedelta(seconds=s)),
                actor=st.one_of(*[st.just(FITTING[who])] * 5, st.sampled_from(ACTORS)),
                data=st.one_of(*choices),
                key=st.sampled_from((None, None, None, None, "k1", "k2")),
            )
            for who, choices in kinds.items()
            for _ in range({"lead": 6, "office": 6, "leader": 3, "chief": 1}[who])
        ]
    )


@st.composite
def timelines(draw: st.DrawFn) -> Run:
    """A year of one item, lived through."""
    item = draw(items)
    return Run(item).live(draw(st.lists(steps(item), max_size=40)))
