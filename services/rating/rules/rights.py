"""Who may do what, and in which order reasons are given (rulebook: Who; What is refused)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

from contracts.rulings import Reason
from contracts.values import Actor
from services.rating.rules.state.state import Hands

Right = Literal["lead_unit", "office", "own_leader", "chief", "alarm"]
_ORDER: Final[Mapping[Reason, int]] = {reason: place for place, reason in enumerate(get_args(Reason))}


def _lead_unit(actor: Actor, hands: Hands) -> Reason | None:
    if actor.role != "unit":
        return "wrong_role"
    return None if actor.unit == hands.lead_unit else "not_lead_unit"


def _own_leader(actor: Actor, hands: Hands) -> Reason | None:
    if actor.role != "leader":
        return "wrong_role"
    return None if actor.id == hands.leader else "not_own_leader"


def _role(role: str) -> Callable[[Actor, Hands], Reason | None]:
    return lambda actor, _hands: None if actor.role == role else "wrong_role"


_RIGHTS: Final[Mapping[Right, Callable[[Actor, Hands], Reason | None]]] = {
    "lead_unit": _lead_unit,
    "own_leader": _own_leader,
    "office": _role("office"),
    "chief": _role("chief"),
    "alarm": _role("alarm"),
}


def objection(right: Right, actor: Actor, hands: Hands) -> Reason | None:
    """Why this actor may not do it: another role, another unit, another leader (rulebook: Who)."""
    return _RIGHTS[right](actor, hands)


def role_objection(right: Right, actor: Actor) -> Reason | None:
    """Why this role may not do it, where no item is known."""
    wanted = {"lead_unit": "unit", "own_leader": "leader"}.get(right, right)
    return None if actor.role == wanted else "wrong_role"


def in_order(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Several reasons in the order of the rulebook's list, each once (rulebook: Fine print)."""
    return tuple(sorted(set(reasons), key=_ORDER.__getitem__))
