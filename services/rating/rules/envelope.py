"""One record of `submissions`, one ruling: the checks before the rules are asked, and the envelope of their answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from contracts.envelope import Unreadable, derived_id, digest_of, parse
from contracts.ruling import RulingEvent, encode_ruling, ruling_from
from contracts.rulings import ItemOpened, ProgrammeOpened, Reason, SubmissionUnreadable
from contracts.submission import Submission, submission_from
from contracts.topics import MAX_SUBMISSION_BYTES, SUBMISSIONS, partition_of
from services.rating.rules.decide import capped, decide, refuse, unreadable
from services.rating.rules.draft import Event
from services.rating.rules.state.evolve import evolve
from services.rating.rules.state.state import State
from services.rating.rules.version import RULES

States = MutableMapping[str, State]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNKNOWN_SUBJECT: Final = "unreadable"
"""Subject of the ruling on bytes that name none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What rules: a version and its two pure functions; others than those at hand only where a test needs them."""

    version: str = RULES
    decide: Callable[[State | None, Submission, datetime], list[Event]] = decide
    evolve: Callable[[State | None, RulingEvent], State] = evolve


class Asked(NamedTuple):
    """A record of `submissions` as it lies on the log; `logged_ms` is its LogAppendTime."""

    partition: int
    offset: int
    logged_ms: int
    value: bytes | None

    @property
    def logged_at(self) -> datetime:
        """When it reached the log."""
        return EPOCH + timedelta(milliseconds=self.logged_ms)


class Cause(NamedTuple):
    """What a ruling names as its cause; without `submission` the record is unreadable, for the reason given."""

    id: str
    digest: str
    subject: str
    submission: Submission | None
    problem: str = ""
    source: str = ""


class Ruled(NamedTuple):
    """A whole ruling: its records' values, the events read back from them, and the subject's state after it."""

    values: tuple[bytes, ...]
    events: tuple[RulingEvent, ...]
    state: State | None


def cause_of(log: str, asked: Asked) -> Cause:
    """Read the record that a ruling answers. Raises UnknownType: it waits for a version that knows it."""
    attributes: dict[str, Any] = {}
    try:
        attributes = parse(asked.value)
        submission = submission_from(attributes)
        if submission.log != log:
            raise Unreadable(f"source: of log {submission.log}, this is log {log}")
        body = {name: value for name, value in attributes["data"].items() if name != "received_at"}
        if submission.digest != digest_of(submission.type, body):
            raise Unreadable("digest: is not that of the type and the data")
    except Unreadable as error:
        id_, digest = _by_place(log, asked)
        return Cause(
            id=id_,
            digest=digest,
            subject=attributes.get("subject", UNKNOWN_SUBJECT),
            submission=None,
            problem=str(error),
        )
    return Cause(submission.id, submission.digest, submission.subject, submission, source=attributes["source"])


def identities(log: str, asked: Asked) -> list[tuple[str, str]]:
    """Ids and digests by which a ruling on this record may name it: as it was readable to its author, or not."""
    try:
        attributes = parse(asked.value)
    except Unreadable:
        return [_by_place(log, asked)]
    return [_by_place(log, asked), (attributes["id"], attributes.get("digest", ""))]


def rule_on(rules: Rules, log: str, asked: Asked, at: int, states: Mapping[str, State]) -> Ruled:
    """Rule on one record, the first event of the ruling to lie at offset `at`; pure, `states` stays as it is.

    Raises UnknownType, and whatever a defect in the rules raises: the record waits, it is never skipped.
    """
    cause = cause_of(log, asked)
    state = states.get(cause.subject)
    submission = cause.submission
    if submission is None:
        told = unreadable(asked.logged_at, cause.problem)
    elif (reason := _refused_unasked(cause, submission, asked)) is not None:
        told = refuse(asked.logged_at, [reason], alarm=submission.actor.role == "alarm")
    else:
        told = rules.decide(state, submission, asked.logged_at)
    values = _written(rules.version, log, asked, cause, at, state, told)
    if (fit := capped(told, values)) is not told:
        values = _written(rules.version, log, asked, cause, at, state, fit)
    events = tuple(ruling_from(parse(value), asked.partition) for value in values)
    if _concerns_state(events[0]):
        for event in events:
            state = rules.evolve(state, event)
    return Ruled(values, events, state)


def take(rules: Rules, states: States, event: RulingEvent) -> bool:
    """Fold one counted event into the states of its partition; whether it concerned one of them."""
    if not _concerns_state(event):
        return False
    states[event.subject] = rules.evolve(states.get(event.subject), event)
    return True


def _by_place(log: str, asked: Asked) -> tuple[str, str]:
    """Id and digest of a record that has none that can be read."""
    id_ = derived_id(log, SUBMISSIONS, asked.partition, asked.offset)
    return id_, hashlib.sha256(asked.value or b"").hexdigest()


def policy_of(state: State | None, told: Sequence[Event]) -> str:
    """The policy that a ruling is made under: that of the state before it, or of what it opens; "" without either."""
    if state is not None and state.item is not None:
        return state.item.scheme.policy.ref
    if state is not None and state.programme is not None:
        return state.programme.policy.ref
    opened = (event.data for event in told if isinstance(event.data, ItemOpened | ProgrammeOpened))
    return next((data.policy.ref for data in opened), "")


def _written(
    version: str, log: str, asked: Asked, cause: Cause, at: int, state: State | None, told: Sequence[Event]
) -> tuple[bytes, ...]:
    policy = policy_of(state, told)
    return tuple(
        encode_ruling(
            RulingEvent(
                log=log,
                partition=asked.partition,
                subject=cause.subject,
                time=event.time,
                causeid=cause.id,
                causedigest=cause.digest,
                causeoffset=asked.offset,
                ordinal=ordinal,
                of=len(told),
                at=at + ordinal,
                rules=version,
                policy=policy,
                data=event.data,
            )
        )
        for ordinal, event in enumerate(told)
    )


def _concerns_state(event: RulingEvent) -> bool:
    """Neither what could not be read nor what lies on the wrong partition is remembered of its subject."""
    return type(event.data) is not SubmissionUnreadable and partition_of(event.subject) == event.partition


def _refused_unasked(cause: Cause, submission: Submission, asked: Asked) -> Reason | None:
    if partition_of(submission.subject) != asked.partition:
        return "wrong_partition"
    if len(asked.value or b"") > MAX_SUBMISSION_BYTES:
        return "too_large"
    if submission.actor.role == "alarm" and not cause.source.endswith("/rating"):
        return "wrong_role"
    return None
