"""Prepare, sign, return, take back: who may, and what becomes of it; the receiver files (docs/decisions/0026)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from contracts.topics import jurisdiction_of
from services.intake.prepared.submissions import MAX_OPEN, Prepared, PreparedSubmissions
from services.intake.problem import IntakeProblem
from services.intake.submitting.receiver import Received, SubmissionReceiver
from services.intake.who.heads import UnitHeads
from web.identity import Identity

_KEYS: Final = uuid.UUID("8a2f5c0e-6d0b-4f0e-9a53-0b7c1c1de026")
"""Under which the key of a preparation becomes its id."""


class Signing:
    """A unit's own sign-off, before anything is filed."""

    def __init__(self, prepared: PreparedSubmissions, receiver: SubmissionReceiver, heads: UnitHeads) -> None:
        self._prepared = prepared
        self._receiver = receiver
        self._heads = heads

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
        if (kept.programme, kept.item, kept.body) != (made.programme, made.item, made.body):
            raise IntakeProblem("key_reused", more={"prepared": str(kept.id)})
        return kept

    async def open(self, identity: Identity) -> list[Prepared]:
        """What of one's unit waits for a signature, or was returned."""
        return await self._prepared.open(identity.jurisdictions, identity.unit or "")

    async def sign(self, identity: Identity, one: Prepared, wait: float) -> Received:
        """File it in the signer's name, naming who prepared it; signed twice, it is one submission.

        Raises RightDenied, IntakeProblem: `not_head`, and as `SubmissionReceiver.receive`.
        """
        self._require_head(identity)
        body = {**one.body, "prepared_by": one.prepared_by}
        received = await self._receiver.receive(identity, one.programme, one.item, body, f"prepared-{one.id}", wait)
        filed: dict[str, Any] = {
            "of": ("waiting", "returned", "taken_back")
        }  # it lies on the log, whatever was clicked
        await self._prepared.decide(one.id, identity.id, "signed", **filed, submission=received.receipt.submission_id)
        return received

    async def send_back(self, identity: Identity, one: Prepared, reason: str) -> bool:
        """The head returns it to whoever prepared it. Raises IntakeProblem `not_head`."""
        self._require_head(identity)
        return await self._prepared.decide(one.id, identity.id, "returned", reason=reason)

    async def take_back(self, identity: Identity, one: Prepared) -> bool:
        """Whoever prepares for the unit gives it up, or it was prepared anew."""
        return await self._prepared.decide(one.id, identity.id, "taken_back", of=("waiting", "returned"))

    def _require_head(self, identity: Identity) -> None:
        if not self._heads.sign(identity):
            raise IntakeProblem("not_head")
