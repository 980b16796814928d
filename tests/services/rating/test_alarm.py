"""The alarm announces what has passed: once, in order, never early; a driven clock only what is simulated."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contracts.submission import decode_submission
from contracts.submissions import DeadlinePassed
from contracts.topics import SUBMISSIONS
from eventlog.log.memory import AppendFault, MemoryLog
from services.audit.finding import AuditVerdict
from services.rating.alarm import ALARM, Alarm
from services.rating.rules.envelope import LoggedSubmission, Rules, rule_on
from services.rating.rules.state.state import State
from tests.services.rating.acts import LOG, OFFICE, PUBLISHED, UNIT, assigned, at, report, subjects, submitted, until
from tests.services.rating.running_rating import RunningRating, status

SUBJECT, NEIGHBOUR = subjects(3, 2)
DUE = at("2024-04-11 00:00")
GRACE = timedelta(minutes=10)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningRating]:
    running = RunningRating(tmp_path)
    yield running
    await running.close()


def alarm(period: str, due_at: datetime, received_at: datetime) -> bytes:
    """An announcement as an owner writes it."""
    return submitted(SUBJECT, DeadlinePassed(kind="report", ref=period, due_at=due_at), ALARM, period, received_at)


def announced(running: RunningRating) -> list[tuple[str, str, datetime]]:
    """What the alarm has put on partition 3."""
    records = [decode_submission(record.value) for record in running.topics.records(SUBMISSIONS, 3)]
    return [(r.data.kind, r.data.ref, r.data.due_at) for r in records if isinstance(r.data, DeadlinePassed)]


async def test_a_deadline_is_announced_when_the_grace_has_passed_and_not_a_moment_before(
    running: RunningRating,
) -> None:
    await running.start(3)
    await running.open(SUBJECT)
    await running.live_until(DUE + GRACE - timedelta(seconds=1))
    assert running.settlements(SUBJECT) == []
    await running.live_until(DUE + GRACE)
    assert running.settlements(SUBJECT) == ["2024Q1"]
    assert announced(running).count(("report", "2024Q1", DUE)) == 1
    settled = next(event for event in running.events(SUBJECT) if "settled" in event.type)
    assert settled.time == DUE, "dated by the deadline, however late it is announced"


async def test_an_early_alarm_is_refused_and_the_deadline_announced_in_time_all_the_same(
    running: RunningRating,
) -> None:
    await running.start(3)
    await running.open(SUBJECT)
    await running.put(SUBJECT, alarm("2024Q1", DUE, DUE - timedelta(days=1)))
    await running.ruled()
    assert running.verdicts(SUBJECT)[-1] == "rejected not_due"
    await running.live_until(DUE + GRACE)
    assert running.settlements(SUBJECT) == ["2024Q1"]
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_a_double_alarm_is_repeated_and_settles_once(running: RunningRating) -> None:
    await running.start(3)
    await running.open(SUBJECT)
    await running.live_until(DUE + GRACE)
    await running.put(SUBJECT, alarm("2024Q1", DUE, DUE + GRACE), alarm("2024Q1", DUE, DUE + GRACE))
    await running.ruled()
    assert running.verdicts(SUBJECT)[-2:] == ["repeated", "repeated"]
    assert running.settlements(SUBJECT) == ["2024Q1"]
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_two_owners_that_both_announce_settle_once(running: RunningRating) -> None:
    for _ in range(2):
        await running.start(3)
    await running.open(SUBJECT, NEIGHBOUR)
    await running.ruled()
    running.clock.set(DUE + GRACE)
    await until(lambda: running.settlements(SUBJECT) and running.settlements(NEIGHBOUR), "both settlements")
    await running.ruled()
    assert running.settlements(SUBJECT) == running.settlements(NEIGHBOUR) == ["2024Q1"]
    assert running.audit().verdict is AuditVerdict.PROVED


async def test_the_alarm_of_a_stopped_owner_that_arrives_late_changes_nothing(running: RunningRating) -> None:
    log = MemoryLog(running.topics)
    await running.start(3, log=log)
    await running.open(SUBJECT)
    await running.say(SUBJECT, report("2024Q2"), UNIT, at("2024-04-02 10:00"))
    await running.live_until(at("2024-04-10 23:59"))
    log.fail_next(SUBMISSIONS, AppendFault.HELD)
    running.clock.set(DUE + GRACE)
    await log.held()
    await running.start(3)
    await running.live_until(at("2024-07-11 00:10"))
    before = running.lights(SUBJECT)
    count = len(announced(running))
    log.release()
    await until(lambda: len(announced(running)) > count, "the late alarm on the log")
    await running.ruled()
    assert running.verdicts(SUBJECT)[-1] == "repeated"
    assert running.lights(SUBJECT) == before == {"2024Q1": "yellow", "2024Q2": "green"}
    assert running.settlements(SUBJECT) == ["2024Q1", "2024Q2"]


@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.UNANSWERED])
async def test_an_announcement_without_an_answer_is_made_again_until_the_state_shows_it(
    running: RunningRating, fault: AppendFault
) -> None:
    log = MemoryLog(running.topics)
    await running.start(3, log=log)
    await running.open(SUBJECT)
    await running.live_until(DUE)
    log.fail_next(SUBMISSIONS, fault, fault)
    await running.live_until(DUE + GRACE)
    assert running.settlements(SUBJECT) == ["2024Q1"]


async def test_a_quiet_partition_whose_owners_all_restart_still_lets_its_deadline_pass(running: RunningRating) -> None:
    await running.start()
    await running.open(SUBJECT)
    await running.ruled()
    await running.close()
    await running.start()
    await running.live_until(DUE + GRACE)
    assert running.settlements(SUBJECT) == ["2024Q1"]


async def test_a_report_received_in_time_is_never_overtaken_by_its_deadline(tmp_path: Path) -> None:
    running = RunningRating(tmp_path, simulated=False)
    running.topics.clock = running.clock
    await running.start(3, margin_seconds=0.0)
    await running.open(SUBJECT)
    await running.ruled()
    running.clock.set(DUE + GRACE - timedelta(seconds=1))
    await running.say(SUBJECT, report("2024Q1"), UNIT, DUE - timedelta(seconds=1))
    await running.live_until(DUE + GRACE)
    assert running.lights(SUBJECT) == {"2024Q1": "green"}
    await running.close()


async def test_a_real_alarm_waits_for_the_margin_before_it_announces(tmp_path: Path) -> None:
    running = RunningRating(tmp_path, simulated=False)
    running.topics.clock = running.clock
    rating = await running.start(3, margin_seconds=2.0)
    await running.open(SUBJECT)
    await running.ruled()
    running.clock.set(DUE + GRACE + timedelta(seconds=1))
    await until(lambda: status(rating, 3).announced_until == running.clock.now(), "a look at the clock")
    assert running.settlements(SUBJECT) == []
    assert rating.announced_until(3) == DUE + GRACE - timedelta(seconds=1)
    running.clock.set(DUE + GRACE + timedelta(seconds=2))
    await until(lambda: running.settlements(SUBJECT) == ["2024Q1"], "the settlement")
    await running.close()


async def test_a_driven_clock_announces_nothing_on_a_partition_that_holds_a_real_item(running: RunningRating) -> None:
    rating = await running.start(3)
    await running.open(SUBJECT)
    await running.put(NEIGHBOUR, submitted(NEIGHBOUR, assigned(simulated=False), OFFICE, "real", PUBLISHED))
    await running.ruled()
    running.clock.set(DUE + GRACE)
    await until(lambda: not rating.ready, "readiness turning red")
    assert "not simulated" in (status(rating, 3).alarm_problem or "")
    assert announced(running) == []


async def test_many_deadlines_at_one_instant_are_announced_in_few_batches(running: RunningRating) -> None:
    items = subjects(3, 300)
    rating = await running.start(3)
    await running.open(*items)
    await running.ruled()
    await running.live_until(at("2024-04-10 23:59"))
    before = running.topics.end(SUBMISSIONS, 3)
    batches = MemoryLog.append_entries
    seen: list[int] = []

    async def counted(log: MemoryLog, topic: str, partition: int, entries: object) -> int:
        if topic == SUBMISSIONS:
            seen.append(len(entries))  # type: ignore[arg-type]
        return await batches(log, topic, partition, entries)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryLog, "append_entries", counted)
        await running.live_until(DUE + GRACE)
    assert running.topics.end(SUBMISSIONS, 3) - before == 300
    assert len(seen) <= 2
    assert rating.ready


async def test_an_announcement_is_the_same_event_whoever_makes_it(running: RunningRating) -> None:
    await running.open(SUBJECT)
    states: dict[str, State] = {}
    for record in running.topics.records(SUBMISSIONS, 3):
        ruled = rule_on(Rules(), LOG, LoggedSubmission(3, record.offset, record.timestamp_ms, record.value), 0, states)
        states[SUBJECT] = ruled.state or State(SUBJECT)
    made = []
    for now in (DUE + GRACE, DUE + 2 * GRACE):
        alarm_ = Alarm(LOG, driven=True, margin=timedelta(0))
        alarm_.changed(SUBJECT)
        made.append([decode_submission(entry.value) for entry in alarm_.entries(now, states)])
    first, second = made
    assert [(s.id, s.digest) for s in first] == [(s.id, s.digest) for s in second] != []
    assert [s.received_at for s in first] != [s.received_at for s in second]
