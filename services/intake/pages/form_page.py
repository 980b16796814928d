"""A form as a page: empty, or as it was sent with everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from fastapi import Request
from starlette.responses import Response

from contracts.topics import jurisdiction_of
from exact.faults import Fault
from services.intake.dependencies import Dependencies
from services.intake.evidence.citations import CitedFile
from services.intake.pages import overview
from services.intake.pages.choices import choices_of
from services.intake.pages.fields import FORMS
from services.intake.pages.form_post import FormPost, kept_text
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token
from services.intake.problem import IntakeProblem
from services.intake.who.decidable import named_submissions
from services.intake.who.item import KnownItem
from web.identity import Identity
from web.language import language_of
from web.visitor import known_visitor

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
) -> Response:
    """The form for a submission of type `name` about `item`, filled in with `post`; `problem` is told above it."""
    lang, roster, fields = language_of(request), dependencies.roster, FORMS[name]
    period = post.fields.one("period") or overview.current_period(item, dependencies.clock.now())
    offered = [field.name for field in fields if field.kind in ("pick", "people")]
    return page(
        request,
        "form.html",
        problem.status if problem else 200,
        item=item,
        name=name,
        unit=roster.unit_name(item.programme, item.lead_unit),
        fields=fields,
        posted=post.fields,
        period=period,
        files=_files(dependencies, item, name, period or ""),
        choices={field: choices_of(name, field, item, roster, lang) for field in offered},
        faults=_by_field(problem),
        problem=problem,
        kept=[(one, kept_text(one)) for one in post.cited],
        named=named_submissions(item.decidable, name),
        signing=signing(dependencies, known_visitor(request).identity, item, name),
        key=post.key,
        csrf=form_token(request),
        made_id=f"{name.partition('.')[0]}-{post.key[:8]}",
    )


class Signing(NamedTuple):
    """A form that the policy has signed inside the unit: whether its head sends it, and who may have prepared it."""

    head: bool
    colleagues: Mapping[str, str]


def signing(dependencies: Dependencies, identity: Identity | None, item: KnownItem, name: str) -> Signing | None:
    """What the form asks for where the type is signed; None where it is not, or no unit sends it (rulebook: Who)."""
    if identity is None or identity.role != "unit" or name not in item.assignment.policy.signed:
        return None
    register = dependencies.directory.register if dependencies.directory is not None else None
    people = register.of(jurisdiction_of(item.programme)) if register is not None else []
    return Signing(identity.head, {one.id: one.name for one in people if one.unit == identity.unit and one.active})


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
