"""Waits and streams of one visitor and of all have places; the public asks by the day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from tests.services.query.feed import Feed
from tests.services.query.house import House, house, until

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    feed = Feed()
    feed.publish()
    async with house(postgres(), feed, tmp_path_factory.mktemp("limits")) as built:
        yield built


async def test_of_400_waits_of_one_account_20_wait_and_the_others_are_told_to_come_again(told: House) -> None:
    path, office = "/v1/progress?min_position=submissions-0@999999&timeout=3", told.headers("office")
    waits = [asyncio.create_task(told.client.get(path, headers=office)) for _ in range(400)]
    answers = await asyncio.gather(*waits)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(504), statuses.count(429)) == (20, 380)
    assert all(answer.headers["retry-after"] for answer in answers)
    assert max(len(answer.content) for answer in answers) <= 64 * 1024
    assert await told.get("/v1/programmes", "unit:nongye"), "another account is answered"


async def test_all_together_have_no_more_streams_than_there_are_places(told: House) -> None:
    streams = told.app.state.streams
    with streams.place("somebody"):
        assert streams.held == 1
    await until(lambda: streams.held == 0, "a place is not given back")


@pytest.mark.parametrize("as_of", ["2024-07-10T12:00:00%2B08:00", "2024-07-10T12:00:00.000001%2B08:00"])
async def test_the_public_asks_by_the_day(told: House, as_of: str) -> None:
    await told.get(f"/v1/programmes?as_of={as_of}", status=400)
    await told.get("/v1/programmes?as_of=2024-07-10")
    await told.get(f"/v1/programmes?as_of={as_of}", "office")
