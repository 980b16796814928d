"""How a run is measured: by what lies on the log when its process is looked at, never by what it says of itself."""

from collections import Counter

import pytest

from bench.figures import Rate
from bench.peers.answers import CommittedAnswers, Look
from bench.peers.comparison import Row
from bench.peers.contest import rate
from bench.peers.locks import JARS_LOCK, PYTHON_LOCK, ROOTS
from embedded.jars import read_lock
from embedded.machine_error import MachineError


def test_marks_of_transactions_and_what_follows_a_verdict_are_no_submissions() -> None:
    answered = CommittedAnswers(Counter({"a": 5}), {0: [0, 1, 4], 1: [0, 7]})
    assert answered.submissions({0: 4, 1: 1}) == 3
    assert answered.submissions({0: 5, 1: 8}) == 5


def test_the_warm_up_is_not_counted() -> None:
    answered = CommittedAnswers(Counter({"a": 40}), {0: [*range(40)]})
    looks = [Look(0.0, 0.0, {0: 0}), Look(5.0, 4.0, {0: 9}), Look(6.0, 5.0, {0: 10}), Look(9.0, 7.0, {0: 40})]
    assert rate(looks, answered, warm=10) == Rate(10.0, 15.0)


def test_what_was_over_before_it_was_looked_at_has_no_rate() -> None:
    with pytest.raises(RuntimeError, match="too soon"):
        rate([Look(0.0, 0.0, {0: 0}), Look(1.0, 1.0, {0: 2})], CommittedAnswers(Counter({"a": 2}), {0: [0, 1]}), warm=1)


async def test_a_peer_that_fails_in_a_later_round_has_no_figure_and_the_others_go_on() -> None:
    row, said = Row("rating", "a peer", "trivial", "none", ""), list[str]()

    async def well() -> Rate:
        return Rate(1.0, 2.0)

    async def badly() -> Rate:
        raise MachineError("没有网络", "no network")

    for run in (well, badly, well):
        await row.measure(run, said.append)
    assert row.as_json()["rounds"] == []
    assert row.as_json()["not_run"] == "没有网络 / no network"
    assert said == ["NOT RUN: rating, a peer, trivial, none: 没有网络\nno network"]


def test_what_the_peers_are_made_of_is_pinned_by_sha256() -> None:
    assert {*ROOTS} <= {jar.coordinate for jar in read_lock(JARS_LOCK)}
    blocks = PYTHON_LOCK.read_text(encoding="utf-8").replace(" \\\n", " ").splitlines()
    pinned = [line for line in blocks if "==" in line and not line.lstrip().startswith("#")]
    assert pinned
    assert all("--hash=sha256:" in line for line in pinned)
