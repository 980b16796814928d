"""A form as a page: empty, or as it was sent with everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from fastapi import Request
from starlette.responses import Response

from contracts.rulings import ProgressRecorded
from contracts.topics import jurisdiction_of
from exact.faults import Fault
from services.intake.dependencies import Dependencies
from services.intake.evidence.citations import CitedFile
from services.intake.pages import overview
from services.intake.pages.choices import choices_of, last_reports, levels_to_record
from services.intake.pages.decided_on import DecidedOn, by_text
from services.intake.pages.desk import binding
from services.intake.pages.fields import FORMS
from services.intake.pages.figures import figures, last_report
from services.intake.pages.form_body import VISITS
from services.intake.pages.form_post import FormPost, kept_text
from services.intake.pages.renderer import HEADERS, page
from services.intake.pages.session import form_token
from services.intake.problem import IntakeProblem
from services.intake.who.decisions import named_submissions
from services.intake.who.item import KnownItem
from web.identity import Identity
from web.language import language_of
from web.visitor import known_visitor

_ONE_CLICK: Final = ("notice.acknowledged",)
"""There is nothing typed to be checked."""
_OFFERING: Final = ("pick", "people")
_CSP: Final = "Content-Security-Policy"
_SCRIPTED: Final = HEADERS[_CSP] + "; script-src 'self'; connect-src 'self'"
"""A form runs one script of ours, which keeps what is typed."""
_DECIDES_ON: Final = {
    "plan.decided": "plan.submitted",
    "progress.reviewed": "progress.reported",
    "inspection.recorded": "progress.reported",
    "rectification.reviewed": "rectification.reported",
}
"""What a form is about whose files are shown above it."""


def form_page(
    request: Request,
    dependencies: Dependencies,
    item: KnownItem,
    name: str,
    post: FormPost,
    problem: IntakeProblem | None = None,
    *,
    saved_at: datetime | None = None,
    offered: bool = True,
    about: Sequence[DecidedOn] = (),
) -> Response:
    """The form for a submission of type `name` about `item`, filled in with `post`; `problem` is told above it.

    Not `offered`: nothing of the kind is open about the item.
    """
    lang, roster, fields = language_of(request), dependencies.roster, FORMS[name]
    identity = known_visitor(request).identity
    period = post.fields.one("period") or overview.current_period(item, dependencies.clock.now())
    choices = {one.name: choices_of(name, one.name, item, roster, lang) for one in fields if one.kind in _OFFERING}
    recused = False
    if name == "appeal.decided" and identity is not None:
        decidable = {one.id for one in item.decidable_by(identity.id)}
        recused = len(decidable) < len(choices["appeal"])
        choices["appeal"] = [one for one in choices["appeal"] if one.value in decidable]
    if name == "blockage.answered":
        choices["blockage"] = by_text(choices["blockage"], about)
    levels = levels_to_record(name, item, roster, identity)
    of_unit = name in overview.UNIT_ACTS
    drafts = of_unit and name not in _ONE_CLICK and dependencies.form_drafts.named
    answer = page(
        request,
        "form.html",
        problem.status if problem else 200,
        item=item,
        name=name,
        unit=roster.unit_name(item.programme, item.lead_unit),
        fields=fields,
        posted=post.fields,
        posted_targets=post.fields.targets,
        period=period,
        files=_files(dependencies, item, name, period or ""),
        choices=choices,
        recused=recused,
        levels=levels,
        about=about,
        nothing=not offered
        or any(one.required and not choices[one.name] for one in fields if one.name in choices)
        or (any(one.name == "level" for one in fields) and not levels),
        figures=figures(item, period) if any(one.kind == "measures" for one in fields) else [],
        before=_report_before(item, period) if name == "progress.reported" else None,
        faults=_by_field(problem),
        problem=problem,
        kept=[(one, kept_text(one)) for one in post.cited],
        visited=last_reports(item) if name == VISITS else {},
        named=named_submissions(roster.waiting.get((item.programme, item.id), ()), name),
        signing=signing(dependencies, identity, item, name),
        checks=of_unit and (name not in _ONE_CLICK or name in item.assignment.policy.signed),
        drafts=drafts,
        saved_at=saved_at,
        key=post.key,
        csrf=form_token(request),
        made_id=f"{name.partition('.')[0]}-{post.key[:8]}",
    )
    if drafts:
        answer.headers[_CSP] = _SCRIPTED
    return answer


def draft_period(name: str, post: FormPost) -> str:
    """The period under which a form is kept."""
    return post.fields.one("period") if any(field.kind == "period" for field in FORMS[name]) else ""


def _report_before(item: KnownItem, period: str) -> ProgressRecorded | None:
    """The last report about a period before this one."""
    found = None
    for one in binding(item):
        if one.id == period:
            break
        found = last_report(item, one.id) or found
    return found


class SignedForm(NamedTuple):
    """A form that the policy has signed inside the unit: whether its head sends it, and who may have prepared it."""

    head: bool
    own: str
    colleagues: Mapping[str, str]


def signing(dependencies: Dependencies, identity: Identity | None, item: KnownItem, name: str) -> SignedForm | None:
    """What the form asks for where the type is signed; None where it is not, or no unit sends it (rulebook: Who)."""
    if identity is None or identity.role != "unit" or name not in item.assignment.policy.signed:
        return None
    register = dependencies.directory.register if dependencies.directory is not None else None
    people = register.of(jurisdiction_of(item.programme)) if register is not None else []
    signs = dependencies.heads.sign(identity)
    return SignedForm(
        signs, identity.id, {one.id: one.name for one in people if one.unit == identity.unit and one.active}
    )


def _files(dependencies: Dependencies, item: KnownItem, name: str, period: str) -> Sequence[CitedFile]:
    """The files of what a form decides on, as it was sent last."""
    about = _DECIDES_ON.get(name, "")
    reported = period if about == "progress.reported" else ""
    return dependencies.citations.latest(item.programme, item.id, about, reported)


def _by_field(problem: IntakeProblem | None) -> dict[str, list[Fault]]:
    """The faults under the name of the datum that they are in; "" for those of the whole."""
    faults: dict[str, list[Fault]] = {}
    for fault in problem.faults if problem else ():
        named = fault.loc[1] if len(fault.loc) > 1 else fault.loc[0] if fault.loc == ("prepared_by",) else ""
        faults.setdefault(str(named), []).append(fault)
    return faults
