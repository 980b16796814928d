"""A posted form about one item of a published programme as the data of a submission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned
from contracts.values import Category, ReportingPeriod
from services.intake.pages.drafts.part_forms import MAX_INDICATORS, SPARE
from services.intake.pages.form_body import FormFields
from services.intake.pages.programme_changes.bodies import data_of, fault, require_chosen
from services.intake.problem import invalid
from services.intake.who.item import KnownItem
from services.intake.who.roster import KnownProgramme

_OLDEST_PREVIEW: Final = timedelta(days=1)
_TARGET: Final = ("indicator", "comparator", "value", "unit")


def joining_item(fields: FormFields, known: KnownProgramme, items: Sequence[KnownItem], now: datetime) -> Any:
    """The data of `item.assigned`: what the form says, with the days of an item of its category."""
    category = fields.one("category")
    like = next((one for one in items if one.opened.category == category and not one.withdrawn), None)
    if like is None:
        said = (
            "方案中没有这一类事项，报送期限无从推算",
            "the programme has no such item to take days from",
        )
        raise invalid(fault("category", *said))
    if any(one.id == fields.one("id") for one in items):
        raise invalid(fault("id", "该编号已有事项", "there is an item of this id"))
    require_chosen(fields, "lead_unit", "leader")
    opened, leader = like.opened, fields.one("leader")
    dumped = SUBMISSION_TYPES.dump(_as_assigned(like, known, _published_at(fields, now)))
    given: dict[str, Any] = {
        **dumped,
        "title": fields.one("title"),
        "classification": fields.one("classification"),
        "source": fields.one("source"),
        "lead_unit": fields.one("lead_unit"),
        "cooperating": fields.all("cooperating"),
        "leader": leader,
        "annual_targets": _targets(fields),
        "predecessor": None,
        "deputies": _deputies(items, leader),
    }
    if opened.month_working_day is None:
        given["month_working_day"] = None
    return data_of("item.assigned", {name: value for name, value in given.items() if value not in (None, [])})


def corrected(fields: FormFields, item: KnownItem) -> Any:
    """The data of `item.corrected`: the words that differ from the item's, and why."""
    opened = item.opened
    given: dict[str, Any] = {"reason": fields.one("reason")}
    for name in ("title", "source"):
        if fields.one(name) != getattr(opened, name):
            given[name] = fields.one(name)
    if fields.one("classification") == "internal" != opened.classification:
        given["classification"] = "internal"
    if tuple(fields.all("cooperating")) != item.cooperating:
        given["cooperating"] = fields.all("cooperating")
    before = [{name: str(getattr(one, name)) for name in _TARGET} for one in opened.annual_targets]
    if (targets := _targets(fields)) != before:
        given["annual_targets"] = targets
    faults = [] if len(given) > 1 else [fault("title", "没有改动", "nothing differs")]
    if not given["reason"]:
        faults.append(fault("reason", "请说明理由", "say why"))
    if faults:
        raise invalid(*faults)
    return data_of("item.corrected", given)


def handed_over(fields: FormFields, item: KnownItem) -> Any:
    """The data of `item.reassigned`."""
    given: dict[str, Any] = {name: fields.one(name) for name in ("lead_unit", "leader", "reason")}
    given["cooperating"] = [one for one in fields.all("cooperating") if one != given["lead_unit"]]
    after = (given["lead_unit"], given["leader"], tuple(given["cooperating"]))
    if after == (item.lead_unit, item.leader, item.cooperating):
        raise invalid(fault("lead_unit", "没有改动", "nothing differs"))
    if not given["reason"]:
        raise invalid(fault("reason", "请说明理由", "say why"))
    return data_of("item.reassigned", given)


def _as_assigned(like: KnownItem, known: KnownProgramme, published_at: datetime) -> ItemAssigned:
    opened = like.opened
    category: Category = opened.category
    return ItemAssigned(
        title=opened.title,
        category=category,
        lead_unit=like.lead_unit,
        leader=like.leader,
        published_at=published_at,
        plan_due_at=opened.plan_due_at,
        periods=tuple(_unmoved(like, one) for one in opened.periods),
        calendar=opened.calendar,
        policy=known.opened.policy,
        simulated=opened.simulated,
        derived=opened.derived,
        units=tuple(one.id for one in known.opened.units),
        leaders=tuple(one.id for one in known.opened.leaders),
        month_working_day=opened.month_working_day,
        closing_on=opened.closing_on,
    )


def _unmoved(item: KnownItem, period: ReportingPeriod) -> ReportingPeriod:
    """The period with the deadline that it has for all: one that was moved for this item alone is not taken over."""
    known = item.deadlines.periods[period.id]
    return ReportingPeriod(
        id=period.id, quarter=period.quarter, opens_at=period.opens_at, due_at=known.before or known.due_at
    )


def _deputies(items: Sequence[KnownItem], leader: str) -> list[dict[str, str]]:
    """Who stands in for its leader, by another item of theirs, and for the chief leader, by any item."""
    names = ("principal", "deputy", "from_on", "until_on")
    namings = [one for item in items for one in item.namings if one.principal in ("chief", f"leader:{leader}")]
    found = [{name: str(getattr(one, name)) for name in names} for one in namings]
    return list({tuple(one.values()): one for one in found}.values())


def _targets(fields: FormFields) -> list[dict[str, str]]:
    rows = [
        {name: fields.one(f"annual_targets.{number}.{name}") for name in _TARGET}
        for number in range(MAX_INDICATORS + SPARE)
    ]
    return [row for row in rows if row["indicator"] or row["value"]]


def _published_at(fields: FormFields, now: datetime) -> datetime:
    """When the item was looked at first: sent twice it says the same."""
    try:
        found = datetime.fromisoformat(fields.one("published_at"))
    except ValueError:
        return now
    if found.tzinfo is None or not now - _OLDEST_PREVIEW <= found <= now:
        return now
    return found.astimezone(UTC)
