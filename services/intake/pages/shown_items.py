"""The item that a page is about: whether it may be shown, and that it was."""

from __future__ import annotations

from fastapi import Request

from contracts.topics import subject_of
from services.intake.dependencies import Dependencies
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from services.intake.who.permission import permitted_item, rights_of
from supervision.rights import OPERATIONS
from web.identity import Identity
from web.privileged_reads import opened_by


def open_item(request: Request, item: KnownItem) -> None:
    """Say that an item is shown."""
    opened_by(request).item(item.programme, item.id, item.opened.classification)


def permitted(dependencies: Dependencies, identity: Identity, programme: str, item: str, operation: str) -> KnownItem:
    """The item, if this person may do `operation` about it. Raises RightDenied, IntakeProblem."""
    dependencies.receiver.ready(subject_of(programme, item))
    if OPERATIONS[operation].scope != "item":
        raise IntakeProblem("not_found")
    return permitted_item(dependencies.roster, rights_of(dependencies.roster, identity), operation, programme, item)
