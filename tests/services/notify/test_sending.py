"""From rulings to mailboxes over a real SMTP server: every notice once, no mail lost, doubled only where marked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contracts.dispatches import DeliveryClaimed
from contracts.envelope import canonical
from contracts.position_vector import NextOffsets
from contracts.topics import DISPATCHES, PARTITIONS, RULINGS, partition_of
from eventlog.log.memory import MAX_BATCH_BYTES, AppendFault, MemoryLog
from eventlog.owner.assignment import FixedAssignment
from sandbox.mail.mail_store import body
from sandbox.mail.smtp_server import Rejection
from services.notify.delivery.channels.channel import Lease, Message
from services.notify.delivery.outcome import Accepted, Capability, SendOutcome, Unsent
from services.notify.dispatch.issue import issue
from services.notify.dispatch.redrive import NotUndelivered, redrive_on
from services.notify.notices.gatherer import Gatherer
from tests.services.notify.running_notify import (
    DIRECTORY,
    NINE,
    PROGRAMME,
    SETTLED,
    Stage,
    dead,
    dispatched,
    issued,
    kill,
    kinds,
    mailbox,
    notify_on,
    policy,
    raised,
    reminder,
    running,
    until,
)

PLACE = partition_of(PROGRAMME)
ITEMS = ("k-001", "k-002", "k-003")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A log with a programme of three items, and a mail server."""
    async with mailbox(tmp_path) as mail:
        made = Stage(mail, tmp_path)
        await made.rulings.opened(*ITEMS)
        yield made


async def one_rectification(stage: Stage) -> None:
    """One notice to two recipients."""
    await stage.rulings.rule(f"{PROGRAMME}/k-001", raised())


def nothing_lost(stage: Stage, originals: int, copies: int) -> None:
    counts = stage.mail.counts()
    assert all(sum(one.values()) for one in counts.values())
    assert all(one["originals"] <= 1 for one in counts.values()), "an original came twice"
    assert (stage.mail.originals, stage.mail.copies) == (originals, copies)


async def test_every_recipient_gets_one_mail_and_every_claim_an_outcome(stage: Stage) -> None:
    await one_rectification(stage)
    await stage.rulings.rule(f"{PROGRAMME}/k-002", reminder())
    async with running(stage.notify()) as notify:
        await until(lambda: stage.mail.originals == 3 and notify.idle, "three mails")
        assert notify.reasons() == []
    nothing_lost(stage, originals=3, copies=0)
    assert kinds(stage.topics) == {"NoticeIssued": 2, "DeliveryClaimed": 3, "DeliveryAccepted": 3}
    assert {one.recipient for one in stage.mail.store.listed()} == {"nongye@units.test", "leader-1@leaders.test"}
    assert "@" not in "".join(n.text + n.document for n in issued(stage.topics)).replace("@media", "")


async def test_a_restart_issues_and_sends_nothing_again(stage: Stage) -> None:
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: stage.mail.originals == 2 and notify.idle, "two mails")
    before = dispatched(stage.topics)
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and notify.reasons() == [], "caught up")
        await asyncio.sleep(0.2)
    assert dispatched(stage.topics) == before
    nothing_lost(stage, originals=2, copies=0)


async def test_a_mail_says_what_it_is_in_both_forms_under_a_message_id_of_its_own(stage: Stage) -> None:
    await one_rectification(stage)
    async with running(stage.notify()):
        await until(lambda: stage.mail.originals == 2, "two mails")
    (notice,) = issued(stage.topics)
    for mail in stage.mail.store.listed():
        raw = stage.mail.store.raw(mail.id)
        assert mail.subject == "【模拟数据】源督整〔2024〕1号 督查整改通知书：高标准农田提升改造8000亩"
        assert body(raw, "html") == notice.document
        text = body(raw, "plain")
        assert text is not None
        assert text.replace("\r\n", "\n") == notice.text
        assert mail.sender == "ducha@office.test"
    assert len(stage.mail.counts()) == 2


async def test_numbers_have_no_gap_and_follow_the_order_of_business_time(stage: Stage) -> None:
    for number, item in enumerate(ITEMS, start=1):
        for day in range(4):
            time = SETTLED + timedelta(days=day, hours=number)
            await stage.rulings.rule(f"{PROGRAMME}/{item}", reminder(), raised(day + 1), time=time)
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and len(issued(stage.topics)) == 24, "24 notices")
    for kind, word in (("reminder", "督催"), ("rectification", "督整")):
        told = [one for one in issued(stage.topics) if one.kind == kind]
        assert [one.number for one in told] == [f"源{word}〔2024〕{n}号" for n in range(1, 13)]
        assert [one.issued_at for one in told] == sorted(one.issued_at for one in told)


async def test_two_programmes_on_one_partition_count_for_themselves(stage: Stage) -> None:
    other = next(f"9{n}-2024" for n in range(1000) if partition_of(f"9{n}-2024") == PLACE)
    await stage.rulings.opened("k-001", programme=other)
    for programme in (PROGRAMME, other, PROGRAMME):
        await stage.rulings.rule(f"{programme}/k-001", reminder())
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and len(issued(stage.topics)) == 3, "three notices")
    numbers = {(one.subject, one.data.number) for one in dispatched(stage.topics) if hasattr(one.data, "number")}
    assert numbers == {
        (PROGRAMME, "源督催〔2024〕1号"),
        (PROGRAMME, "源督催〔2024〕2号"),
        (other, "源督催〔2024〕1号"),
    }


async def test_two_instances_that_own_everything_issue_every_notice_once_and_send_every_mail_once(
    stage: Stage,
) -> None:
    async with running(stage.notify()) as one, running(stage.notify()) as two:
        for round_ in range(5):
            for item in ITEMS:
                await stage.rulings.rule(f"{PROGRAMME}/{item}", raised(round_ + 1), reminder())
        await until(lambda: one.idle and two.idle and stage.mail.originals == 45, "45 mails")
        races = sum(
            worker.guarded.lost_races for notify in (one, two) for worker in notify.workers.by_partition.values()
        )
    assert races > 0, "the two never met"
    told = issued(stage.topics)
    assert len({one.causes for one in told}) == len(told) == 30
    numbers = [one.number for one in told if one.kind == "rectification"]
    assert numbers == [f"源督整〔2024〕{n}号" for n in range(1, 16)]
    nothing_lost(stage, originals=45, copies=0)


@pytest.mark.parametrize(
    ("faults", "originals", "copies"),
    [
        pytest.param([AppendFault.CRASH_BEFORE], 2, 0, id="before the notice"),
        pytest.param([AppendFault.CRASH_AFTER], 2, 0, id="after the notice"),
        pytest.param([None, AppendFault.CRASH_BEFORE], 2, 0, id="before the claims"),
        pytest.param([None, AppendFault.CRASH_AFTER], 0, 2, id="after the claims, before the send"),
        pytest.param([None, None, AppendFault.CRASH_BEFORE], 2, None, id="after the send, before the outcome"),
        pytest.param([None, None, AppendFault.CRASH_AFTER], 2, None, id="after an outcome"),
    ],
)
async def test_a_crash_loses_no_mail_and_doubles_only_with_a_mark(
    stage: Stage, faults: list[AppendFault | None], originals: int, copies: int | None
) -> None:
    await one_rectification(stage)
    doomed = MemoryLog(stage.topics)
    plan_faults(doomed, faults)
    notify = stage.notify(doomed)
    await notify.start()
    await until(lambda: dead(notify), "the crash")
    await kill(notify)
    async with running(stage.notify()) as second:
        await until(lambda: len(stage.mail.counts()) == 2 and second.idle, "two deliveries")
    if copies is None:
        copies = stage.mail.copies
        assert copies <= 2
    nothing_lost(stage, originals=originals, copies=copies)
    assert len(issued(stage.topics)) == 1
    marked = [one for one in stage.mail.store.listed() if one.copy]
    for one in marked:
        assert "【重发 COPY】" in one.subject
        assert "Marked copy" in (body(stage.mail.store.raw(one.id), "plain") or "")


def plan_faults(log: MemoryLog, faults: list[AppendFault | None]) -> None:
    """Have the n-th append to dispatches struck by the n-th fault; None: it goes well."""
    whole = log.append_entries
    planned = list(faults)

    async def append(topic: str, partition: int, entries):  # type: ignore[no-untyped-def]
        if topic == DISPATCHES and planned and (fault := planned.pop(0)) is not None:
            log.fail_next(topic, fault)
        return await whole(topic, partition, entries)

    log.append_entries = append  # type: ignore[method-assign]


async def test_a_sender_that_stood_still_with_its_claims_in_hand_sends_nothing_afterwards(stage: Stage) -> None:
    await one_rectification(stage)
    frozen = MemoryLog(stage.topics)
    plan_faults(frozen, [None, AppendFault.HELD])
    async with running(stage.notify(frozen)) as first:
        await frozen.held()
        async with running(stage.notify()) as second:
            await until(lambda: stage.mail.originals == 2 and second.idle, "two mails by the other")
            frozen.release()
            await until(lambda: first.idle, "the first to see it")
    nothing_lost(stage, originals=2, copies=0)


@pytest.mark.parametrize("fault", [AppendFault.LOST, AppendFault.UNANSWERED, AppendFault.ZOMBIE])
async def test_an_append_without_an_answer_sends_no_mail_twice_and_loses_none(stage: Stage, fault: AppendFault) -> None:
    await one_rectification(stage)
    log = MemoryLog(stage.topics)
    plan_faults(log, [fault, None, fault, None, fault, None, fault])
    async with running(stage.notify(log)) as notify:
        await until(lambda: stage.mail.originals == 2 and notify.idle, "two mails")
        log.land()
        await one_rectification(stage)
        await until(lambda: stage.mail.originals == 4 and notify.idle, "two more")
    assert len(issued(stage.topics)) == 2
    nothing_lost(stage, originals=4, copies=0)


async def test_a_lost_answer_after_data_gives_one_more_copy_that_is_marked(stage: Stage) -> None:
    stage.mail.smtp.faults.answers_dropped = 1
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: stage.mail.copies == 1 and notify.idle, "the copy")
    nothing_lost(stage, originals=2, copies=1)


async def test_a_policy_that_holds_sends_no_copy_until_the_office_drives_it_again(tmp_path: Path) -> None:
    async with mailbox(tmp_path) as mail:
        stage = Stage(mail, tmp_path)
        await stage.rulings.opened("k-001", policy=policy(blind_channel="hold"))
        mail.smtp.faults.answers_dropped = 1
        await stage.rulings.rule(f"{PROGRAMME}/k-001", reminder())
        async with running(stage.notify()) as notify:
            await until(lambda: kinds(stage.topics)["DeliveryUnknown"], "the doubt")
            await until(lambda: notify.idle, "idle")
            (held,) = notify.workers.by_partition[PLACE].ledger.deliveries.values()
            assert held.status == "held"
            assert mail.copies == 0
            await redrive_on(MemoryLog(stage.topics), "test", PROGRAMME, held.id, "the unit has nothing")
            await until(lambda: mail.copies == 1 and notify.idle, "the copy")
        nothing_lost(stage, originals=1, copies=1)


async def test_a_refusal_for_now_is_tried_again_and_sent_unmarked(stage: Stage) -> None:
    stage.mail.smtp.faults.rejections = [Rejection("nongye@units.test", 451, times=2)]
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: stage.mail.originals == 2 and notify.idle, "two mails")
    nothing_lost(stage, originals=2, copies=0)
    assert kinds(stage.topics)["DeliveryFailed"] == 2


async def test_a_refusal_for_good_is_abandoned_at_once_listed_and_driven_again(stage: Stage) -> None:
    stage.mail.smtp.faults.rejections = [Rejection("nongye@units.test", 550)]
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryAbandoned"] == 1 and notify.idle, "abandoned")
        (left,) = notify.workers.by_partition[PLACE].ledger.deliveries.values()
        assert (left.status, left.tries) == ("abandoned", 1)
        assert left.reason == "550 refused by the sandbox <address>"
        stage.mail.smtp.faults.rejections = []
        log = MemoryLog(stage.topics)
        await redrive_on(log, "test", PROGRAMME, left.id, "mailbox opened")
        await until(lambda: stage.mail.originals == 2 and notify.idle, "delivered after all")
        with pytest.raises(NotUndelivered):
            await redrive_on(log, "test", PROGRAMME, left.id, "again")
    nothing_lost(stage, originals=2, copies=0)


async def test_the_last_try_is_the_last(stage: Stage) -> None:
    stage.mail.smtp.faults.rejections = [Rejection("nongye@units.test", 451)]
    await one_rectification(stage)
    async with running(stage.notify(max_tries=3)) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryAbandoned"] == 1 and notify.idle, "abandoned")
    assert kinds(stage.topics)["DeliveryFailed"] == 3


async def test_who_is_in_no_directory_is_listed_and_reached_once_the_directory_knows_them(stage: Stage) -> None:
    place = stage.folder / "directory.yaml"
    place.write_text("contacts: {office: ducha@office.test}")
    await stage.rulings.rule(f"{PROGRAMME}/k-001", reminder())
    async with running(stage.notify()) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryAbandoned"] == 1 and notify.idle, "abandoned")
        (left,) = notify.workers.by_partition[PLACE].ledger.deliveries.values()
        assert left.reason == "nobody in the directory has an address for this"
        assert stage.mail.store.count() == 0


async def test_an_address_that_changes_is_used_from_the_next_try_on(stage: Stage) -> None:
    stage.mail.smtp.faults.rejections = [Rejection("nongye@units.test", 451)]
    await one_rectification(stage)
    async with running(stage.notify(max_tries=20)) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryFailed"] > 1, "refusals")
        (stage.folder / "directory.yaml").write_text(DIRECTORY.replace('"{id}@units.test"', '"{id}@moved.test"'))
        await until(lambda: notify.idle, "delivered")
    assert {one.recipient for one in stage.mail.store.listed()} == {"nongye@moved.test", "leader-1@leaders.test"}


async def test_a_relay_that_is_down_costs_time_and_no_mail(stage: Stage) -> None:
    stage.mail.smtp.faults.closed = True
    for number in range(10):
        await stage.rulings.rule(f"{PROGRAMME}/k-001", raised(number + 1))
    async with running(stage.notify()) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryFailed"] > 4, "failures")
        assert notify.senders["mail"].in_trouble
        stage.mail.smtp.faults.closed = False
        await until(lambda: stage.mail.originals == 20 and notify.idle, "all mails")
    nothing_lost(stage, originals=20, copies=0)


async def test_nothing_leaves_after_the_lease_of_its_claim(stage: Stage) -> None:
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and stage.mail.originals == 2, "two mails")
        channel = notify.senders["mail"].channel
        message = Message(id="p", delivery="d", notice=issued(stage.topics)[0], address="late@units.test")
        late = await channel.send(message, Lease.after(-0.001))
        assert isinstance(late, Unsent)
    assert stage.mail.store.listed("late@units.test") == []


async def test_a_claim_that_runs_out_while_it_waits_for_its_turn_is_claimed_anew_and_sent_once(stage: Stage) -> None:
    stage.mail.smtp.faults.delay_seconds = 0.4
    for number in range(5):
        await stage.rulings.rule(f"{PROGRAMME}/k-001", reminder(days=number + 1))
    async with running(stage.notify(smtp_concurrency=1, lease=1)) as notify:
        await until(lambda: notify.idle and stage.mail.originals >= 5, "five mails")
        assert notify.senders["mail"].tries["unsent"] > 0
    nothing_lost(stage, originals=5, copies=stage.mail.copies)


async def test_an_outage_of_the_relay_counts_as_no_try_and_abandons_nothing(stage: Stage) -> None:
    stage.mail.smtp.faults.closed = True
    await one_rectification(stage)
    async with running(stage.notify(max_tries=1)) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryFailed"] > 2, "failures")
        stage.mail.smtp.faults.closed = False
        await until(lambda: stage.mail.originals == 2 and notify.idle, "all mails")
    assert kinds(stage.topics)["DeliveryAbandoned"] == 0
    nothing_lost(stage, originals=2, copies=0)


async def test_a_stop_takes_back_what_was_claimed_and_not_begun_so_that_nothing_is_doubted(stage: Stage) -> None:
    stage.mail.smtp.faults.delay_seconds = 0.3
    for number in range(20):
        await stage.rulings.rule(f"{PROGRAMME}/k-001", reminder(days=number + 1))
    async with running(stage.notify(smtp_concurrency=1, lease=60)):
        await until(lambda: kinds(stage.topics)["DeliveryClaimed"] == 20, "claims")
    assert kinds(stage.topics)["DeliveryFailed"] > 15
    stage.mail.smtp.faults.delay_seconds = 0
    async with running(stage.notify()) as notify:
        await until(lambda: stage.mail.originals == 20 and notify.idle, "20 mails")
    nothing_lost(stage, originals=20, copies=0)


async def test_nothing_is_issued_while_less_was_gathered_than_for_an_earlier_notice(stage: Stage) -> None:
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and issued(stage.topics), "a notice")
        await stage.rulings.rule(f"{PROGRAMME}/k-002", reminder())
        ledger, context = notify.workers.by_partition[PLACE].ledger, notify.workers._context
        ledger.gathered = NextOffsets({(RULINGS, 0): 10**6})
        await until(lambda: notify.gatherer.due[PLACE], "the reminder to be gathered")
        assert list(issue(context, PLACE, ledger)) == []
        ledger.gathered = NextOffsets()
        assert len(list(issue(context, PLACE, ledger))) == 1


class CountingChannel:
    """A channel that counts; idempotent, so nothing is ever marked."""

    capability: Capability = "idempotent"

    def __init__(self, name: str, seconds: float = 0.0) -> None:
        self.name = name
        self.sent: list[str] = []
        self._seconds = seconds

    async def send(self, message: Message, lease: Lease) -> SendOutcome:
        await asyncio.sleep(self._seconds)
        assert lease.left > 0
        self.sent.append(message.delivery)
        return Accepted()

    async def close(self) -> None:
        pass


async def test_a_slow_channel_never_holds_up_another(stage: Stage) -> None:
    (stage.folder / "directory.yaml").write_text('contacts: {"unit:*": [{id: a, webhook: x, wecom: y}]}')
    slow, fast = CountingChannel("wecom", seconds=60), CountingChannel("webhook")
    notify = notify_on(MemoryLog(stage.topics), stage.settings(lease=120, stop_seconds=0.1), slow, fast)
    async with running(notify):
        for number in range(300):
            await stage.rulings.rule(f"{PROGRAMME}/k-001", reminder(days=number + 1))
        await until(lambda: len(fast.sent) == 300, "what the fast channel sends")
        assert slow.sent == []
        assert notify.senders["wecom"].under_way > 0


async def test_an_instance_that_loses_its_partitions_still_brings_in_the_outcomes_of_its_claims(stage: Stage) -> None:
    stage.mail.smtp.faults.delay_seconds = 0.5
    await one_rectification(stage)
    assignment = FixedAssignment(range(PARTITIONS))
    notify = notify_on(MemoryLog(stage.topics), stage.settings(lease=60), assignment=assignment)
    async with running(notify):
        await until(lambda: kinds(stage.topics)["DeliveryClaimed"] == 2, "claims")
        assignment.give([])
        await until(lambda: kinds(stage.topics)["DeliveryAccepted"] == 2, "outcomes")
        await until(lambda: not notify.workers.by_partition, "its workers to end")
    nothing_lost(stage, originals=2, copies=0)


async def test_a_worker_that_starts_over_still_brings_in_the_outcomes_of_what_it_sent(stage: Stage) -> None:
    stage.mail.smtp.faults.delay_seconds = 0.3
    await one_rectification(stage)
    log = MemoryLog(stage.topics)
    async with running(stage.notify(log, lease=60)) as notify:
        await until(lambda: kinds(stage.topics)["DeliveryClaimed"] == 2, "claims")
        log.max_batch_bytes = 1
        await until(lambda: any("BatchTooLarge" in reason for reason in notify.reasons()), "a batch that fails")
        log.max_batch_bytes = MAX_BATCH_BYTES
        await until(lambda: kinds(stage.topics)["DeliveryAccepted"] == 2, "outcomes")
        assert notify.reasons() == []
    nothing_lost(stage, originals=2, copies=0)


async def test_a_notice_wakes_the_worker_of_its_programmes_partition_and_no_other(stage: Stage) -> None:
    gatherer = Gatherer(MemoryLog(stage.topics))
    workers = [gatherer.news[partition] for partition in range(PARTITIONS)]
    gathering = asyncio.create_task(gatherer.run())
    await until(lambda: gatherer.caught_up, "the gatherer to catch up")
    assert all(news.is_set() for news in workers)
    for news in workers:
        news.clear()
    await one_rectification(stage)
    await until(lambda: gatherer.due[PLACE], "the notice to be gathered")
    assert [partition for partition, news in enumerate(workers) if news.is_set()] == [PLACE]
    gathering.cancel()


async def test_no_claim_is_resolved_by_another_before_until(stage: Stage) -> None:
    await one_rectification(stage)
    doomed = MemoryLog(stage.topics)
    plan_faults(doomed, [None, AppendFault.CRASH_AFTER])
    notify = stage.notify(doomed, lease=2)
    await notify.start()
    await until(lambda: dead(notify), "the crash")
    await kill(notify)
    async with running(stage.notify()) as second:
        await until(lambda: second.idle and stage.mail.copies == 2, "two copies")
    told = dispatched(stage.topics)
    untils = {one.data.delivery: one.data.until for one in reversed(told) if isinstance(one.data, DeliveryClaimed)}
    doubts = [one for one in told if type(one.data).__name__ == "DeliveryUnknown"]
    assert len(doubts) == 2
    for one in doubts:
        assert one.time >= untils[one.data.delivery]  # type: ignore[union-attr]


async def test_each_notice_is_the_first_of_all_that_were_due_up_to_what_was_gathered(stage: Stage) -> None:
    async with running(stage.notify()) as notify:
        for hour in range(12):
            for item in ITEMS:
                time = SETTLED + timedelta(hours=(hour * 7) % 12)
                await stage.rulings.rule(f"{PROGRAMME}/{item}", reminder(days=hour + 1), time=time)
            await asyncio.sleep(0.02)
        await until(lambda: notify.idle and len(issued(stage.topics)) == 36, "36 notices")
        causes = due_by_cause(stage)
    told = [one.causes[0] for one in issued(stage.topics)]
    for index, notice in enumerate(issued(stage.topics)):
        waiting = [
            cause
            for cause, (_, where) in causes.items()
            if within(where, notice.gathered) and cause not in told[:index]
        ]
        assert min(waiting, key=lambda cause: causes[cause][0]) == notice.causes[0]


def due_by_cause(stage: Stage) -> dict[str, tuple[tuple[datetime, int, int, int], tuple[int, int]]]:
    """Every reminder's order and place, read from the log on its own."""
    from contracts.ruling import decode_ruling  # noqa: PLC0415

    found = {}
    for partition in range(PARTITIONS):
        latest = NINE
        for record in stage.topics.records(RULINGS, partition):
            event = decode_ruling(record.value, partition)
            latest = max(latest, event.time)
            if type(event.data).__name__ == "ReminderDue":
                order = (latest, partition, event.causeoffset, event.ordinal)
                found[event.id] = (order, (partition, record.offset))
    return found


def within(where: tuple[int, int], vector: str) -> bool:
    positions = dict(part.removeprefix("rulings-").split("@") for part in vector.split(","))
    return where[1] < int(positions.get(str(where[0]), 0))


async def test_void_rulings_are_told_to_nobody(stage: Stage) -> None:
    place = partition_of(f"{PROGRAMME}/k-001")
    stray = canonical({"at": "9999", "causeoffset": "0", "ordinal": 0, "of": 1, "type": "x"})
    await MemoryLog(stage.topics).append(RULINGS, place, None, [stray])
    await one_rectification(stage)
    async with running(stage.notify()) as notify:
        await until(lambda: notify.idle and stage.mail.originals == 2, "two mails")
        assert notify.gatherer.counting[place].void == 1


async def test_a_ruling_of_a_newer_version_stops_its_partition_aloud_and_no_other(stage: Stage) -> None:
    subject = f"{PROGRAMME}/k-001"
    place, other = partition_of(subject), f"{PROGRAMME}/k-002"
    assert place != partition_of(other)
    log = MemoryLog(stage.topics)
    at = await log.end(RULINGS, place)
    newer = canonical(
        {
            "specversion": "1.0",
            "id": "x",
            "source": "//liangdeng/test/rating",
            "type": "liangdeng.sun.risen.v1",
            "subject": subject,
            "time": SETTLED.isoformat(),
            "at": str(at),
            "causeoffset": str(stage.rulings._next[place]),
            "ordinal": 0,
            "of": 1,
            "data": {},
        }
    )
    await log.append(RULINGS, place, None, [newer])
    async with running(stage.notify()) as notify:
        where = f"rulings-{place}@{at}: "
        await until(lambda: any(reason.startswith(where) for reason in notify.reasons()), "the reason")
        await stage.rulings.rule(other, reminder())
        await until(lambda: stage.mail.originals == 1, "the other partition's mail")
        assert [reason.startswith(where) for reason in notify.reasons()] == [True]
    assert f"rulings-{place}@{at}" in issued(stage.topics)[0].gathered or at == 0
