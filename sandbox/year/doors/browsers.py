"""Everybody's browser at the one address of a demo: who signs in stays signed in, pages are opened, forms are sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from sandbox.year.doors.page import Form, Page, read_page
from sandbox.year.evidence import EvidenceFile
from sandbox.year.retries import PATIENCE_SECONDS, YearInterrupted, asked

Typed = Mapping[str, str | Sequence[str]]
Files = Sequence[tuple[str, EvidenceFile]]
"""Files by the field that they are chosen in."""
INTAKE: Final = "/intake"
_SECONDS: Final = 45.0
"""Of a page that waits for rulings."""


class Browsers:
    """One for each person; `origin` is the address that people use."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._cookies: dict[str, dict[str, str]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        # Each person's cookies are kept here, nobody's in the client that they share.
        jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
        self._http = httpx.AsyncClient(timeout=_SECONDS, limits=limits, trust_env=False, cookies=jar)

    async def close(self) -> None:
        """Close every browser."""
        await self._http.aclose()

    async def open(self, person: str, path: str) -> Page:
        """A page below intake's address, as it is shown."""
        page = await self.look(person, path)
        if page.status >= httpx.codes.BAD_REQUEST:
            raise YearInterrupted(f"{person}: {path}: {page.status} {page.told}")
        return page

    async def look(self, person: str, path: str) -> Page:
        """The same, whatever it says."""
        answer = await self._ask(person, "GET", self._origin + INTAKE + path)
        return read_page(str(answer.url), answer.status_code, answer.text)

    async def download(self, person: str, path: str) -> bytes:
        """A file below intake's address."""
        answer = await self._ask(person, "GET", self._origin + INTAKE + path)
        if not answer.is_success:
            raise YearInterrupted(f"{person}: {path}: {answer.status_code}")
        return answer.content

    async def json(self, person: str, path: str) -> Any:
        """What a program would read at an address, shown to who is signed in."""
        answer = await self._ask(person, "GET", self._origin + INTAKE + path, accept="application/json")
        if not answer.is_success:
            raise YearInterrupted(f"{person}: {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    async def open_until(self, person: str, path: str, holds: Callable[[Page], bool]) -> Page:
        """A page, opened again until it shows something: intake reads a ruling a moment after it was made."""
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.02
        while not holds(page := await self.look(person, path)):
            if time.monotonic() > deadline:
                raise YearInterrupted(f"{person}: {path}: {page.status} {page.told}: not what was waited for")
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)
        return page

    async def send(
        self,
        person: str,
        page: Page,
        form: Form,
        typed: Typed,
        button: tuple[str, str] | None = None,
        files: Files = (),
    ) -> Page:
        """Fill in a form, press its button, and follow to where that leads."""
        pairs = form.filled(typed, button)
        data: dict[str, Any] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        chosen = [(field, (one.name, one.content, one.media_type)) for field, one in files]
        answer = await self._ask(
            person, "POST", urljoin(page.url, form.action) if form.action else page.url, data=data, files=chosen or None
        )
        if answer.status_code == httpx.codes.SEE_OTHER:
            answer = await self._ask(person, "GET", urljoin(page.url, answer.headers["location"]))
        return read_page(str(answer.url), answer.status_code, answer.text)

    async def _ask(
        self, person: str, method: str, url: str, accept: str = "text/html,*/*;q=0.8", **request: Any
    ) -> httpx.Response:
        cookies = await self._session(person)
        headers = {"Cookie": cookies, "Accept": accept, "Origin": self._origin}
        return await asked(self._http, method, url, headers=headers, **request)

    async def _session(self, person: str) -> str:
        async with self._turns.setdefault(person, asyncio.Lock()):
            if person not in self._cookies:
                await self._sign_in(person)
        return "; ".join(f"{name}={value}" for name, value in self._cookies[person].items())

    async def _sign_in(self, person: str) -> None:
        """As the pages lead: to the provider, where somebody chooses who to be, and back."""
        known: dict[str, str] = {}
        begun = await self._step(known, "GET", f"{self._origin}/sign-in?return=/")
        there = urlsplit(begun.headers["location"])
        given = {**dict(parse_qsl(there.query)), "person": person}
        chosen = await self._step(known, "POST", f"{there.scheme}://{there.netloc}{there.path}", data=given)
        await self._step(known, "GET", chosen.headers["location"])
        self._cookies[person] = known

    async def _step(self, known: dict[str, str], method: str, url: str, **request: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in known.items())
        answer = await asked(self._http, method, url, headers={"Cookie": cookies} if cookies else {}, **request)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise YearInterrupted(f"sign-in: {url}: {answer.status_code} {answer.text[:300]}")
        for told in answer.headers.get_list("set-cookie"):
            name, _, value = told.partition(";")[0].partition("=")
            known[name] = value
        return answer
