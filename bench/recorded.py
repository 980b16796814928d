"""A year in memory: the plan's acts and the alarm's announcements through the pure rules, without Kafka."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from contracts.ruling import RulingEvent
from contracts.rulings import (
    EscalationClosed,
    EscalationConfirmed,
    EscalationOverdue,
    EscalationRaised,
    EscalationWithdrawn,
    LightChanged,
    LightSettled,
    RulingData,
    SubmissionAccepted,
    SubmissionRejected,
    SubmissionRepeated,
)
from contracts.submission import SUBMISSION_TYPES, encode_submission, new_submission
from contracts.submissions import SubmissionData
from contracts.topics import partition_of, split_subject, subject_of
from contracts.values import Actor
from programmes.programme import ProgrammeFile, expand
from sandbox.year.counts import Counts
from sandbox.year.plan import ENDS_AT, PUBLISHED_AT, YearPlan, as_published
from services.rating.alarm import Alarm
from services.rating.rules.envelope import LoggedSubmission, Rules, rule_on
from services.rating.rules.state.state import State

LOG = "1"
OFFICE = Actor(role="office", id="o1")


@dataclass(slots=True)
class Partition:
    """One partition's submissions and rulings as bytes in order (`answers`: by submission), and its alarm."""

    submissions: list[bytes] = field(default_factory=list)
    rulings: list[bytes] = field(default_factory=list)
    answers: list[tuple[bytes, ...]] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    alarm: Alarm = field(default_factory=lambda: Alarm(LOG, driven=True, margin=timedelta(0)))


@dataclass(slots=True)
class Recorded:
    """What a year leaves behind: the log, and every ruling's events in the order they were made."""

    partitions: dict[int, Partition] = field(default_factory=lambda: defaultdict(Partition))
    events: list[RulingEvent] = field(default_factory=list)
    verdicts: dict[str, tuple[str, str, RulingData]] = field(default_factory=dict)

    def put(self, value: bytes, subject: str, type_: str, at: datetime) -> None:
        """Append a submission and its ruling."""
        number = partition_of(subject)
        partition = self.partitions[number]
        logged = LoggedSubmission(number, len(partition.submissions), int(at.timestamp() * 1000), value)
        partition.submissions.append(value)
        ruled = rule_on(Rules(), LOG, logged, len(partition.rulings), partition.states)
        partition.rulings += ruled.values
        partition.answers.append(ruled.values)
        self.events += ruled.events
        self.verdicts[f"{number}@{logged.offset}"] = (subject, type_, ruled.events[0].data)
        if ruled.state is not None:
            partition.states[subject] = ruled.state
            partition.alarm.changed(subject)

    def announce(self, at: datetime) -> None:
        """Let the alarm announce everything that has fallen due by `at`."""
        for partition in list(self.partitions.values()):
            while entries := partition.alarm.entries(at, partition.states):
                for entry in entries:
                    self.put(entry.value or b"", (entry.key or b"").decode(), "deadline.passed", at)


def record(years: Sequence[tuple[ProgrammeFile, YearPlan]]) -> Recorded:
    """Live through several programmes' years at once, in memory."""
    recorded = Recorded()
    for programme, _ in years:
        for subject, data in expand(as_published(programme), PUBLISHED_AT):
            _put(recorded, OFFICE, f"publish-{programme.programme}", subject, data, PUBLISHED_AT)
    acts = sorted((act for _, plan in years for act in plan.acts), key=lambda act: act.at)
    ids: dict[tuple[str, str], str] = {}
    for at, group in groupby(acts, key=lambda act: act.at):
        recorded.announce(at)
        for act in group:
            full = SUBMISSION_TYPES.by_short_name(act.type)
            named = {"of": ids[act.about.item, act.about.key]} if act.about else {}
            data = SUBMISSION_TYPES.validate(full, {**act.data, **named})
            for item in act.items or (act.item,):
                subject = subject_of(act.programme, item or None)
                ids[item, act.key] = _put(recorded, act.actor, act.key, subject, data, at)
    recorded.announce(ENDS_AT)
    return recorded


def counts(recorded: Recorded, programme: str, quarters: Iterable[str], items: Iterable[str]) -> Counts:
    """What a programme's year is compared by, read off the rulings."""
    lights = {(item, quarter): "none" for item in items for quarter in quarters}
    rated = dict(lights)
    escalations: dict[tuple[str, str], list[str]] = {}
    for event in recorded.events:
        owner, item = split_subject(event.subject)
        if owner != programme or item is None:
            continue
        match event.data:
            case LightChanged(period=period, to=to):
                lights[item, period] = to
            case LightSettled(period=period, light=light):
                rated[item, period] = light
            case EscalationRaised(escalation=key, level=level, state=state):
                escalations[item, key] = [level, state]
            case EscalationConfirmed(escalation=key):
                escalations[item, key][1] = "open"
            case EscalationClosed(escalation=key):
                escalations[item, key][1] = "closed"
            case EscalationWithdrawn(escalation=key):
                escalations[item, key][1] = "withdrawn"
            case EscalationOverdue(escalation=key):
                escalations[item, key].append("overdue")
    verdicts = Counter(
        (type_, _word(data))
        for subject, type_, data in recorded.verdicts.values()
        if split_subject(subject)[0] == programme
    )
    return Counts(
        lights={q: Counter(light for (_, quarter), light in lights.items() if quarter == q) for q in quarters},
        rated={q: Counter(light for (_, quarter), light in rated.items() if quarter == q) for q in quarters},
        escalations=Counter(" ".join(parts) for parts in escalations.values()),
        verdicts=verdicts,
    )


def _word(data: RulingData) -> str:
    words = {SubmissionAccepted: "accepted", SubmissionRejected: "rejected", SubmissionRepeated: "repeated"}
    return words.get(type(data), "unreadable")


def _put(recorded: Recorded, actor: Actor, key: str, subject: str, data: SubmissionData, at: datetime) -> str:
    submission = new_submission(LOG, actor, key, subject, data, at)
    recorded.put(encode_submission(submission), subject, SUBMISSION_TYPES.short_names[type(data)], at)
    return submission.id
