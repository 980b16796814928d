"""A submission comes in and is ruled on: the verdict first, then what follows from it."""

from __future__ import annotations

from datetime import datetime

from contracts.rulings import Reason, SubmissionAccepted
from contracts.submission import Submission
from contracts.submissions import DeadlinePassed, ItemAssigned, ProgrammePublished
from services.rating.rules.acts.table import ABOUT_ITEMS, ABOUT_PROGRAMMES, OPENINGS
from services.rating.rules.deadlines.passed import decide_passed
from services.rating.rules.draft import Draft, Event
from services.rating.rules.received_at import counted_at, opened_at
from services.rating.rules.rights import objection, role_objection
from services.rating.rules.state.evolve import known_digest, mark_of_digest
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item, State
from services.rating.rules.verdict import ACCEPTED, refuse, repeat


def decide(state: State | None, submission: Submission, logged_at: datetime) -> list[Event]:
    """The ruling on a submission that reached the log at `logged_at`: its verdict, then what follows.

    Pure: the same state, submission and instant have the same ruling for ever. Never empty, never raises on a
    submission that the contracts decode. An announcement of the alarm is exempt from the key rule.
    """
    known = state if state is not None else State(submission.subject)
    item = known.item
    if isinstance(submission.data, DeadlinePassed) and submission.actor.role == "alarm":
        return decide_passed(item, submission, submission.data, logged_at)
    at = counted_at(item.frame, submission, logged_at) if item else opened_at(submission, logged_at)
    used = known_digest(known, submission.id)
    if used is not None:
        return repeat(at) if used == mark_of_digest(submission.digest) else refuse(at, ["idempotency_key_reused"])
    if item is not None:
        return _about_item(item, submission, at)
    if "/" in submission.subject:
        return _about_unknown_item(submission, at)
    return _about_programme(known.programme, submission, at)


def _about_item(item: Item, submission: Submission, at: datetime) -> list[Event]:
    data, actor = submission.data, submission.actor
    act = ABOUT_ITEMS.get(type(data))
    if act is None:
        return _no_act_about_item(submission, at)
    who = objection(act.right, actor, item.hands)
    reasons: list[Reason] = [who] if who else []
    if item.hands.withdrawn:
        return refuse(at, [*reasons, "item_withdrawn"])
    reasons += act.object_to(item, data, at)
    if act.recuses is not None and act.recuses(item, data, actor.id):
        reasons.append("decider_involved")
    if reasons:
        return refuse(at, reasons)
    draft = Draft(item, submission, at)
    remarks = act.follow(draft, data)
    verdict = SubmissionAccepted(remarks=tuple(remarks)) if remarks else ACCEPTED
    return [Event(at, verdict), *draft.events]


def _no_act_about_item(submission: Submission, at: datetime) -> list[Event]:
    """The item is assigned again, somebody imitates the alarm, or the act is about programmes."""
    if isinstance(submission.data, ItemAssigned):
        return _open(submission, at, known=True)
    if isinstance(submission.data, DeadlinePassed):
        return refuse(at, ["wrong_role"])
    return _misplaced(submission, at)


def _about_unknown_item(submission: Submission, at: datetime) -> list[Event]:
    if isinstance(submission.data, ItemAssigned):
        return _open(submission, at, known=False)
    return _misplaced(submission, at)


def _about_programme(programme: Programme | None, submission: Submission, at: datetime) -> list[Event]:
    data = submission.data
    if isinstance(data, ProgrammePublished):
        return _open(submission, at, known=programme is not None)
    act = ABOUT_PROGRAMMES.get(type(data))
    if act is None:
        return _misplaced(submission, at)
    who = role_objection(act.right, submission.actor)
    reasons: list[Reason] = [who] if who else []
    if programme is None:
        return refuse(at, [*reasons, "unknown_programme"])
    reasons += act.object_to(programme, data)
    if reasons:
        return refuse(at, reasons)
    draft = Draft(None, submission, at)
    act.follow(draft, data)
    return [Event(at, ACCEPTED), *draft.events]


def _open(submission: Submission, at: datetime, *, known: bool) -> list[Event]:
    """Put a subject on record; if it is `known` already, this is a repetition (rulebook: What is refused)."""
    opening = OPENINGS[type(submission.data)]
    who = role_objection(opening.right, submission.actor)
    if who is not None:
        return refuse(at, [who])
    if known:
        return repeat(at)
    draft = Draft(None, submission, at)
    opening.follow(draft, submission.data)
    return [Event(at, ACCEPTED), *draft.events]


def _misplaced(submission: Submission, at: datetime) -> list[Event]:
    """An act about a subject that is not on record, or that such an act can't be about (rulebook: What is refused)."""
    kind = type(submission.data)
    unknown: Reason = "unknown_item"
    if kind in ABOUT_ITEMS:
        who = role_objection(ABOUT_ITEMS[kind].right, submission.actor)
    elif kind in ABOUT_PROGRAMMES or kind in OPENINGS:
        unknown = "unknown_programme"
        who = role_objection((ABOUT_PROGRAMMES.get(kind) or OPENINGS[kind]).right, submission.actor)
    else:
        who = role_objection("alarm", submission.actor)
    return refuse(at, [who, unknown] if who else [unknown])
