"""A record of `submissions` and its ruling: what is refused unasked, what can't be read, what a ruling names."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from contracts.envelope import derived_id
from contracts.rulings import SubmissionAccepted, SubmissionRejected, SubmissionUnreadable
from contracts.submission import Submission, encode_submission
from contracts.submissions import DeadlinePassed, LagDeclared, SubmissionData
from contracts.topics import MAX_SUBMISSION_BYTES, partition_of
from contracts.values import Actor
from services.rating.rules.draft import Event
from services.rating.rules.envelope import (
    EPOCH,
    LoggedSubmission,
    Rules,
    cause_of,
    evolve_states,
    identities,
    policy_of,
    rule_on,
)
from services.rating.rules.state.state import State
from tests.rules.test_on_record import PUBLISHED
from tests.rules.timelines import LOG, OFFICE, SUBJECT, YUANCHENG, Timeline, assigned

ALARM = Actor(role="alarm", id="alarm")
SECOND = timedelta(seconds=1)


def logged(data: SubmissionData, actor: Actor, **changes: Any) -> LoggedSubmission:
    run = Timeline(None)
    now = run.now
    run.submit(actor, "a", now, data)
    submission, _ = run.submissions[0]
    value = encode_submission(submission)
    place: dict[str, Any] = {
        "partition": partition_of(SUBJECT),
        "offset": 7,
        "logged_ms": int(now.timestamp() * 1000),
        "value": value,
    }
    return LoggedSubmission(**{**place, **changes})


def test_a_ruling_names_its_cause_its_place_and_its_policy() -> None:
    one = logged(assigned("key_task"), OFFICE)
    ruled = rule_on(Rules(version="9"), LOG, one, 40, {})
    cause = cause_of(LOG, one)
    assert [event.at for event in ruled.events] == [40, 41]
    assert [(event.ordinal, event.of, event.causeoffset) for event in ruled.events] == [(0, 2, 7), (1, 2, 7)]
    first = ruled.events[0]
    assert (first.causeid, first.causedigest, first.subject) == (cause.id, cause.digest, SUBJECT)
    assert (first.log, first.rules, first.policy) == (LOG, "9", YUANCHENG.ref)
    assert cause.source == f"//liangdeng/{LOG}/intake"
    assert identities(LOG, one)[1] == (cause.id, cause.digest)
    states = {SUBJECT: ruled.state} if ruled.state else {}
    assert policy_of(ruled.state, []) == YUANCHENG.ref
    again = rule_on(Rules(), LOG, logged(LagDeclared(), OFFICE), 42, states)
    assert again.events[0].policy == YUANCHENG.ref
    taken: dict[str, State] = {}
    assert all(evolve_states(Rules(), taken, event) for event in ruled.events)
    assert taken[SUBJECT] == ruled.state
    assert one.logged_at == Timeline(None).now
    assert EPOCH.timestamp() == 0


def test_a_record_on_another_partition_too_large_or_with_a_false_alarm_is_refused_unasked() -> None:
    lag = logged(LagDeclared(), OFFICE)
    wrong = rule_on(Rules(), LOG, lag._replace(partition=(lag.partition + 1) % 12), 0, {})
    assert (verdict_of(wrong.events[0].data), wrong.state) == (("wrong_partition",), None)
    assert not evolve_states(Rules(), {}, wrong.events[0])
    assert lag.value is not None
    fitting = lag._replace(value=lag.value + b" " * (MAX_SUBMISSION_BYTES - len(lag.value)))
    assert verdict_of(rule_on(Rules(), LOG, fitting, 0, {}).events[0].data) == ("unknown_item",)
    large = lag._replace(value=lag.value + b" " * (MAX_SUBMISSION_BYTES + 1 - len(lag.value)))
    assert verdict_of(rule_on(Rules(), LOG, large, 0, {}).events[0].data) == ("too_large",)
    announced = logged(DeadlinePassed(kind="report", ref="2024Q1", due_at=Timeline(None).now), ALARM)
    assert announced.value is not None
    assert verdict_of(rule_on(Rules(), LOG, announced, 0, {}).events[0].data) == ("unknown_item",)
    forged = rule_on(Rules(), LOG, announced._replace(value=announced.value.replace(b"/rating", b"/intake")), 0, {})
    verdict = forged.events[0].data
    assert verdict == SubmissionRejected(reasons=("wrong_role",), alarm=True)
    assert forged.events[0].time == announced.logged_at


def test_a_ruling_that_somebody_put_there_about_two_subjects_is_taken_event_by_event() -> None:
    first, second = rule_on(Rules(), LOG, logged(assigned("key_task"), OFFICE), 0, {}).events
    other = next(f"{SUBJECT}{n}" for n in range(100) if partition_of(f"{SUBJECT}{n}") == first.partition)
    taken: dict[str, State] = {}
    assert evolve_states(Rules(), taken, first, second._replace(subject=other))
    assert taken[SUBJECT].item is None
    assert taken[other].item is not None
    whole: dict[str, State] = {}
    one_by_one: dict[str, State] = {}
    assert evolve_states(Rules(), whole, first, second)
    for event in (first, second):
        evolve_states(Rules(), one_by_one, event)
    assert whole == one_by_one


def verdict_of(data: object) -> tuple[str, ...]:
    assert isinstance(data, SubmissionRejected)
    return data.reasons


def test_what_cannot_be_read_is_ruled_under_its_place_and_never_remembered() -> None:
    lag = logged(LagDeclared(), OFFICE)
    assert lag.value is not None
    other_log = rule_on(Rules(), "2", lag, 3, {})
    assert other_log.events[0].subject == SUBJECT
    assert "this is log 2" in str(other_log.events[0].data)
    assert other_log.state is None
    changed = cause_of(LOG, lag._replace(value=lag.value.replace(b'"digest":"', b'"digest":"0')))
    assert (changed.submission, changed.subject) == (None, SUBJECT)
    assert changed.problem == "digest: is not that of the type and the data"
    for value in (None, b"", b"tea"):
        at = lag._replace(value=value)
        cause = cause_of(LOG, at)
        assert cause.subject == "unreadable"
        assert identities(LOG, at) == [(cause.id, cause.digest)]
        ruled = rule_on(Rules(), LOG, at, 3, {})
        assert ruled.state is None
        assert ruled.events[0].time == lag.logged_at
        assert ruled.events[0].policy == ""
        assert not evolve_states(Rules(), {}, ruled.events[0])
    assert identities(LOG, lag)[0][0] == identities(LOG, lag._replace(value=None))[0][0]


def test_a_ruling_that_is_too_large_is_written_as_a_refusal_in_its_place() -> None:
    def talkative(_state: State | None, _submission: Submission, logged_at: datetime) -> list[Event]:
        return [Event(logged_at, SubmissionAccepted()), Event(logged_at, SubmissionUnreadable(problem="x" * 300_000))]

    opened = rule_on(Rules(), LOG, logged(assigned("key_task"), OFFICE), 0, {})
    assert opened.state is not None
    lag = logged(LagDeclared(), OFFICE)
    (event,) = rule_on(Rules(version="9", decide=talkative), LOG, lag, 40, {SUBJECT: opened.state}).events
    assert event.data == SubmissionRejected(reasons=("too_large",))
    assert (event.at, event.of, event.rules, event.policy) == (40, 1, "9", YUANCHENG.ref)
    assert (event.causeid, event.causeoffset, event.log) == (cause_of(LOG, lag).id, 7, LOG)


def test_a_ruling_about_a_programme_is_made_under_the_programmes_policy() -> None:
    run = Timeline(None, subject="441602-2024")
    assert policy_of(run.state, []) == ""
    events = run.submit(OFFICE, "a", run.now, PUBLISHED)
    assert policy_of(None, events) == YUANCHENG.ref
    assert policy_of(run.state, []) == YUANCHENG.ref


def test_a_record_without_a_digest_has_an_empty_one() -> None:
    lag = logged(LagDeclared(), OFFICE)
    assert lag.value is not None
    assert identities(LOG, lag._replace(value=lag.value.replace(b'"digest"', b'"digits"')))[1][1] == ""


def test_what_has_no_id_is_named_by_its_place_and_its_bytes() -> None:
    (named,) = identities(LOG, logged(LagDeclared(), OFFICE)._replace(value=b"tea"))
    assert named == (
        derived_id(LOG, "submissions", partition_of(SUBJECT), 7),
        hashlib.sha256(b"tea").hexdigest(),
    )


def test_a_record_without_a_value_is_named_by_its_place_and_the_digest_of_nothing() -> None:
    cause = cause_of(LOG, LoggedSubmission(3, 5, 0, None))
    assert cause.submission is None
    assert (cause.id, cause.digest) == (derived_id(LOG, "submissions", 3, 5), hashlib.sha256(b"").hexdigest())


def test_a_programmes_opening_counts_by_its_receipt_within_the_skew_and_the_grace() -> None:
    skew, grace = timedelta(seconds=YUANCHENG.skew_seconds), timedelta(seconds=YUANCHENG.grace_seconds)
    for lag, own in ((grace, True), (grace + SECOND, False), (-skew, True), (-skew - SECOND, False)):
        run = Timeline(None)
        received_at = run.now - lag
        told = run.submit(OFFICE, "a", received_at, assigned("key_task"))
        assert told[0].time == (received_at if own else run.now)
        simulated = Timeline(None).submit(OFFICE, "a", received_at, assigned("key_task", simulated=True))
        assert simulated[0].time == received_at
