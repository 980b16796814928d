"""A service's copy of the directory: in memory, in a file of its own, refreshed while PostgreSQL answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
from psycopg_pool import PoolTimeout
from pydantic import TypeAdapter, ValidationError

from contracts.values import Leader, Unit
from directory.persons import Person
from directory.register import Program, Register, SharedContact
from directory.store import DirectoryStore, pool_of

logger = logging.getLogger(__name__)
REFRESH_SECONDS: Final = 5.0
"""How late a change in the directory may reach a service."""


@dataclass(frozen=True, kw_only=True)
class _File:
    """What a copy's file holds; a mapping by two ids is no JSON, so it lies as a list."""

    read_at: datetime
    revision: int
    jurisdictions: dict[str, str]
    units: tuple[tuple[str, Unit], ...]
    leaders: tuple[tuple[str, Leader], ...]
    persons: tuple[Person, ...]
    shared: tuple[SharedContact, ...]
    programs: tuple[Program, ...] = ()


_FILE: Final[TypeAdapter[_File]] = TypeAdapter(_File)


class DirectoryCopy:
    """Answers from memory; what it last read is in `path` (mode 0600), so that a restart without PostgreSQL has it.

    Without a path nothing is kept. `now` tells the time for "how old is it".
    """

    def __init__(
        self,
        store: DirectoryStore,
        path: Path | None,
        *,
        refresh_seconds: float = REFRESH_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._path = path
        self._refresh_seconds = refresh_seconds
        self._now = now
        self._register: Register | None = None
        self._task: asyncio.Task[None] | None = None
        self._confirmed = False  # a file may be of another database than the one that answers now
        self.read_at: datetime | None = None
        """When PostgreSQL last said that this is what it has; None: never."""
        self.trouble: str | None = "not read yet"
        """Why it could not be read again; None while it can."""

    @property
    def register(self) -> Register:
        """What is known; nothing at all before the first time."""
        return self._register or Register()

    @property
    def known(self) -> bool:
        """Whether it was ever read, now or by an earlier process."""
        return self._register is not None

    @property
    def problem(self) -> str | None:
        """Why nothing can be answered from it; an old copy is no problem."""
        return None if self.known else f"the directory was never read: {self.trouble}"

    @property
    def stale(self) -> bool:
        """Whether PostgreSQL could not be asked when that was tried last."""
        return self.trouble is not None

    def details(self) -> dict[str, str | int | bool | None]:
        """How old it is, for readiness and metrics."""
        return {
            "revision": self.register.revision,
            "stale": self.stale,
            "read_at": self.read_at.isoformat() if self.read_at else None,
            "trouble": self.trouble,
        }

    async def extend(
        self, where: str, name: str, units: Iterable[Unit], leaders: Iterable[Leader]
    ) -> tuple[list[str], list[str]]:
        """Add units and leaders' posts to the directory itself, and know them at once; the ids of those added.

        Raises psycopg.Error, PoolTimeout.
        """
        added = await self._store.extend(where, name, units, leaders)
        await self.refresh()
        return added

    async def start(self) -> None:
        """Take up the file, ask PostgreSQL once, then go on asking until it is stopped."""
        self._take_up()
        await self.refresh()
        self._task = asyncio.create_task(self._keep_refreshing(), name="directory copy")

    async def run(self) -> None:
        """The same as a task of its own, which waits for nothing; until cancelled."""
        self._take_up()
        await self.refresh()
        await self._keep_refreshing()

    async def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def refresh(self) -> None:
        """Read what has changed; what was read before holds where that is not possible."""
        try:
            if not self._confirmed:
                await self._store.prepare()
            if not self._confirmed or await self._store.revision() != self.register.revision:
                self._register = await self._store.load()
                self._confirmed = True
                self._keep(self._register)
        except (psycopg.Error, PoolTimeout) as error:
            self._say(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(": "))
            return
        self.read_at = self._now()
        self._say(None)

    async def _keep_refreshing(self) -> None:
        while True:
            await asyncio.sleep(self._refresh_seconds)
            await self.refresh()

    def _take_up(self) -> None:
        try:
            kept = _FILE.validate_json(self._path.read_bytes()) if self._path else None
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            logger.warning("the kept copy of the directory is unreadable: %s", type(error).__name__)
            return
        if kept is None:
            return
        self.read_at = kept.read_at
        self._register = Register(
            revision=kept.revision,
            jurisdictions=kept.jurisdictions,
            units={(where, unit.id): unit for where, unit in kept.units},
            leaders={(where, leader.id): leader for where, leader in kept.leaders},
            persons={person.id: person for person in kept.persons},
            shared=kept.shared,
            programs={program.id: program for program in kept.programs},
        )

    def _keep(self, register: Register) -> None:
        """Put the file in the old one's place at once, readable by this service's user alone."""
        if self._path is None:
            return
        kept = _File(
            read_at=self._now(),
            revision=register.revision,
            jurisdictions=dict(register.jurisdictions),
            units=tuple((where, unit) for (where, _), unit in register.units.items()),
            leaders=tuple((where, leader) for (where, _), leader in register.leaders.items()),
            persons=tuple(register.persons.values()),
            shared=register.shared,
            programs=tuple(register.programs.values()),
        )
        try:
            _write_privately(self._path, _FILE.dump_json(kept))
        except OSError as error:
            logger.error("the copy of the directory is not kept: %s", error)

    def _say(self, trouble: str | None) -> None:
        if trouble is not None and self.trouble != trouble:
            logger.warning("the directory is not read again: %s", trouble)
        elif trouble is None and self.trouble not in (None, "not read yet"):
            logger.info("the directory is read again")
        self.trouble = trouble


@contextlib.asynccontextmanager
async def running_copy(database_url: str, path: Path | None) -> AsyncIterator[DirectoryCopy]:
    """A copy that refreshes itself within; PostgreSQL may be down all the while."""
    async with pool_of(database_url) as pool:
        copy = DirectoryCopy(DirectoryStore(pool), path)
        await copy.start()
        try:
            yield copy
        finally:
            await copy.stop()


def _write_privately(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)
