"""What a person finds on their pages: their items with what is due and waiting, and what they may submit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.values import ReportingPeriod
from services.intake.pages.fields import FORMS
from services.intake.who.item import KnownItem
from services.intake.who.permission import ItemRights, submittable

_OUTLIVING: Final = ("notice.acknowledged", "appeal.lodged", "appeal.decided")
"""What a withdrawn item still takes (rulebook: Fairness)."""


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item in a person's list: the report that is due next, and what waits for this person."""

    item: KnownItem
    next_due: ReportingPeriod | None
    plan: str
    waiting: tuple[str, ...]


def rows(items: Iterable[KnownItem], rights: ItemRights, now: datetime) -> list[ListedItem]:
    """A person's list: first the items where something waits for them, then by the report that is due next."""
    listed = [_row(item, rights, now) for item in items]
    return sorted(
        listed, key=lambda row: (not row.waiting, row.next_due is None, row.next_due.due_at if row.next_due else now)
    )


def _row(item: KnownItem, rights: ItemRights, now: datetime) -> ListedItem:
    due = [p for p in item.opened.periods if p.due_at > now and p.id not in item.opened.void]
    plan = "confirmed" if item.plan_confirmed else "waiting" if item.waiting_plan is not None else "none"
    may = set(submittable(rights, item))
    mine = tuple(name for name in waiting(item) if name in may)
    return ListedItem(item, due[0] if due and not item.withdrawn else None, plan, mine)


def waiting(item: KnownItem) -> list[str]:
    """Types of submission that somebody is expected to make about an item now, most pressing first."""
    rectifications, interviews = item.open_escalations("rectification"), item.open_escalations("interview")
    chief = item.open_escalations("chief_interview")
    open_now = {
        "plan.submitted": not item.plan_confirmed and item.waiting_plan is None,
        "plan.decided": item.waiting_plan is not None,
        "adjustment.decided": bool(item.adjustments),
        "withdrawal.decided": item.withdrawal_waits,
        "cancellation.approved": item.cancellation_waits,
        "extension.decided": bool(item.extensions),
        "inspection.approved": any(one.approval == "chief" and not one.approved for one in item.inspections.values()),
        "appeal.decided": bool(item.appeals),
        "blockage.answered": bool(item.blockages),
        "rectification.reported": any(not one.awaits_review for one in rectifications),
        "rectification.reviewed": any(one.awaits_review for one in rectifications),
        "interview.confirmed": bool(item.open_escalations("chief_interview", phase="proposed")),
        "interview.held": bool(interviews or chief),
    }
    return [name for name, is_open in open_now.items() if is_open and (name in _OUTLIVING or not item.withdrawn)]


def applies(item: KnownItem, name: str, now: datetime) -> bool:
    """Whether something of this type could be accepted about an item as it stands; who may, the rights say."""
    if item.withdrawn:
        return name in _OUTLIVING
    limits = [one for one in item.open_escalations("rectification") if one.due_at is not None and now < one.due_at]
    extensions = item.assignment.policy.extensions
    short = any(light in ("yellow", "red") for light in item.lit.values())
    dates = item.deadlines.periods.values()
    could = {
        "extension.requested": any(one.extended < extensions for one in limits),
        "extension.decided": bool(item.extensions),
        "inspection.approved": any(one.approval == "chief" and not one.approved for one in item.inspections.values()),
        "inspection.recorded": bool(item.inspections),
        "reply.given": short or bool(item.open_escalations()),
        "reply.published": any(one.fate != "published" for one in item.replies.values()),
        "reply.withheld": any(one.fate != "withheld" for one in item.replies.values()),
        "deadline.moved": any(now < one.due_at and one.before is None for one in dates),
        "cancellation.approved": item.cancellation_waits,
        "withdrawal.decided": item.withdrawal_waits,
        "plan.decided": item.waiting_plan is not None,
        "adjustment.decided": bool(item.adjustments),
        "appeal.decided": bool(item.appeals),
        "blockage.answered": bool(item.blockages),
        "rectification.reported": bool(item.open_escalations("rectification")),
        "rectification.reviewed": any(one.awaits_review for one in item.open_escalations("rectification")),
        "interview.confirmed": bool(item.open_escalations("chief_interview", phase="proposed")),
        "interview.held": bool(item.open_escalations("interview", "chief_interview")),
    }
    return could.get(name, True)


def actions(item: KnownItem, rights: ItemRights, now: datetime) -> tuple[list[str], list[str]]:
    """What this person may submit about an item: what is waited for, and everything else that applies."""
    pressing = waiting(item)
    may = [name for name in submittable(rights, item) if name in FORMS]
    return [name for name in pressing if name in may], [
        name for name in may if name not in pressing and applies(item, name, now)
    ]


def current_period(item: KnownItem, now: datetime) -> str:
    """The period that a report is most likely about: the first one not over yet that is open."""
    able = [p for p in item.opened.periods if p.id not in item.opened.void]
    coming = [p for p in able if p.due_at > now and p.opens_at <= now]
    return (coming or able or list(item.opened.periods))[0].id
