"""Whoever sends something again is answered with the first receipt, among however many keys."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.ruling import RULING_TYPES
from contracts.rulings import SubmissionAccepted
from contracts.submission import Submission, encode_submission, new_submission
from contracts.submissions import ProgressReported
from contracts.topics import RULINGS, SUBMISSIONS, partition_of
from contracts.values import Actor
from eventlog.at.at_rule import Counted, CountedAnswer
from eventlog.log.memory import MemoryLog
from eventlog.log.record import Record
from services.intake.submitting.used_keys import KeyReused, UsedKeys

SUBJECT = "441602-2024/K01"
PARTITION = partition_of(SUBJECT)
ACCEPTED = RULING_TYPES.types[SubmissionAccepted]
NOW = datetime(2024, 4, 1, tzinfo=UTC)


def sent(key: str, claim: str = "in_progress") -> Submission:
    data = ProgressReported(period="2024Q1", claim=claim)  # type: ignore[arg-type]
    return new_submission("1", Actor(role="unit", id="p", unit="u"), key, SUBJECT, data, NOW)


async def ruled(log: MemoryLog, used: UsedKeys, submission: Submission) -> int:
    """Append it and take in that it was accepted; where it lies."""
    at = await log.append(SUBMISSIONS, PARTITION, SUBJECT.encode(), [encode_submission(submission)])
    verdict = {"type": ACCEPTED, "causeid": submission.id, "data": {}}
    record = Record(RULINGS, PARTITION, at, 0, SUBJECT.encode(), b"", ())
    used.note(PARTITION, CountedAnswer(at, (Counted(record, verdict),)))
    return at


async def test_every_key_that_was_used_is_known_and_no_other() -> None:
    log = MemoryLog()
    used = UsedKeys(log)
    places = {key: await ruled(log, used, sent(key)) for key in (f"k{number}" for number in range(200))}
    for key, at in places.items():
        first = await used.first(sent(key))
        assert first is not None
        assert (first.receipt.offset, first.receipt.repeated) == (at, True)
    assert [key for key in (f"n{number}" for number in range(2000)) if await used.first(sent(key))] == []


async def test_a_key_that_said_something_else_is_refused() -> None:
    log = MemoryLog()
    used = UsedKeys(log)
    await ruled(log, used, sent("k"))
    with pytest.raises(KeyReused):
        await used.first(sent("k", "completed"))


@pytest.mark.parametrize("spelled", ["{}", "urn:uuid:{}", "{{{}}}", "noted in capitals"])
async def test_an_id_is_the_same_however_it_is_spelled(spelled: str) -> None:
    log = MemoryLog()
    used = UsedKeys(log)
    await ruled(log, used, sent("k"))
    id_ = sent("k").id
    assert await used.named(id_.upper() if "capitals" in spelled else spelled.format(id_)) is not None


@pytest.mark.parametrize("other", ["", "unreadable", "zz" * 16, "ab cd" * 6 + "ab", "\ud800"])
async def test_what_is_no_id_of_ours_is_known_only_if_it_was_noted(other: str) -> None:
    used = UsedKeys(MemoryLog())
    assert await used.named(other) is None


async def test_of_two_rulings_on_a_key_the_first_stays_however_many_are_noted_between_them() -> None:
    log = MemoryLog()
    used = UsedKeys(log)
    first = await ruled(log, used, sent("k"))
    for number in range(600):
        await ruled(log, used, sent(f"k{number}"))
    await ruled(log, used, sent("k"))
    found = await used.first(sent("k"))
    assert found is not None
    assert found.receipt.offset == first
