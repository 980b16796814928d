"""One record of `submissions`, one ruling: the checks before the rules are asked, and the envelope of their answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from contracts.envelope import Unreadable, derived_id, digest_of, parse
from contracts.refusal_reasons import Reason
from contracts.ruling import RulingEvent, encode_ruling, ruling_from
from contracts.rulings import ItemOpened, ProgrammeOpened, SubmissionAccepted, SubmissionUnreadable
from contracts.submission import Submission, submission_from
from contracts.topics import MAX_RULING_BYTES, MAX_SUBMISSION_BYTES, SUBMISSIONS, partition_of
from services.rating.rules.decide import decide
from services.rating.rules.draft import Event
from services.rating.rules.state.evolve import AnsweredSubmission, DatedEvent, fold, named_by
from services.rating.rules.state.state import State
from services.rating.rules.verdict import refuse, unreadable
from services.rating.rules.version import RULES

States = MutableMapping[str, State]
"""The states of a partition by subject."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN_SUBJECT: Final = "unreadable"
"""Subject of the ruling on bytes that name none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A version of the rules and its two pure functions; tests and bench alone give others than those at hand.

    `reads_back`: a state is derived from the events as they are read from their own bytes, as an auditor does. Without
    it from the events that were encoded, which are equal (decision 0028).
    """

    version: str = RULES
    decide: Callable[[State | None, Submission, datetime], list[Event]] = decide
    fold: Callable[[State | None, AnsweredSubmission, Iterable[DatedEvent]], State] = fold
    reads_back: bool = True


class LoggedSubmission(NamedTuple):
    """A record of `submissions` as it lies on the log; `logged_ms` is its LogAppendTime in ms since 1970."""

    partition: int
    offset: int
    logged_ms: int
    value: bytes | None

    @property
    def logged_at(self) -> datetime:
        """When it reached the log, in UTC."""
        return EPOCH + timedelta(milliseconds=self.logged_ms)


class RulingCause(NamedTuple):
    """What a ruling names as its cause; without `submission` the record is unreadable, `problem` says why."""

    id: str
    digest: str
    subject: str
    submission: Submission | None
    problem: str = ""
    source: str = ""


class Ruled(NamedTuple):
    """A whole ruling: its records' values, the events that they are of, and the subject's state after it."""

    values: tuple[bytes, ...]
    events: tuple[RulingEvent, ...]
    state: State | None


def cause_of(log: str, logged: LoggedSubmission) -> RulingCause:
    """Read the record that a ruling answers. Raises UnknownType: it waits for a version that knows the type."""
    attributes: dict[str, Any] = {}
    try:
        attributes = parse(logged.value)
        submission = submission_from(attributes)
        if submission.log != log:
            raise Unreadable(f"source: of log {submission.log}, this is log {log}")
        body = {name: value for name, value in attributes["data"].items() if name != "received_at"}
        if submission.digest != digest_of(submission.type, body):
            raise Unreadable("digest: is not that of the type and the data")
    except Unreadable as error:
        id_, digest = _by_place(log, logged)
        return RulingCause(
            id=id_,
            digest=digest,
            subject=attributes.get("subject", UNKNOWN_SUBJECT),
            submission=None,
            problem=str(error),
        )
    return RulingCause(submission.id, submission.digest, submission.subject, submission, source=attributes["source"])


def identities(log: str, logged: LoggedSubmission) -> list[tuple[str, str]]:
    """Ids and digests by which a ruling on this record may name it: as an author that could read it, or could not."""
    try:
        attributes = parse(logged.value)
    except Unreadable:
        return [_by_place(log, logged)]
    return [_by_place(log, logged), (attributes["id"], attributes.get("digest", ""))]


def objection_to_envelope(submission: Submission, source: str, logged: LoggedSubmission) -> Reason | None:
    """Why a submission is refused before the rules are asked: its place, its size, or an imitated alarm.

    rulebook: What is refused
    """
    if partition_of(submission.subject) != logged.partition:
        return "wrong_partition"
    if len(logged.value or b"") > MAX_SUBMISSION_BYTES:
        return "too_large"
    if submission.actor.role == "alarm" and not source.endswith("/rating"):
        return "wrong_role"
    return None


def rule_on(rules: Rules, log: str, logged: LoggedSubmission, at: int, states: Mapping[str, State]) -> Ruled:
    """Rule on one record, the first event of the ruling to lie at offset `at`; pure, `states` stays as it is.

    Raises UnknownType, and whatever a defect in the rules raises: the record waits, it is never skipped.
    """
    cause = cause_of(log, logged)
    state = states.get(cause.subject)
    submission = cause.submission
    if submission is None:
        ruling = unreadable(logged.logged_at, cause.problem)
    elif (reason := objection_to_envelope(submission, cause.source, logged)) is not None:
        ruling = refuse(logged.logged_at, [reason], alarm=submission.actor.role == "alarm")
    else:
        ruling = rules.decide(state, submission, logged.logged_at)
    events = _enveloped(rules.version, log, logged, cause, at, state, ruling)
    values = tuple(map(encode_ruling, events))
    if (fit := capped(ruling, values)) is not ruling:
        events = _enveloped(rules.version, log, logged, cause, at, state, fit)
        values = tuple(map(encode_ruling, events))
    if rules.reads_back:
        events = tuple(ruling_from(parse(value), logged.partition) for value in values)
    if _concerns_state(events[0]):
        state = rules.fold(state, cause, events)
    return Ruled(values, events, state)


def evolve_states(rules: Rules, states: States, event: RulingEvent) -> bool:
    """Take one counted event into the states of its partition; whether it concerned one of them."""
    if not _concerns_state(event):
        return False
    states[event.subject] = rules.fold(states.get(event.subject), named_by(event), (event,))
    return True


def policy_of(state: State | None, ruling: Sequence[Event]) -> str:
    """The policy that a ruling is made under: that of the state before it, or of what it opens; "" without either."""
    if state is not None and state.item is not None:
        return state.item.frame.policy.ref
    if state is not None and state.programme is not None:
        return state.programme.policy.ref
    opened = (event.data for event in ruling if isinstance(event.data, ItemOpened | ProgrammeOpened))
    return next((data.policy.ref for data in opened), "")


def capped(events: list[Event], encoded: Iterable[bytes]) -> list[Event]:
    """The ruling itself, or a refusal as `too_large` if its encoded events exceed the contract's limit in bytes."""
    if sum(map(len, encoded)) <= MAX_RULING_BYTES:
        return events
    verdict = events[0].data
    return refuse(events[0].time, ["too_large"], alarm=isinstance(verdict, SubmissionAccepted) and verdict.alarm)


def _by_place(log: str, logged: LoggedSubmission) -> tuple[str, str]:
    """Id and digest of a record that has none that can be read."""
    id_ = derived_id(log, SUBMISSIONS, logged.partition, logged.offset)
    return id_, hashlib.sha256(logged.value or b"").hexdigest()


def _enveloped(
    version: str,
    log: str,
    logged: LoggedSubmission,
    cause: RulingCause,
    at: int,
    state: State | None,
    ruling: Sequence[Event],
) -> tuple[RulingEvent, ...]:
    policy = policy_of(state, ruling)
    return tuple(
        RulingEvent(
            log=log,
            partition=logged.partition,
            subject=cause.subject,
            time=event.time,
            causeid=cause.id,
            causedigest=cause.digest,
            causeoffset=logged.offset,
            ordinal=ordinal,
            of=len(ruling),
            at=at + ordinal,
            rules=version,
            policy=policy,
            data=event.data,
        )
        for ordinal, event in enumerate(ruling)
    )


def _concerns_state(event: RulingEvent) -> bool:
    """Neither what could not be read nor what lies on the wrong partition is remembered of its subject."""
    return type(event.data) is not SubmissionUnreadable and partition_of(event.subject) == event.partition
