"""The addresses of forms: a form, what was typed is kept, the answers are checked, then filed or given to the head."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from contracts.topics import jurisdiction_of
from services.intake.dependencies import Dependencies
from services.intake.evidence.rights import uploaders
from services.intake.pages.choices import levels_to_record
from services.intake.pages.decided_on import decided_on
from services.intake.pages.desk import binding
from services.intake.pages.fields import FORMS
from services.intake.pages.form_body import FormFields, submission_body
from services.intake.pages.form_check import answers, foreseen, unanswered
from services.intake.pages.form_page import draft_period, form_page
from services.intake.pages.form_post import FormPost, kept_before, kept_text, posted
from services.intake.pages.form_values import fields_of, prefilled
from services.intake.pages.ledger_goals import goal_fields
from services.intake.pages.next_errand import next_errand
from services.intake.pages.overview import UNIT_ACTS, applies, current_period
from services.intake.pages.receipt_page import receipt_page
from services.intake.pages.renderer import FOLDER, page
from services.intake.pages.session import form_token, signed_in
from services.intake.pages.shown_items import open_item, permitted
from services.intake.prepared.form_drafts import FormPlace
from services.intake.problem import IntakeProblem, invalid
from services.intake.who.item import KnownItem
from web.gate import GuardedRoute, does
from web.identity import Identity
from web.language import language_of
from web.privileged_reads import opened_by

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)
RULING_SECONDS: Final = 5.0
"""How long somebody who filed a form waits for its ruling; later it is a click away."""
_OWN: Final = ("csrf", "key", "act", "sure", "checked")
"""Fields of the page itself."""
_MOST_TYPED: Final = 256 * 1024


@router.get("/form.js")
@does("assets.read")
async def script() -> Response:
    """Keeps what is typed."""
    return FileResponse(FOLDER / "form.js", media_type="text/javascript", headers={"Cache-Control": "max-age=300"})


@router.get("/items/{programme}/{item}/{name}")
@does("submit.{name}")
async def form(request: Request, programme: str, item: str, name: str) -> Response:
    """A form: as it was typed so far, as it was prepared, or filled with what was said before."""
    dependencies, identity = signed_in(request)
    known = permitted(dependencies, identity, programme, item, f"submit.{name}")
    open_item(request, known)
    if any(field.name == "plan" and field.kind == "pick" for field in FORMS[name]):
        for plan in known.inspections:
            opened_by(request).plan(programme, item, plan)
    asked = request.query_params
    period = asked.get("period") or ""
    if period not in {one.id for one in binding(known)}:
        period = current_period(known, dependencies.clock.now())
    begun = await goal_fields(dependencies, known) if name == "plan.submitted" else []
    levels = levels_to_record(name, known, dependencies.roster, identity)
    pairs, key, saved_at = prefilled(known, name, period, levels) or begun, uuid.uuid4().hex, None
    if (level := asked.get("level", "")) in levels:
        pairs = [("level", level)]
    if (prepared := asked.get("prepared")) and identity.unit is not None:
        found = [one for one in await dependencies.sign_off.open(identity) if str(one.id) == prepared]
        for one in found:
            pairs, period = [*fields_of(name, one.body["data"]), ("replaces", prepared)], one.period or period
    else:
        with suppress(IntakeProblem):
            draft = await dependencies.form_drafts.find(_place(identity, known, name, period))
            if draft is not None:
                pairs, saved_at = list(draft.fields), draft.saved_at
                key = dict(pairs).get("key", key)
    fields = FormFields([*((k, v) for k, v in pairs if k != "period"), ("period", period)])
    cited = await kept_before(fields, dependencies.evidence, uploaders(identity))
    offered = name not in UNIT_ACTS or applies(known, name, dependencies.clock.now())
    post, about = FormPost(fields, key, (), cited), await decided_on(dependencies, known, name, language_of(request))
    return form_page(request, dependencies, known, name, post, saved_at=saved_at, offered=offered, about=about)


@router.post("/items/{programme}/{item}/{name}")
@does("submit.{name}")
async def send(request: Request, programme: str, item: str, name: str) -> Response:
    """A form comes in: it is kept, checked, prepared or filed; or the form again with everything that is wrong."""
    dependencies, identity = signed_in(request)
    known = permitted(dependencies, identity, programme, item, f"submit.{name}")
    owners, limit = uploaders(identity), dependencies.settings.evidence_limit
    async with posted(request, dependencies, owners, limit) as post:
        try:
            post.check(request)
            if post.fields.one("act") == "forget":
                await dependencies.form_drafts.forget(_place(identity, known, name, draft_period(name, post)))
                return RedirectResponse(request.scope["path"], 303)
            return await _acted(request, dependencies, identity, known, name, post)
        except IntakeProblem as problem:
            about = await decided_on(dependencies, known, name, language_of(request))
            return form_page(request, dependencies, known, name, post, problem, about=about)


async def _acted(
    request: Request, dependencies: Dependencies, identity: Identity, item: KnownItem, name: str, post: FormPost
) -> Response:
    act = post.fields.one("act")
    place = _place(identity, item, name, draft_period(name, post))
    await _store_files(dependencies, identity, post)
    if act == "save":
        return await _saved(request, dependencies, item, name, post, place)
    if act == "check" and name in UNIT_ACTS:
        with suppress(IntakeProblem):  # whoever stops at the answers, or is told what is wrong, has not typed in vain
            await _keep(dependencies, post, place)
    if act == "change":
        return form_page(request, dependencies, item, name, post)
    body = submission_body(name, post.fields, post.cited)
    if empty := unanswered(name, body["data"]):
        raise invalid(*empty)
    far = [line for one in answers(item, dependencies.roster, name, body["data"], "zh") for line in one.far]
    unsure = bool(far) and post.fields.one("checked") == "yes" and post.fields.one("sure") != "yes"
    if act == "check" or unsure:
        if faults := foreseen(item, name, body["data"]):
            raise invalid(*faults)
        await dependencies.receiver.check(identity, item.programme, item.id, body)
        return _check_page(request, dependencies, identity, item, name, post, body, unsure=unsure)
    if act == "prepare":
        kept = await dependencies.sign_off.prepare(identity, item.programme, item.id, body, f"form-{post.key}")
        if kept.state != "waiting":
            raise IntakeProblem("prepared_changed")
        await _end(dependencies, identity, place, post)
        following = await next_errand(request, dependencies, identity, item, name)
        return page(request, "prepared.html", 202, item=item, name=name, following=following)
    wait = min(RULING_SECONDS, dependencies.settings.max_wait)
    received = await dependencies.receiver.receive(identity, item.programme, item.id, body, f"form-{post.key}", wait)
    await _end(dependencies, identity, place, post)
    following = await next_errand(request, dependencies, identity, item, name)
    return receipt_page(request, dependencies, received, 202, item=item, name=name, following=following)


async def _store_files(dependencies: Dependencies, identity: Identity, post: FormPost) -> None:
    size = sum(one.file.size or 0 for one in post.uploads)
    dependencies.quotas.require_evidence(identity.actor, size)
    await post.store_files(dependencies.evidence, uploaders(identity))
    dependencies.quotas.use_evidence(identity.actor, size)


async def _saved(
    request: Request, dependencies: Dependencies, item: KnownItem, name: str, post: FormPost, place: FormPlace
) -> Response:
    """What was typed is kept; to the script without a page, to a button with the form as it was."""
    saved_at = await _keep(dependencies, post, place)
    if request.headers.get("x-draft"):
        return Response(status_code=204)
    return form_page(request, dependencies, item, name, post, saved_at=saved_at)


async def _keep(dependencies: Dependencies, post: FormPost, place: FormPlace) -> datetime:
    """When it was. Raises IntakeProblem: `too_large`, and as `FormDrafts.save`."""
    pairs = [pair for pair in post.fields.pairs() if pair[0] not in (*_OWN, "kept")]
    pairs += [("kept", kept_text(one)) for one in post.cited]
    if sum(len(k) + len(v) for k, v in pairs) > _MOST_TYPED:
        raise IntakeProblem("too_large")
    return await dependencies.form_drafts.save(place, [*pairs, ("key", post.key)])


async def _end(dependencies: Dependencies, identity: Identity, place: FormPlace, post: FormPost) -> None:
    """What was typed is needed no more; nor is what was prepared before and is now replaced."""
    with suppress(IntakeProblem):
        await dependencies.form_drafts.forget(place)
        if replaced := post.fields.one("replaces"):
            for one in await dependencies.sign_off.open(identity):
                if str(one.id) == replaced:
                    await dependencies.sign_off.take_back(identity, one)


def _check_page(
    request: Request,
    dependencies: Dependencies,
    identity: Identity,
    item: KnownItem,
    name: str,
    post: FormPost,
    body: dict[str, Any],
    *,
    unsure: bool,
) -> Response:
    signed = identity.role == "unit" and name in item.assignment.policy.signed
    signs = dependencies.heads.sign(identity)
    return page(
        request,
        "check.html",
        422 if unsure else 200,
        item=item,
        name=name,
        unit=dependencies.roster.unit_name(item.programme, item.lead_unit),
        answers=answers(item, dependencies.roster, name, body["data"], language_of(request)),
        carried=[pair for pair in post.fields.pairs() if pair[0] not in (*_OWN, "kept")],
        kept=[kept_text(one) for one in post.cited],
        key=post.key,
        csrf=form_token(request),
        files=not signed or signs,
        prepares=identity.role == "unit" and not signs and dependencies.form_drafts.named,
        signed=signed,
        unsure=unsure,
    )


def _place(identity: Identity, item: KnownItem, name: str, period: str) -> FormPlace:
    owner = f"{jurisdiction_of(item.programme)}/{identity.role}:{identity.unit or ''}:{identity.id}"
    about = period if any(field.kind == "period" for field in FORMS[name]) else ""
    return FormPlace(owner, item.programme, item.id, name, about)
