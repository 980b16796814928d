"""Query on a log in memory and a real PostgreSQL: the follow loop, the application, tokens, and what lies in tables."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import psycopg
from fastapi import FastAPI
from psycopg import sql
from pydantic import SecretStr

from contracts.values import Role
from eventlog.log.log import Log
from eventlog.log.memory import MemoryLog
from sandbox.mint import Issuer
from sandbox.people import Account
from services.query.app import build
from services.query.follow.follow_loop import Following
from services.query.metrics import QueryMetrics
from services.query.read_model import schemas
from services.query.read_model.pools import writing_pool
from services.query.read_model.position import PLACES, Progress
from services.query.read_model.rows import TABLES
from services.query.settings import QuerySettings
from tests.services.query.feed import Feed
from tests.web.desk import ISSUER, POSITION_KEY


async def until(holds: Callable[[], object], missing: str, seconds: float = 120) -> None:
    """Poll until something holds, or say what was missing."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, missing
        await asyncio.sleep(0.01)


@asynccontextmanager
async def following(url: str, feed: Feed) -> AsyncIterator[tuple[Following, Progress]]:
    """The follow loop alone, running."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await schemas.ensure(connection, "query")
    progress = Progress()
    async with writing_pool(url, "query") as pool:
        loop = Following(MemoryLog(feed.topics), pool, progress, QueryMetrics())
        task = asyncio.create_task(loop.run())
        try:
            yield loop, progress
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def caught_up(loop: Following, progress: Progress, feed: Feed) -> None:
    """Wait until every record of the feed, stopped partitions aside, is behind the committed position."""

    def behind() -> list[Any]:
        return [p for p in PLACES if p not in loop.stopped and progress.positions[p].next < feed.topics.end(*p)]

    await until(lambda: loop.caught_up and not behind(), "the read model did not catch up")


async def tables(url: str, schema: str = "query") -> dict[str, list[str]]:
    """Every row of every table as text, sorted."""
    found = {}
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("SET timezone TO 'UTC'")
        for table in TABLES:
            cursor = await connection.execute(
                sql.SQL("SELECT t::text FROM {}.{} t ORDER BY 1").format(sql.Identifier(schema), sql.Identifier(table))
            )
            found[table] = [row for (row,) in await cursor.fetchall()]
    return found


class Tokens:
    """An issuer: its key, the file with its public half, and tokens of people."""

    def __init__(self, folder: Path) -> None:
        self._issuer = Issuer(folder, ISSUER)
        self.jwks = str(folder / "jwks.json")

    def bearer(self, role: str, id_: str, unit: str | None = None) -> dict[str, str]:
        """The header of somebody."""
        return {"Authorization": f"Bearer {self.token(role, id_, unit)}"}

    def mint(self, who: Account, seconds: int = 600, **more: bool) -> str:
        """The token of whoever somebody claims to be."""
        return self._issuer.mint(who, seconds, **more)

    def token(self, role: str, id_: str, unit: str | None = None, seconds: int = 600) -> str:
        """A token, valid for so long."""
        return self._issuer.mint(Account(id_, cast("Role", role), unit, "", ""), seconds)


class House:
    """The application on a feed, and somebody who asks it."""

    def __init__(
        self, feed: Feed, app: FastAPI, client: httpx.AsyncClient, ops: httpx.AsyncClient, tokens: Tokens
    ) -> None:
        self.feed, self.app, self.client, self.ops, self.tokens = feed, app, client, ops, tokens

    async def settled(self) -> None:
        """Wait until the read model holds the whole feed."""
        await caught_up(self.app.state.following, self.app.state.progress, self.feed)

    async def get(self, path: str, who: str = "", status: int = 200) -> Any:
        """The JSON answer to `who`: `unit:nongye`, `office`, `leader:leader-1`, or nobody."""
        answer = await self.client.get(path, headers=self.headers(who))
        assert answer.status_code == status, answer.text
        return answer.json()

    async def page(self, path: str, who: str = "", status: int = 200) -> str:
        """The HTML answer to `who`."""
        answer = await self.client.get(path, headers={"Accept": "text/html", **self.headers(who)})
        assert answer.status_code == status, answer.text
        return answer.text

    def headers(self, who: str) -> dict[str, str]:
        """The headers with which somebody asks."""
        role, _, id_ = who.partition(":")
        if not role:
            return {}
        return self.tokens.bearer(
            role, f"u-{id_}-1" if role == "unit" else id_ or role, id_ if role == "unit" else None
        )


@asynccontextmanager
async def house(url: str, feed: Feed, folder: Path, log: Log | None = None, /, **more: Any) -> AsyncIterator[House]:
    """The application, running, caught up with its feed unless it reads from a log that was given."""
    tokens = Tokens(folder)
    settings = QuerySettings(
        bootstrap_servers="",
        database_url=url,
        jwks=tokens.jwks,
        issuer=ISSUER,
        position_key=SecretStr(POSITION_KEY),
        hosts="query",
        **more,
    )
    app = build(settings, lambda _: log or MemoryLog(feed.topics))
    transport, operator = httpx.ASGITransport(app), httpx.ASGITransport(app.state.operator)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://query") as client,
        httpx.AsyncClient(transport=operator, base_url="http://operator") as ops,
    ):
        built = House(feed, app, client, ops, tokens)
        if log is None:
            await built.settled()
        yield built
