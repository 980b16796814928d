"""The addresses for changes of a published programme: what a form would move is shown, then it is sent."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.intake.pages.programme_changes.confirmation import sent
from services.intake.pages.programme_changes.visit import form_page, visited
from web.gate import GuardedRoute, does

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@router.get("/programmes/{programme}")
@does("programme.extend")
async def programme_page(request: Request, programme: str) -> Response:
    """What can be changed of a published programme."""
    visit = visited(request, programme, "programme.extend")
    return visit.page("programme.html", count=sum(not one.withdrawn for one in visit.items))


@router.get("/programmes/{programme}/calendar")
@does("calendar.extend")
async def calendar_form(request: Request, programme: str) -> Response:
    """The days that were announced since."""
    return await form_page(visited(request, programme, "calendar.extend"), "calendar")


@router.post("/programmes/{programme}/calendar")
@does("calendar.extend")
async def extend_calendar(request: Request, programme: str) -> Response:
    """What it moves, then the submissions."""
    return await sent(visited(request, programme, "calendar.extend"), "calendar")


@router.get("/programmes/{programme}/units-and-leaders")
@does("programme.extend")
async def parts_form(request: Request, programme: str) -> Response:
    """Names of units and leaders."""
    return await form_page(visited(request, programme, "programme.extend"), "units-and-leaders")


@router.post("/programmes/{programme}/units-and-leaders")
@does("programme.extend")
async def add_parts(request: Request, programme: str) -> Response:
    """What it moves, then the submissions."""
    return await sent(visited(request, programme, "programme.extend"), "units-and-leaders")


@router.get("/programmes/{programme}/policy")
@does("policy.adopt")
async def policy_form(request: Request, programme: str) -> Response:
    """The policies to choose from."""
    return await form_page(visited(request, programme, "policy.adopt"), "policy")


@router.post("/programmes/{programme}/policy")
@does("policy.adopt")
async def adopt_policy(request: Request, programme: str) -> Response:
    """What it moves, then the submissions."""
    return await sent(visited(request, programme, "policy.adopt"), "policy")


@router.get("/programmes/{programme}/deputies")
@does("deputy.name")
async def deputies_form(request: Request, programme: str) -> Response:
    """Who stands in for whom, and a new naming."""
    return await form_page(visited(request, programme, "deputy.name"), "deputies")


@router.post("/programmes/{programme}/deputies")
@does("deputy.name")
async def name_deputy(request: Request, programme: str) -> Response:
    """A naming, or the end of one: what it moves, then the submissions."""
    return await sent(visited(request, programme, "deputy.name"), "deputies")


@router.get("/programmes/{programme}/item")
@does("item.assign")
async def item_form(request: Request, programme: str) -> Response:
    """An item that joins."""
    return await form_page(visited(request, programme, "item.assign"), "item")


@router.post("/programmes/{programme}/item")
@does("item.assign")
async def assign_item(request: Request, programme: str) -> Response:
    """What it moves, then the submission."""
    return await sent(visited(request, programme, "item.assign"), "item")


@router.get("/programmes/{programme}/words")
@does("submit.item.corrected")
async def words_form(request: Request, programme: str) -> Response:
    """An item's words as they are; which item, where none is named."""
    return await form_page(visited(request, programme, "programme.extend"), "words")


@router.post("/programmes/{programme}/words")
@does("submit.item.corrected")
async def correct_words(request: Request, programme: str) -> Response:
    """What differs, then the submission."""
    return await sent(visited(request, programme, "programme.extend"), "words")


@router.get("/programmes/{programme}/hands")
@does("submit.item.reassigned")
async def hands_form(request: Request, programme: str) -> Response:
    """Who has an item; which item, where none is named."""
    return await form_page(visited(request, programme, "programme.extend"), "hands")


@router.post("/programmes/{programme}/hands")
@does("submit.item.reassigned")
async def hand_over(request: Request, programme: str) -> Response:
    """What passes on, then the submission."""
    return await sent(visited(request, programme, "programme.extend"), "hands")
