"""Who may do what, and in which order reasons are given (rulebook: Who; What is refused)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Literal, get_args

from contracts.refusal_reasons import Reason
from contracts.submission import SUBMISSION_TYPES, Submission
from contracts.submissions import DeputyEnded, DeputyNamed, InterviewHeld
from contracts.topics import jurisdiction_of
from contracts.values import Actor
from services.rating.rules.state.state import Hands, Item

Right = Literal["lead_unit", "former_lead", "office", "own_leader", "chief", "alarm", "interviewer", "principal"]
_ORDER: Final[Mapping[Reason, int]] = {reason: place for place, reason in enumerate(get_args(Reason))}


def is_foreign(submission: Submission) -> bool:
    """Whether the actor belongs to another jurisdiction than the programme; the alarm belongs to all."""
    actor = submission.actor
    return actor.jurisdiction not in (None, jurisdiction_of(submission.subject)) and actor.role != "alarm"


def _lead_unit(actor: Actor, hands: Hands, _submission: Submission) -> Reason | None:
    if actor.role != "unit":
        return "wrong_role"
    return None if actor.unit == hands.lead_unit else "not_lead_unit"


def _former_lead(actor: Actor, hands: Hands, _submission: Submission) -> Reason | None:
    """The unit that leads or once led: which of them it is, the act itself asks (rulebook: Fairness)."""
    if actor.role != "unit":
        return "wrong_role"
    led = {hands.lead_unit, *(former.unit for former in hands.former)}
    return None if actor.unit in led else "not_lead_unit"


def _own_leader(actor: Actor, hands: Hands, _submission: Submission) -> Reason | None:
    if actor.role != "leader":
        return "wrong_role"
    return None if actor.id == hands.leader else "not_own_leader"


def _interviewer(actor: Actor, hands: Hands, submission: Submission) -> Reason | None:
    """The office; beside it the own leader for an interview, the chief for a chief interview."""
    if actor.role == "office":
        return None
    level = submission.data.level if isinstance(submission.data, InterviewHeld) else "interview"
    if level == "chief_interview":
        return None if actor.role == "chief" else "wrong_role"
    return _own_leader(actor, hands, submission)


def _principal(actor: Actor, _hands: Hands, submission: Submission) -> Reason | None:
    """The office, or the principal that is named: a deputy names nobody."""
    data = submission.data
    if actor.role == "office" or not isinstance(data, DeputyNamed | DeputyEnded):
        return None if actor.role == "office" else "wrong_role"
    if data.principal == "chief":
        return None if actor.role == "chief" else "wrong_role"
    if actor.role != "leader":
        return "wrong_role"
    return None if data.principal == f"leader:{actor.id}" else "not_own_leader"


def _role(role: str) -> Callable[[Actor, Hands, Submission], Reason | None]:
    return lambda actor, _hands, _submission: None if actor.role == role else "wrong_role"


_RIGHTS: Final[Mapping[Right, Callable[[Actor, Hands, Submission], Reason | None]]] = {
    "lead_unit": _lead_unit,
    "former_lead": _former_lead,
    "own_leader": _own_leader,
    "interviewer": _interviewer,
    "principal": _principal,
    "office": _role("office"),
    "chief": _role("chief"),
    "alarm": _role("alarm"),
}
_ROLES: Final[Mapping[Right, tuple[str, ...]]] = {
    "lead_unit": ("unit",),
    "former_lead": ("unit",),
    "own_leader": ("leader",),
    "interviewer": ("office", "leader", "chief"),
    "principal": ("office", "leader", "chief"),
}


def objection(right: Right, submission: Submission, item: Item, at: datetime) -> Reason | None:
    """Why this actor may not do it at the instant `at`: another role, unit or leader, or no deputy (rulebook: Who)."""
    actor = submission.actor
    if actor.on_behalf_of is not None:
        if right == "principal" or not _stands_in(actor, item.hands, item.frame.day_of(at)):
            return "wrong_role" if actor.on_behalf_of == "chief" else "not_own_leader"
        actor = principal_of(actor)
    return _RIGHTS[right](actor, item.hands, submission)


def principal_of(actor: Actor) -> Actor:
    """The principal in whose place a deputy acts; the actor itself without one."""
    if actor.on_behalf_of is None:
        return actor
    role, _, name = actor.on_behalf_of.partition(":")
    return replace(actor, role="chief" if role == "chief" else "leader", id=name or role, on_behalf_of=None)


def deputy_of(actor: Actor) -> str:
    """A leader or the chief, as a naming names a deputy."""
    return "chief" if actor.role == "chief" else f"{actor.role}:{actor.id}"


def _stands_in(actor: Actor, hands: Hands, today: date) -> bool:
    pair = (actor.on_behalf_of, deputy_of(actor))
    return any((one.principal, one.deputy) == pair and one.from_on <= today <= one.until_on for one in hands.deputies)


def signature_objection(submission: Submission, item: Item) -> Reason | None:
    """Why a unit's submission is not signed: who prepared it, and that its head sends it (rulebook: Who)."""
    actor = submission.actor
    if actor.role != "unit" or SUBMISSION_TYPES.short_names[type(submission.data)] not in item.frame.policy.signed:
        return None
    return None if actor.head and actor.prepared_by else "not_signed"


def role_objection(right: Right, actor: Actor) -> Reason | None:
    """Why this role may not do it, where no item is known."""
    wanted = _ROLES.get(right, (right,))
    return None if principal_of(actor).role in wanted else "wrong_role"


def in_order(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Several reasons in the order of the rulebook's list, each once (rulebook: Fine print)."""
    return tuple(sorted(set(reasons), key=_ORDER.__getitem__))
