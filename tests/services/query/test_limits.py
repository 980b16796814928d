"""Waits and streams of one visitor and of all have places; the public asks by the day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from embedded.child_process import LOOPBACK, free_port
from tests.services.query.feed import Feed
from tests.services.query.house import House, house, until
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    feed = Feed()
    feed.publish()
    async with house(postgres(), feed, tmp_path_factory.mktemp("limits")) as built:
        yield built


async def test_of_400_waits_of_one_account_20_wait_and_the_others_are_told_to_come_again(told: House) -> None:
    path, office = "/v1/progress?min_position=submissions-0@999999&timeout=8", told.headers("office")
    waits = [asyncio.create_task(told.client.get(path, headers=office)) for _ in range(400)]
    answers = await asyncio.gather(*waits)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(504), statuses.count(429)) == (20, 380)
    assert all(answer.headers["retry-after"] for answer in answers)
    assert max(len(answer.content) for answer in answers) <= 64 * 1024
    assert await told.get("/v1/programmes", "unit:nongye"), "another account is answered"


async def test_of_400_streams_of_one_account_20_are_open_and_a_place_comes_back_when_one_is_left(told: House) -> None:
    port, office = free_port(), told.headers("office")
    limits = httpx.Limits(max_connections=None)
    async with (
        beside(told.app, LOOPBACK, port, lifespan="off"),
        httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=60, limits=limits, trust_env=False) as http,
    ):

        async def opened(who: dict[str, str]) -> httpx.Response:
            return await http.send(http.build_request("GET", "/v1/changes", headers=who), stream=True)

        # A hundred requests of one account are under way at a time; a stream that is open is none of them any more.
        answers = [one for _ in range(8) for one in await asyncio.gather(*(opened(office) for _ in range(50)))]
        streams = [one for one in answers if one.status_code == 200]
        assert (len(streams), len(answers)) == (20, 400)
        assert {one.status_code for one in answers} == {200, 429}
        assert all(one.headers["retry-after"] for one in answers if one.status_code == 429)
        other = await opened(told.headers("unit:nongye"))
        assert other.status_code == 200, "another account is answered"
        await streams[0].aclose()
        await until(lambda: told.app.state.streams.held == 20, "the place of a stream that was left is not given back")
        again = await opened(office)
        assert again.status_code == 200
        for one in (*answers, other, again):
            await one.aclose()
    await until(lambda: told.app.state.streams.held == 0, "a place is not given back")


@pytest.mark.parametrize("as_of", ["2024-07-10T12:00:00%2B08:00", "2024-07-10T12:00:00.000001%2B08:00"])
async def test_the_public_asks_by_the_day(told: House, as_of: str) -> None:
    await told.get(f"/v1/programmes?as_of={as_of}", status=400)
    await told.get("/v1/programmes?as_of=2024-07-10")
    await told.get(f"/v1/programmes?as_of={as_of}", "office")
