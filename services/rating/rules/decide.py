"""A submission comes in and is ruled on: the verdict first, then what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.refusal_reasons import Reason
from contracts.rulings import Remark, SubmissionAccepted
from contracts.submission import Submission
from contracts.submissions import DeadlinePassed, ItemAssigned, ProgrammePublished
from contracts.values import Actor
from services.rating.rules.acts.table import ABOUT_ITEMS, ABOUT_PROGRAMMES, OPENINGS
from services.rating.rules.deadlines.overdue import announce_overdue, overdue_by
from services.rating.rules.deadlines.passed import decide_passed
from services.rating.rules.draft import Draft, Event
from services.rating.rules.received_at import counted_at, opened_at
from services.rating.rules.rights import deputy_of, is_foreign, objection, role_objection, signature_objection
from services.rating.rules.state.evolve import known_digest, mark_of_digest
from services.rating.rules.state.opening import is_same
from services.rating.rules.state.programme import Programme
from services.rating.rules.state.state import Item, State
from services.rating.rules.verdict import ACCEPTED, refuse, repeat

ENDING: Final[frozenset[Reason]] = frozenset({"unknown_period", "superseded", "limit_passed"})
"""Behind these nothing more is looked at (rulebook: What is refused)."""


def decide(state: State | None, submission: Submission, logged_at: datetime) -> list[Event]:
    """The ruling on a submission that reached the log at `logged_at`: its verdict, then what follows.

    Pure: the same state, submission and instant have the same ruling for ever. Never empty, never raises on a
    submission that the contracts decode. An announcement of the alarm is exempt from the key rule. What fell due at
    least the grace before an act is announced first, as part of the same ruling, behind its verdict, however late the
    alarm is (rulebook: Lights 7).
    """
    known = state if state is not None else State(submission.subject)
    item = known.item
    if isinstance(submission.data, DeadlinePassed) and submission.actor.role == "alarm":
        return decide_passed(item, submission, submission.data, logged_at)
    at = counted_at(item.frame, submission, logged_at) if item else opened_at(submission, logged_at)
    used = known_digest(known, submission.id)
    if used is not None and used == mark_of_digest(submission.digest):
        return repeat(at)
    clock = submission.received_at if item and item.frame.simulated else logged_at
    if item is not None and overdue_by(item, clock):
        overdue, item = announce_overdue(item, submission, clock)
        verdict, *followed = _decide(known, item, submission, at, reused=used is not None)
        return [verdict, *overdue, *followed]
    return _decide(known, item, submission, at, reused=used is not None)


def _decide(known: State, item: Item | None, submission: Submission, at: datetime, *, reused: bool) -> list[Event]:
    if is_foreign(submission):
        return refuse(at, ["wrong_jurisdiction"])
    if reused:
        return refuse(at, ["idempotency_key_reused"])
    if item is not None:
        return _about_item(item, submission, at)
    if "/" in submission.subject:
        return _about_unknown_item(submission, at)
    return _about_programme(known.programme, submission, at)


def _about_item(item: Item, submission: Submission, at: datetime) -> list[Event]:
    data, actor = submission.data, submission.actor
    act = ABOUT_ITEMS.get(type(data))
    if act is None:
        return _no_act_about_item(item, submission, at)
    reasons: list[Reason] = []
    if (who := objection(act.right, submission, item, at)) is not None:
        reasons.append(who)
    if (unsigned := signature_objection(submission, item)) is not None:
        reasons.append(unsigned)
    if item.hands.withdrawn and not act.outlives:
        return refuse(at, [*reasons, "item_withdrawn"])
    reasons += act.object_to(item, data, at)
    if act.object_to_unit is not None and ENDING.isdisjoint(reasons):
        reasons += act.object_to_unit(item, data, at, actor.unit)
    if act.recuses is not None and ENDING.isdisjoint(reasons) and act.recuses(item, data, actor.id):
        reasons.append("decider_involved")
    if reasons:
        return refuse(at, reasons)
    draft = Draft(item, submission, at, quiet=act.hindsight and item.frame.closed(at))
    remarks = act.follow(draft, data)
    return [Event(at, _accepted(actor, remarks)), *draft.events]


def _accepted(actor: Actor, remarks: list[Remark]) -> SubmissionAccepted:
    """Of a deputy's act the verdict names both (rulebook: Who)."""
    if actor.on_behalf_of is not None:
        return SubmissionAccepted(remarks=tuple(remarks), principal=actor.on_behalf_of, deputy=deputy_of(actor))
    return SubmissionAccepted(remarks=tuple(remarks)) if remarks else ACCEPTED


def _no_act_about_item(item: Item, submission: Submission, at: datetime) -> list[Event]:
    """The item is assigned again, somebody imitates the alarm, or the act is about programmes."""
    if isinstance(submission.data, ItemAssigned):
        if submission.actor.role == "office" and not is_same(item, submission.data):
            return refuse(at, ["already_published"])
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
    return [Event(at, _accepted(submission.actor, [])), *draft.events]


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
