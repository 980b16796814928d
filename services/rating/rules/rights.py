"""Who may do what, and in which order reasons are given (rulebook: Who; What is refused)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Literal, get_args

from contracts.refusal_reasons import Reason
from contracts.submission import SUBMISSION_TYPES, Submission
from contracts.submissions import AppealLodged, DeputyEnded, DeputyNamed, InterviewHeld, ReplyGiven
from contracts.topics import jurisdiction_of
from contracts.values import Actor
from services.rating.rules.concerned import concerned_by
from services.rating.rules.state.state import Item

Right = Literal[
    "lead_unit",
    "lead_or_concerned",
    "concerned",
    "office",
    "own_leader",
    "chief",
    "alarm",
    "interviewer",
    "principal",
]
_ORDER: Final[Mapping[Reason, int]] = {reason: place for place, reason in enumerate(get_args(Reason))}


def is_foreign(submission: Submission) -> bool:
    """Whether the actor belongs to another jurisdiction than the programme; the alarm belongs to all."""
    theirs = submission.actor.jurisdiction
    if theirs is None or submission.actor.role == "alarm":
        return False
    return theirs != jurisdiction_of(submission.subject)


def _lead_unit(actor: Actor, item: Item, _submission: Submission) -> Reason | None:
    if actor.role != "unit":
        return "wrong_role"
    return None if actor.unit == item.hands.lead_unit else "not_lead_unit"


def _lead_or_concerned(actor: Actor, item: Item, submission: Submission) -> Reason | None:
    """The unit that leads, or the one that it is about (rulebook: Fairness)."""
    return _lead_unit(actor, item, submission) and _concerned(actor, item, submission)


def _concerned(actor: Actor, item: Item, submission: Submission) -> Reason | None:
    """The unit that it is about alone (rulebook: Right of reply)."""
    data = submission.data
    if actor.role != "unit" or not isinstance(data, AppealLodged | ReplyGiven):
        return "wrong_role"
    return None if actor.unit == concerned_by(item, data) else "not_lead_unit"


def _own_leader(actor: Actor, item: Item, _submission: Submission) -> Reason | None:
    if actor.role != "leader":
        return "wrong_role"
    return None if actor.id == item.hands.leader else "not_own_leader"


def _interviewer(actor: Actor, item: Item, submission: Submission) -> Reason | None:
    """The office; beside it the own leader for an interview, the chief for a chief interview."""
    if actor.role == "office":
        return None
    level = submission.data.level if isinstance(submission.data, InterviewHeld) else "interview"
    if level == "chief_interview":
        return None if actor.role == "chief" else "wrong_role"
    return _own_leader(actor, item, submission)


def _principal(actor: Actor, _item: Item, submission: Submission) -> Reason | None:
    """The office, or the principal that is named: a deputy names nobody."""
    data = submission.data
    if actor.role == "office" or not isinstance(data, DeputyNamed | DeputyEnded):
        return None if actor.role == "office" else "wrong_role"
    if data.principal == "chief":
        return None if actor.role == "chief" else "wrong_role"
    if actor.role != "leader":
        return "wrong_role"
    return None if data.principal == f"leader:{actor.id}" else "not_own_leader"


def _role(role: str) -> Callable[[Actor, Item, Submission], Reason | None]:
    return lambda actor, _item, _submission: None if actor.role == role else "wrong_role"


_RIGHTS: Final[Mapping[Right, Callable[[Actor, Item, Submission], Reason | None]]] = {
    "lead_unit": _lead_unit,
    "lead_or_concerned": _lead_or_concerned,
    "concerned": _concerned,
    "own_leader": _own_leader,
    "interviewer": _interviewer,
    "principal": _principal,
    "office": _role("office"),
    "chief": _role("chief"),
    "alarm": _role("alarm"),
}
_ROLES: Final[Mapping[Right, tuple[str, ...]]] = {
    "lead_unit": ("unit",),
    "lead_or_concerned": ("unit",),
    "concerned": ("unit",),
    "own_leader": ("leader",),
    "interviewer": ("office", "leader", "chief"),
    "principal": ("office", "leader", "chief"),
}


def objection(right: Right, submission: Submission, item: Item, at: datetime) -> Reason | None:
    """Why this actor may not do it at the instant `at`: another role, unit or leader, or no deputy (rulebook: Who)."""
    actor = submission.actor
    if actor.on_behalf_of is not None:
        if right == "principal" or not _stands_in(actor, item, item.frame.day_of(at)):
            return "wrong_role" if actor.on_behalf_of == "chief" else "not_own_leader"
        actor = principal_of(actor)
    return _RIGHTS[right](actor, item, submission)


def principal_of(actor: Actor) -> Actor:
    """The principal in whose place a deputy acts; the actor itself without one."""
    if actor.on_behalf_of is None:
        return actor
    role, _, name = actor.on_behalf_of.partition(":")
    return replace(actor, role="chief" if role == "chief" else "leader", id=name or role, on_behalf_of=None)


def deputy_of(actor: Actor) -> str:
    """A leader or the chief, as a naming names a deputy."""
    return "chief" if actor.role == "chief" else f"{actor.role}:{actor.id}"


def _stands_in(actor: Actor, item: Item, today: date) -> bool:
    pair = (actor.on_behalf_of, deputy_of(actor))
    namings = (one for one in item.hands.deputies if (one.principal, one.deputy) == pair)
    return any(one.from_on <= today <= one.until_on for one in namings)


def signature_objection(submission: Submission, item: Item) -> Reason | None:
    """Why a unit's submission is not signed: who prepared it, and that its head sends it (rulebook: Who)."""
    actor = submission.actor
    signed = item.frame.policy.signed
    if not signed or actor.role != "unit" or SUBMISSION_TYPES.short_names[type(submission.data)] not in signed:
        return None
    return None if actor.head and actor.prepared_by else "not_signed"


def role_objection(right: Right, actor: Actor) -> Reason | None:
    """Why this role may not do it, where no item is known."""
    wanted = _ROLES.get(right, (right,))
    return None if principal_of(actor).role in wanted else "wrong_role"


def in_order(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Several reasons in the order of the rulebook's list, each once (rulebook: Fine print)."""
    return tuple(sorted(set(reasons), key=_ORDER.__getitem__))
