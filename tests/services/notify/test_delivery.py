"""What became of a delivery is a fold of counted records: claims, outcomes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.dispatches import (
    Addressed,
    DeliveryAbandoned,
    DeliveryAccepted,
    DeliveryClaimed,
    DeliveryFailed,
    DeliveryRedriven,
    DeliveryUnknown,
)
from services.notify.delivery.outcome import (
    Accepted,
    Ambiguous,
    Refused,
    Unsent,
    after_unknown,
    outcome_record,
    without_addresses,
)
from services.notify.delivery.state import (
    DeliveryEvent,
    DeliveryState,
    RetryPolicy,
    abandonment,
    begin,
    claimable,
    evolve,
    lapsed,
    next_claim,
)
from tests.services.notify.running_notify import NINE

LEASE = timedelta(seconds=60)
RETRY = RetryPolicy(max_tries=3, first=timedelta(seconds=10), longest=timedelta(seconds=60))
MAIL = begin("n", Addressed(delivery="n/unit:nongye/mail/1", role="unit:nongye", channel="mail", contact="1"))

attempts = st.integers(1, 6)
events: st.SearchStrategy[DeliveryEvent] = st.one_of(
    st.builds(
        DeliveryClaimed,
        delivery=st.just(MAIL.id),
        attempt=attempts,
        by=st.sampled_from(["one", "two"]),
        until=st.just(NINE),
        lease_seconds=st.just(60),
        copy=st.booleans(),
    ),
    st.builds(DeliveryAccepted, delivery=st.just(MAIL.id), attempt=attempts),
    st.builds(
        DeliveryFailed, delivery=st.just(MAIL.id), attempt=attempts, permanent=st.booleans(), reason=st.just("no")
    ),
    st.builds(
        DeliveryUnknown,
        delivery=st.just(MAIL.id),
        attempt=attempts,
        action=st.sampled_from(["retry", "ask", "resend_marked", "hold"]),
    ),
    st.builds(DeliveryAbandoned, delivery=st.just(MAIL.id), reason=st.just("enough")),
    st.builds(DeliveryRedriven, delivery=st.just(MAIL.id)),
)


def claimed(delivery: DeliveryState = MAIL, by: str = "one") -> DeliveryState:
    return evolve(delivery, next_claim(delivery, by, NINE, LEASE))


@given(st.lists(events, max_size=40))
def test_whatever_lies_on_the_log_the_rules_of_claims_hold(story: list[DeliveryEvent]) -> None:
    delivery = MAIL
    for event in story:
        before, delivery = delivery, evolve(delivery, event)
        assert (delivery.claim is not None) == (delivery.status == "claimed")
        assert delivery.attempt - before.attempt in (0, 1), "attempts are counted one by one"
        assert before.doubtful <= delivery.doubtful, "doubt does not go away"
        if before.status == "accepted":
            assert delivery is before, "what was accepted is over"
        if before.claim is not None and isinstance(event, DeliveryClaimed):
            assert delivery is before, "a claim is nobody else's before it has an outcome"
        if delivery.status == "claimed" and before.status != "claimed":
            assert isinstance(event, DeliveryClaimed)
            assert event.copy == delivery.doubtful, "a copy is marked, an original is not"
        if delivery.status == "accepted" and before.status != "accepted":
            assert before.status == "claimed"


@given(st.lists(events, max_size=25), st.lists(events, max_size=25))
def test_a_reader_that_stops_and_goes_on_sees_the_same(first: list[DeliveryEvent], second: list[DeliveryEvent]) -> None:
    whole = MAIL
    for event in first + second:
        whole = evolve(whole, event)
    part = MAIL
    for event in first:
        part = evolve(part, event)
    for event in second:
        part = evolve(part, event)
    assert part == whole


@given(st.lists(events, max_size=40))
def test_after_a_blind_doubt_no_unmarked_message_can_be_claimed(story: list[DeliveryEvent]) -> None:
    delivery, doubted = MAIL, False
    for event in story:
        before, delivery = delivery, evolve(delivery, event)
        if delivery is not before and isinstance(event, DeliveryClaimed) and doubted:
            assert event.copy
        if isinstance(event, DeliveryUnknown) and delivery is not before and event.action in ("resend_marked", "hold"):
            doubted = True


def test_the_inbox_has_a_notice_as_soon_as_it_is_issued() -> None:
    inbox = Addressed(delivery="n/unit:nongye/inbox", role="unit:nongye", channel="inbox")
    assert begin("n", inbox).status == "accepted"


def test_the_first_outcome_of_a_claim_counts() -> None:
    delivery = claimed()
    resent = evolve(delivery, DeliveryUnknown(delivery=MAIL.id, attempt=1, action="resend_marked"))
    assert evolve(resent, DeliveryAccepted(delivery=MAIL.id, attempt=1)) is resent


def test_an_outcome_of_an_earlier_claim_says_nothing_about_a_later_one() -> None:
    again = claimed(evolve(claimed(), DeliveryFailed(delivery=MAIL.id, attempt=1, permanent=False, reason="busy")))
    assert again.attempt == 2
    assert evolve(again, DeliveryAccepted(delivery=MAIL.id, attempt=1)) is again


def test_nobody_resolves_a_claim_before_until() -> None:
    delivery = claimed()
    just_before = NINE + LEASE - timedelta(microseconds=1)
    assert not lapsed(delivery, just_before, timedelta(days=1), timedelta(0))
    assert lapsed(delivery, NINE + LEASE, LEASE, timedelta(seconds=30))


def test_a_reader_whose_clock_is_ahead_waits_until_it_has_seen_the_lease_pass() -> None:
    delivery, skew = claimed(), timedelta(seconds=30)
    assert not lapsed(delivery, NINE + LEASE + timedelta(seconds=29), timedelta(seconds=1), skew)
    assert lapsed(delivery, NINE + LEASE + skew, timedelta(seconds=1), skew)


def test_a_refusal_for_good_ends_it_and_one_for_now_does_not() -> None:
    for_good = evolve(claimed(), DeliveryFailed(delivery=MAIL.id, attempt=1, permanent=True, reason="no such user"))
    ended = abandonment(for_good, RETRY)
    assert ended is not None
    assert (ended.reason, ended.tries) == ("no such user", 1)
    for_now = evolve(claimed(), DeliveryFailed(delivery=MAIL.id, attempt=1, permanent=False, reason="busy"))
    assert abandonment(for_now, RETRY) is None


def test_after_the_last_try_it_is_abandoned_and_can_be_driven_again() -> None:
    delivery = MAIL
    for attempt in (1, 2, 3):
        assert claimable(delivery, NINE, RETRY)
        delivery = evolve(
            claimed(delivery), DeliveryFailed(delivery=MAIL.id, attempt=attempt, permanent=False, reason="busy")
        )
    assert not claimable(delivery, NINE, RETRY)
    ended = abandonment(delivery, RETRY)
    assert ended is not None
    delivery = evolve(delivery, ended)
    assert delivery.status == "abandoned"
    delivery = evolve(delivery, DeliveryRedriven(delivery=MAIL.id))
    assert claimable(delivery, NINE, RETRY)
    assert next_claim(delivery, "one", NINE, LEASE).attempt == 4, "attempts go on, so that no outcome is mistaken"


def test_a_retry_waits() -> None:
    failed = DeliveryFailed(
        delivery=MAIL.id, attempt=1, permanent=False, reason="busy", retry_at=NINE + timedelta(seconds=10)
    )
    delivery = evolve(claimed(), failed)
    assert not claimable(delivery, NINE + timedelta(seconds=9), RETRY)
    assert claimable(delivery, NINE + timedelta(seconds=10), RETRY)


@given(st.integers(0, 60), st.floats(0, 1))
def test_pauses_double_up_to_the_longest_and_jitter_takes_at_most_half(tries: int, jitter: float) -> None:
    pause, whole = RETRY.pause(tries, jitter), RETRY.pause(tries, 0)
    assert whole / 2 - timedelta(microseconds=1) <= pause <= whole <= RETRY.longest
    assert RETRY.pause(tries + 1, 0) in (whole, whole * 2, RETRY.longest)


def test_what_nobody_knows_is_sent_again_marked_or_held_or_asked_as_the_channel_can() -> None:
    assert after_unknown("blind", "resend") == "resend_marked"
    assert after_unknown("blind", "hold") == "hold"
    assert after_unknown("idempotent", "hold") == "retry"
    assert after_unknown("queryable", "hold") == "ask"


def test_every_outcome_becomes_a_record_without_addresses() -> None:
    delivery = claimed()

    def told(outcome: Accepted | Refused | Unsent | Ambiguous) -> DeliveryEvent:
        return outcome_record(outcome, delivery, NINE, RETRY, 0.0, "resend_marked")

    accepted = told(Accepted("2.0.0 queued for <zhang.san@units.test>"))
    assert isinstance(accepted, DeliveryAccepted)
    assert accepted.receipt == "2.0.0 queued for <address>"
    refused = told(Refused("550 no zhang.san@units.test here", permanent=True))
    assert isinstance(refused, DeliveryFailed)
    assert (refused.permanent, refused.reason) == (True, "550 no <address> here")
    later = told(Unsent("no relay", trouble=True))
    assert isinstance(later, DeliveryFailed)
    assert (later.permanent, later.retry_at) == (False, NINE + timedelta(seconds=10))
    doubt = told(Ambiguous("cut"))
    assert isinstance(doubt, DeliveryUnknown)
    assert doubt.action == "resend_marked"


@given(st.text(max_size=900))
def test_a_servers_words_always_fit_the_record(words: str) -> None:
    assert len(without_addresses(words)) <= 400
    assert "\n" not in without_addresses(words)
