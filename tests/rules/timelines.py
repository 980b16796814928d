"""One item's timeline: what is submitted, ruled and announced, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from contracts.envelope import parse
from contracts.ruling import RulingEvent, encode_ruling, ruling_from
from contracts.submission import Submission, new_submission
from contracts.submissions import (
    ItemAssigned,
    SubmissionData,
)
from contracts.values import Actor, Evidence
from programmes.policy_file import read_calendar, read_policy
from services.rating.rules.deadlines.pending import pending_deadlines
from services.rating.rules.decide import decide
from services.rating.rules.draft import Event
from services.rating.rules.state.evolve import fold, named_by
from services.rating.rules.state.state import Item, State
from services.rating.scenario_book.book import PROGRAMMES, SCHEDULE
from supervision.schedule import plan_due_at, reporting_periods

YUANCHENG = read_policy(PROGRAMMES / "policies" / "yuancheng-2024.yaml")
OUHAI = read_policy(PROGRAMMES / "policies" / "ouhai-like.yaml")
TEMPLATE = read_policy(PROGRAMMES / "policies" / "template.yaml")
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
    Actor(role="leader", id="leader-2", on_behalf_of="leader:leader-1"),
    Actor(role="leader", id="leader-2", on_behalf_of="chief"),
    Actor(role="unit", id="u-fagai-2", unit="fagai", prepared_by="u-fagai-1", head=True),
    Actor(role="office", id="o3", jurisdiction="441603"),
)
FITTING = {"lead": ACTORS[0], "office": OFFICE, "leader": ACTORS[4], "chief": CHIEF}


class TimelineStep(NamedTuple):
    """What is submitted after a span of time, by whom, how long before it reached the log, and under which key.

    `of` counts back to the submission that it decides, confirms, reviews or approves.
    """

    after: timedelta
    lag: timedelta
    actor: Actor
    data: SubmissionData
    key: str | None
    of: int | None = None


@dataclass
class Timeline:
    """A timeline being lived through: the state, what was submitted, and every event told."""

    assigned: ItemAssigned | None
    subject: str = SUBJECT
    state: State | None = None
    now: datetime = PUBLISHED_AT
    submissions: list[tuple[Submission, datetime]] = field(default_factory=list)
    rulings: list[list[Event]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    readable: bool = True
    """Whether what is submitted is what the contract lets in: then every event is what is read from its bytes."""

    def __post_init__(self) -> None:
        if self.assigned is not None:
            self.submit(OFFICE, "item", self.now, self.assigned)

    @property
    def item(self) -> Item:
        assert self.state is not None
        assert self.state.item is not None
        return self.state.item

    def submit(self, actor: Actor, key: str, received_at: datetime, data: SubmissionData) -> list[Event]:
        submission = new_submission(LOG, actor, key, self.subject, data, received_at)
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
            if self.readable:
                back = ruling_from(parse(self.written[-1]), 0)
                assert back == told, "rating goes on from what it encoded, unread"
            self.state = fold(self.state, named_by(told), (told,))
        self.submissions.append((submission, self.now))
        self.rulings.append(events)
        return events

    def announce_until(self, until: datetime) -> None:
        """Let the alarm announce everything up to an instant."""
        while ready := [one for one in pending_deadlines(self.state) if one.announce_at <= until]:
            first = ready[0]
            self.now = max(self.now, first.announce_at)
            self.submit(ALARM, first.key, self.now, first.passed)
            assert first not in pending_deadlines(self.state), "an announced deadline is announced for ever"

    def live(self, steps: Sequence[TimelineStep]) -> Timeline:
        """Live through the steps, the alarm before each."""
        for number, step in enumerate(steps):
            at = self.now + step.after
            self.announce_until(at)
            self.now = max(self.now, at)
            self.submit(step.actor, step.key or f"#{number}", self.now - step.lag, self.named(step))
        return self

    def named(self, step: TimelineStep) -> SubmissionData:
        """What a step submits, with the submission that it is about."""
        if step.of is None or not hasattr(step.data, "of"):
            return step.data
        people = [submission for submission, _ in self.submissions if submission.actor.role != "alarm"]
        submission = people[-min(step.of, len(people))]
        return replace(step.data, of=submission.id)  # type: ignore[arg-type]


def replayed(written: Sequence[bytes]) -> dict[str, State]:
    """The states that the bytes on the log fold to."""
    states: dict[str, State] = {}
    for value in written:
        event = ruling_from(parse(value), 0)
        states[event.subject] = fold(states.get(event.subject), named_by(event), (event,))
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
