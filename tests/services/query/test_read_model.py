"""The read model is a function of the log: however it was read, void records aside, the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable

import psycopg
import pytest

from contracts.dispatches import DeliveryAccepted
from contracts.rulings import SubmissionRejected
from contracts.topics import partition_of
from eventlog.log.log import Hole
from eventlog.log.memory import MemoryLog
from eventlog.log.record import Entry
from services.query.follow.batch import PartitionFolds
from services.query.follow.log_reader import Undecided
from services.query.follow.rebuild import rebuild, roll_back
from services.query.read_model import schemas, writer
from services.query.read_model.position import PLACES, ReadPosition
from services.query.read_model.rows import TABLES, Rows
from tests.services.query.feed import Feed, light, recorded
from tests.services.query.house import caught_up, following, tables, until

pytestmark = pytest.mark.services
P, ITEM = "p-2024", "p-2024/K01"
PART = partition_of(ITEM)


def a_story() -> Feed:
    """Two items through two quarters, one refused report, one repeated notice, void records in between."""
    feed = Feed()
    feed.publish(items=("K01", "K02"))
    first = feed.report(P, "K01")
    feed.rule(first, recorded(first, "2024Q1"), light("2024Q1", "none", "green", first, "Lights 1"), shift=3)
    feed.green(first)
    feed.rule(first, recorded(first, "2024Q1"), shift=0, ahead=-1)
    feed.deadline(P, "K01", "2024Q1", "green", "green")
    raised = feed.deadline(P, "K02", "2024Q1", "none", "yellow")[-1]
    feed.notice(P, "K02", raised)
    feed.dispatch(P, DeliveryAccepted(delivery="void/1", attempt=1), shift=1)
    refused = feed.report(P, "K02", "2024Q2")
    feed.rule(refused, SubmissionRejected(reasons=("period_not_open",)))
    feed.deadline(P, "K02", "2024Q2", "none", "red")
    return feed


async def test_a_rebuilt_read_model_equals_the_one_that_followed_and_takes_its_place(
    postgres: Callable[[], str],
) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        live = await tables(url)
        outcome = await rebuild(MemoryLog(feed.topics), url)
        assert (outcome.exit_code, outcome.compared, outcome.swapped) == (0, True, True), outcome.difference
        assert await tables(url) == live
        assert await tables(url, "query_old") == live
        # and the loop goes on, into the new one
        feed.green(feed.report(P, "K01", "2024Q2"), "2024Q2")
        await caught_up(loop, progress, feed)
        after = await tables(url)
        assert len(after["light"]) == len(live["light"]) + 1
        assert await tables(url, "query_old") == live
        # and back again: what the old one has not seen is followed anew
        await roll_back(url)
        feed.green(feed.report(P, "K01", "2024Q3"), "2024Q3")
        await until(
            lambda: progress.positions[("rulings", PART)].next == feed.topics.end("rulings", PART), "no new row"
        )
        await caught_up(loop, progress, feed)
    assert (await rebuild(MemoryLog(feed.topics), url)).difference is None
    with pytest.raises(Undecided):
        await roll_back(url, "elsewhere")


async def test_batches_cut_at_random_points_give_the_same_rows(postgres: Callable[[], str]) -> None:
    feed, whole, dice = a_story(), Rows(), random.Random(7)
    folds = PartitionFolds(dict.fromkeys(PLACES, ReadPosition()))
    for place in PLACES:
        folds.fold(place, feed.topics.records(*place), whole)
    url = postgres()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schemas.ensure(connection, "query")
        positions = await writer.positions(connection)
        for place in PLACES:
            while positions[place].next < feed.topics.end(*place):
                # A new reader each time: only what was stored is remembered.
                rows, cut = Rows(), PartitionFolds(positions)
                start = positions[place].next
                batch = feed.topics.records(*place)[start : start + dice.randint(1, 5)]
                cut.fold(place, batch, rows)
                if cut.positions[place] == positions[place]:
                    cut.fold(place, feed.topics.records(*place)[start + len(batch) :], rows)
                await writer.commit(connection, positions, {place: cut.positions[place]}, rows)
                positions = await writer.positions(connection)
        assert positions == folds.positions
    outcome = await rebuild(MemoryLog(feed.topics), url)
    assert outcome.difference is None


async def test_void_records_leave_no_row_and_are_counted(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
    found = await tables(url)
    rulings = len(feed.topics.records("submissions", PART))
    assert len([row for row in found["ruling"] if row.startswith(f"({PART},")]) == rulings
    assert len([row for row in found["light"] if "2024Q1,changed,none,green" in row]) == 1
    assert not any("void/1" in row for row in found["delivery"])
    folds = PartitionFolds(progress.positions)
    assert folds.void(("rulings", PART)) == 5
    assert folds.void(("dispatches", partition_of(P))) == 1


async def test_a_batch_that_begins_elsewhere_than_the_read_model_stands_is_dropped_whole(
    postgres: Callable[[], str],
) -> None:
    feed = a_story()
    url = postgres()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schemas.ensure(connection, "query")
        beginning = await writer.positions(connection)
        rows, folds = Rows(), PartitionFolds(beginning)
        for place in PLACES:
            folds.fold(place, feed.topics.records(*place), rows)
        await writer.commit(connection, beginning, folds.positions, rows)
        held = await tables(url)
        with pytest.raises(writer.Overtaken):
            await writer.commit(connection, beginning, folds.positions, rows)
    assert await tables(url) == held


def test_records_seen_before_are_dropped_and_a_hole_takes_nothing_in() -> None:
    feed, rows = a_story(), Rows()
    whole = PartitionFolds(dict.fromkeys(PLACES, ReadPosition()))
    for place in PLACES:
        whole.fold(place, feed.topics.records(*place), rows)
    again, folds = Rows(), PartitionFolds(dict.fromkeys(PLACES, ReadPosition()))
    for place in PLACES:
        records = feed.topics.records(*place)
        for index in range(len(records)):
            # each record comes twice, and the one after the next comes too soon
            folds.fold(place, records[max(0, index - 1) : index + 1], again)
            if index + 2 < len(records):
                before = folds.positions[place]
                with pytest.raises(Hole):
                    folds.fold(place, [records[index + 2]], again)
                assert folds.positions[place] == before
                folds.fold(place, records[before.next : index + 1], again)
    assert (folds.positions, again) == (whole.positions, rows)


async def test_connections_that_break_are_made_anew(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        feed.green(feed.report(P, "K01", "2024Q2"), "2024Q2")
        await caught_up(loop, progress, feed)
        await until(lambda: loop.ready, "not ready again")
    assert (await rebuild(MemoryLog(feed.topics), url)).difference is None


async def test_two_loops_on_one_database_write_every_row_once(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (one, first), following(url, feed) as (two, second):
        for period in ("2024Q2", "2024Q3", "2024Q4"):
            feed.green(feed.report(P, "K01", period), period)
            await caught_up(one, first, feed)
            await caught_up(two, second, feed)
    outcome = await rebuild(MemoryLog(feed.topics), url)
    assert outcome.difference is None


async def test_an_event_of_an_unknown_type_stops_its_partition_and_no_other(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    later = feed.report(P, "K01", "2024Q3")
    base = feed.topics.end("rulings", PART)
    feed.green(later, "2024Q3")
    records = feed.topics.records("rulings", PART)
    known = records[base]
    unknown = (known.value or b"").replace(b"liangdeng.submission.accepted.v1", b"liangdeng.submission.pondered.v1")
    records[base] = known._replace(value=unknown)
    elsewhere = next(f"K{n}" for n in range(3, 40) if partition_of(f"{P}/K{n}") != PART)
    feed.open(P, elsewhere)
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        assert list(loop.stopped) == [("rulings", PART)]
        assert not loop.ready
        assert progress.positions[("rulings", PART)].next == base
        feed.green(feed.report(P, elsewhere))
        await caught_up(loop, progress, feed)
        # upgraded
        records[base] = known
        await until(lambda: not loop.stopped, "the repaired partition was not read on")
        await caught_up(loop, progress, feed)
        assert loop.ready


async def test_a_log_that_was_cut_stops_its_partition_and_resets_nothing(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        held = await tables(url)
        feed.topics.cut("submissions", PART, 1)
        await until(lambda: ("submissions", PART) in loop.stopped, "the cut was not noticed")
        other = next(f"K{n}" for n in range(3, 40) if partition_of(f"{P}/K{n}") != PART)
        feed.open(P, other)
        await caught_up(loop, progress, feed)
        assert await tables(url) != held
        assert not loop.ready
    with pytest.raises(Undecided):
        await rebuild(MemoryLog(feed.topics), url)


async def test_what_postgresql_cannot_hold_stops_its_partition_and_no_other(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    base = feed.topics.end("rulings", PART)
    feed.rule(feed.report(P, "K01", "2024Q3"))
    records = feed.topics.records("rulings", PART)
    records[base] = records[base]._replace(
        value=(records[base].value or b"").replace(b"2024-04-08T01:00:00+00:00", b"some time in April")
    )
    elsewhere = next(f"K{n}" for n in range(3, 40) if partition_of(f"{P}/K{n}") != PART)
    feed.open(P, elsewhere)
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        assert list(loop.stopped) == [("rulings", PART)]


async def test_poison_is_kept_as_unreadable_and_a_nul_character_is_shown_as_a_replacement(
    postgres: Callable[[], str],
) -> None:
    url, feed = postgres(), a_story()
    for value in (b"\xff\xfe", None, b"[1]", b'{"specversion":"1.0"}', b""):
        feed.topics.place("submissions", PART, [Entry(None, value)])
    report = feed.report(P, "K01", narrative="a\0b \\u0000 c")
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
        assert loop.ready
    found = [row for row in (await tables(url))["submission"] if row.startswith(f"({PART},")]
    assert sum(",unreadable," in row for row in found) == 5
    assert any(report.id in row and "a\ufffdb" in row and "u0000" in row for row in found)


async def test_a_differing_live_model_is_told_with_its_first_row_and_left_alone(postgres: Callable[[], str]) -> None:
    url, feed = postgres(), a_story()
    async with following(url, feed) as (loop, progress):
        await caught_up(loop, progress, feed)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("UPDATE query.light SET light = 'green' WHERE light = 'red'")
    outcome = await rebuild(MemoryLog(feed.topics), url)
    assert (outcome.exit_code, outcome.swapped) == (1, False)
    assert outcome.difference is not None
    assert outcome.difference.table == "light"
    assert "green" in (outcome.difference.live or "")
    assert "red" in (outcome.difference.rebuilt or "")
    accepted = await rebuild(MemoryLog(feed.topics), url, accept_difference=True)
    assert (accepted.exit_code, accepted.swapped) == (1, True)
    assert (await rebuild(MemoryLog(feed.topics), url)).exit_code == 0


async def test_tables_of_another_version_are_refused_at_the_start_and_replaced_by_a_rebuild(
    postgres: Callable[[], str],
) -> None:
    url, feed = postgres(), a_story()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schemas.ensure(connection, "query")
        await connection.execute("ALTER TABLE query.light ADD COLUMN brightness text")
        with pytest.raises(schemas.SchemaDrift, match="brightness"):
            await schemas.ensure(connection, "query")
        outcome = await rebuild(MemoryLog(feed.topics), url)
        assert (outcome.compared, outcome.swapped) == (False, True)
        await schemas.ensure(connection, "query")


async def test_a_start_waits_for_nobody_who_writes_and_drops_indexes_that_nothing_asks_for(
    postgres: Callable[[], str],
) -> None:
    url = postgres()
    async with (
        await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
        await psycopg.AsyncConnection.connect(url) as writing,
    ):
        await schemas.ensure(connection, "query")
        made = await _indexes(connection)
        await connection.execute("CREATE INDEX event_naming ON query.event (programme)")
        await schemas.ensure(connection, "query")
        assert await _indexes(connection) == made
        for table in TABLES:
            await writing.execute(f"LOCK TABLE query.{table} IN ROW EXCLUSIVE MODE")
        await connection.execute("SET lock_timeout = '5s'")
        await schemas.ensure(connection, "query")


async def _indexes(connection: psycopg.AsyncConnection) -> list[tuple[str, str]]:
    cursor = await connection.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'query'")
    return sorted(await cursor.fetchall())


async def test_an_index_that_an_earlier_version_did_not_have_is_made_at_the_start(postgres: Callable[[], str]) -> None:
    async with await psycopg.AsyncConnection.connect(postgres(), autocommit=True) as connection:
        await schemas.ensure(connection, "query")
        await connection.execute("DROP INDEX query.holder_leader")
        await schemas.ensure(connection, "query")
        cursor = await connection.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'holder_leader'")
        assert await cursor.fetchone() == (1,)
