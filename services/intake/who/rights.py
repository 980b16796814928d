"""Who may submit what: the role per type, and what ties the actor to the item (rulebook: Who).

Rating repeats all of it, since this roster may lag behind; what it rules is what counts.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from contracts.values import Role
from services.intake.problem import IntakeProblem, forbidden
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.assignment import AssignmentRecord
from web.identity import Identity

Tie = Literal["lead_unit", "own_leader", "any"]


class Right(NamedTuple):
    """One role's right to a type of submission."""

    role: Role
    tie: Tie = "any"


_LEAD: Final = (Right("unit", "lead_unit"),)
_OWN_LEADER: Final = (Right("leader", "own_leader"),)
_OFFICE: Final = (Right("office"),)
_CHIEF: Final = (Right("chief"),)

ITEM_RIGHTS: Final[dict[str, tuple[Right, ...]]] = {
    "item.reassigned": _OFFICE,
    "plan.submitted": _LEAD,
    "plan.decided": _OWN_LEADER,
    "progress.reported": _LEAD,
    "progress.reviewed": _OFFICE,
    "inspection.planned": _OFFICE,
    "inspection.recorded": _OFFICE,
    "lag.declared": _OFFICE,
    "blockage.raised": _LEAD,
    "blockage.answered": _OFFICE,
    "adjustment.requested": _LEAD,
    "adjustment.decided": _OWN_LEADER,
    "withdrawal.requested": _LEAD,
    "withdrawal.decided": _CHIEF,
    "rectification.reported": _LEAD,
    "rectification.reviewed": _OFFICE,
    "interview.confirmed": _OFFICE,
    "interview.held": _OFFICE,
    "notice.acknowledged": _LEAD,
    "appeal.lodged": _LEAD,
    "appeal.decided": _OFFICE,
}
"""What may be submitted about an item. Not here: what only a publication writes, and `deadline.passed`, which only
rating's alarm writes and nobody may send."""

PROGRAMME_RIGHTS: Final[dict[str, tuple[Right, ...]]] = {
    "bulletin.composed": _OFFICE,
    "bulletin.approved": _CHIEF,
}
"""What may be submitted about a programme as a whole, beside publishing it."""


def check_item(roster: Roster, identity: Identity, programme: str, item: str, name: str) -> KnownItem:
    """The item, if this person may submit `name` about it. Raises IntakeProblem `forbidden` or `not_found`."""
    rights = ITEM_RIGHTS.get(name, ())
    by_role = [right for right in rights if right.role == identity.role]
    if not by_role:
        raise forbidden("wrong_role")
    known = roster.items.get((programme, item))
    if known is None:
        raise _unknown("unknown_item" if programme in roster.programmes else "unknown_programme")
    if not any(_tied(right.tie, identity, known.assignment) for right in by_role):
        raise forbidden("not_lead_unit" if identity.role == "unit" else "not_own_leader")
    return known


def check_programme(roster: Roster, identity: Identity, programme: str, name: str) -> None:
    """Whether this person may submit `name` about a programme. Raises IntakeProblem `forbidden` or `not_found`."""
    if identity.role not in {right.role for right in PROGRAMME_RIGHTS.get(name, ())}:
        raise forbidden("wrong_role")
    if programme not in roster.programmes:
        raise _unknown("unknown_programme")


def allowed(identity: Identity, item: KnownItem) -> list[str]:
    """The types that this person may submit about an item."""
    return [
        name
        for name, rights in ITEM_RIGHTS.items()
        if any(right.role == identity.role and _tied(right.tie, identity, item.assignment) for right in rights)
    ]


def _tied(tie: Tie, identity: Identity, assignment: AssignmentRecord) -> bool:
    if tie == "lead_unit":
        return identity.unit == assignment.lead_unit
    return identity.id == assignment.leader if tie == "own_leader" else True


def _unknown(reason: str) -> IntakeProblem:
    problem = forbidden(reason)
    return IntakeProblem("not_found", problem.zh, problem.en, more={"reason": reason})
