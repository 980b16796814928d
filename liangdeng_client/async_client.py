"""The client with async calls."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from liangdeng_client import calls
from liangdeng_client.calls import AGAIN, Attempt, Call, checked
from liangdeng_client.models import BulkResult, Evidence, Prepared, Receipt, Submitted

Answer = TypeVar("Answer")


class AsyncClient:
    """Everything that a unit's system needs; a context manager.

    `address` is the one address of Liangdeng; `auth` signs in (`ClientCredentials`, or any of httpx); `patience` is for
    how many seconds a call is sent again; `verify` names the authority of the certificate, as httpx takes it.
    Every call raises Refused and OutcomeUnknown.
    """

    def __init__(
        self,
        address: str,
        auth: httpx.Auth,
        *,
        patience: float = 60.0,
        timeout: float = 75.0,
        verify: Any = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._patience = patience
        self._http = httpx.AsyncClient(base_url=address, auth=auth, timeout=timeout, verify=verify, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def submit(
        self,
        programme: str,
        item: str | None,
        name: str,
        data: Mapping[str, Any],
        *,
        key: str | None = None,
        wait: int = 0,
        **more: Any,
    ) -> Submitted:
        """Submit about an item, or (None) about a programme: `submit("441602-2024", "K01", "progress.reported", {…})`.

        `key`: one of your own (the row's number in your system, say) survives a crash of yours; else one is made up.
        `wait`: for how many seconds the ruling is waited for. `more`: `prepared_by`, `on_behalf_of`.
        """
        return await self._sent(calls.submit(programme, item, name, data, key, wait, more))

    async def submit_many(
        self, programme: str, rows: Sequence[Mapping[str, Any]], *, wait: int = 0
    ) -> list[BulkResult]:
        """Submit many at once, each row with `item`, `key`, `type` and `data`; a result for each, in their order."""
        return await self._sent(calls.submit_many(programme, rows, wait))

    async def prepare(
        self, programme: str, item: str, name: str, data: Mapping[str, Any], *, key: str | None = None
    ) -> Prepared:
        """Prepare a submission for the head of the unit to sign: it is not filed before, and deadlines go on."""
        return await self._sent(calls.prepare(programme, item, name, data, key))

    async def prepared(self) -> list[Prepared]:
        """What waits for the head's signature, and what was returned with a reason."""
        return await self._sent(calls.prepared())

    async def upload(self, content: bytes, name: str, media_type: str) -> Evidence:
        """Bring a file that a submission is going to cite."""
        return await self._sent(calls.upload(content, name, media_type))

    async def receipt(self, submission_id: str) -> Receipt:
        """A receipt of before; there is one once the submission was ruled on."""
        return await self._sent(calls.receipt(submission_id))

    async def get(self, path: str, **params: str) -> Any:
        """Anything of query's API as JSON, such as `get("/v1/programmes/441602-2024/lights", unit="fagai")`."""
        return await self._sent(calls.get(path, params))

    async def _sent(self, call: Call[Answer]) -> Answer:
        attempt = Attempt(call.key, self._patience)
        while True:
            try:
                answer = await self._http.request(
                    call.method, call.path, headers=call.headers, content=call.content, params=call.params
                )
            except httpx.TransportError as error:
                pause = attempt.pause(repr(error))
            else:
                if answer.status_code not in AGAIN:
                    return call.read(checked(answer))
                pause = attempt.pause_after(answer)
            await asyncio.sleep(pause)
