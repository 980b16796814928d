"""Whether somebody may do an operation, by the table of rights and what the roster knows (rulebook: Who).

Rating checks what is submitted once more, since this roster may lag behind; what it rules is what counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts.submissions import DeputyEnded, DeputyNamed, SubmissionData
from services.intake.who.item import KnownItem
from services.intake.who.roster import KnownProgramme, Roster
from supervision.right import Answer, Assignees, Reason, StandsIn, reference_of
from supervision.rights import SUBMITTED_ABOUT_ITEMS
from web.identity import Identity
from web.rights import RightDenied, Rights, require

_NEVER: Final = datetime.max.replace(tzinfo=UTC)
OF_FORMER: Final = frozenset({"submission.send", "submit.appeal.lodged", "submit.reply.given"})
"""What a unit that led an item before may still do about it."""


@dataclass(frozen=True, slots=True)
class ItemRights(Rights):
    """The rights of somebody at an instant; `as_deputy`: what they may do for those for whom they stand in, too."""

    at: datetime = _NEVER
    as_deputy: bool = True

    def assignees(self, item: KnownItem, unit: str) -> Assignees:
        """Who an item is assigned to, for them: `unit` counts as its lead unit."""
        deputies = item.deputies_at(self.at) if self.as_deputy else ()
        return Assignees(unit, item.cooperating, item.leader, deputies)


class Unknown(RightDenied):
    """Forbidden, or there is nothing of the kind for this person: `programme` says whether they may see even that."""

    def __init__(self, operation: str, said: Answer, *, programme: bool) -> None:
        super().__init__(operation, said)
        self.programme = programme


def rights_of(roster: Roster, identity: Identity | None) -> ItemRights:
    """The rights of somebody among the programmes that are known, today."""
    return ItemRights(identity, roster.jurisdictions, roster.clock.now())


def permitted_item(roster: Roster, rights: ItemRights, operation: str, programme: str, item: str) -> KnownItem:
    """The item, if this person may do the operation about it. Raises RightDenied, Unknown."""
    key = (programme, item)
    known = roster.items.active.get(key) or roster.items.get(key)  # nearly all that is sent is about an active one
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


def require_seen(roster: Roster, rights: Rights, operation: str, programme: str) -> None:
    """Raises Unknown where there is no such programme, for this person."""
    if programme not in roster.programmes or not rights.owns(programme):
        raise Unknown(operation, rights.missing(operation, programme), programme=False)


def leads(item: KnownItem, unit: str, operation: str) -> bool:
    """Whether a unit counts as an item's lead unit for an operation: one that led it may still appeal and reply."""
    return unit == item.lead_unit or (operation in OF_FORMER and unit in item.assignment.former)


def to_item(rights: ItemRights, operation: str, item: KnownItem) -> Answer:
    """What the table says of an operation about an item.

    A unit that led it may still appeal and reply: about what, rating asks (rulebook: Fairness).
    """
    unit = rights.identity.unit if rights.identity is not None else None
    led = unit if unit is not None and leads(item, unit, operation) else item.lead_unit
    return rights.to(operation, item.programme, rights.assignees(item, led), item.opened.classification)


def submittable(rights: ItemRights, item: KnownItem) -> list[str]:
    """The types that this person may submit about an item."""
    return [name for name in SUBMITTED_ABOUT_ITEMS if to_item(rights, f"submit.{name}", item).allowed]


def principal_of(roster: Roster, identity: Identity, operation: str, programme: str, item: str) -> str | None:
    """In whose place somebody does what is not theirs to do: the first for whom they stand in today that may.

    None where they may themselves, or stand in for nobody who may.
    """
    known, rights = roster.items.get((programme, item)), rights_of(roster, identity)
    own = replace(rights, as_deputy=False)
    if known is None or to_item(own, operation, known).allowed:
        return None
    mine = reference_of(rights.asker, identity.id)
    for principal, deputy in known.deputies_at(rights.at):
        if deputy == mine and to_item(replace(own, identity=acting_as(identity, principal)), operation, known).allowed:
            return principal
    return None


def acting_as(identity: Identity, principal: str) -> Identity:
    """The principal, as whose deputy somebody acts."""
    role, _, name = principal.partition(":")
    return replace(identity, role="chief" if role == "chief" else "leader", id=name or role)


def require_deputy(
    roster: Roster, identity: Identity, operation: str, subject: tuple[str, str | None], principal: str
) -> None:
    """Raises RightDenied unless somebody stands in for this principal on this item today (rulebook: Who)."""
    known, rights = roster.items.get((subject[0], subject[1] or "")), rights_of(roster, identity)
    pair = StandsIn(principal, reference_of(rights.asker, identity.id))
    if known is None or pair not in known.deputies_at(rights.at):
        reason: Reason = "wrong_role" if principal == "chief" else "not_own_leader"
        raise RightDenied(operation, Answer("forbidden", reason))


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
