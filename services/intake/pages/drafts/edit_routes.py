"""The programme's own fields of a draft, and its days."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.policy import Policy
from exact.faults import Fault
from programmes.consistency import check
from programmes.ledger.draft import TO_FILL_IN, year_of
from services.intake.pages.drafts.visit import MANAGE, visited
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import posted
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.draft import ProgrammeDraft, announced_calendar, changed
from services.intake.programme_drafts.holidays import NotAnnounced, announced_years
from services.intake.programme_drafts.policies import policies_in
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_DAY_APART = r"[\s、,，;；]+"
_QUARTERS = "schedule.key_task.report_due_on."
_MONTHS = "schedule.livelihood."
_YEARS = 10
_LISTS = ("holidays", "working_weekends")


@router.get("/drafts/{programme}/programme")
@does(MANAGE)
async def programme_form(request: Request, programme: str) -> Response:
    """Title, number, days, policy, aspects."""
    visit = await visited(request, programme, changing=True)
    policies = await asyncio.to_thread(policies_in, visit.dependencies.settings.library)
    return visit.page("draft_programme.html", values=_programme_values(visit.kept.content), **_offered(policies))


@router.post("/drafts/{programme}/programme")
@does(MANAGE)
async def send_programme(request: Request, programme: str) -> Response:
    """The draft with them."""
    visit = await visited(request, programme, changing=True)
    policies = await asyncio.to_thread(policies_in, visit.dependencies.settings.library)
    async with posted(request, visit.dependencies) as post:
        try:
            post.check(request)
            content, faults = changed(visit.kept.content, _programme_changes(post.fields, visit.kept.content))
            policy = next((one for one in policies.values() if one.ref == post.fields.one("policy")), content.policy)
            if faults := [*faults, *_far_away(post.fields, content)]:
                raise invalid(*faults)
            await visit.save(content.model_copy(update={"policy": policy}), post, "programme")
        except IntakeProblem as problem:
            values = post.fields.named("")
            return visit.page("draft_programme.html", problem, values=values, **_offered(policies))
    return visit.onward()


@router.get("/drafts/{programme}/calendar")
@does(MANAGE)
async def calendar_form(request: Request, programme: str) -> Response:
    """The days off and the working weekends that are published with the programme."""
    visit = await visited(request, programme, changing=True)
    years = announced_years()
    return visit.page("draft_calendar.html", values=_calendar_values(visit.kept.content), announced=years[-1])


@router.post("/drafts/{programme}/calendar")
@does(MANAGE)
async def send_calendar(request: Request, programme: str) -> Response:
    """The draft with these days, or with those that are announced."""
    visit = await visited(request, programme, changing=True)
    content = visit.kept.content
    async with posted(request, visit.dependencies) as post:
        try:
            post.check(request)
            if post.fields.one("act") == "announced":
                content = content.model_copy(update={"calendar": announced_calendar(year_of(content))})
            else:
                content, faults = changed(content, {"calendar": _calendar(post.fields)})
                if faults := [_without_part(one) for one in faults] + _of_calendar(content):
                    raise invalid(*faults)
            await visit.save(content, post, "calendar")
        except NotAnnounced as error:
            problem = invalid(Fault((), "not_announced", error.zh, error.en))
        except IntakeProblem as refused:
            problem = refused
        else:
            return visit.onward("/year")
        values = post.fields.named("")
    return visit.page("draft_calendar.html", problem, values=values, announced=announced_years()[-1])


def _far_away(fields: FormFields, content: ProgrammeDraft) -> list[Fault]:
    """Days and months of the form that are more than ten years from the programme's: slips of the hand."""
    year = year_of(content)
    near = [str(one) for one in range(year - _YEARS, year + _YEARS + 1)]
    dated = {name: text for name, text in fields.named("").items() if re.match(r"[0-9]{4}-[0-9]{2}", text)}
    days = {name: text for name, text in dated.items() if name.startswith("schedule.") or name.endswith("_on")}
    said = f"应在 {near[0]} 至 {near[-1]} 年", f"must be in the years {near[0]} to {near[-1]}"
    return [Fault(tuple(name.split(".")), "year", *said) for name, text in days.items() if text[:4] not in near]


def _offered(policies: Mapping[str, Policy]) -> dict[str, Any]:
    names = [one.ref for one in policies.values()]
    return {"policy_choices": [(name, name) for name in names]}


def _programme_values(content: ProgrammeDraft) -> dict[str, str]:
    schedule = content.schedule
    months = schedule.livelihood
    return {
        "title": content.title,
        "document": "" if content.document == TO_FILL_IN else content.document,
        "jurisdiction.name": content.jurisdiction.name,
        "derived": "yes" if content.derived else "",
        "issued_on": str(content.issued_on),
        "closing_on": str(content.closing_on or ""),
        "schedule.plan_due_on": str(schedule.plan_due_on),
        **{f"{_QUARTERS}{period}": str(day) for period, day in sorted(schedule.key_task.report_due_on.items())},
        f"{_MONTHS}first_month": months.first_month,
        f"{_MONTHS}last_month": months.last_month,
        f"{_MONTHS}report_due_working_day": str(months.report_due_working_day),
        "aspects": "\n".join(f"{one.number} {one.name}" for one in content.aspects),
        "policy": content.policy.ref,
    }


def _programme_changes(fields: FormFields, content: ProgrammeDraft) -> Mapping[str, Any]:
    months = {name: fields.one(_MONTHS + name) for name in ("first_month", "last_month")}
    return {
        "title": fields.one("title"),
        "document": fields.one("document") or TO_FILL_IN,
        "jurisdiction": {"code": content.jurisdiction.code, "name": fields.one("jurisdiction.name")},
        "derived": fields.one("derived") == "yes",
        "issued_on": fields.one("issued_on"),
        "closing_on": fields.one("closing_on") or None,
        "schedule": {
            "plan_due_on": fields.one("schedule.plan_due_on"),
            "key_task": {"report_due_on": fields.named(_QUARTERS)},
            "livelihood": {**months, "report_due_working_day": fields.one(f"{_MONTHS}report_due_working_day")},
        },
        "aspects": [_aspect(line) for line in fields.one("aspects").splitlines() if line.strip()],
    }


def _aspect(line: str) -> dict[str, str]:
    number, _, name = line.strip().partition(" ")
    return {"number": number, "name": name.strip()}


def _calendar_values(content: ProgrammeDraft) -> dict[str, str]:
    known = content.calendar
    return {
        "first_on": str(known.first_on),
        "last_on": str(known.last_on),
        "holidays": "\n".join(map(str, known.holidays)),
        "working_weekends": "\n".join(map(str, known.working_weekends)),
    }


def _calendar(fields: FormFields) -> Mapping[str, Any]:
    days = {name: [one for one in re.split(_DAY_APART, fields.one(name)) if one] for name in _LISTS}
    return {"first_on": fields.one("first_on"), "last_on": fields.one("last_on"), **days}


def _of_calendar(content: ProgrammeDraft) -> list[Fault]:
    """What contradicts itself in the calendar."""
    return [_without_part(one) for one in check(content) if one.loc[0] == "calendar"]


def _without_part(fault: Fault) -> Fault:
    """At the form's field, with the day that is meant in front."""
    at = fault.loc[1:2]
    number = fault.loc[2] if len(fault.loc) > 2 and isinstance(fault.loc[2], int) else None
    where = ("", "") if number is None else (f"第 {number + 1} 个：", f"number {number + 1}: ")
    return Fault(at, fault.rule, where[0] + fault.zh, where[1] + fault.en)
