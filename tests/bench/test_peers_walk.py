"""Each peer does what it is measured at: a whole year on a real Kafka, each subject answered as often as it asked."""

import asyncio
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from bench.peers.contest import contest
from bench.peers.contestants import CONTESTANTS, SHARED, Contestant, Run
from bench.peers.feed import Feed
from eventlog.clock import set_driven
from sandbox.year.journal import BEFORE_THE_YEAR

pytestmark = [pytest.mark.walk, pytest.mark.services, pytest.mark.timeout(900)]


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@pytest.fixture(scope="module")
def feed(kafka: str) -> Feed:
    made = Feed.recorded(1, say)
    asyncio.run(made.append(kafka, SHARED))
    return made


@pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda one: one.key)
async def test_every_submission_is_answered_once(
    contestant: Contestant, feed: Feed, kafka: str, tmp_path: Path
) -> None:
    set_driven(clock := tmp_path / "clock", BEFORE_THE_YEAR)
    name = f"walk-{uuid4().hex[:8]}"
    rate = await contest(contestant, Run(kafka, tmp_path / name, name, clock, say), feed)
    assert rate.per_cpu_second > 0
