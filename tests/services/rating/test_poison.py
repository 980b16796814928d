"""What cannot be ruled on by the rules is ruled on as such, or waits; nothing is ever skipped."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from contracts.rulings import SubmissionUnreadable
from contracts.submission import Submission
from contracts.submissions import DeadlinePassed
from eventlog.log.quarantine import Quarantine
from services.audit.finding import AuditVerdict
from services.rating.alarm import ALARM
from services.rating.rules.draft import Event
from services.rating.rules.envelope import Rules
from tests.services.rating.acts import LOG, OFFICE, PUBLISHED, UNIT, assigned, at, report, subjects, submitted, until
from tests.services.rating.running_rating import RunningRating, status

SUBJECT, NEIGHBOUR = subjects(3, 2)
RECEIVED = at("2024-04-09 10:00")


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


def changed(**attributes: Any) -> bytes:
    """A good submission with some attributes of its envelope exchanged."""
    return orjson.dumps({**orjson.loads(submitted(SUBJECT, report("2024Q1"), UNIT, "k", RECEIVED)), **attributes})


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "no value"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b"{}", "specversion"),
        (changed(data={"period": "2024Q9", "received_at": RECEIVED.isoformat()}), "period"),
        (changed(actorrole="king"), "no valid actor"),
        (changed(digest="0" * 64), "digest"),
        (submitted(SUBJECT, report("2024Q1"), UNIT, "k", RECEIVED, log="another"), "of log another"),
    ],
)
async def test_what_cannot_be_read_is_ruled_unreadable_kept_and_passed(
    running: RunningRating, tmp_path: Path, value: bytes | None, problem: str
) -> None:
    await running.start()
    await running.open(SUBJECT)
    offset = await running.put(SUBJECT, value)
    await running.say(SUBJECT, report("2024Q1"), UNIT, RECEIVED)
    await running.ruled()
    assert running.verdicts(partition=3) == ["accepted"] * 3 + ["unreadable", "accepted"]
    (unreadable,) = (e.data for e in running.events(partition=3) if isinstance(e.data, SubmissionUnreadable))
    assert problem in unreadable.problem
    (kept,) = Quarantine(tmp_path / "quarantine").kept()
    assert (kept.offset, Quarantine(tmp_path / "quarantine").value(kept)) == (offset, value)
    assert running.lights(SUBJECT) == {"2024Q1": "green"}
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_a_quarantine_that_cannot_be_written_holds_nobody_up(running: RunningRating, tmp_path: Path) -> None:
    (tmp_path / "quarantine").write_text("no folder")
    await running.start()
    await running.put(SUBJECT, b"garbage")
    await running.ruled()
    assert running.verdicts(partition=3) == ["unreadable"]


async def test_a_record_on_the_wrong_partition_is_refused_and_leaves_no_trace_in_its_subject(
    running: RunningRating,
) -> None:
    await running.start()
    await running.put(SUBJECT, submitted(SUBJECT, assigned(), OFFICE, "k", PUBLISHED), partition=4)
    await running.ruled()
    assert running.verdicts(partition=4) == ["rejected wrong_partition"]
    await running.open(SUBJECT)
    await running.ruled()
    assert running.verdicts(SUBJECT) == ["accepted"] * 3
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_a_submission_beyond_the_limit_is_refused_as_too_large(running: RunningRating) -> None:
    await running.start()
    await running.open(SUBJECT)
    value = submitted(SUBJECT, report("2024Q1"), UNIT, "k", RECEIVED)
    await running.put(SUBJECT, value + b" " * 65_536)
    await running.ruled()
    assert running.verdicts(SUBJECT)[-1] == "rejected too_large"


async def test_an_oversized_ruling_becomes_a_refusal_and_the_next_small_one_passes(running: RunningRating) -> None:
    good = Rules()

    def verbose(state: Any, submission: Submission, logged_at: datetime) -> list[Event]:
        events = good.decide(state, submission, logged_at)
        return events * 3000 if submission.id == large else events

    subject = subjects(3)[0]
    value = submitted(subject, report("2024Q1"), UNIT, "large", RECEIVED)
    large = orjson.loads(value)["id"]
    rules = Rules(decide=verbose)
    await running.start(rules=rules)
    await running.open(subject)
    await running.put(subject, value)
    await running.say(subject, report("2024Q1"), UNIT, RECEIVED)
    await running.ruled()
    assert running.verdicts(subject) == ["accepted"] * 3 + ["rejected too_large", "accepted"]
    assert running.audit(rules).verdict is AuditVerdict.PROVED


async def test_an_unknown_type_makes_its_partition_wait_and_no_other(running: RunningRating) -> None:
    rating = await running.start()
    await running.open(SUBJECT)
    await running.put(SUBJECT, changed(type="liangdeng.weather.changed.v1"))
    await running.say(SUBJECT, report("2024Q1"), UNIT, RECEIVED)
    elsewhere = subjects(5)[0]
    await running.open(elsewhere)
    await until(lambda: status(rating, 3).defects > 1, "the wait, and another try")
    await until(lambda: len(running.verdicts(elsewhere)) == 3, "the rulings of another partition")
    assert running.verdicts(SUBJECT) == ["accepted"] * 3, "nothing behind it is ruled on"
    assert not rating.ready
    assert "liangdeng.weather.changed.v1" in (status(rating, 3).problem or "")
    assert running.audit().verdict is AuditVerdict.UNDECIDED


async def test_an_alarm_that_a_person_gives_is_refused(running: RunningRating) -> None:
    await running.start()
    await running.open(SUBJECT)
    alarm = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-11 00:00"))
    await running.say(SUBJECT, alarm, UNIT, at("2024-03-25 00:00"))
    await running.ruled()
    assert running.verdicts(SUBJECT)[-1].startswith("rejected wrong_role")
    assert running.settlements(SUBJECT) == []


async def test_an_alarm_that_another_service_wrote_is_refused(running: RunningRating) -> None:
    await running.start()
    await running.open(SUBJECT)
    due = DeadlinePassed(kind="report", ref="2024Q1", due_at=at("2024-04-11 00:00"))
    value = orjson.loads(submitted(SUBJECT, due, ALARM, "k", at("2024-04-12 00:00")))
    await running.put(SUBJECT, orjson.dumps({**value, "source": f"//liangdeng/{LOG}/intake"}))
    await running.ruled()
    assert running.verdicts(SUBJECT)[-1] == "rejected wrong_role"
    assert running.settlements(SUBJECT) == []
    assert running.audit().verdict is AuditVerdict.PROVED
