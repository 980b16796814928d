"""What was changed among rulings that are compared together is found where it lies, and nothing else is."""

from __future__ import annotations

import json

import pytest

from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.log.memory_topics import MemoryTopics
from eventlog.log.record import Entry
from services.audit.finding import AuditVerdict, FindingKind
from services.audit.replay import replay
from tests.services.rating.running_rating import MemoryReader
from tests.services.rating.test_half_and_half import recorded

ID = b'"application/json","id":"'
"""Before the id of an event, which is in no state."""


def lying(rulings: list[bytes]) -> tuple[MemoryTopics, int]:
    partition, submissions, _ = recorded()
    topics = MemoryTopics()
    topics.place(SUBMISSIONS, partition, [Entry(b"", value) for value in submissions])
    topics.place(RULINGS, partition, [Entry(b"", value) for value in rulings])
    return topics, partition


def cause(value: bytes) -> int:
    return int(json.loads(value)["causeoffset"])


@pytest.mark.parametrize("step", [1, 7, 97])
def test_each_event_that_was_changed_is_told_and_no_other(step: int) -> None:
    _, submissions, rulings = recorded()
    changed = [value if at % step else value.replace(ID, ID + b"x") for at, value in enumerate(rulings)]
    topics, partition = lying(changed)
    found = replay(MemoryReader(topics), MemoryReader(topics), "1")
    causes = sorted({cause(value) for value in changed[::step]})
    assert (found.verdict, found.counts) == (AuditVerdict.CONTRADICTED, {FindingKind.DIFFERENT: len(causes)})
    told = [one.submission_at for one in found.findings]
    assert told == [f"submissions-{partition}@{offset}" for offset in causes][: len(told)]
    assert (found.submissions, found.rulings, found.events) == (len(submissions), len(submissions), len(rulings))


@pytest.mark.parametrize("at", [0, 1, 400, 1100])
def test_void_records_between_rulings_change_nothing(at: int) -> None:
    _, submissions, rulings = recorded()
    begins = next(place for place in range(at, len(rulings)) if json.loads(rulings[place])["ordinal"] == 0)
    with_void = [*rulings[:begins], b"void", rulings[0], *rulings[begins:]]
    moved = [
        value if place < begins + 2 else value.replace(b'"at":"%d"' % (place - 2), b'"at":"%d"' % place, 1)
        for place, value in enumerate(with_void)
    ]
    topics, _ = lying(moved)
    found = replay(MemoryReader(topics), MemoryReader(topics), "1")
    assert (found.verdict, found.void, found.submissions) == (AuditVerdict.PROVED, 2, len(submissions))
