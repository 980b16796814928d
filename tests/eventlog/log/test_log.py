"""What every log must do, in memory as on Kafka."""

from __future__ import annotations

import asyncio
import time

import pytest

from eventlog.log.log import AppendUnknown, BatchTooLarge, Follower, LogCut, LogError, LogUnavailable, LogUnreadable
from eventlog.log.record import Entry
from tests.eventlog.conftest import Bench, read

PLACE = ("rulings", 2)


async def test_a_batch_is_answered_with_the_offset_of_its_first_record(bench: Bench) -> None:
    assert await bench.log.append(*PLACE, b"k", [b"0", b"1", b"2"]) == 0
    assert await bench.log.append(*PLACE, b"k", [b"3"]) == 3
    assert (await bench.log.start(*PLACE), await bench.log.end(*PLACE)) == (0, 4)
    assert await bench.log.end("rulings", 1) == 0
    assert await bench.log.end("submissions", 2) == 0


async def test_records_come_back_as_they_were_with_the_logs_own_time(bench: Bench) -> None:
    entries = [
        Entry(b"key", b"value", [("name", b"\xff\xfe"), ("name", b"")]),
        Entry(None, b""),
        Entry(b"only a key", None),
        Entry(None, "亮灯".encode()),
    ]
    before = int(time.time() * 1000) - 1000
    await bench.log.append_entries(*PLACE, entries)
    async with bench.log.follow({PLACE: 0}) as follower:
        records = await read(follower, PLACE, 4)
    assert [Entry(record.key, record.value, list(record.headers)) for record in records] == [
        Entry(entry.key, entry.value, list(entry.headers)) for entry in entries
    ]
    assert [(record.topic, record.partition, record.offset) for record in records] == [(*PLACE, n) for n in range(4)]
    assert len({record.timestamp_ms for record in records}) == 1
    assert before <= records[0].timestamp_ms <= before + 60_000
    assert str(records[3]) == "rulings-2@3"


async def test_batches_of_several_writers_lie_in_one_piece_where_they_were_answered(bench: Bench) -> None:
    async def write(log: int, number: int) -> tuple[int, list[bytes]]:
        values = [f"{log} {number} {index}".encode() for index in range(1 + number % 5)]
        return await logs[log].append(*PLACE, b"k", values), values

    logs = [bench.log, bench.client(), bench.client()]
    answers = await asyncio.gather(*(write(log, number) for number in range(30) for log in range(3)))
    end = await bench.log.end(*PLACE)
    async with bench.log.follow({PLACE: 0}) as follower:
        lying = [record.value for record in await read(follower, PLACE, end)]
    assert sum(len(values) for _, values in answers) == end
    for base, values in answers:
        assert lying[base : base + len(values)] == values


async def test_an_empty_batch_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="empty"):
        await bench.log.append(*PLACE, b"k", [])


async def test_an_oversized_batch_is_refused_unsent_and_the_next_small_one_passes(bench: Bench) -> None:
    assert await bench.log.append(*PLACE, b"k", [b"before"]) == 0
    with pytest.raises(BatchTooLarge):
        await bench.log.append(*PLACE, b"k", [b"x" * 450_000, b"y" * 450_000])
    with pytest.raises(BatchTooLarge):
        await bench.log.append(*PLACE, b"k", [b"x" * 900_000])
    assert await bench.log.append(*PLACE, b"k", [b"x" * 440_000, b"y" * 440_000]) == 1
    assert await bench.log.end(*PLACE) == 3


async def test_appending_to_an_unknown_partition_is_unknown_and_harms_no_other(bench: Bench) -> None:
    with pytest.raises(AppendUnknown):
        await bench.log.append("rulings", 99, b"k", [b"nowhere"])
    assert await bench.log.append(*PLACE, b"k", [b"somewhere"]) == 0


async def test_an_append_whose_caller_was_cancelled_is_finished(bench: Bench) -> None:
    await bench.log.append(*PLACE, b"k", [b"0"])
    appending = asyncio.create_task(bench.log.append(*PLACE, b"k", [b"1"]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    assert await bench.log.append(*PLACE, b"k", [b"2"]) == 2


async def test_a_closed_log_appends_nothing(bench: Bench) -> None:
    client = bench.client()
    await client.append(*PLACE, b"k", [b"0"])
    await client.close()
    with pytest.raises(AppendUnknown):
        await client.append(*PLACE, b"k", [b"1"])
    assert await bench.log.end(*PLACE) == 1


async def test_a_follower_starts_at_its_positions_and_nowhere_else(bench: Bench) -> None:
    other = ("submissions", 0)
    await bench.log.append(*PLACE, b"k", [b"0", b"1", b"2"])
    await bench.log.append(*other, b"k", [b"a", b"b"])
    await bench.log.append("rulings", 3, b"k", [b"not followed"])
    found: dict[tuple[str, int], list[bytes | None]] = {}
    async with bench.log.follow({PLACE: 2, other: 0}) as follower:
        deadline = time.monotonic() + 60
        while sum(map(len, found.values())) < 3 and time.monotonic() < deadline:
            for place, records in (await follower.poll(0.2)).items():
                found.setdefault(place, []).extend(record.value for record in records)
        assert await follower.poll(0.2) == {}
    assert found == {PLACE: [b"2"], other: [b"a", b"b"]}


async def test_a_follower_at_the_end_gets_what_is_appended_afterwards(bench: Bench) -> None:
    await bench.log.append(*PLACE, b"k", [b"0", b"1"])
    async with bench.log.follow({PLACE: 2}) as follower:
        assert await follower.poll(0.2) == {}
        assert follower.end(*PLACE) == 2
        polling = asyncio.create_task(read(follower, PLACE, 1))
        await bench.log.append(*PLACE, b"k", [b"2"])
        assert [record.offset for record in await polling] == [2]
        assert follower.end(*PLACE) == 3


async def test_a_follower_can_be_sent_back_and_forth(bench: Bench) -> None:
    await bench.log.append(*PLACE, b"k", [b"%d" % number for number in range(10)])
    async with bench.log.follow({PLACE: 8}) as follower:
        assert [record.offset for record in await read(follower, PLACE, 2)] == [8, 9]
        follower.seek(*PLACE, 0)
        assert [record.offset for record in await read(follower, PLACE, 10)] == list(range(10))
        follower.seek(*PLACE, 5)
        assert (await read(follower, PLACE, 5))[0].offset == 5


async def test_a_poll_gives_at_most_as_many_records_as_asked_for_and_loses_none(bench: Bench) -> None:
    for partition in (0, 1):
        await bench.log.append("rulings", partition, b"k", [b"%d" % number for number in range(7)])
    found: dict[tuple[str, int], list[int]] = {}
    async with bench.log.follow({("rulings", 0): 0, ("rulings", 1): 0}) as follower:
        deadline = time.monotonic() + 60
        while sum(map(len, found.values())) < 14 and time.monotonic() < deadline:
            polled = await follower.poll(0.2, max_records=3)
            assert sum(map(len, polled.values())) <= 3
            for place, records in polled.items():
                found.setdefault(place, []).extend(record.offset for record in records)
    assert found == {("rulings", 0): list(range(7)), ("rulings", 1): list(range(7))}


@pytest.mark.parametrize("position", [4, 1_000_000])
async def test_a_position_beyond_the_end_means_that_the_log_was_cut(bench: Bench, position: int) -> None:
    await bench.log.append(*PLACE, b"k", [b"0", b"1", b"2"])
    async with bench.log.follow({PLACE: position}) as follower:
        with pytest.raises(LogCut):
            await read(follower, PLACE, 1)
    async with bench.log.follow({PLACE: 0}) as follower:
        follower.seek(*PLACE, position)
        with pytest.raises(LogCut, match=f"rulings-2@{position}") as cut:
            await read(follower, PLACE, 1)
    assert (cut.value.place, cut.value.offset) == (PLACE, position)


async def test_a_position_before_the_start_means_that_the_log_was_cut(bench: Bench) -> None:
    await bench.log.append(*PLACE, b"k", [b"0", b"1", b"2"])
    async with bench.log.follow({PLACE: 0}) as follower:
        await read(follower, PLACE, 3)
        await bench.trim(*PLACE, 2)
        assert (await bench.log.start(*PLACE), await bench.log.end(*PLACE)) == (2, 3)
        follower.seek(*PLACE, 1)
        with pytest.raises(LogCut):
            await read(follower, PLACE, 1)
    async with bench.log.follow({PLACE: 2}) as follower:
        assert (await read(follower, PLACE, 1))[0].value == b"2"


async def test_a_record_that_cannot_be_decoded_is_named_again_and_again_and_never_skipped(bench: Bench) -> None:
    await bench.log.append(*PLACE, b"k", [b"0", b"1"])
    assert await bench.spoil(*PLACE) == 2
    await bench.log.append(*PLACE, b"k", [b"3"])
    async with bench.log.follow({PLACE: 0}) as follower:
        assert [record.offset for record in await read(follower, PLACE, 2)] == [0, 1]
        for _ in range(2):
            with pytest.raises(LogUnreadable, match="rulings-2@2") as spoilt:
                await read(follower, PLACE, 1)
            assert (spoilt.value.place, spoilt.value.offset) == (PLACE, 2)
        follower.seek(*PLACE, 3)
        assert (await read(follower, PLACE, 1))[0].value == b"3"


async def trouble(follower: Follower, found: dict[tuple[str, int], list[int]]) -> LogError:
    """Poll, adding the offsets that come to `found`, until a partition is in trouble."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            polled = await follower.poll(0.2)
        except LogError as error:
            return error
        for place, records in polled.items():
            found.setdefault(place, []).extend(record.offset for record in records)
    raise AssertionError("no partition was in trouble")


async def test_partitions_in_trouble_cost_the_others_no_record(bench: Bench) -> None:
    sound, cut, spoilt = ("rulings", 0), ("rulings", 1), ("rulings", 2)
    for place in (sound, cut, spoilt):
        await bench.log.append(*place, b"k", [b"%d" % number for number in range(5)])
    await bench.spoil(*spoilt)
    found: dict[tuple[str, int], list[int]] = {}
    async with bench.log.follow({sound: 0, cut: 9, spoilt: 0}) as follower:
        for _ in range(2):
            error = await trouble(follower, found)
            assert error.place in (cut, spoilt)
            follower.drop(*error.place)
        await bench.log.append(*sound, b"k", [b"5"])
        found.setdefault(sound, []).extend(
            record.offset for record in await read(follower, sound, 6 - len(found.get(sound, [])))
        )
        assert await follower.poll(0.1) == {}
        assert follower.end(*cut) is None
    assert found == {sound: [0, 1, 2, 3, 4, 5], spoilt: [0, 1, 2, 3, 4]}


async def test_a_topic_that_is_gone_takes_no_other_with_it(bench: Bench) -> None:
    there, gone = ("rulings", 0), ("submissions", 0)
    await bench.log.append(*there, b"k", [b"0"])
    await bench.log.append(*gone, b"k", [b"0"])
    async with bench.log.follow({there: 0, gone: 1}) as follower:
        await read(follower, there, 1)
        await bench.remove("submissions")
        error = await trouble(follower, {})
        assert isinstance(error, LogUnavailable)
        assert (error.place, error.offset) == (gone, 1)
        follower.drop(*gone)
        await bench.log.append(*there, b"k", [b"1"])
        assert (await read(follower, there, 1))[0].offset == 1
    async with bench.log.follow({there: 1, gone: 1}) as follower:
        found: dict[tuple[str, int], list[int]] = {}
        error = await trouble(follower, found)
        assert isinstance(error, LogUnavailable)
        assert error.place == gone
        follower.drop(*gone)
        assert found or (await read(follower, there, 1))[0].offset == 1
        follower.drop(*there)
        assert await follower.poll(0.05) == {}
