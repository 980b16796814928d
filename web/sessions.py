"""Sessions of people who signed in, in PostgreSQL: the only SQL about them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from web.identity import Identity

logger = logging.getLogger(__name__)
SCHEMA: Final = Path(__file__).with_name("sessions.sql").read_text(encoding="utf-8")
SIGN_IN: Final = timedelta(minutes=10)
"""How long a sign-in may take, second factor included."""
TOUCHED_EVERY: Final = timedelta(minutes=1)
SWEEP_SECONDS: Final = 300.0
AGAIN_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 3.0
"""For a connection and an answer: a person who waits longer is told that sessions cannot be read."""
_SECRET_BYTES: Final = 32
_LONGEST_SECRET: Final = 128

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]


class SessionsUnavailable(Exception):
    """PostgreSQL does not answer: nobody can be recognised by a session now."""


class Session(NamedTuple):
    """A session that holds: whose, and what the provider wants to see at its end."""

    identity: Identity
    id_token: str


class Pending(NamedTuple):
    """A sign-in that was begun: what must come back, and where it then goes."""

    nonce: str
    verifier: str
    return_to: str


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """When a session ends that nobody ended."""

    idle: timedelta
    absolute: timedelta


def session_pool(url: str) -> Pool:
    """Connections for sessions, not opened yet; after an outage the first request finds PostgreSQL again."""
    return AsyncConnectionPool(
        url,
        connection_class=AsyncConnection[TupleRow],
        kwargs={"autocommit": True, "connect_timeout": int(PATIENCE_SECONDS)},
        min_size=1,
        max_size=4,
        timeout=PATIENCE_SECONDS,
        # Longer tries pause twice as long each time, and nobody would be recognised meanwhile.
        reconnect_timeout=PATIENCE_SECONDS,
        check=AsyncConnectionPool.check_connection,
        open=False,
        name="sessions",
    )


class Sessions:
    """Sessions by the secret that a browser's cookie holds; only its SHA-256 is stored.

    Every method raises SessionsUnavailable while PostgreSQL does not answer.
    """

    def __init__(self, pool: Pool, limits: SessionLimits) -> None:
        self._pool = pool
        self._limits = limits
        self._touched_every = min(TOUCHED_EVERY, limits.idle / 10)

    async def run(self) -> None:
        """Make the schema where it is missing, and forget now and then what has ended by itself; until cancelled."""
        while True:
            try:
                await self.prepare()
                await self.sweep()
            except SessionsUnavailable as error:
                logger.warning("sessions: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                await asyncio.sleep(SWEEP_SECONDS)

    async def prepare(self) -> None:
        """Make the schema where it is missing."""
        async with self._connected() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('liangdeng sessions'))")
            await connection.execute(cast("Any", SCHEMA))

    async def open(self, identity: Identity, subject: str, provider_session: str | None, id_token: str) -> str:
        """A new session; returns the secret for the cookie."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        async with self._connected() as connection:
            await connection.execute(
                "INSERT INTO sessions.session (id, subject, provider_session, identity, id_token)"
                " VALUES (%s, %s, %s, %s, %s)",
                (_hashed(secret), subject, provider_session, Jsonb(asdict(identity)), id_token),
            )
        return secret

    async def find(self, secret: str) -> Session | None:
        """The session of a cookie, None once it ended."""
        if not 0 < len(secret) <= _LONGEST_SECRET:
            return None
        async with self._connected() as connection:
            cursor = await connection.execute(
                "SELECT identity, id_token, now() - seen_at FROM sessions.session"
                " WHERE id = %s AND seen_at > now() - %s AND began_at > now() - %s",
                (_hashed(secret), self._limits.idle, self._limits.absolute),
            )
            row = await cursor.fetchone()
            if row is None:
                return None
            if row[2] > self._touched_every:
                await connection.execute(
                    "UPDATE sessions.session SET seen_at = now() WHERE id = %s", (_hashed(secret),)
                )
        return Session(_identity(row[0]), row[1])

    async def holds(self, secret: str) -> bool:
        """Whether the session of a cookie has not ended; asking does not keep it from ending."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "SELECT 1 FROM sessions.session WHERE id = %s AND seen_at > now() - %s AND began_at > now() - %s",
                (_hashed(secret), self._limits.idle, self._limits.absolute),
            )
            return await cursor.fetchone() is not None

    async def end(self, secret: str) -> Session | None:
        """End the session of a cookie; returns it if it was still there."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "DELETE FROM sessions.session WHERE id = %s RETURNING identity, id_token", (_hashed(secret),)
            )
            row = await cursor.fetchone()
        return None if row is None else Session(_identity(row[0]), row[1])

    async def end_all(self, subject: str | None, provider_session: str | None) -> list[Identity]:
        """End one of the provider's sessions, or with none named all of a person."""
        column, value = ("subject", subject) if provider_session is None else ("provider_session", provider_session)
        async with self._connected() as connection:
            cursor = await connection.execute(
                cast("Any", f"DELETE FROM sessions.session WHERE {column} = %s RETURNING identity"), (value,)
            )
            return [_identity(row[0]) for row in await cursor.fetchall()]

    async def end_person(self, id_: str, role: str, jurisdiction: str) -> int:
        """End all sessions of somebody by what events call them; how many there were."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "DELETE FROM sessions.session WHERE identity->>'id' = %s AND identity->>'role' = %s"
                " AND (identity->'jurisdictions' ? %s OR identity->'jurisdictions' = '[]')",
                (id_, role, jurisdiction),
            )
            return cursor.rowcount

    async def begin(self, state: str, browser: str, pending: Pending) -> None:
        """Remember for ten minutes a sign-in that this browser, known by a cookie, began."""
        async with self._connected() as connection:
            await connection.execute(
                "INSERT INTO sessions.sign_in (state, browser, nonce, verifier, return_to) VALUES (%s, %s, %s, %s, %s)",
                (_hashed(state), _hashed(browser), *pending),
            )

    async def take(self, state: str, browser: str) -> Pending | None:
        """The sign-in of a state, once, and only in the browser that began it."""
        async with self._connected() as connection:
            cursor = await connection.execute(
                "DELETE FROM sessions.sign_in WHERE state = %s AND browser = %s"
                " RETURNING nonce, verifier, return_to, now() - began_at",
                (_hashed(state), _hashed(browser)),
            )
            row = await cursor.fetchone()
        return None if row is None or row[3] > SIGN_IN else Pending(*row[:3])

    async def sweep(self) -> None:
        """Forget what has ended by itself."""
        async with self._connected() as connection:
            await connection.execute(
                "DELETE FROM sessions.session WHERE seen_at < now() - %s OR began_at < now() - %s",
                (self._limits.idle, self._limits.absolute),
            )
            await connection.execute("DELETE FROM sessions.sign_in WHERE began_at < now() - %s", (SIGN_IN,))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._pool.connection() as connection:
                yield connection
        except (psycopg.Error, PoolTimeout, TimeoutError) as error:
            raise SessionsUnavailable(type(error).__name__) from error


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _identity(stored: dict[str, Any]) -> Identity:
    known = {field.name: stored[field.name] for field in fields(Identity) if field.name in stored}
    return Identity(**{**known, "jurisdictions": tuple(stored.get("jurisdictions", ()))})
