"""A log that an earlier rating wrote up to the middle, and the one at hand from there on, is one log.

The file is one partition of four recorded years, as it was ruled on before rating wrote envelopes by a pattern, read
answers without parsing them twice, and let partitions go in order. The rules are the same, so are all bytes.

The other file is about a simulated programme itself: published, a bulletin composed and approved that reached the log
900 days later, and three records without a valid actor.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from contracts.rulings import SubmissionUnreadable
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule
from eventlog.clock import FixedClock
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry
from eventlog.owner.assignment import FixedAssignment
from sandbox.year.journal import BEFORE_THE_YEAR
from services.audit.finding import AuditVerdict
from services.audit.replay import replay
from services.rating.app import Rating
from services.rating.rules.envelope import LoggedSubmission, Rules, rule_on
from services.rating.rules.state.state import State
from services.rating.settings import RatingSettings
from tests.services.rating.acts import until
from tests.services.rating.running_rating import MemoryReader

FILE = Path(__file__).with_name("log-of-a-partition.jsonl.gz")
PROGRAMME_FILE = Path(__file__).with_name("log-of-a-programme.jsonl")


def recorded() -> tuple[int, list[bytes], list[bytes]]:
    """The partition's number, its submissions, and its rulings as they were written then."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        head, *rest = (json.loads(line) for line in file)
    values = {topic: [told.encode() for of, told in rest if of == topic] for topic in (SUBMISSIONS, RULINGS)}
    return head["partition"], values[SUBMISSIONS], values[RULINGS]


@pytest.mark.parametrize("reads_back", [False, True])
@pytest.mark.parametrize("ruled_before", [0, 300, 690])
async def test_the_bytes_are_the_same_whoever_wrote_which_half_and_the_replay_proves_it(
    ruled_before: int, reads_back: bool, tmp_path: Path
) -> None:
    partition, submissions, written = recorded()
    topics = MemoryTopics()
    topics.place(SUBMISSIONS, partition, [Entry(b"", value) for value in submissions])
    early = [value for value in written if int(json.loads(value)["causeoffset"]) < ruled_before]
    topics.place(RULINGS, partition, [Entry(b"", value) for value in early])
    settings = RatingSettings(
        bootstrap_servers="memory", log="1", tick_seconds=0.005, poll_seconds=0.05, quarantine=tmp_path
    )
    clock = FixedClock(BEFORE_THE_YEAR)
    rules = Rules(reads_back=reads_back)
    rating = Rating(settings, MemoryLog(topics), FixedAssignment([partition]), clock, rules)
    await rating.owner.start()
    await until(lambda: rating.ready and rating.statuses()[partition].position == len(submissions), "the last ruling")
    await rating.owner.stop()
    records = topics.records(RULINGS, partition)
    assert [record.value for record in records] == written
    assert len(AtRule().fold(records)) == len(submissions)
    found = replay(MemoryReader(topics), MemoryReader(topics), "1", rules=Rules(reads_back=not reads_back))
    assert (found.verdict, found.submissions, found.void) == (AuditVerdict.PROVED, len(submissions), 0)
    assert len(found.position) == 2 * PARTITIONS


def test_what_is_about_a_programme_itself_has_the_bytes_that_it_had_however_late_it_reached_the_log() -> None:
    head, *recorded = map(json.loads, PROGRAMME_FILE.read_text(encoding="utf-8").splitlines())
    states: dict[str, State] = {}
    at = 0
    for offset, (logged_ms, submission, written) in enumerate(recorded):
        logged = LoggedSubmission(head["partition"], offset, logged_ms, submission.encode())
        values, events, state = rule_on(Rules(), "1", logged, at, states)
        assert [value.decode() for value in values] == written
        at += len(values)
        if state is not None:
            states[events[0].subject] = state


@pytest.mark.parametrize("wrong", [["office"], {}, 1, None, "mayor"])
def test_a_role_that_is_none_is_ruled_unreadable(wrong: object) -> None:
    head, (logged_ms, submission, _), *_ = map(json.loads, PROGRAMME_FILE.read_text(encoding="utf-8").splitlines())
    value = json.dumps({**json.loads(submission), "actorrole": wrong}).encode()
    _, events, _ = rule_on(Rules(), "1", LoggedSubmission(head["partition"], 0, logged_ms, value), 0, {})
    assert [event.data for event in events] == [
        SubmissionUnreadable(problem="actorrole, actorid, actorhead: no valid actor")
    ]
