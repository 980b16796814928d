"""How much one account, one address and everybody together may ask for; counted in memory, by each process alone."""

from __future__ import annotations

import contextlib
import ipaddress
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from supervision.words import Word
from web.identity import Identity
from web.problem import HttpProblem
from web.visitor import known_visitor

LIMITS: Final = "liangdeng.limits"
"""Where a request's scope holds the limits of its door."""
_MINUTE: Final = 60.0
_BUSY_SECONDS: Final = 2.0
_REMEMBERED: Final = 20_000
"""Accounts and addresses that are counted before those are forgotten that have their whole allowance again."""
_NETWORK_BITS: Final = 64
"""Of an IPv6 address that name one subscriber."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class LimitReached(HttpProblem):
    """A limit of the door is reached: `said` in both languages which one, `retry_after` in how many seconds to ask."""

    kind: ClassVar[str]

    def __init__(self, said: Word, retry_after: float) -> None:
        headers = {"Retry-After": str(max(1, math.ceil(retry_after)))}
        super().__init__(self.kind, *said, headers=headers)


class RateReached(LimitReached):
    """429: this account, or this address, asks too often, or has too much under way."""

    kind = "rate"


class Busy(LimitReached):
    """503: all of them together have as much under way as this process takes."""

    kind = "busy"


class TooSlow(LimitReached):
    """408: the body did not come in time; the connection is closed."""

    kind = "slow"

    def __init__(self, said: Word) -> None:
        super().__init__(said, 1)
        self.headers["Connection"] = "close"


class RequestRate:
    """So many a minute for each key, as many as that at once; what was used comes back evenly (GCRA)."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._step = _MINUTE / a_minute
        self._now = now
        self._whole_again: dict[str, float] = {}
        """By key: when the whole allowance is there again."""

    def wait(self, key: str) -> float:
        """Use one, and return 0; or, where none is left, in how many seconds there is one."""
        now = self._now()
        whole = max(self._whole_again.get(key, now), now) + self._step
        if whole - now > _MINUTE:
            return whole - now - _MINUTE
        if len(self._whole_again) >= _REMEMBERED:
            self._whole_again = {one: at for one, at in self._whole_again.items() if at > now}
        self._whole_again[key] = whole
        return 0.0


class Places:
    """Something that so many may have at a time: `each` of one key, `most` together; `word` names it."""

    def __init__(self, word: Word, each: int, most: int) -> None:
        self._word = word
        self._each = each
        self._most = most
        self._held: Counter[str] = Counter()

    @property
    def held(self) -> int:
        """How many are taken."""
        return self._held.total()

    @contextlib.contextmanager
    def place(self, key: str) -> Iterator[None]:
        """Take a place until the block ends. Raises RateReached, Busy."""
        if self._held[key] >= self._each:
            zh, en = (
                f"{self._word.zh}：每个账号或地址同时至多 {self._each} 个",
                f"{self._word.en}: {self._each} at a time",
            )
            raise RateReached(Word(zh, en), _BUSY_SECONDS)
        if self.held >= self._most:
            raise Busy(self._word, _BUSY_SECONDS)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


@dataclass(frozen=True, slots=True)
class Allowance:
    """The numbers of `RequestLimits`; why they are what they are stands with their settings."""

    account_a_minute: int
    address_a_minute: int
    under_way_each: int
    under_way: int
    proxies: Sequence[Network] = ()
    """Where the front is: of a request from there the last address in X-Forwarded-For is believed."""


class RequestLimits:
    """Asked by the gate before every handler."""

    def __init__(self, allowance: Allowance) -> None:
        self._accounts = RequestRate(allowance.account_a_minute)
        self._addresses = RequestRate(allowance.address_a_minute)
        self._under_way = Places(
            Word("正在处理的请求", "requests under way"), allowance.under_way_each, allowance.under_way
        )
        self._proxies = allowance.proxies

    def count(self, request: Request) -> None:
        """Count a request, of an account once it is known whose it is, else of an address. Raises RateReached."""
        identity = known_visitor(request).identity
        rate = self._addresses if identity is None else self._accounts
        if wait := rate.wait(self.asker(request)):
            whose = Word("同一地址", "one address") if identity is None else Word("同一账号", "one account")
            raise RateReached(Word(f"{whose.zh}请求过多", f"too many requests of {whose.en}"), wait)

    def under_way(self, request: Request) -> contextlib.AbstractContextManager[None]:
        """Takes a place while a request is worked on. Raises RateReached, Busy."""
        return self._under_way.place(self.asker(request))

    def asker(self, request: Request) -> str:
        """What a request is counted by: the account if it is known, else the address that it comes from."""
        identity = known_visitor(request).identity
        return account_of(identity) if identity is not None else f"address {self._address(request)}"

    def _address(self, request: Request) -> str:
        came_from = _parsed(request.client.host if request.client else "")
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2]
        believed = came_from is not None and any(came_from in network for network in self._proxies)
        address = (_parsed(forwarded.strip()) if believed and forwarded else None) or came_from
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
        return str(address)


class LimitedDoor:
    """Middleware: the gate asks these limits of every request that comes by this door; the operator's has none."""

    def __init__(self, app: ASGIApp, limits: RequestLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put them where the gate finds them."""
        scope[LIMITS] = self._limits
        await self._app(scope, receive, send)


def account_of(identity: Identity) -> str:
    """What tells one account from another: a person, or a program."""
    kind = "program" if identity.program else "person"
    return f"{kind} {','.join(identity.jurisdictions)} {identity.role} {identity.unit or ''} {identity.id}"


def networks_of(text: str) -> tuple[Network, ...]:
    """Networks and addresses, separated by commas. Raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(one) for one in text.replace(" ", "").split(",") if one)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
