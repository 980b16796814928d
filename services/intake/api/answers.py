"""What a program is answered when something was received: the receipt, its proof, and the ruling if it came in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import orjson
from starlette.responses import Response

from services.intake.dependencies import Dependencies
from services.intake.submitting.receipt import Receipt
from services.intake.submitting.receiver import Received

JSON: Final = "application/json"


def received(answered: Received, dependencies: Dependencies, waited: float = 0) -> Response:
    """202 with the receipt, 200 where the ruling is known already; `waited`: for how many seconds it was asked for."""
    receipt = answered.receipt
    headers = {"location": receipt.location(dependencies.settings.origin, dependencies.position_tokens)}
    if receipt.repeated:
        headers["idempotent-replayed"] = "true"
    if answered.ruling is not None:
        headers["preference-applied"] = f"wait={waited:g}"
    body = orjson.dumps(document(answered, dependencies))
    return Response(body, 202 if answered.ruling is None else 200, headers, JSON)


def document(answered: Received, dependencies: Dependencies) -> dict[str, Any]:
    """The receipt as JSON with its signature (`proof`), and the ruling if there is one."""
    receipt = answered.receipt
    proof = dependencies.receipt_signer.signed(receipt, dependencies.settings.log)
    ruling = {} if answered.ruling is None else {"ruling": answered.ruling}
    return {**receipt.document(), "proof": proof, **ruling}


async def received_all(
    receipts: Sequence[Receipt], dependencies: Dependencies, provisional: Sequence[str] = ()
) -> Response:
    """With the periods whose deadline is provisional until the calendar reaches it, if there are any."""
    told = {"provisional": list(provisional)} if provisional else {}
    documents = []
    for receipt in receipts:
        documents.append(document(Received(receipt), dependencies))
        await asyncio.sleep(0)  # each is signed: a thousand would take a tenth of a second
    location = receipts[0].location(dependencies.settings.origin, dependencies.position_tokens) if receipts else ""
    body = orjson.dumps({"receipts": documents, **told})
    return Response(body, 202, {"location": location} if location else {}, JSON)
