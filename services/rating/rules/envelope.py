"""One record of `submissions`, one ruling: the checks before the rules are asked, and the envelope of their answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from contracts.envelope import Unreadable, derived_id, digest_of, parse
from contracts.refusal_reasons import Reason
from contracts.ruling import Encoded, RulingEvent, encode_events, ruling_from
from contracts.rulings import ItemOpened, ProgrammeOpened, RulingData, SubmissionAccepted, SubmissionUnreadable
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


class RulingMade(NamedTuple):
    """A ruling as it was decided and encoded; `before` is the subject's state before it."""

    cause: RulingCause
    before: State | None
    events: tuple[RulingEvent, ...]
    encoded: Encoded


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
        body = {**attributes["data"]}
        body.pop("received_at", None)
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


def cause_ahead(log: str, logged: LoggedSubmission) -> RulingCause | None:
    """The same, for whoever reads several records before the first is ruled on; None: it is asked for in its turn."""
    try:
        return cause_of(log, logged)
    except Exception:
        return None


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


def rule_on(
    rules: Rules,
    log: str,
    logged: LoggedSubmission,
    at: int,
    states: Mapping[str, State],
    read: RulingCause | None = None,
) -> Ruled:
    """Rule on one record, the first event of the ruling to lie at offset `at`; pure, `states` stays as it is.

    `read`: the record as it was read ahead. Raises UnknownType, and whatever a defect in the rules raises: the record
    waits, it is never skipped.
    """
    made = make_ruling(rules, log, logged, read or cause_of(log, logged), at, states)
    if rules.reads_back:
        return state_after(rules, made, map(parse, made.encoded.values))
    return ruled_as_made(rules, made)


def make_ruling(
    rules: Rules, log: str, logged: LoggedSubmission, cause: RulingCause, at: int, states: Mapping[str, State]
) -> RulingMade:
    """As `rule_on`, from the record as `cause_of` has read it up to the bytes of the ruling."""
    state = states.get(cause.subject)
    return enveloped(rules, log, logged, cause, at, state, decided(rules, logged, cause, state))


def decided(rules: Rules, logged: LoggedSubmission, cause: RulingCause, state: State | None) -> list[Event]:
    """What follows from a record, before it has an envelope."""
    submission = cause.submission
    if submission is None:
        return unreadable(logged.logged_at, cause.problem)
    if (reason := objection_to_envelope(submission, cause.source, logged)) is not None:
        return refuse(logged.logged_at, [reason], alarm=submission.actor.role == "alarm")
    return rules.decide(state, submission, logged.logged_at)


def enveloped(
    rules: Rules,
    log: str,
    logged: LoggedSubmission,
    cause: RulingCause,
    at: int,
    state: State | None,
    ruling: list[Event],
) -> RulingMade:
    """The same as events and bytes that lie at `at` and behind it, or a refusal where these are too large."""
    events = _enveloped(rules.version, log, logged, cause, at, state, ruling)
    encoded = encode_events(events)
    if (fit := capped(ruling, encoded.values)) is not ruling:
        events = _enveloped(rules.version, log, logged, cause, at, state, fit)
        encoded = encode_events(events)
    return RulingMade(cause, state, events, encoded)


def state_after(rules: Rules, made: RulingMade, bodies: Iterable[Mapping[str, Any]]) -> Ruled:
    """The ruling with its events as they are read from its bytes, and the state that these lead to."""
    partition = made.events[0].partition
    return _ruled(rules, made, tuple([ruling_from(body, partition) for body in bodies]))


def ruled_as_made(rules: Rules, made: RulingMade) -> Ruled:
    """The same with its events as they were encoded (decision 0028)."""
    return _ruled(rules, made, made.events)


def _ruled(rules: Rules, made: RulingMade, events: tuple[RulingEvent, ...]) -> Ruled:
    state = rules.fold(made.before, made.cause, events) if is_remembered(events[0]) else made.before
    return Ruled(made.encoded.values, events, state)


def evolve_states(rules: Rules, states: States, *events: RulingEvent) -> bool:
    """Take counted events of one ruling into the states of its partition; whether they concerned one of them."""
    cause = named_by(events[0])
    if any((one.causeid, one.causedigest, one.subject) != cause for one in events[1:]):
        # Not rating's: somebody else has put it there, and each event is taken for itself.
        concerned = [evolve_states(rules, states, event) for event in events]
        return any(concerned)
    if not is_remembered(events[0]):
        return False
    states[cause.subject] = rules.fold(states.get(cause.subject), cause, events)
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
    policy, partition, offset, of = policy_of(state, ruling), logged.partition, logged.offset, len(ruling)
    id_, digest, subject = cause[:3]
    return tuple(
        [
            # In the order of its fields: by name it takes twice as long, and there are two or three a submission.
            RulingEvent(
                log, partition, subject, time, id_, digest, offset, ordinal, of, at + ordinal, version, policy, data
            )
            for ordinal, (time, data) in enumerate(ruling)
        ]
    )


def concerns_state(subject: str, partition: int, verdict: RulingData) -> bool:
    """Neither what could not be read nor what lies on the wrong partition is remembered of its subject."""
    return type(verdict) is not SubmissionUnreadable and partition_of(subject) == partition


def is_remembered(first: RulingEvent) -> bool:
    """The same of a ruling's first event."""
    return concerns_state(first.subject, first.partition, first.data)
