"""Each operation as a request and how its answer is read; the clients only send it."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from liangdeng_client.errors import OutcomeUnknown, Refused
from liangdeng_client.models import (
    BulkResult,
    Evidence,
    Prepared,
    Receipt,
    Submitted,
    bulk_result_of,
    prepared_of,
    receipt_of,
    submitted_of,
)

Answer = TypeVar("Answer")
INTAKE = "/intake"
"""Where intake lies below the one address; query lies at its root."""
TOO_MANY = 429
AGAIN = frozenset({408, TOO_MANY, 502, 503, 504, 507})
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """A request, and how its answer is read; `key` is its idempotency key."""

    method: str
    path: str
    read: Callable[[httpx.Response], Answer]
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


class Attempt:
    """When a call may be sent again: the pauses grow, `Retry-After` is followed, and `patience` ends it."""

    def __init__(self, key: str | None, patience: float) -> None:
        self._key = key
        self._until = time.monotonic() + patience
        self._pause = FIRST_PAUSE

    def pause(self, why: str, retry_after: str = "") -> float:
        """Seconds until the next try. Raises OutcomeUnknown when there is none."""
        asked = float(retry_after) if retry_after.isdecimal() else 0.0
        pause = max(asked, self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if time.monotonic() + pause > self._until:
            raise OutcomeUnknown(why, self._key)
        return pause

    def pause_after(self, answer: httpx.Response) -> float:
        """Seconds until the next try, as an answer asks for. Raises OutcomeUnknown, or Refused: a 429 files nothing."""
        try:
            return self.pause(f"HTTP {answer.status_code}", answer.headers.get("retry-after", ""))
        except OutcomeUnknown:
            if answer.status_code == TOO_MANY:
                checked(answer)
            raise


def checked(response: httpx.Response) -> httpx.Response:
    """The answer, if it is none of an error. Raises Refused."""
    if response.is_success:
        return response
    try:
        document = response.json()
    except ValueError:
        document = {}
    later = response.headers.get("retry-after", "")
    told = document if isinstance(document, dict) else {}
    raise Refused(response.status_code, told, int(later) if later.isdecimal() else 0)


def submit(
    programme: str,
    item: str | None,
    name: str,
    data: Mapping[str, Any],
    key: str | None,
    wait: int,
    more: Mapping[str, Any],
) -> Call[Submitted]:
    """One submission about an item, or (None) about a programme as a whole."""
    chosen = key or str(uuid.uuid4())
    about = "" if item is None else f"/items/{quote(item, safe='')}"
    headers = {"Idempotency-Key": chosen, "Content-Type": "application/json", **_waiting(wait)}
    path = f"{INTAKE}/v1/programmes/{quote(programme, safe='')}{about}/submissions"
    return Call("POST", path, _submitted, headers, _json({"type": name, "data": data, **more}), key=chosen)


def submit_many(programme: str, rows: Sequence[Mapping[str, Any]], wait: int) -> Call[list[BulkResult]]:
    """Many submissions: each row has `item`, `key`, `type` and `data`."""
    headers = {"Content-Type": "application/json", **_waiting(wait)}
    path = f"{INTAKE}/v1/programmes/{quote(programme, safe='')}/submissions/bulk"
    return Call("POST", path, _results, headers, _json({"submissions": list(rows)}))


def prepare(programme: str, item: str, name: str, data: Mapping[str, Any], key: str | None) -> Call[Prepared]:
    """A submission for the head of the unit to sign."""
    chosen = key or str(uuid.uuid4())
    headers = {"Idempotency-Key": chosen, "Content-Type": "application/json"}
    path = f"{INTAKE}/v1/programmes/{quote(programme, safe='')}/items/{quote(item, safe='')}/prepared"
    body = _json({"type": name, "data": data})
    return Call("POST", path, lambda answer: prepared_of(answer.json()), headers, body, key=chosen)


def prepared() -> Call[list[Prepared]]:
    """What waits in the unit's queue, and what was returned."""
    return Call("GET", f"{INTAKE}/v1/prepared", lambda answer: [prepared_of(one) for one in answer.json()["prepared"]])


def upload(content: bytes, name: str, media_type: str) -> Call[Evidence]:
    """A file that a submission is going to cite."""
    sha256 = hashlib.sha256(content).hexdigest()
    evidence = Evidence(sha256, len(content), name, media_type)
    return Call("PUT", f"{INTAKE}/v1/evidence/{sha256}", lambda _: evidence, {"Content-Type": media_type}, content)


def receipt(submission_id: str) -> Call[Receipt]:
    """A receipt of before."""
    path = f"{INTAKE}/v1/receipts/{quote(submission_id, safe='')}"
    return Call("GET", path, lambda answer: receipt_of(answer.json()))


def get(path: str, params: Mapping[str, str]) -> Call[Any]:
    """Any address of query's API, as JSON."""
    return Call("GET", path, lambda answer: answer.json(), params=params)


def _waiting(seconds: int) -> dict[str, str]:
    return {"Prefer": f"wait={seconds}"} if seconds > 0 else {}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _submitted(answer: httpx.Response) -> Submitted:
    return submitted_of(answer.json(), replayed=answer.headers.get("idempotent-replayed") == "true")


def _results(answer: httpx.Response) -> list[BulkResult]:
    return [bulk_result_of(told) for told in answer.json()["results"]]
