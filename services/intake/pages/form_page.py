"""A form as a page: empty, or as it was sent with everything that is wrong."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from exact.faults import Fault
from services.intake.dependencies import Dependencies
from services.intake.pages import overview
from services.intake.pages.choices import choices_of
from services.intake.pages.fields import FORMS
from services.intake.pages.form_post import FormPost, kept_text
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token
from services.intake.problem import IntakeProblem
from services.intake.who.decidable import named_submissions
from services.intake.who.item import KnownItem
from web.language import language_of


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
        period=post.fields.one("period") or overview.current_period(item, dependencies.clock.now()),
        choices={field: choices_of(name, field, item, roster, lang) for field in offered},
        faults=_by_field(problem),
        problem=problem,
        kept=[(one, kept_text(one)) for one in post.cited],
        named=named_submissions(item.decidable, name),
        key=post.key,
        csrf=form_token(request),
        made_id=f"{name.partition('.')[0]}-{post.key[:8]}",
    )


def _by_field(problem: IntakeProblem | None) -> dict[str, list[Fault]]:
    """The faults under the name of the datum that they are in; "" for those of the whole."""
    faults: dict[str, list[Fault]] = {}
    for fault in problem.faults if problem else ():
        faults.setdefault(str(fault.loc[1]) if len(fault.loc) > 1 else "", []).append(fault)
    return faults
