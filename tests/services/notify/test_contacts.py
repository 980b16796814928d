"""Notices go to the people of the directory in PostgreSQL, and go on going to them while it is down."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from contracts.dispatches import NoticeIssued
from contracts.rulings import PolicyChanged
from contracts.topics import DISPATCHES, PARTITIONS, RULINGS
from directory.copy import DirectoryCopy, running_copy
from directory.persons import Person
from directory.store import Changes, DirectoryStore, pool_of
from embedded.postgres import PostgresServer
from sandbox.mail.mail_store import body
from services.notify import ops
from services.notify.notices.directory import Directory
from services.notify.settings import NotifySettings
from tests.directory.people import HERE, clerk, stored
from tests.eventlog.slow_log import SlowLog
from tests.services.notify.running_notify import (
    Stage,
    dispatched,
    mailbox,
    policy,
    raised,
    reminder,
    running,
    until,
)

pytestmark = pytest.mark.services
P = f"{HERE}-2024"
ITEM = f"{P}/k-001"
CLERK = clerk("p-a", "钱某某", channels={"mail": "a@units.test"})
LEADER = Person(
    id="p-l", jurisdiction=HERE, name="孙某某", role="leader", leader="leader-1", channels={"mail": "l@leaders.test"}
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with mailbox(tmp_path) as mail:
        yield Stage(mail, tmp_path)


async def readiness(stage_notify: object) -> tuple[int, dict[str, object]]:
    """What /readyz says."""
    app = FastAPI()
    app.include_router(ops.router)
    app.state.runtime = stage_notify
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notify") as client:
        answer = await client.get("/readyz")
    return answer.status_code, answer.json()


async def test_readiness_tells_what_is_left_to_be_read_of_rulings_and_of_dispatches(stage: Stage) -> None:
    await stage.rulings.opened("k-001")
    await stage.rulings.rule(ITEM, raised())
    async with running(stage.notify()) as first:
        await until(lambda: stage.mail.originals == 2 and first.idle, "both mails")
    await _told_while_slow(stage, RULINGS)
    await _told_while_slow(stage, DISPATCHES)


async def _told_while_slow(stage: Stage, topic: str) -> None:
    log = SlowLog(stage.topics, topic)
    records = sum(stage.topics.end(topic, partition) for partition in range(PARTITIONS))
    async with running(stage.notify(log=log)) as notify:
        await until(lambda: notify.left is not None and notify.left.records == records - 1, topic)
        status, body = await readiness(notify)
        assert (status, body["catching_up"]["records"]) == (503, records - 1)  # type: ignore[index]
        log.go_on.set()
        await until(lambda: not notify.reasons(), "ready")
        assert "catching_up" not in (await readiness(notify))[1]


async def test_mails_go_on_while_postgresql_is_down_and_readiness_tells_an_old_copy_without_being_red(
    own_postgres: PostgresServer, stage: Stage
) -> None:
    url = own_postgres.url("postgres")
    async with stored(url, CLERK, LEADER), running_copy(url, stage.folder / "copy.json") as copy:
        own_postgres.stop()
        await until(lambda: copy.trouble, "the copy did not notice", 120)
        notify = stage.notify(source=copy)
        async with running(notify):
            await stage.rulings.opened("k-001")
            await stage.rulings.rule(ITEM, raised())
            await until(lambda: stage.mail.originals == 2, "both mails", 120)
            await until(lambda: not notify.reasons(), "ready")
            status, body = await readiness(notify)
    assert status == 200
    assert body["directory"]["stale"] is True  # type: ignore[index]
    assert {one.recipient for one in stage.mail.store.listed()} == {"a@units.test", "l@leaders.test"}


async def test_a_reminder_tells_the_clerk_and_the_head_that_what_lies_unsigned_does_not_count(
    postgres: Callable[[], str], stage: Stage
) -> None:
    url = postgres()
    head = clerk("p-h", "赵某某", head=True, channels={"mail": "h@units.test"})
    async with stored(url, CLERK, head), running_copy(url, None) as copy, running(stage.notify(source=copy)):
        await stage.rulings.opened("k-001")
        signed = PolicyChanged(policy=policy(signed=("progress.reported",)))
        await stage.rulings.rule(ITEM, signed, reminder())
        await until(lambda: stage.mail.originals == 2, "both mails", 120)
    mails = stage.mail.store.listed()
    assert {one.recipient for one in mails} == {"a@units.test", "h@units.test"}
    for one in mails:
        assert "尚未签发的，不算报送" in (body(stage.mail.store.raw(one.id), "plain") or "")


async def test_the_log_has_the_ids_of_persons_and_nothing_else_of_them(
    own_postgres: PostgresServer, stage: Stage
) -> None:
    url = own_postgres.url("postgres")
    async with stored(url, CLERK, LEADER), running_copy(url, None) as copy, running(stage.notify(source=copy)):
        await stage.rulings.opened("k-001")
        await stage.rulings.rule(ITEM, raised())
        await until(lambda: stage.mail.originals == 2, "both mails", 120)
    (notice,) = [one.data for one in dispatched(stage.topics) if isinstance(one.data, NoticeIssued)]
    assert {(one.role, one.contact) for one in notice.deliveries if one.channel == "mail"} == {
        ("unit:nongye", "p-a"),
        ("leader:leader-1", "p-l"),
    }
    on_the_log = repr(dispatched(stage.topics))
    assert not any(word in on_the_log for word in (".test", CLERK.name, LEADER.name))


async def test_notify_waits_for_a_directory_that_was_never_read_instead_of_refusing_for_good(stage: Stage) -> None:
    async with pool_of("postgresql://127.0.0.1:1/none?connect_timeout=1") as pool:
        pool.timeout = 0.2
        copy = DirectoryCopy(DirectoryStore(pool), None)
        notify = stage.notify(source=copy)
        await copy.refresh()
        await notify.open()
        try:
            assert [reason.partition(":")[0] for reason in notify.reasons()] == ["directory"]
            status, body = await readiness(notify)
            assert (status, body["ready"]) == (503, False)
        finally:
            await notify.stop()


async def test_a_mail_of_somebody_who_left_since_goes_to_the_successor(own_postgres: PostgresServer) -> None:
    url, day = own_postgres.url("postgres"), date(2024, 5, 7)
    async with stored(url, CLERK, replace(CLERK, id="p-b", name="乙", channels={"mail": "b@units.test"})) as store:
        copy = DirectoryCopy(store, None)
        await copy.refresh()
        directory = Directory(copy, today=lambda: day)
        assert directory.reachable(P, "unit:nongye", "mail") == ["p-a", "p-b"]
        left = replace(copy.register.persons["p-a"], active=False, successor="p-b")
        await store.write(Changes(persons=(left,)))
        await copy.refresh()
        assert directory.reachable(P, "unit:nongye", "mail") == ["p-b"]
        assert directory.address(P, "unit:nongye", "mail", "p-a") == "b@units.test"


def test_notify_is_told_where_anybody_can_be_reached() -> None:
    told: dict[str, Any] = {"KAFKA_BOOTSTRAP_SERVERS": "unused", "mail_from": "ducha@office.test", "directory": None}
    with pytest.raises(ValidationError, match="NOTIFY_DIRECTORY"):
        NotifySettings(**{**told, "DATABASE_URL": ""})
    assert NotifySettings(**{**told, "DATABASE_URL": "postgresql://there"}).database_url
