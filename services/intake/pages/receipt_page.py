"""A receipt as a page: the ruling, what follows, and the signed proof to be printed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.topics import split_subject
from services.intake.dependencies import Dependencies
from services.intake.pages.next_errand import NextErrand
from services.intake.pages.qr_code import qr_code
from services.intake.pages.renderer import page
from services.intake.pages.session import signed_in
from services.intake.receipts import receipt_for, ruling_on
from services.intake.submitting.receiver import Received
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from web.gate import GuardedRoute, does
from web.language import language_of
from web.visitor import known_visitor

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@router.get("/receipts/{submission_id}")
@does("receipt.read")
async def receipt(request: Request, submission_id: str) -> Response:
    """A receipt of before, to be printed."""
    dependencies, identity = signed_in(request)
    found = await receipt_for(dependencies, identity, submission_id)
    programme, item = split_subject(found.subject)
    known = dependencies.roster.items.get((programme, item or ""))
    received = Received(found, await ruling_on(dependencies, submission_id))
    return receipt_page(request, dependencies, received, 200, item=known, name="")


def receipt_page(
    request: Request,
    dependencies: Dependencies,
    received: Received,
    status: int,
    *,
    item: KnownItem | None,
    name: str,
    following: NextErrand | None = None,
) -> Response:
    """What was received and what was ruled, and what `following` leads on to."""
    receipt = received.receipt
    proof = dependencies.receipt_signer.signed(receipt, dependencies.settings.log)
    at_desk = rights_of(dependencies.roster, known_visitor(request).identity).may("desk.read")
    return page(
        request,
        "receipt.html",
        status,
        item=item,
        name=name,
        following=following,
        receipt=receipt,
        ruling=received.ruling,
        ruling_page=receipt.page(dependencies.position_tokens),
        after=receipt.sealed(dependencies.position_tokens) if at_desk else "",
        proof=proof,
        code=qr_code(proof, "回执" if language_of(request) == "zh" else "receipt"),
    )
