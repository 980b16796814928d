"""Pauses between tries."""

from __future__ import annotations

from eventlog.backoff import Backoff


def test_pauses_double_up_to_the_limit_and_differ_at_random() -> None:
    backoff = Backoff(first=1, longest=60)
    pauses = [backoff.next() for _ in range(9)]
    for pause, longest in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert 0.8 * longest <= pause <= longest
    assert len(set(pauses)) == len(pauses)


def test_after_a_success_the_shortest_pause_comes_first_again() -> None:
    backoff = Backoff(first=1, longest=60)
    for _ in range(5):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1
