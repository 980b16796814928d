"""What waits on an item for somebody, and what may be submitted about it as it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from services.intake.pages.choices import appealable
from services.intake.pages.desk import binding, to_report, unsigned
from services.intake.pages.fields import FORMS
from services.intake.who.item import KnownItem
from services.intake.who.permission import ItemRights, submittable
from supervision.rights import OPERATIONS

_OUTLIVING: Final = ("notice.acknowledged", "appeal.lodged", "appeal.decided")
"""What a withdrawn item still takes (rulebook: Fairness)."""
UNIT_ACTS: Final = frozenset(name for name in FORMS if "unit" in OPERATIONS[f"submit.{name}"].roles)
"""What units submit."""


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


def pressing(item: KnownItem, now: datetime) -> list[str]:
    """The same, with what a unit owes by its calendar: receipts of notices, reports on open periods."""
    receipts = ["notice.acknowledged"] if unsigned(item) else []
    reports = ["progress.reported"] if not item.withdrawn and to_report(item, now) else []
    return [*receipts, *waiting(item), *reports]


def applies(item: KnownItem, name: str, now: datetime) -> bool:
    """Whether something of this type could be accepted about an item as it stands; who may, the rights say."""
    if item.withdrawn and name not in _OUTLIVING:
        return False
    limits = [one for one in item.open_escalations("rectification") if one.due_at is not None and now < one.due_at]
    extensions = item.assignment.policy.extensions
    short = any(light in ("yellow", "red") for light in item.lit.values())
    dates = item.deadlines.periods.values()
    bound = binding(item)
    could = {
        "plan.submitted": not item.plan_confirmed,
        "progress.reported": any(one.opens_at <= now for one in bound),
        "adjustment.requested": bool(item.nodes or item.waiting_plan) and any(one.due_at > now for one in bound),
        "withdrawal.requested": not item.withdrawal_waits,
        "notice.acknowledged": bool(unsigned(item)),
        "appeal.lodged": bool(appealable(item)),
        "extension.requested": any(one.extended < extensions for one in limits) and not item.extensions,
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


def recused(item: KnownItem, rights: ItemRights, name: str) -> bool:
    """Whether it is a decision about appeals in all of which this person took part (rulebook: Fairness Art. 16/17)."""
    return name == "appeal.decided" and rights.identity is not None and not item.decidable_by(rights.identity.id)


def actions(item: KnownItem, rights: ItemRights, now: datetime) -> tuple[list[str], list[str]]:
    """What this person may submit about an item: what is waited for, and everything else that applies."""
    first = pressing(item, now)
    may = [name for name in submittable(rights, item) if name in FORMS and not recused(item, rights, name)]
    return [name for name in first if name in may], [
        name for name in may if name not in first and applies(item, name, now)
    ]


def current_period(item: KnownItem, now: datetime) -> str:
    """The period that a report is most likely about: the first open one without a report, else the last open one."""
    able = binding(item)
    coming = [one for one in to_report(item, now) if one.due_at > now]
    opened = [one for one in able if one.opens_at <= now]
    return (coming or opened[-1:] or able or list(item.opened.periods))[0].id
