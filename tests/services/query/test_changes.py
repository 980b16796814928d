"""The stream of changes: told of what one may see and of nothing else, and over when one is signed out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

import services.query.web.changes
from contracts.rulings import InspectionAuthorized
from contracts.submissions import InspectionPlanned
from directory.persons import disabled
from directory.store import Changes
from embedded.child_process import LOOPBACK, free_port
from tests.directory.people import clerk, stored
from tests.services.districts import HERE, NEIGHBOURS_PROGRAMME, PROGRAMME, person
from tests.services.query.house import House, house, until
from tests.services.query.test_every_right import two_districts
from web.doors import beside
from web.identity import Identity

pytestmark = pytest.mark.services
BEAT = 0.15
HIDDEN_PLAN = InspectionPlanned(plan="visit-2", from_on=date(2024, 5, 8), to_on=date(2024, 5, 20), approved=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.query.web.changes, "HEARTBEAT_SECONDS", BEAT)


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    """Query on a real port, since a stream in the same process would never end."""
    told = {"origin": "http://127.0.0.1:8004", "oidc_client_secret": SecretStr("none")}
    async with house(url, two_districts(), folder, **told) as built:
        await built.app.state.who.sessions.prepare()
        port = free_port()
        async with (
            beside(built.app, LOOPBACK, port, lifespan="off"),
            httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as client,
        ):
            yield built, client


class Stream:
    """What a stream tells, line by line."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.told = 0

    async def beats(self, number: int = 2) -> int:
        """How often something was told before so many signs of life."""
        before = self.told
        async for line in self._lines:
            self.told += line == "event: position"
            number -= line == ": still there"
            if not number:
                break
        return self.told - before

    async def is_told(self) -> None:
        """Wait for one more change."""
        async for line in self._lines:
            if line == "event: position":
                self.told += 1
                return
        raise AssertionError("the stream ended")

    async def ended(self) -> None:
        """Read on until it ends."""
        async with asyncio.timeout(120):
            async for _ in self._lines:
                pass


@asynccontextmanager
async def following(client: httpx.AsyncClient, headers: dict[str, str]) -> AsyncIterator[Stream]:
    async with client.stream("GET", "/v1/changes", headers=headers) as answer:
        assert answer.status_code == 200
        stream = Stream(answer)
        assert await stream.beats() == 1, "first where it stands"
        yield stream


def headers(told: House, *who: str) -> dict[str, str]:
    somebody = person(*who)  # type: ignore[arg-type]
    return {"Authorization": f"Bearer {told.tokens.mint(somebody)}"} if somebody else {}


async def test_nobody_is_told_when_something_moves_that_is_not_theirs_to_see(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with served(postgres(), tmp_path) as (told, client):
        feed = told.feed

        def internal_report() -> None:
            feed.green(feed.report(PROGRAMME, "K02", "2024Q2"), "2024Q2")

        def neighbours_report() -> None:
            feed.green(feed.report(NEIGHBOURS_PROGRAMME, "K01", "2024Q2"), "2024Q2")

        def hidden_plan() -> None:
            planned = feed.submit(f"{PROGRAMME}/K01", HIDDEN_PLAN)
            data = InspectionAuthorized(
                plan="visit-2", from_on=date(2024, 5, 8), to_on=date(2024, 5, 20), approved=True
            )
            feed.rule(planned, data)

        def refused_plan() -> None:
            feed.rule(feed.submit(f"{PROGRAMME}/K01", replace(HIDDEN_PLAN, plan="visit-3")))

        def own_report() -> None:
            feed.green(feed.report(PROGRAMME, "K01", "2024Q3"), "2024Q3")

        unseen = {
            ("public", "other"): (internal_report, hidden_plan, refused_plan),
            ("unit", "lead"): (neighbours_report, hidden_plan, refused_plan),
            ("unit", "other"): (internal_report, neighbours_report, hidden_plan),
            ("leader", "other"): (internal_report, neighbours_report, hidden_plan),
            ("leader", "own_leader"): (neighbours_report,),
            ("office", "other"): (neighbours_report,),
        }
        seen = {
            ("public", "other"): (own_report, neighbours_report),
            ("unit", "lead"): (own_report, internal_report),
            ("leader", "own_leader"): (hidden_plan, internal_report),
            ("office", "other"): (hidden_plan, internal_report),
        }
        for who, acts in unseen.items():
            async with following(client, headers(told, *who)) as stream:
                for act in acts:
                    act()
                    await told.settled()
                    assert await stream.beats() == 0, (who, act.__name__)
                for act in seen.get(who, (own_report,)):
                    act()
                    await stream.is_told()


@pytest.mark.parametrize("how", ["signed out", "disabled", "idle too long", "token over"])
async def test_a_stream_ends_soon_after_whoever_follows_may_no_more(
    postgres: Callable[[], str], tmp_path: Path, how: str
) -> None:
    url, somebody = postgres(), clerk("p-a", "甲某")
    async with stored(url, somebody) as store, served(url, tmp_path) as (told, client):
        await until(lambda: "p-a" in told.app.state.copy.register.persons, "the directory was not read")
        sessions = told.app.state.who.sessions
        secret = await sessions.open(Identity("p-a", "unit", somebody.unit, (HERE,)), "subject", None, "")
        asked = {"Cookie": f"liangdeng={secret}"}
        if how == "token over":
            asked = {"Authorization": f"Bearer {told.tokens.mint(person('unit', 'lead'), seconds=-28)}"}  # type: ignore[arg-type]
        async with following(client, asked) as stream:
            if how == "signed out":
                await sessions.end(secret)
            if how == "disabled":
                await store.write(Changes(persons=(disabled((await store.load()).persons["p-a"]),)))
            if how == "idle too long":
                async with sessions._connected() as connection:
                    await connection.execute("UPDATE sessions.session SET seen_at = now() - interval '1 day'")
            await stream.ended()


async def test_a_stream_keeps_no_session_from_ending(postgres: Callable[[], str], tmp_path: Path) -> None:
    async with served(postgres(), tmp_path) as (told, _):
        sessions = told.app.state.who.sessions
        secret = await sessions.open(Identity("o1", "office", None, (HERE,)), "subject", None, "")
        async with sessions._connected() as connection:
            await connection.execute("UPDATE sessions.session SET seen_at = now() - interval '29 minutes'")
        assert await sessions.holds(secret)
        async with sessions._connected() as connection:
            cursor = await connection.execute("SELECT now() - seen_at > interval '28 minutes' FROM sessions.session")
            assert await cursor.fetchone() == (True,)
