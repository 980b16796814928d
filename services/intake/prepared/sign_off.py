"""Prepare, sign, return, take back: who may, and what becomes of it; the receiver files (docs/decisions/0026)."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection, Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from contracts.topics import jurisdiction_of, subject_of
from services.intake.prepared.passing_on import passes_on
from services.intake.prepared.queue_sizes import QueueSizes
from services.intake.prepared.submissions import MAX_OPEN, Prepared, PreparedSubmissions, State
from services.intake.problem import IntakeProblem
from services.intake.submitting.receipt import Receipt
from services.intake.submitting.receiver import Received, SubmissionReceiver
from services.intake.who.heads import UnitHeads
from web.identity import Identity

_KEYS: Final = uuid.UUID("8a2f5c0e-6d0b-4f0e-9a53-0b7c1c1de026")
"""Under which the key of a preparation becomes its id."""


_HELD_AT_ONCE: Final = 2
"""Each holds one of the few connections until the log has answered; others must go on meanwhile."""


class SignOff:
    """A unit's own sign-off, before anything is filed."""

    def __init__(
        self, prepared: PreparedSubmissions, sizes: QueueSizes, receiver: SubmissionReceiver, heads: UnitHeads
    ) -> None:
        self._prepared = prepared
        self._sizes = sizes
        self._receiver = receiver
        self._heads = heads
        self._turn = asyncio.Semaphore(_HELD_AT_ONCE)

    async def prepare(
        self, identity: Identity, programme: str, item: str, body: Mapping[str, Any], key: str
    ) -> Prepared:
        """Check it as if it were filed, and keep it until it is signed; the same key again finds the same.

        Raises:
            RightDenied: this person may not submit it.
            IntakeProblem: as `SubmissionReceiver.check`; `key_reused`, `too_many_prepared`, `prepared_unavailable`.
        """
        checked = {name: part for name, part in body.items() if name != "prepared_by"}
        await self._receiver.check(identity, programme, item, checked)
        unit, where = identity.unit or "", jurisdiction_of(programme)
        made = Prepared(
            id=uuid.uuid5(_KEYS, f"{where}/{unit}/{identity.id}/{key}"),
            jurisdiction=where,
            unit=unit,
            programme=programme,
            item=item,
            type=str(checked["type"]),
            body=checked,
            prepared_by=identity.id,
        )
        if await self._prepared.count(where, unit) >= MAX_OPEN:
            raise IntakeProblem("too_many_prepared", f"至多 {MAX_OPEN} 件", f"at most {MAX_OPEN}")
        kept = await self._prepared.add(made)
        await self._sizes.read()
        if (kept.programme, kept.item, kept.body) != (made.programme, made.item, made.body):
            raise IntakeProblem("key_reused", more={"prepared": str(kept.id)})
        return kept

    async def open(self, identity: Identity) -> list[Prepared]:
        """What of one's unit waits for a signature, or was returned; also about items that it took over."""
        await self._sizes.read()
        return await self._prepared.open(identity.jurisdictions, identity.unit or "")

    async def passing_on(self, programme: str, unit: str, items: Collection[str]) -> list[Prepared]:
        """What a unit prepared that passes on with these items where it hands them over."""
        kept = await self._prepared.open([jurisdiction_of(programme)], unit)
        return [one for one in kept if one.programme == programme and one.item in items and passes_on(one.type)]

    async def sign(self, identity: Identity, one: Prepared, wait: float) -> Received:
        """File it in the signer's name, naming who prepared it; signed twice, it is one submission.

        It is held until it lies on the log: what is being signed is neither returned nor taken back meanwhile.

        Raises RightDenied, IntakeProblem: `not_head`, `prepared_changed`, and as `SubmissionReceiver.receive`.
        """
        self._require_head(identity)
        body = {**one.body, "prepared_by": one.prepared_by}
        async with AsyncExitStack() as holding:
            await holding.enter_async_context(self._turn)
            held = await holding.enter_async_context(self._prepared.held(one.id))
            if held.state != "waiting":
                raise IntakeProblem("prepared_changed")

            async def filed(receipt: Receipt) -> None:
                await held.decide(identity.id, "signed", submission=receipt.submission_id)
                await holding.aclose()

            actor, data = await self._receiver.check(identity, one.programme, one.item, body)
            subject, key = subject_of(one.programme, one.item), f"prepared-{one.id}"
            received = await self._receiver.append(actor, subject, data, key, wait, filed)
        await self._sizes.read()
        return received

    async def send_back(self, identity: Identity, one: Prepared, reason: str) -> bool:
        """The head returns it to whoever prepared it. Raises IntakeProblem `not_head`."""
        self._require_head(identity)
        return await self._decide(one, identity, "returned", reason=reason)

    async def take_back(self, identity: Identity, one: Prepared) -> bool:
        """Whoever prepares for the unit gives it up, or it was prepared anew."""
        return await self._decide(one, identity, "taken_back", of=("waiting", "returned"))

    async def _decide(self, one: Prepared, identity: Identity, state: State, **more: Any) -> bool:
        done = await self._prepared.decide(one.id, identity.id, state, **more)
        await self._sizes.read()
        return done

    def _require_head(self, identity: Identity) -> None:
        if not self._heads.sign(identity):
            raise IntakeProblem("not_head")
