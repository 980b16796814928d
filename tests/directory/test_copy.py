"""A copy answers while PostgreSQL is down, over a restart too, lies there for its service's user alone, and follows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from directory.copy import DirectoryCopy
from directory.persons import erased
from directory.register import Program
from directory.store import Changes, DirectoryStore, pool_of
from embedded.postgres import PostgresServer
from tests.directory.people import HERE, clerk, stored

pytestmark = pytest.mark.services
A = clerk("p-a", channels={"mail": "a@units.test"})


async def until(holds: Callable[[], object], missing: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, missing
        await asyncio.sleep(0.02)


async def test_it_answers_while_postgresql_is_down_and_after_a_restart_then_too(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    url, path = own_postgres.url("postgres"), tmp_path / "directory-notify.json"
    async with stored(url, A), pool_of(url) as pool:
        copy = DirectoryCopy(DirectoryStore(pool), path, refresh_seconds=0.05)
        await copy.start()
        assert (copy.known, copy.problem, copy.details()["stale"]) == (True, None, False)
        own_postgres.stop()
        await until(lambda: copy.trouble, "the copy did not notice")
        assert copy.register.persons["p-a"].channels == A.channels
        assert (copy.problem, copy.details()["stale"]) == (None, True)
        await copy.stop()
    assert path.stat().st_mode & 0o777 == 0o600
    async with pool_of(url) as pool:
        later = DirectoryCopy(DirectoryStore(pool), path, refresh_seconds=0.05)
        await later.start()
        assert later.register == copy.register
        assert later.read_at == copy.read_at or later.read_at is not None
        assert (later.problem, later.details()["stale"]) == (None, True)
        own_postgres.start()
        await until(lambda: later.trouble is None, "the copy did not come back")
        await DirectoryStore(pool).write(Changes(persons=(replace(A, id="p-b", name="乙"),)))
        await until(lambda: "p-b" in later.register.persons, "the copy did not follow")
        await later.stop()


async def test_without_a_copy_and_without_postgresql_it_says_that_it_knows_nothing(tmp_path: Path) -> None:
    async with pool_of("postgresql://127.0.0.1:1/none?connect_timeout=1") as pool:
        pool.timeout = 0.2
        copy = DirectoryCopy(DirectoryStore(pool), tmp_path / "none.json")
        await copy.refresh()
        assert not copy.known
        assert copy.problem is not None
        (tmp_path / "none.json").write_text("{broken")
        await copy.start()
        assert copy.problem is not None
        await copy.stop()


async def test_a_file_of_another_database_is_not_believed_because_it_has_the_same_number(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    path = tmp_path / "copy.json"
    for name in ("甲", "乙"):
        url = postgres()
        async with stored(url, replace(A, name=name)), pool_of(url) as pool:
            copy = DirectoryCopy(DirectoryStore(pool), path)
            await copy.start()
            await copy.stop()
            assert copy.register.persons["p-a"].name == name


async def test_whoever_is_erased_is_gone_from_the_copys_file(postgres: Callable[[], str], tmp_path: Path) -> None:
    url, path = postgres(), tmp_path / "copy.json"
    async with stored(url, replace(A, name="赵某某")) as store:
        copy = DirectoryCopy(store, path)
        await copy.refresh()
        assert "赵某某" in path.read_text(encoding="utf-8")
        await store.write(Changes(persons=(erased((await store.load()).persons["p-a"]),)))
        await copy.refresh()
        assert "赵某某" not in path.read_text(encoding="utf-8")
        assert copy.register.person_names([HERE])["p-a"].en == "former member"


async def test_a_copy_that_cannot_be_kept_still_answers(postgres: Callable[[], str], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    async with stored(postgres(), A) as store:
        copy = DirectoryCopy(store, tmp_path / "taken" / "copy.json")
        await copy.refresh()
        assert (copy.problem, copy.trouble) == (None, None)


async def test_a_units_system_is_let_in_until_it_is_disabled_also_after_a_restart_without_postgresql(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    path, system = tmp_path / "copy.json", Program(id=f"system-{HERE}-nongye", jurisdiction=HERE, unit="nongye")
    async with stored(postgres()) as store:
        copy = DirectoryCopy(store, path)
        await copy.refresh()
        assert copy.register.admits([HERE], system.id, program=True), "one that another provider knows"
        for active in (True, False, True, False):
            await store.write(Changes(programs=(replace(system, active=active),)))
            await copy.refresh()
            assert copy.register.admits([HERE], system.id, program=True) is active
        assert dict((await store.load(HERE)).programs) == {system.id: replace(system, active=False)}
    async with pool_of("postgresql://127.0.0.1:1/none?connect_timeout=1") as pool:
        pool.timeout = 0.2
        later = DirectoryCopy(DirectoryStore(pool), path)
        await later.start()
        assert not later.register.admits([HERE], system.id, program=True)
        await later.stop()
