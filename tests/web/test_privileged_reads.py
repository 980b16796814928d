"""The record of privileged reads: kept beside the read model, listed by jurisdiction, told as security events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request

from web.identity import Identity
from web.privileged_reads import PrivilegedReads, TrailUnavailable
from web.security_events import SecurityLog
from web.sessions import session_pool

pytestmark = pytest.mark.services
LEADER = Identity("leader-1", "leader", None, ("441602",))


def asked(id_: str) -> Request:
    headers = [(b"x-request-id", id_.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers, "state": {}})


async def test_reads_are_listed_by_jurisdiction_in_their_order(
    postgres: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    registry = CollectorRegistry()
    security = SecurityLog("query", registry)
    async with session_pool(postgres()) as pool:
        first, second = (PrivilegedReads("query", pool, security) for _ in range(2))
        await asyncio.gather(  # two processes that make the schema at once
            first.record(asked("r1"), LEADER, "item.read", "internal_item", programme="441602-2024", item="K02"),
            second.record(asked("r2"), LEADER, "item.read", "internal_item", programme="441625-2024", item="K02"),
        )
        await first.record(asked("r3"), LEADER, "evidence.read", "evidence", about="a" * 64)
        (one, two) = await second.listed(["441602"])
        assert [one.request_id, two.request_id] == ["r1", "r3"]
        assert (one.service, one.person, one.role, one.item, one.programme) == (
            "query", "leader-1", "leader", "K02", "441602-2024",
        )  # fmt: skip
        assert [read.request_id for read in await first.listed(["441602"], one.id)] == ["r3"]
        assert await first.listed([]) == []
    assert registry.get_sample_value("liangdeng_security_events_total", {"event": "privileged_read"}) == 3
    assert '"event":"privileged_read","request_id":"r1","person":"leader-1"' in caplog.text


async def test_without_postgresql_nothing_is_shown_that_would_have_to_be_recorded() -> None:
    security = SecurityLog("query", CollectorRegistry())
    pool = session_pool("postgresql://127.0.0.1:9/none?connect_timeout=1")
    await pool.open()
    try:
        with pytest.raises(TrailUnavailable):
            await PrivilegedReads("query", pool, security).record(asked("r"), LEADER, "evidence.read", "evidence")
    finally:
        await pool.close()
