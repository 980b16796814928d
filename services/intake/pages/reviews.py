"""Reports reviewed one after the other: the report, its values beside the target and the last ones, its evidence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from contracts.rulings import ProgressRecorded
from contracts.values import Number, PeriodId, Target
from services.intake.dependencies import Dependencies
from services.intake.pages.form_body import FormFields
from services.intake.pages.form_post import FormPost, posted
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.who.decisions import PendingDecision, pending
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from supervision.light_sentences import period_word
from supervision.refusal_words import REASONS
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of
from web.privileged_reads import opened_by

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
ACT: Final = "progress.reviewed"
LAST: Final = 4
"""Periods before the reported one whose values stand beside it."""
_SECONDS: Final = 5.0
"""How long the ruling is waited for before the next report is shown."""


class Measured(NamedTuple):
    """An indicator: what the node asks for, what was reported, and what in the periods before."""

    target: Target
    value: Number | None
    before: Sequence[tuple[PeriodId, Number | None]]


@router.get("/review")
@does("decisions.send")
async def review(request: Request) -> Response:
    """The report that the address names, else the one that waits longest; `?after=` the one behind another."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    asked = request.query_params
    waiting = _waiting(dependencies, identity, asked.get("unit", ""))
    named = asked.get("programme", ""), asked.get("item", ""), asked.get("period", "")
    chosen = next((one for one in waiting if _name(one) == named), None)
    over = any(named) and chosen is None
    chosen = chosen or _behind(waiting, asked.get("after", "")) or next(iter(waiting), None)
    return _page(request, dependencies, waiting, chosen, FormPost(FormFields([]), uuid.uuid4().hex), over=over)


@router.post("/review")
@does("decisions.send")
async def send(request: Request) -> Response:
    """The finding goes on its way; then the next report, or this one again with what is wrong."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready()
    async with posted(request, dependencies) as post:
        named = tuple(post.fields.one(name) for name in ("programme", "item", "period"))
        waiting = _waiting(dependencies, identity, post.fields.one("unit"))
        chosen = next((one for one in waiting if _name(one) == named), None)
        try:
            post.check(request)
            waits = chosen is not None and chosen.awaited.of == post.fields.one("of")
            done = await _sent(dependencies, identity, post, named[0], named[1], waits=waits)
        except IntakeProblem as problem:
            return _page(request, dependencies, waiting, chosen, post, problem)
    following = _behind(waiting, post.fields.one("of"))
    programme, item, period = _name(following) if following else ("", "", "")
    query = {"done": done, "unit": post.fields.one("unit"), "programme": programme, "item": item, "period": period}
    kept = urlencode({name: value for name, value in query.items() if value})
    return RedirectResponse(f"{request.scope['root_path']}/review?{kept}", 303)


async def _sent(
    dependencies: Dependencies, identity: Identity, post: FormPost, programme: str, item: str, *, waits: bool
) -> str:
    """The id of the submission; of a report that does not wait (not `waits`) only one that was sent before.

    The last finding stands: nobody replaces a colleague's without having seen it.

    Raises IntakeProblem: also where it was refused, with the reasons.
    """
    fields = post.fields
    if fields.one("finding") == "overturned" and not fields.one("reason"):
        raise IntakeProblem("invalid", "推翻报告时，请写明理由", "say why the report is overturned")
    data = {name: text for name in ("period", "finding", "reason", "of") if (text := fields.one(name))}
    body, receiver, key = {"type": ACT, "data": data}, dependencies.receiver, f"form-{post.key}"
    if waits:
        received = await receiver.receive(identity, programme, item, body, key, _SECONDS)
    elif (before := await receiver.sent_before(identity, programme, item, body, key)) is not None:
        received = before
    else:
        raise IntakeProblem(
            "invalid",
            "页面打开后已有核查结论或新的报告，未提交",
            "reviewed or reported anew meanwhile; nothing was sent",
        )
    if received.ruling is not None and received.ruling["verdict"] == "rejected":
        words = [REASONS[reason["code"]] for reason in received.ruling["reasons"]]
        told = "；".join(word.zh for word in words), "; ".join(word.en for word in words)
        raise IntakeProblem("invalid", f"不予受理：{told[0]}", f"refused: {told[1]}")
    return received.receipt.submission_id


def _waiting(dependencies: Dependencies, identity: Identity, unit: str) -> list[PendingDecision]:
    found = pending(dependencies.roster, rights_of(dependencies.roster, identity))
    return [
        one for one in found if one.awaited.act == ACT and one.item is not None and unit in ("", one.item.lead_unit)
    ]


def _name(one: PendingDecision) -> tuple[str, str, str]:
    return one.programme, one.item.id if one.item else "", one.awaited.name


def _behind(waiting: Sequence[PendingDecision], of: str) -> PendingDecision | None:
    """The one that waits behind another; None behind the last one, and where that one is not known."""
    at = next((index for index, one in enumerate(waiting) if one.awaited.of == of), len(waiting))
    return next(iter(waiting[at + 1 :]), None)


def _page(
    request: Request,
    dependencies: Dependencies,
    waiting: Sequence[PendingDecision],
    chosen: PendingDecision | None,
    post: FormPost,
    problem: IntakeProblem | None = None,
    *,
    over: bool = False,
) -> Response:
    """`over`: the report that was asked for waits no more."""
    item = chosen.item if chosen else None
    period = chosen.awaited.name if chosen else ""
    if item is not None:
        opened_by(request).item(item.programme, item.id, item.opened.classification)
    return page(
        request,
        "review.html",
        problem.status if problem else 200,
        item=item,
        period=period,
        of=chosen.awaited.of if chosen else "",
        unit=dependencies.roster.unit_name(item.programme, item.lead_unit) if item else "",
        only=request.query_params.get("unit", "") or post.fields.one("unit"),
        number=waiting.index(chosen) + 1 if chosen else 0,
        waiting=len(waiting),
        report=_counting(item, period) if item else None,
        measured=_measured(item, period) if item else [],
        done=request.query_params.get("done", ""),
        over=over,
        reason=post.fields.one("reason"),
        problem=problem,
        period_of=lambda id_: period_word(id_)[language_of(request) == "en"],
        key=post.key,
        csrf=form_token(request),
    )


def _counting(item: KnownItem, period: PeriodId) -> ProgressRecorded | None:
    """The report that counts: the last one in time, else the last late one (rulebook: Fine print)."""
    known = item.lights.reports(period)
    return known.in_time or known.late


def _measured(item: KnownItem, period: PeriodId) -> list[Measured]:
    node, report = item.nodes.get(period), _counting(item, period)
    earlier = [one.id for one in item.opened.periods if one.id < period and one.id not in item.opened.void][-LAST:]
    found = []
    for target in node.targets if node else ():
        before = [(id_, _value(_counting(item, id_), target.indicator)) for id_ in earlier]
        found.append(Measured(target, _value(report, target.indicator), before))
    return found


def _value(report: ProgressRecorded | None, indicator: str) -> Number | None:
    return report.measures.get(indicator) if report is not None else None
