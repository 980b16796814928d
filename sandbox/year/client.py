"""The services' HTTP APIs as the simulated people use them, each with a token of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from contracts.values import Actor
from sandbox.year.evidence import EVIDENCE_FILES
from sandbox.year.planned_act import PlannedAct
from sandbox.year.retries import PATIENCE_SECONDS, YearInterrupted, asked

PUBLISHER: Final = Actor(role="office", id="o1")
AUDITOR: Final = Actor(role="auditor", id="auditor")


@dataclass(frozen=True, slots=True)
class SubmissionPosition:
    """Where a submission lies on the log."""

    partition: int
    offset: int


class ServicesClient:
    """A client of intake, query and the issuer, and of rating's report of its progress."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._tokens: dict[Actor, str] = {}
        self._programs: dict[str, str] = {}
        self._uploaded: set[tuple[str, str]] = set()
        self._ids: dict[tuple[str, str], str] = {}
        limits = httpx.Limits(max_connections=16, max_keepalive_connections=16)
        self._http = httpx.AsyncClient(timeout=30, limits=limits, trust_env=False)

    async def __aenter__(self) -> ServicesClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def publish(self, actor: Actor, body: bytes, key: str) -> list[SubmissionPosition]:
        """Publish a programme (JSON), marked as simulated."""
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        path = "/v1/programmes?simulated=true"
        answer = await self._ask("POST", "intake", path, actor, content=body, headers=headers)
        return [SubmissionPosition(r["partition"], r["offset"]) for r in answer.json()["receipts"]]

    async def submit(self, act: PlannedAct) -> SubmissionPosition:
        """Submit an act, after the files that it cites; asks again with the same key until there is a receipt.

        A unit's system does it with a program's token, whoever else with a person's.
        """
        about = f"/items/{act.item}" if act.item else ""
        answer = await self._sent(act, f"/v1/programmes/{act.programme}{about}/submissions", act.actor.id)
        self._ids[act.item, act.key] = answer["submission_id"]
        return SubmissionPosition(answer["partition"], answer["offset"])

    async def prepare(self, act: PlannedAct, system: str) -> None:
        """A unit's system prepares an act for the head to sign."""
        await self._sent(act, f"/v1/programmes/{act.programme}/items/{act.item}/prepared", system)

    async def _sent(self, act: PlannedAct, path: str, sender: str) -> dict[str, Any]:
        program = act.way == "system" or sender != act.actor.id
        headers = await self._program(sender) if program else {}
        actor = None if program else act.actor
        await self._upload(act.actor, [one["sha256"] for one in act.data.get("evidence", ())], actor, headers)
        named = {"of": await self._id_of(act.about)} if act.about else {}
        if act.type == "bulletin.composed":
            named = {"position": await self._rulings_shown(act)}
        body: dict[str, Any] = {"type": act.type, "data": {**act.data, **named}}
        if act.actor.on_behalf_of:
            body["on_behalf_of"] = act.actor.on_behalf_of
        if act.actor.prepared_by and not program:
            body["prepared_by"] = act.actor.prepared_by
        answer = await self._ask(
            "POST", "intake", path, actor, json=body, headers={"Idempotency-Key": act.key, **headers}
        )
        document: dict[str, Any] = answer.json()
        return document

    async def _rulings_shown(self, act: PlannedAct) -> str:
        """Up to which rulings query shows a programme: what a bulletin is composed from."""
        shown: str = (await self.get(act.actor, f"/v1/programmes/{act.programme}"))["position"]
        return ",".join(part for part in shown.split(",") if part.startswith("rulings-"))

    async def spread(self, act: PlannedAct) -> list[SubmissionPosition]:
        """Submit what concerns many items through its door: a submission for each of them."""
        path = f"/v1/programmes/{act.programme}/{act.door}"
        headers = {"Idempotency-Key": act.key}
        data = act.data["policy"] if act.door == "policies" else act.data
        answer = await self._ask("POST", "intake", path, act.actor, json=data, headers=headers)
        return [SubmissionPosition(r["partition"], r["offset"]) for r in answer.json()["receipts"]]

    async def _id_of(self, act: PlannedAct) -> str:
        """The submission of an earlier act; after an interruption intake is asked again, by the same key."""
        if (act.item, act.key) not in self._ids:
            await self.submit(act)
        return self._ids[act.item, act.key]

    async def upload_evidence(self, actor: Actor, hashes: Collection[str]) -> None:
        """Upload files as an actor who is going to cite them, each once."""
        await self._upload(actor, hashes, actor, {})

    async def _upload(
        self, owner: Actor, hashes: Collection[str], actor: Actor | None, headers: Mapping[str, str]
    ) -> None:
        whose = owner.unit or owner.id
        for file in EVIDENCE_FILES:
            if file.sha256 not in hashes or (whose, file.sha256) in self._uploaded:
                continue
            told = {"Content-Type": file.media_type, **headers}
            await self._ask("PUT", "intake", f"/v1/evidence/{file.sha256}", actor, content=file.content, headers=told)
            self._uploaded.add((whose, file.sha256))

    async def rating_progress(self) -> dict[str, Any]:
        """Rating's progress, by partition."""
        answer = await self._ask("GET", "rating", "/v1/progress", None)
        partitions: dict[str, Any] = answer.json()["partitions"]
        return partitions

    async def wait_until_shown(self, positions: Mapping[int, int]) -> None:
        """Return when query shows the rulings on the submissions at these offsets; the office may name positions."""
        text = ",".join(f"submissions-{p}@{offset}" for p, offset in sorted(positions.items()))
        await self._ask("GET", "query", "/v1/progress", PUBLISHER, params={"min_position": text, "timeout": "30"})

    async def wait_until_notified(self) -> None:
        """Return when notify has nothing left to send and query has read what became of it."""
        await self._wait_until("notify", "idle")
        await self._wait_until("query", "caught_up")

    async def _wait_until(self, part: str, state: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (progress := (await self._ask("GET", part, "/v1/progress", None)).json())[state]:
            if time.monotonic() > deadline:
                raise YearInterrupted(f"{part}: not {state} yet: {progress}")
            await asyncio.sleep(0.1)

    async def get(self, actor: Actor, path: str, **params: str) -> Any:
        """A JSON answer of query."""
        return (await self._ask("GET", "query", path, actor, params=params)).json()

    async def _ask(self, method: str, part: str, path: str, actor: Actor | None, **request: Any) -> httpx.Response:
        headers = dict(request.pop("headers", {}))
        if actor is not None:
            headers["Authorization"] = f"Bearer {await self._token(actor)}"
        answer = await asked(self._http, method, self._urls[part] + path, headers=headers, **request)
        if not answer.is_success:
            raise YearInterrupted(f"{part}: {method} {path}: {answer.status_code} {answer.text}")
        return answer

    async def _token(self, actor: Actor) -> str:
        if actor not in self._tokens:
            answer = await self._ask("POST", "issuer", "/token", None, json={"person": actor.id})
            self._tokens[actor] = answer.json()["token"]
        return self._tokens[actor]

    async def _program(self, system: str) -> dict[str, str]:
        """The header of a unit's system, signed in by client credentials."""
        if system not in self._programs:
            form = {"grant_type": "client_credentials", "client_id": system}
            answer = await self._ask("POST", "issuer", "/token", None, data=form)
            self._programs[system] = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self._programs[system]}"}
