"""All items of a unit, or of a leader, handed over at once: a submission each, a result each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple
from uuid import uuid4

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.pages.drafts.visit import by_field
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import posted
from services.intake.pages.programme_changes import forms
from services.intake.pages.programme_changes.bodies import fault
from services.intake.pages.programme_changes.visit import ProgrammeVisit, visited
from services.intake.pages.row_outcomes import SentRow, outcomes_of, position_after
from services.intake.pages.session import form_token
from services.intake.prepared.submissions import Prepared
from services.intake.problem import IntakeProblem, invalid
from services.intake.submitting.body import exact_object
from services.intake.who.item import KnownItem
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
_NAME: Final = "all-hands"


class Passing(NamedTuple):
    """What passes on of one item: the unit leads it, its leader has it, or it takes part in it alone."""

    item: KnownItem
    leads: bool
    waiting_plan: bool
    notices: int
    unsigned: Sequence[Prepared] = ()
    """What its unit prepared and nobody signed."""


class Handover(NamedTuple):
    """From whom to whom, such as `unit:nongye`, and why; `cooperating`: also what the unit only takes part in."""

    giver: str
    taker: str
    reason: str
    cooperating: bool

    @property
    def kind(self) -> str:
        """`unit` or `leader`."""
        return self.giver.partition(":")[0]

    def passing(self, items: Sequence[KnownItem]) -> list[Passing]:
        """The items that pass on, those that are led first."""
        kind, _, id_ = self.giver.partition(":")
        found = []
        for item in items:
            leads = id_ == (item.lead_unit if kind == "unit" else item.leader)
            takes_part = kind == "unit" and self.cooperating and id_ in item.cooperating
            if not item.withdrawn and (leads or takes_part):
                notices = len(item.open_escalations()) if leads else 0
                found.append(Passing(item, leads, leads and item.waiting_plan is not None, notices))
        return sorted(found, key=lambda one: (not one.leads, one.item.id))

    def body(self, one: Passing) -> dict[str, Any]:
        """The submission about one item: handed over where it is led, else its cooperating units are corrected."""
        item, (kind, _, old), new = one.item, self.giver.partition(":"), self.taker.partition(":")[2]
        if kind == "leader":
            kept = {"lead_unit": item.lead_unit, "cooperating": list(item.cooperating), "leader": new}
            return {"type": "item.reassigned", "data": {**kept, "reason": self.reason}}
        lead = new if one.leads else item.lead_unit
        others = [new if unit == old and self.cooperating else unit for unit in item.cooperating]
        cooperating = [unit for unit in dict.fromkeys(others) if unit != lead]
        if not one.leads:
            return {"type": "item.corrected", "data": {"cooperating": cooperating, "reason": self.reason}}
        data = {"lead_unit": lead, "cooperating": cooperating, "leader": item.leader, "reason": self.reason}
        return {"type": "item.reassigned", "data": data}


@router.get("/programmes/{programme}/all-hands")
@does("submit.item.reassigned")
async def form(request: Request, programme: str) -> Response:
    """Whose items, and to whom."""
    return _form(visited(request, programme, "programme.extend"), FormFields([]))


@router.post("/programmes/{programme}/all-hands")
@does("submit.item.reassigned")
async def hand_over(request: Request, programme: str) -> Response:
    """The items that pass on, then what became of each; one that changed meanwhile is left out, and said so."""
    visit = visited(request, programme, "programme.extend")
    async with posted(request, visit.dependencies) as post:
        fields = post.fields
        try:
            post.check(visit.request)
            asked = _asked(visit, fields)
            passing = {one.item.id: one for one in asked.passing(visit.items)}
            if fields.one("act") == "edit":
                return _form(visit, fields)
            if fields.one("act") != "confirm":
                if not passing:
                    raise invalid(fault("giver", "没有可移交的事项", "there is nothing to hand over"))
                return _preview(visit, asked, await _with_unsigned(visit, asked, passing), post.key)
            shown = _carried(visit, asked.reason, fields)
        except IntakeProblem as problem:
            return _form(visit, fields, problem)
        still = {id_: asked.body(one) for id_, one in passing.items()}
        key = f"form-{post.key}"
        rows = [
            SentRow(visit.programme, id_, id_, body, key, open=body == still.get(id_)) for id_, body in shown.items()
        ]
    outcomes = await outcomes_of(visit.dependencies, visit.identity, rows)
    visit.shows(*(one.item.id for one in outcomes if one.item))
    left = [id_ for id_ in passing if id_ not in shown]
    after = position_after(visit.dependencies, outcomes)
    return visit.page("change_all_hands_done.html", 200, name=_NAME, outcomes=outcomes, left=left, after=after)


def _row(body: Mapping[str, Any]) -> str:
    """A submission as the preview carries it: the reason, which is one for all, stands there once."""
    data = {name: value for name, value in body["data"].items() if name != "reason"}
    return orjson.dumps({"type": body["type"], "data": data}).decode()


def _carried(visit: ProgrammeVisit, reason: str, fields: FormFields) -> dict[str, dict[str, Any]]:
    """The submissions that the preview showed, by item: sent again, they are the same, whatever became of the items.

    Raises IntakeProblem `form_expired` for what no preview of ours carries.
    """
    ids, carried = {one.id for one in visit.items}, {}
    for id_, text in fields.named("row:").items():
        body = exact_object(text.encode())
        name, data = body.get("type"), body.get("data")
        if id_ not in ids or name not in ("item.reassigned", "item.corrected") or not isinstance(data, dict):
            raise IntakeProblem("form_expired")
        carried[id_] = {"type": name, "data": {**data, "reason": reason}}
    return carried


async def _with_unsigned(visit: ProgrammeVisit, asked: Handover, passing: Mapping[str, Passing]) -> list[Passing]:
    """With what their unit prepared about them; nothing where there is no database to ask."""
    kind, _, unit = asked.giver.partition(":")
    led, found = [id_ for id_, one in passing.items() if one.leads], list[Prepared]()
    if kind == "unit":
        with suppress(IntakeProblem):
            found = await visit.dependencies.sign_off.passing_on(visit.programme, unit, led)
    return [one._replace(unsigned=[paper for paper in found if paper.item == id_]) for id_, one in passing.items()]


def _asked(visit: ProgrammeVisit, fields: FormFields) -> Handover:
    """Raises IntakeProblem `invalid`."""
    givers, takers = dict(_choices(visit)), dict(_choices(visit))
    asked = Handover(fields.one("giver"), fields.one("taker"), fields.one("reason"), fields.one("cooperating") == "yes")
    faults = []
    if asked.giver not in givers:
        faults.append(fault("giver", "请选择移交方", "choose who hands over"))
    if asked.taker not in takers:
        faults.append(fault("taker", "请选择接收方", "choose who takes over"))
    elif asked.taker == asked.giver:
        faults.append(fault("taker", "接收方不能与移交方相同", "nobody takes over from themselves"))
    elif asked.taker.partition(":")[0] != asked.kind:
        faults.append(fault("taker", "单位移交给单位，领导移交给领导", "a unit hands over to a unit, a leader to one"))
    if not asked.reason:
        faults.append(fault("reason", "请说明理由", "say why"))
    if faults:
        raise invalid(*faults)
    return asked


def _choices(visit: ProgrammeVisit) -> list[tuple[str, str]]:
    units = [(f"unit:{id_}", name) for id_, name in forms.unit_choices(visit.known)]
    return units + [(f"leader:{id_}", label) for id_, label in forms.leader_choices(visit.known)]


def _form(visit: ProgrammeVisit, fields: FormFields, problem: IntakeProblem | None = None) -> Response:
    return visit.page(
        "change_all_hands.html",
        problem.status if problem else 200,
        name=_NAME,
        values={"cooperating": "yes", **fields.named("")} if not fields.pairs() else fields.named(""),
        problem=problem,
        faults=by_field(problem.faults if problem else ()),
        choices=_choices(visit),
        key=fields.one("key") or uuid4().hex,
        csrf=form_token(visit.request),
    )


def _preview(visit: ProgrammeVisit, asked: Handover, passing: Sequence[Passing], key: str) -> Response:
    visit.shows(*(one.item.id for one in passing))
    names = dict(_choices(visit))
    return visit.page(
        "change_all_hands_preview.html",
        name=_NAME,
        asked=asked,
        carried={one.item.id: _row(asked.body(one)) for one in passing},
        giver=names[asked.giver],
        taker=names[asked.taker],
        passing=passing,
        key=key,
        csrf=form_token(visit.request),
    )
