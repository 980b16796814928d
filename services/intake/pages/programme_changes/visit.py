"""Somebody at a published programme: who may change it in which way, and the form for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple
from uuid import uuid4

from fastapi import Request
from starlette.responses import Response

from contracts.topics import jurisdiction_of, subject_of
from services.intake.dependencies import Dependencies
from services.intake.pages.drafts.visit import by_field
from services.intake.pages.form_body import FormFields
from services.intake.pages.programme_changes import forms
from services.intake.pages.renderer import page
from services.intake.pages.session import form_token, signed_in
from services.intake.problem import IntakeProblem
from services.intake.programme_drafts.ledger_import import KnownNames, known_names_of
from services.intake.who.item import KnownItem
from services.intake.who.permission import permitted_programme, rights_of
from services.intake.who.roster import KnownProgramme
from supervision.right import reference_of
from supervision.words import Word
from web.identity import Identity
from web.language import language_of
from web.privileged_reads import opened_by

ChangeName = Literal["calendar", "units-and-leaders", "policy", "deputies", "item", "words", "hands", "all-hands"]
OPERATIONS: Final[Mapping[ChangeName, str]] = {
    "calendar": "calendar.extend",
    "units-and-leaders": "programme.extend",
    "policy": "policy.adopt",
    "deputies": "deputy.name",
    "item": "item.assign",
    "words": "submit.item.corrected",
    "hands": "submit.item.reassigned",
    "all-hands": "submit.item.reassigned",
}
WORDS: Final[Mapping[ChangeName, Word]] = {
    "calendar": Word("增补日历", "Extend the calendar"),
    "units-and-leaders": Word("增补单位和领导", "Add units and leaders"),
    "policy": Word("启用政策", "Adopt a policy"),
    "deputies": Word("代理", "Deputies"),
    "item": Word("增加事项", "Add an item"),
    "words": Word("更正事项文字", "Correct an item's words"),
    "hands": Word("移交事项", "Hand an item over"),
    "all-hands": Word("整体移交（一个单位或一位领导的全部事项）", "Hand over all items of a unit or a leader"),
}


class ProgrammeVisit(NamedTuple):
    """Somebody at a published programme that they may change in one way."""

    request: Request
    dependencies: Dependencies
    identity: Identity
    programme: str
    known: KnownProgramme
    items: Sequence[KnownItem]

    def shows(self, *ids: str) -> None:
        """Say that these items are shown: those that are internal are on record."""
        for item in self.items:
            if item.id in ids:
                opened_by(self.request).item(self.programme, item.id, item.opened.classification)

    def directory(self) -> KnownNames:
        """The units and leaders that the directory has of this jurisdiction."""
        return known_names_of(self.dependencies.directory, jurisdiction_of(self.programme))

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """A page about the programme."""
        return page(
            self.request,
            template,
            status,
            programme=self.programme,
            known=self.known,
            change_words=WORDS,
            manages=self.identity.role == "office",
            **context,
        )


def visited(request: Request, programme: str, operation: str) -> ProgrammeVisit:
    """The programme, if this person may do the operation. Raises RightDenied, IntakeProblem."""
    dependencies, identity = signed_in(request)
    dependencies.receiver.ready(subject_of(programme))
    roster = dependencies.roster
    known = permitted_programme(roster, rights_of(roster, identity), operation, programme)
    return ProgrammeVisit(request, dependencies, identity, programme, known, roster.items_in(programme))


async def form_page(
    visit: ProgrammeVisit,
    name: ChangeName,
    fields: FormFields | None = None,
    problem: IntakeProblem | None = None,
    key: str = "",
) -> Response:
    """The form, as it was sent or filled in with what is known."""
    known, language = visit.known, language_of(visit.request)
    today = forms.today_of(visit.dependencies.clock.now())
    values: dict[str, Any] = forms.calendar_values(visit.items, today) if name == "calendar" and visit.items else {}
    chosen = fields.one("item") if fields is not None else visit.request.query_params.get("item", "")
    item = next((one for one in visit.items if one.id == chosen), None) if name in ("words", "hands") else None
    if item is not None:
        values = forms.item_values(item)
    if fields is not None:
        values = values | fields.named("") | {"cooperating": fields.all("cooperating")}
    if name in ("words", "hands"):
        visit.shows(*(one.id for one in visit.items))
    only = "" if visit.identity.role == "office" else reference_of(visit.identity.role, visit.identity.id)
    return visit.page(
        f"change_{name.replace('-', '_')}.html",
        problem.status if problem else 200,
        name=name,
        values=values,
        problem=problem,
        faults=by_field(problem.faults if problem else ()),
        policy_choices=await asyncio.to_thread(forms.policy_choices, visit.dependencies.settings.library),
        chosen=item,
        item_choices=[(one.id, f"{one.id} {one.opened.title}") for one in visit.items if not one.withdrawn],
        unit_choices=forms.unit_choices(known),
        leader_choices=forms.leader_choices(known),
        principals=forms.principal_choices(known, language, only),
        deputies=forms.principal_choices(known, language),
        namings=[one for one in forms.namings_of(visit.items, today) if not only or one.principal == only],
        key=key or uuid4().hex,
        csrf=form_token(visit.request),
    )
