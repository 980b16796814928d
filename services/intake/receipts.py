"""Receipts of before: found by the submission's id once it was ruled on, for whoever sent it or may see it in full."""

from __future__ import annotations

from typing import Any

from contracts.submissions import InspectionPlanned
from contracts.topics import split_subject
from eventlog.log.log import LogUnavailable
from services.intake.dependencies import Dependencies
from services.intake.submitting.receipt import Receipt
from services.intake.submitting.ruling_waits import ruling_document
from services.intake.who.permission import rights_of, to_item
from supervision.right import HIDDEN
from web.identity import Identity
from web.rights import NOBODY, RightDenied, require

_READ = "receipt.read"


async def receipt_for(dependencies: Dependencies, identity: Identity, submission_id: str) -> Receipt:
    """The receipt of a submission that was ruled on.

    Raises:
        RightDenied: there is none, or it is not this person's to see: one answer for both.
        IntakeProblem: `not_ready` while the roster, or the log, cannot be read.
    """
    dependencies.receiver.ready()
    try:
        found = await dependencies.used_keys.named(submission_id)
    except LogUnavailable as error:
        raise dependencies.receiver.unavailable("not_ready", str(error)) from None
    if found is None:
        raise RightDenied(_READ, HIDDEN)
    submission, receipt = found
    roster = dependencies.roster
    rights = rights_of(roster, identity)
    actor = submission.actor
    sent = rights.owns(submission.subject) and identity.sent(actor.role, actor.id, actor.unit)
    programme, item = split_subject(submission.subject)
    known = roster.items.get((programme, item or ""))
    if known is None:
        require(_READ, rights.to(_READ, submission.subject, NOBODY, "internal", party=sent))
    elif not sent:
        require(_READ, to_item(rights, _READ, known))
        planned = isinstance(submission.data, InspectionPlanned)  # a receipt, too, tells that a visit is planned
        if planned and not to_item(rights, "inspection_plans.see", known).allowed:
            raise RightDenied(_READ, HIDDEN)
    return receipt


async def ruling_on(dependencies: Dependencies, submission_id: str) -> dict[str, Any] | None:
    """The ruling on a submission as JSON, for whoever was given its receipt; None while it cannot be read."""
    try:
        found = await dependencies.used_keys.ruling_on(submission_id)
    except LogUnavailable:
        return None
    return None if found is None else ruling_document(found)
