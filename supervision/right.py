"""What a right is: who may do an operation, by role, by what ties them to the item, and by its classification."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, get_args

from contracts.values import Classification, Role
from supervision.words import Word

Asker = Literal["public", "unit", "office", "leader", "chief", "auditor", "alarm"]
"""A role, or the public: nobody who is known."""
Relation = Literal["lead", "cooperating", "own_leader", "party", "other", "foreign"]
"""What ties somebody to what is asked about, the closest tie first.

`lead` and `cooperating`: their unit's part in the item; `own_leader`: they are its leader in charge; `party`: they sent
or uploaded it, or were sent it; `other`: no tie inside the own jurisdiction; `foreign`: it is another jurisdiction's.
"""
Scope = Literal["item", "record", "sheet", "programme", "installation"]
"""What an operation is about: an item, a record about one (a submission, a notice, a file), a unit's evaluation sheet,
a programme or a jurisdiction as a whole, or none of these."""
Outcome = Literal["allowed", "forbidden", "hidden"]
Reason = Literal["sign_in", "wrong_role", "not_lead_unit", "not_own_leader", "wrong_jurisdiction"]
Cell = tuple[Asker, Relation, Classification]

REASONS: Final[Mapping[Reason, Word]] = {
    "sign_in": Word("请先登录", "sign in first"),
    "wrong_role": Word("该角色无权办理此事", "this role may not do this"),
    "not_lead_unit": Word("不是该事项的牵头承办单位", "not the item's lead unit"),
    "not_own_leader": Word("不是该事项的分管区领导", "not the item's own leader in charge"),
    "wrong_jurisdiction": Word("不属于您所在的地区", "not of your jurisdiction"),
}
DEPUTIES: Final[frozenset[Asker]] = frozenset({"leader", "chief"})
"""Who may stand in for one another."""
ASKERS: Final[tuple[Asker, ...]] = get_args(Asker)
CLASSIFICATIONS: Final[tuple[Classification, ...]] = get_args(Classification)
_TIES: Final[Mapping[Asker, tuple[Relation, ...]]] = {"unit": ("lead", "cooperating"), "leader": ("own_leader",)}


class Answer(NamedTuple):
    """What the table says: allowed, forbidden for a reason (403; `sign_in` is 401), or hidden (404)."""

    outcome: Outcome
    reason: Reason | None = None

    @property
    def allowed(self) -> bool:
        """Whether it may be done."""
        return self.outcome == "allowed"


ALLOWED: Final = Answer("allowed")
HIDDEN: Final = Answer("hidden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that can be asked of a service: what it is called, what it is about, and the cells that allow it.

    `open`: whoever reaches the door may; who it is, is not asked. Whoever is not allowed is told so where `told`, and
    that there is nothing of the kind else; with `told` only if they may see the item.
    """

    name: str
    word: Word
    scope: Scope
    cells: frozenset[Cell] = frozenset()
    open: bool = False
    told: bool = False
    roles: frozenset[Asker] = field(init=False)
    """Those who may do it to something at least."""

    def __post_init__(self) -> None:
        roles = frozenset(ASKERS) if self.open else frozenset(cell[0] for cell in self.cells)
        object.__setattr__(self, "roles", roles)  # asked for on every request, so gathered once

    @property
    def possible(self) -> Iterator[Cell]:
        """Every cell that there can be, by what the operation is about."""
        for asker in ASKERS:
            for relation in relations(asker, self.scope):
                for classification in CLASSIFICATIONS if self.scope in ("item", "record") else CLASSIFICATIONS[:1]:
                    yield asker, relation, classification


class StandsIn(NamedTuple):
    """`deputy` stands in for `principal` today, each `chief` or `leader:` and an id."""

    principal: str
    deputy: str


class Assignees(NamedTuple):
    """Who an item is assigned to, or a sheet: nobody where it does not exist."""

    lead_unit: str | None = None
    cooperating: Collection[str] = ()
    leader: str | None = None
    deputies: Collection[StandsIn] = ()


def relations(asker: Asker, scope: Scope) -> Sequence[Relation]:
    """What can tie somebody to what an operation is about; to the public, of no jurisdiction, nothing is foreign."""
    if scope == "installation" or asker == "public":
        return ("other",)
    if scope == "programme":
        return ("other", "foreign")
    ties = ("lead",) if scope == "sheet" and asker == "unit" else () if scope == "sheet" else _TIES.get(asker, ())
    return (*ties, *(("party",) if scope == "record" and asker in _TIES else ()), "other", "foreign")


def relation_of(
    asker: Asker, person: str | None, unit: str | None, assignees: Assignees, *, own: bool, party: bool = False
) -> Relation:
    """What ties somebody to an item assigned so; `own`: it is of a jurisdiction that they act in."""
    if asker == "public":
        return "other"
    if not own:
        return "foreign"
    if asker == "unit" and unit is not None:
        if unit == assignees.lead_unit:
            return "lead"
        if unit in assignees.cooperating:
            return "cooperating"
    if asker == "leader" and person is not None and person == assignees.leader:
        return "own_leader"
    return "party" if party else "other"


def reference_of(asker: Asker, person: str | None) -> str:
    """A leader or the chief leader, as a naming calls them."""
    return "chief" if asker == "chief" else f"{asker}:{person}"


def capacities(asker: Asker, person: str | None, assignees: Assignees) -> Iterator[tuple[Asker, str | None]]:
    """As whom somebody stands before an item: as themselves, and as each for whom they stand in (rulebook: Who)."""
    yield asker, person
    if asker not in DEPUTIES:
        return
    mine = reference_of(asker, person)
    for principal, deputy in assignees.deputies:
        if deputy == mine:
            role, _, name = principal.partition(":")
            yield ("chief", None) if role == "chief" else ("leader", name)


def asker_of(role: Role | None) -> Asker:
    """The role as the table names it."""
    return "public" if role is None else role
