"""What finds out who asks, built from the settings: the same for every service with doors for people and programs."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from services.sign_in_settings import SessionSettings
from web.cookies import cookies_of
from web.keys import Keys
from web.privileged_reads import PrivilegedReads
from web.security_events import SecurityLog
from web.sessions import Pool, Sessions, session_pool
from web.tokens import TokenVerifier
from web.visitor import Visitors


@dataclass(frozen=True, slots=True)
class Recognition:
    """The parts; `keys` is None where no token counts, `sessions` where no person signs in."""

    security: SecurityLog
    visitors: Visitors
    keys: Keys | None
    sessions: Sessions | None
    privileged_reads: PrivilegedReads
    _pool: Pool | None

    async def open(self) -> None:
        """Begin to connect; PostgreSQL may be down."""
        if self._pool is not None:
            await self._pool.open()

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()

    async def problems(self) -> list[str]:
        """Why tokens are refused now; empty: they are not."""
        if self.keys is None:
            return []
        await self.keys.refresh()
        return [] if self.keys.count else [f"keys: {self.keys.problem}"]


def recognition(settings: SessionSettings, database_url: str, service: str, registry: CollectorRegistry) -> Recognition:
    """The parts of one service, which counts in `registry`; nothing connects before it is opened."""
    security = SecurityLog(service, registry)
    keys = tokens = pool = sessions = cookies = None
    if settings.jwks:
        keys = Keys(settings.jwks, security)
        keys.measure(registry)
        tokens = TokenVerifier(keys, issuer=settings.issuer, audience=settings.audience, claims=settings.mapping)
    if database_url:
        pool = session_pool(database_url)
    if settings.origin and pool is not None:
        cookies = cookies_of(settings.origin)
        sessions = Sessions(pool, settings.limits)
    visitors = Visitors(tokens, sessions, cookies, security)
    return Recognition(security, visitors, keys, sessions, PrivilegedReads(service, pool, security), pool)
