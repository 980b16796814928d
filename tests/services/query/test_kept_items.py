"""What is kept of items never shows: an answer is what a fold of all rows in its snapshot gives."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from bench.recorded import Partition, record
from eventlog.clock import clock_from, set_driven
from eventlog.log.memory import MemoryLog
from eventlog.log.record import Entry
from programmes.programme_file import load_programme
from sandbox.year.plan import ENDS_AT, plan
from sandbox.year.simulated_year import SMALL
from services.query.answers.explanations import kept_sentences
from services.query.answers.kept_items import KeptItems
from services.query.answers.request_view import RequestViews
from services.query.follow.rebuild import rebuild
from services.query.read_model.as_of import AsOf, parse_as_of
from services.query.read_model.counts import StandingCounts
from services.query.read_model.pools import reading_pool
from services.query.read_model.snapshot import Snapshot, Snapshots
from supervision.words import Word
from tests.services.query.feed import Feed, light
from tests.services.query.house import House, caught_up, following, house
from web.position_tokens import PositionTokens
from web.request_limits import Places

pytestmark = pytest.mark.services
P = "p-2024"
PORTIONS = 5
ASKED = 40
"""Questions after each portion, of some thousands."""
_TOKEN = re.compile(r'~[\w-]{20,}|"request_id":"\w+"')
"""A sealed position, of which no two are alike, and the name of a request."""
DAYS = ("", "2024-05-15", "2024-07-12", "2024-10-20")


def a_year() -> Mapping[int, Partition]:
    """The recorded year of two programmes of one jurisdiction: of a hundred and some submissions each."""
    small = load_programme(SMALL, simulated=True)
    both = [small, small.model_copy(update={"programme": small.programme.replace("2024", "2023")})]
    return record([(one, plan(one, one.programme)) for one in both]).partitions


def questions(dice: random.Random) -> list[tuple[str, str]]:
    """Addresses, each with who asks."""
    small = load_programme(SMALL)
    of = f"/programmes/{small.programme}"
    units = sorted({item.lead_unit for item in small.items})
    items = [item.id for item in small.items]
    paths = ["/", "/desk", "/inbox", of, f"{of}?view=wall", f"{of}/escalations?state=all", f"{of}/evaluation"]
    paths += [f"/v1{of}{answer}" for answer in ("", "/lights", "/items", "/evaluation", "/escalations", "/errata")]
    paths += [f"{of}/units/{unit}" for unit in units] + [f"{of}/units/{unit}/evaluation" for unit in units]
    paths += [f"{of}/items/{item}" for item in items] + [f"/v1{of}/items/{item}" for item in items]
    askers = ["", "office", "chief", "auditor", f"leader:{small.items[0].leader}", *(f"unit:{unit}" for unit in units)]
    every = [
        (f"{path}{'&' if '?' in path else '?'}as_of={day}" if day else path, who)
        for path, who, day in itertools.product(paths, askers, DAYS)
    ]
    return [*((path, who) for path in ("/", of, f"{of}/evaluation") for who in askers), *dice.sample(every, ASKED)]


async def asked(house: House, path: str, who: str) -> tuple[int, str]:
    """The answer, whatever it is."""
    accepted = "application/json" if path.startswith("/v1") else "text/html"
    answer = await house.client.get(path, headers={"Accept": accepted, **house.headers(who)})
    return answer.status_code, _TOKEN.sub("~", answer.text)


def from_scratch(built: House) -> RequestViews:
    """Views that keep nothing yet."""
    state, nobody_waits = built.app.state, Places(Word("", ""), 1, 1)
    tokens = PositionTokens(state.settings.position_key.get_secret_value())
    return RequestViews(state.reader, state.progress, tokens, clock_from(state.settings.clock), nobody_waits)


async def test_every_answer_is_what_a_fold_of_all_rows_gives(postgres: Callable[[], str], tmp_path: Path) -> None:
    partitions, dice, feed, url = a_year(), random.Random(13), Feed(), postgres()
    set_driven(tmp_path / "clock", ENDS_AT)
    counts, given = StandingCounts(), dict.fromkeys(partitions, 0)
    async with house(url, feed, tmp_path, clock=str(tmp_path / "clock")) as built:
        kept = built.app.state.request_views
        for portion in range(1, PORTIONS + 1):
            for number, partition in partitions.items():
                until = (
                    len(partition.submissions)
                    if portion == PORTIONS
                    else dice.randint(given[number], len(partition.submissions) * portion // PORTIONS + 1)
                )
                place(feed, number, partition, given[number], until)
                given[number] = max(given[number], until)
            await built.settled()
            for path, who in questions(dice):
                built.app.state.request_views = kept
                first = await asked(built, path, who)
                built.app.state.request_views = from_scratch(built)
                again = await asked(built, path, who)
                assert again == first, (portion, who, path)
            async with built.app.state.reader.connection() as connection:
                await counts.look(connection)
                fresh = StandingCounts()
                await fresh.look(connection)
            assert (counts.lights, counts.messages) == (fresh.lights, fresh.messages)
            assert counts.lights == await coloured(url)


def place(feed: Feed, number: int, partition: Partition, since: int, until: int) -> None:
    """Append so many more submissions and the rulings on them."""
    for submission, ruling in zip(partition.submissions[since:until], partition.answers[since:until], strict=True):
        feed.topics.place("submissions", number, [Entry(b"", submission)])
        feed.topics.place("rulings", number, [Entry(b"", value) for value in ruling])


async def coloured(url: str) -> dict[str, int]:
    """How many lights have a colour, by the latest row of each."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "SELECT light, count(*) FROM (SELECT DISTINCT ON (programme, item, period) light FROM query.light "
            "WHERE kind = 'changed' ORDER BY programme, item, period, pos DESC) l WHERE light <> 'none' GROUP BY light"
        )
        return dict(await cursor.fetchall())


@asynccontextmanager
async def snapshots(url: str) -> AsyncIterator[Snapshots]:
    """Snapshots of the read model there."""
    async with reading_pool(url, "query", 4) as pool:
        yield Snapshots(pool)


async def test_an_older_snapshot_is_answered_as_it_was_though_a_newer_one_has_asked(
    postgres: Callable[[], str],
) -> None:
    url, feed, kept = postgres(), Feed(), kept_sentences()
    feed.publish(P, items=("K01", "K02"))
    async with following(url, feed) as (loop, progress), snapshots(url) as opened:
        await caught_up(loop, progress, feed)
        async with opened.open() as before:
            none = (await kept.of(before, P))["K01"]["2024Q1"].full
            feed.green(feed.report(P, "K01"))
            await caught_up(loop, progress, feed)
            async with opened.open() as after:
                green = (await kept.of(after, P))["K01"]["2024Q1"].full
                assert "绿灯" in green.zh
                assert (await kept.of(before, P))["K01"]["2024Q1"].full == none != green
                assert (await kept.of(after, P))["K01"]["2024Q1"].full == green
        async with opened.open(parse_as_of("2024-04-01")) as earlier:
            assert (await kept.of(earlier, P))["K01"]["2024Q1"].full == none


class Folded:
    """A fold that notes what it was asked for."""

    def __init__(self, most: int) -> None:
        self.asked: list[tuple[str, Sequence[str] | None]] = []
        self.kept: KeptItems[int, Mapping[str, int]] = KeptItems(self._fold, lambda _, found: found, most)

    async def _fold(self, seen: Snapshot, programme: str, some: Sequence[str] | None) -> Mapping[str, int]:
        self.asked.append((programme, some))
        return {one.item: len(one.title) for one in await seen.items(programme, some)}


async def test_only_what_changed_is_folded_again_and_the_programmes_asked_for_last_are_kept(
    postgres: Callable[[], str],
) -> None:
    url, feed, folded = postgres(), Feed(), Folded(most=6)
    for programme in ("a-2024", "b-2024", "c-2024"):
        feed.publish(programme, items=("K01", "K02"))
    async with following(url, feed) as (loop, progress), snapshots(url) as opened:
        await caught_up(loop, progress, feed)

        async def of(programme: str, as_of: AsOf | None = None) -> Mapping[str, int]:
            async with opened.open(as_of) as seen:
                return await folded.kept.of(seen, programme)

        assert await of("a-2024") == await of("a-2024")
        report = feed.report("a-2024", "K02")
        feed.rule(report, light("2024Q1", "none", "green", report, "Lights 1"))
        await caught_up(loop, progress, feed)
        await of("a-2024")
        assert folded.asked == [("a-2024", None), ("a-2024", ["K02"])], "once whole, then the item that changed"
        await of("b-2024")
        await of("a-2024")
        await of("c-2024")
        await of("a-2024")
        await of("b-2024")
        assert folded.asked[2:] == [("b-2024", None), ("c-2024", None), ("b-2024", None)], "the least recent goes first"


async def test_after_a_rebuild_nothing_of_before_is_shown(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed, url = Feed(), postgres()
    feed.publish(P)
    async with house(url, feed, tmp_path) as built:
        assert "重点工作督查方案" in await built.page("/")
        assert "区农业农村局" in await built.page(f"/programmes/{P}")
        outcome = await rebuild(MemoryLog(feed.topics), url)
        assert outcome.swapped
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            # As if this version's projection wrote other rows for the same records.
            await connection.execute("UPDATE query.programme SET title = '改写后的方案'")
            await connection.execute('UPDATE query.event SET data = data || \'{"classification": "internal"}\'')
            await connection.execute("UPDATE query.item SET classification = 'internal'")
        assert "改写后的方案" in await built.page("/")
        assert "区农业农村局" not in (await built.page(f"/programmes/{P}")).split("<main")[1]
