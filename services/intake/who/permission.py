"""Whether somebody may do an operation, by the table of rights and what the roster knows (rulebook: Who).

Rating checks what is submitted once more, since this roster may lag behind; what it rules is what counts.
"""

from __future__ import annotations

from typing import Final

from contracts.submissions import DeputyEnded, DeputyNamed, SubmissionData
from services.intake.who.item import KnownItem
from services.intake.who.roster import KnownProgramme, Roster
from supervision.right import Answer, Assignees
from supervision.rights import SUBMITTED_ABOUT_ITEMS
from web.identity import Identity
from web.rights import RightDenied, Rights, require

_OF_FORMER: Final = frozenset({"submission.send", "submit.appeal.lodged", "submit.reply.given"})


class Unknown(RightDenied):
    """Forbidden, or there is nothing of the kind for this person: `programme` says whether they may see even that."""

    def __init__(self, operation: str, said: Answer, *, programme: bool) -> None:
        super().__init__(operation, said)
        self.programme = programme


def rights_of(roster: Roster, identity: Identity | None) -> Rights:
    """The rights of somebody among the programmes that are known."""
    return Rights(identity, roster.jurisdictions)


def permitted_item(roster: Roster, rights: Rights, operation: str, programme: str, item: str) -> KnownItem:
    """The item, if this person may do the operation about it. Raises RightDenied, Unknown."""
    known = roster.items.get((programme, item))
    if known is not None:
        said = to_item(rights, operation, known)
        if said.allowed:
            return known
    else:
        said = rights.missing(operation, programme)
    seen = programme in roster.programmes and rights.owns(programme)
    raise Unknown(operation, said, programme=seen)


def permitted_programme(roster: Roster, rights: Rights, operation: str, programme: str) -> KnownProgramme:
    """The programme, if this person may do the operation about it. Raises Unknown."""
    known, said = roster.programmes.get(programme), rights.to(operation, programme)
    if known is None or not said.allowed:
        raise Unknown(operation, rights.missing(operation, programme), programme=False)
    return known


def to_item(rights: Rights, operation: str, item: KnownItem) -> Answer:
    """What the table says of an operation about an item.

    A leader who was named for its leader stands in for them, and a unit that led it may still appeal and reply: on
    which days, and about what, rating asks (rulebook: Who; Fairness).
    """
    stands_in = rights.identity is not None and item.is_deputy(rights.identity)
    leader = rights.identity.id if rights.identity is not None and stands_in else item.leader
    unit = rights.identity.unit if rights.identity is not None else None
    led = operation in _OF_FORMER and unit in item.assignment.former
    assignees = Assignees(unit if led else item.lead_unit, item.cooperating, leader)
    return rights.to(operation, item.programme, assignees, item.opened.classification)


def submittable(rights: Rights, item: KnownItem) -> list[str]:
    """The types that this person may submit about an item."""
    return [name for name in SUBMITTED_ABOUT_ITEMS if to_item(rights, f"submit.{name}", item).allowed]


def require_principal(identity: Identity, operation: str, data: SubmissionData) -> None:
    """Raises RightDenied where a leader, or the chief leader, names a deputy for somebody else than themselves."""
    if not isinstance(data, DeputyNamed | DeputyEnded) or identity.role == "office":
        return
    role, _, name = data.principal.partition(":")
    if role != identity.role:
        raise RightDenied(operation, Answer("forbidden", "wrong_role"))
    if role == "leader" and name != identity.id:
        raise RightDenied(operation, Answer("forbidden", "not_own_leader"))


def require_own(rights: Rights, operation: str, programme: str) -> None:
    """Raises RightDenied where a programme that is yet to be made is not of this person's jurisdiction."""
    require(operation, rights.to(operation, programme))
