"""The public keys of whoever signs tokens: read from a file or fetched, rotated, and gone when unreadable."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from prometheus_client import CollectorRegistry, Gauge

from web.identity import Unauthenticated
from web.provider_client import client
from web.security_events import SecurityLog

logger = logging.getLogger(__name__)
REFRESH_SECONDS: Final = 60.0
"""How old fetched keys may be before they are fetched again: so long one counts that the provider has withdrawn."""
FORGET_SECONDS: Final = 3600.0
"""For how long keys hold whose address no longer answers: the sign-in may be down that long."""
PAUSE_SECONDS: Final = 5.0
"""Between two fetches, so that tokens with made-up key ids don't become requests to the sign-in."""
FETCH_SECONDS: Final = 5.0
MAX_BYTES: Final = 256 * 1024


class Keys:
    """The keys at a file's path or an `http…` address.

    A file that is gone or unreadable, an answer that is no key set or an empty one: then there are no keys, `problem`
    says why, and every token is refused. An address that does not answer leaves the keys standing for an hour.
    """

    def __init__(self, source: str | Path, security: SecurityLog, now: Callable[[], float] = time.monotonic) -> None:
        """`now` tells seconds of a clock that never goes back."""
        self._address = str(source) if str(source).startswith(("http://", "https://")) else None
        self._path = None if self._address else Path(source)
        self._security = security
        self._now = now
        self._keys = KeySet([])
        self._fetched_at = self._asked_at = float("-inf")
        self._stamp: tuple[int, int, int] | None = None
        self._turn = asyncio.Lock()
        self.problem: str | None = "the keys were not read yet"
        """Why there are no keys, or why they were not read again; None while all is well."""

    @property
    def count(self) -> int:
        """How many keys there are; without one every token is refused, remembered ones too."""
        return len(self._keys.keys)

    def measure(self, registry: CollectorRegistry) -> None:
        """Tell Prometheus how many there are: 0 is an alarm."""
        gauge = Gauge("liangdeng_keys", "Keys that tokens may be signed with; 0: none is taken", registry=registry)
        gauge.set_function(lambda: self.count)

    async def find(self, kid: object) -> KeySet:
        """The keys that a token naming `kid` may be signed with; read or fetched anew where it is not known.

        Raises Unauthenticated when none is.
        """
        await self.refresh()
        if isinstance(kid, str) and not self._known(kid):
            await self.refresh(again=True)
        keys = self._keys.keys if kid is None else [key for key in self._keys.keys if key.kid == kid]
        if not keys or (kid is None and len(keys) > 1):
            raise Unauthenticated(self.problem or "signed with a key that is not published")
        return KeySet(list(keys))

    async def refresh(self, *, again: bool = False) -> None:
        """Read what has changed; with `again` also what is still fresh, though not more often than every 5 s."""
        if self._path is not None:
            self._read(self._path)
            return
        now = self._now()
        wanted = again or now - self._fetched_at > REFRESH_SECONDS
        if not wanted or now - self._asked_at < PAUSE_SECONDS:
            return
        async with self._turn:
            if self._now() - self._asked_at >= PAUSE_SECONDS:
                self._asked_at = self._now()
                await self._fetch(str(self._address))

    def _known(self, kid: str) -> bool:
        return any(key.kid == kid for key in self._keys.keys)

    def _read(self, path: Path) -> None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
            if stamp == self._stamp:
                return
            content = path.read_bytes()
        except OSError as error:
            self._stamp = None
            self._lose(f"{path.name}: {error.strerror or error}")
            return
        self._stamp = stamp
        self._take(content)

    async def _fetch(self, address: str) -> None:
        try:
            async with client(FETCH_SECONDS) as asking:
                answer = await asking.get(address)
                answer.raise_for_status()
        except httpx.HTTPError as error:
            if self._now() - self._fetched_at > FORGET_SECONDS:
                self._lose(f"the keys cannot be fetched: {type(error).__name__}")
            else:
                self._say(f"the keys were not fetched again: {type(error).__name__}")
            return
        if self._take(answer.content[: MAX_BYTES + 1]):
            self._fetched_at = self._now()

    def _take(self, content: bytes) -> bool:
        try:
            found = _for_signatures(orjson.loads(content) if len(content) <= MAX_BYTES else None)
            keys = KeySet.import_key_set({"keys": found}) if found else KeySet([])
        except (JoseError, ValueError, TypeError, KeyError) as error:
            self._lose(f"the key set is unreadable: {type(error).__name__}")
            return False
        if not keys.keys:
            self._lose("the key set is empty")
            return False
        changed = _names(keys) != _names(self._keys)
        self._keys, self.problem = keys, None
        if changed:
            logger.info("keys read: %d", self.count)
            self._security.tell("keys_read", keys=self.count)
        return True

    def _lose(self, why: str) -> None:
        if why != self.problem:
            self._security.tell("keys_lost", why=why)
        self._keys = KeySet([])
        self._say(why)

    def _say(self, why: str) -> None:
        if why != self.problem:
            logger.error("keys: %s", why)
        self.problem = why


def _names(keys: KeySet) -> set[str]:
    return {key.thumbprint() for key in keys.keys}


def _for_signatures(told: Any) -> list[Any]:
    """The public keys for signatures in a key set. Raises ValueError where it is none."""
    if not isinstance(told, Mapping) or not isinstance(told.get("keys"), list):
        raise ValueError("no key set")
    signing = [key for key in told["keys"] if isinstance(key, Mapping) and key.get("use", "sig") == "sig"]
    return [dict(key) for key in signing if key.get("kty") in ("RSA", "EC", "OKP")]
