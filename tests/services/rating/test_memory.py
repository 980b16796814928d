"""What an owner has in memory is the fold of what counts, whatever it decided ahead of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contracts.envelope import UnknownType
from contracts.rulings import ProgressRecorded
from contracts.submission import Submission
from contracts.submissions import RectificationReported
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule
from eventlog.log.memory import AppendFault, MemoryLog
from eventlog.log.quarantine import Quarantine
from eventlog.log.record import Record
from services.rating.alarm import Alarm
from services.rating.app import Rating
from services.rating.metrics import RatingMetrics
from services.rating.partition_handler import RatingHandler
from services.rating.rules.draft import Event
from services.rating.rules.envelope import LoggedSubmission, Rules, cause_of, evolve_states, identities, rule_on
from services.rating.rules.state.state import State
from tests.services.rating.acts import LOG, OFFICE, PUBLISHED, UNIT, assigned, at, report, subjects, submitted, until
from tests.services.rating.running_rating import RunningRating


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


def test_a_record_that_an_earlier_version_could_not_read_is_no_cut_of_the_log() -> None:
    subject = subjects(3)[0]
    value = submitted(subject, report("2024Q1"), UNIT, "k", at("2024-04-09 10:00"))
    logged = LoggedSubmission(3, 0, 0, value)
    read, unread = cause_of(LOG, logged), cause_of(LOG, logged._replace(value=value[:-1]))
    assert {(read.id, read.digest)} < set(identities(LOG, logged))
    assert (unread.id, unread.digest) in identities(LOG, logged._replace(value=value[:-1]))
    assert (unread.id, unread.digest) not in identities(LOG, logged), "the digest covers every byte"
    assert len({id_ for id_, _ in identities(LOG, logged)}) == 2


def held_by(rating: Rating, partition: int) -> dict[str, State]:
    """The states that an instance has in memory."""
    answering = rating.owner._owners[partition]._backlog.handler  # type: ignore[union-attr]
    assert isinstance(answering, RatingHandler)
    return answering.states


def folded(running: RunningRating, partition: int) -> dict[str, State]:
    """The states as the log has them."""
    states: dict[str, State] = {}
    for event in running.events(partition=partition):
        evolve_states(Rules(), states, event)
    return states


def an_hour_later_for(subject: str) -> Rules:
    """Another version of the rules: an item's reports are recorded with another time, in as many events."""
    good = Rules()

    def decide(state: Any, submission: Submission, logged_at: datetime) -> list[Event]:
        told = good.decide(state, submission, logged_at)
        if submission.subject != subject:
            return told
        return [
            e._replace(data=replace(e.data, received_at=e.data.received_at + timedelta(hours=1)))
            if isinstance(e.data, ProgressRecorded)
            else e
            for e in told
        ]

    return Rules(decide=decide, version="of tomorrow")


async def test_an_owner_that_lost_to_another_version_of_the_rules_goes_on_with_what_counts(
    running: RunningRating,
) -> None:
    subject = subjects(3)[0]
    log = MemoryLog(running.topics)
    slow = await running.start(3, log=log)
    await running.open(subject)
    await running.ruled()
    log.fail_next(RULINGS, AppendFault.HELD)
    await running.say(subject, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await log.held()
    other = await running.start(3, rules=an_hour_later_for(subject))
    await running.ruled()
    log.release()
    await until(lambda: running.void() > 0, "the late batch on the log")
    await until(lambda: held_by(slow, 3) == held_by(other, 3) == folded(running, 3), "the same states everywhere")
    assert running.events(subject)[-1].rules == "of tomorrow"


def test_what_was_decided_ahead_of_a_stranger_s_ruling_is_not_taken_over(tmp_path: Path) -> None:
    subject = subjects(3)[0]
    values = [
        submitted(subject, assigned(), OFFICE, "open", PUBLISHED),
        submitted(subject, report("2024Q1"), UNIT, "first", at("2024-04-09 10:00")),
        submitted(subject, RectificationReported(), UNIT, "second", at("2024-04-09 11:00")),
    ]
    records = [Record(SUBMISSIONS, 3, offset, 0, None, value) for offset, value in enumerate(values)]
    first, second = answers(tmp_path, Rules()), answers(tmp_path, an_hour_later_for(subject))
    for one in (first, second):
        one.begin(records)
    mine = [entry.value for record in records for entry in first.answer(record, {0: 0, 1: 2, 2: 4}[record.offset])]
    theirs = [entry.value for record in records for entry in second.answer(record, {0: 0, 1: 2, 2: 4}[record.offset])]
    assert len(mine) == len(theirs)
    assert [a == b for a, b in zip(mine, theirs, strict=True)].count(False) >= 1
    theirs[-1] = mine[-1]
    records = [Record(RULINGS, 3, offset, 0, None, value) for offset, value in enumerate(theirs)]
    first.fold(AtRule().fold(records))
    again = answers(tmp_path, Rules())
    again.fold(AtRule().fold(records))
    assert first.states == again.states


def test_a_question_that_was_read_ahead_is_answered_as_it_lies_in_its_turn(tmp_path: Path) -> None:
    subject, other = subjects(3, 2)
    opened, another = (submitted(one, assigned(), OFFICE, "open", PUBLISHED) for one in (subject, other))
    unknown = opened.replace(b"item.assigned", b"item.unheard_of")
    first, second, third = (Record(SUBMISSIONS, 3, 0, 0, None, value) for value in (opened, another, unknown))
    one = answers(tmp_path, Rules(reads_back=False))
    fresh = [answers(tmp_path, Rules(reads_back=False)).answer(record, 0) for record in (first, second)]
    assert fresh[0] != fresh[1]
    one.begin([first, third._replace(offset=1)])
    assert one.answer(first, 0) == fresh[0]
    with pytest.raises(UnknownType):
        one.answer(third._replace(offset=1), 2)
    one.begin([first])
    assert one.answer(second, 0) == fresh[1]
    one.begin([first])
    one.begin([second])
    assert one.answer(second, 0) == fresh[1]
    one.begin([])
    assert one.answer(first, 0) == fresh[0]


def answers(folder: Path, rules: Rules) -> RatingHandler:
    """The answers of partition 3, with nothing folded yet."""
    return RatingHandler(
        3,
        LOG,
        rules=rules,
        alarm=Alarm(LOG, driven=True, margin=timedelta(0)),
        tally=RatingMetrics(dict).tally(3),
        quarantine=Quarantine(folder),
    )


def test_a_ruling_on_the_wrong_partition_is_not_folded_into_its_subject() -> None:
    elsewhere = subjects(4)[0]
    logged = LoggedSubmission(3, 0, 0, submitted(elsewhere, assigned(), OFFICE, "open", PUBLISHED))
    (event,) = rule_on(Rules(), LOG, logged, 0, {}).events
    states: dict[str, State] = {}
    assert not evolve_states(Rules(), states, event)
    assert states == {}
