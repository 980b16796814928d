"""The JSON API: every answer carries its position, in a header and in the body."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from services.query.answers import evaluation, notices
from services.query.answers.errata import errata_of
from services.query.answers.escalations import escalation_list
from services.query.answers.item import find_history, items, open_items
from services.query.answers.lights import tiles_of, waiting
from services.query.answers.programme import ProgrammeAnswer, notes_of
from services.query.answers.replies import replies_in
from services.query.answers.request_view import RequestView, RequestViews, ViewDep, sees_positions
from services.query.answers.submission import find_submission
from services.query.answers.timeline import timeline_of
from services.query.web import documents
from services.query.web.changes import changes
from supervision.words import NOTE
from web.gate import GuardedRoute, does
from web.visitor import kept_by

POSITION_HEADER: Final = "Liangdeng-Position"
router = APIRouter(prefix="/v1", route_class=GuardedRoute)


Text = Annotated[str | None, Query(max_length=64)]
Number = Annotated[str, Query(pattern=r"^[0-9]{1,18}$")]


class _PlacedStream(StreamingResponse):
    """A stream that takes one of the places for streams until it ends."""

    def __init__(self, place: AbstractContextManager[None], *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises RateReached, Busy before anything is sent."""
        with self._place:
            await super().__call__(scope, receive, send)


class DocumentResponse(Response):
    """JSON as `documents.json_bytes` writes it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return documents.json_bytes(content)


def _answer(view: RequestView, about: ProgrammeAnswer | None = None, **members: object) -> Response:
    body: documents.Document = {"position": view.snapshot.position, "as_of": view.snapshot.as_of.text or None}
    if about and (notes := notes_of([about])):
        body["notes"] = [f"{NOTE[note].zh} / {NOTE[note].en}" for note in notes]
    headers = {POSITION_HEADER: view.snapshot.position, "Cache-Control": kept_by(view.viewer.rights.identity)}
    return view.sealed(DocumentResponse({**body, **members}, headers=headers))


@router.get("/programmes")
@does("programme.list")
async def get_programmes(view: ViewDep) -> Response:
    """All programmes."""
    return _answer(view, programmes=view.programmes)


@router.get("/programmes/{programme}")
@does("programme.read")
async def get_programme(view: ViewDep, programme: str) -> Response:
    """One programme."""
    about = view.programme(programme)
    return _answer(view, about, programme=about)


@router.get("/programmes/{programme}/lights")
@does("lights.read")
async def get_lights(view: ViewDep, programme: str, period: Text = None, unit: Text = None) -> Response:
    """The lights of a programme's items, in one period or all."""
    about = view.programme(programme)
    seen = await items(view, programme, unit)
    open_items(view, seen)
    found = [tile for tile in await tiles_of(view, programme, seen) if period in (None, tile.period)]
    unruled = [documents.waiting_document(row) for row in await waiting(view, programme, seen)]
    return _answer(view, about, programme=programme, period=period, lights=found, not_ruled_yet=unruled)


@router.get("/programmes/{programme}/items")
@does("item.list")
async def get_items(view: ViewDep, programme: str, unit: Text = None) -> Response:
    """The items of a programme, of all units or one."""
    about = view.programme(programme)
    seen = await items(view, programme, unit)
    open_items(view, seen)
    return _answer(view, about, programme=programme, items=[documents.item_document(one.held) for one in seen])


@router.get("/programmes/{programme}/items/{item}")
@does("item.read")
async def get_item(view: ViewDep, programme: str, item: str) -> Response:
    """One item with its lights, and why each of them stands as it does."""
    about = view.programme(programme)
    known = await find_history(view, programme, item)
    shown = documents.item_document(known.seen.held)
    found = await tiles_of(view, programme, [known.seen])
    replies = [documents.reply_document(one) for one in replies_in(known).values()]
    why = known.explained.lights
    return _answer(view, about, programme=programme, item=shown, lights=found, why=why, replies=replies)


@router.get("/programmes/{programme}/items/{item}/timeline")
@does("timeline.read")
async def get_timeline(view: ViewDep, programme: str, item: str) -> Response:
    """From submission to notice, with links between cause and effect."""
    about = view.programme(programme)
    known = await find_history(view, programme, item)
    shown = documents.item_document(known.seen.held)
    entries = await timeline_of(view, known)
    told = [documents.entry_document(entry, view.event_name) for entry in entries]
    return _answer(view, about, programme=programme, item=shown, timeline=told)


@router.get("/programmes/{programme}/escalations")
@does("escalations.list")
async def get_escalations(view: ViewDep, programme: str, state: Literal["open", "all"] = "open") -> Response:
    """Open escalations, or all there ever were."""
    about = view.programme(programme)
    found, _ = await escalation_list(view, programme, open_only=state == "open")
    return _answer(view, about, programme=programme, escalations=[documents.escalation_document(one) for one in found])


@router.get("/programmes/{programme}/errata")
@does("lights.read")
async def get_errata(view: ViewDep, programme: str) -> Response:
    """What bulletins told and what changed since, by an upheld appeal or a finding: for the next one to correct."""
    about = view.programme(programme)
    found = await errata_of(view, programme, await items(view, programme))
    return _answer(view, about, programme=programme, errata=[documents.erratum_document(one) for one in found])


@router.get("/programmes/{programme}/evaluation")
@does("evaluation.list")
async def get_evaluation(view: ViewDep, programme: str, unit: Text = None) -> Response:
    """The annual evaluation's sheets with every deduction, of all units that the viewer may see or of one."""
    about = view.programme(programme)
    found = (
        [(await evaluation.sheet_of(view, programme, unit))[0]] if unit else await evaluation.sheets(view, programme)
    )
    sheets = [documents.sheet_document(sheet, view.event_name) for sheet in found]
    return _answer(view, about, programme=programme, sheets=sheets)


@router.get("/programmes/{programme}/notices")
@does("notices.list")
async def get_notices(view: ViewDep, programme: str) -> Response:
    """Notices, newest first, with what became of each message."""
    about = view.programme(programme)
    found = [documents.notice_document(one, view.event_name) for one in await notices.notices(view, programme)]
    return _answer(view, about, programme=programme, notices=found)


@router.get("/notices/{notice}")
@does("notice.read")
async def get_notice(view: ViewDep, notice: str) -> Response:
    """One notice with its document."""
    return _answer(
        view, notice=documents.whole_notice_document(await notices.find_notice(view, notice), view.event_name)
    )


@router.get("/inbox")
@does("inbox.read")
async def get_inbox(view: ViewDep) -> Response:
    """What was delivered to the signed-in unit's or leader's inbox."""
    return _answer(view, inbox=[documents.notice_document(one, view.event_name) for one in await notices.inbox(view)])


@router.get("/submissions/{submission}")
@does("submission.read")
async def get_submission(view: ViewDep, submission: str) -> Response:
    """A submission with its ruling, or `ruling: null` while it waits for one."""
    return _answer(view, submission=documents.outcome_document(await find_submission(view, submission)))


@router.get("/progress")
@does("progress.read")
async def get_progress(request: Request) -> Response:
    """Where the read model stands; waits for `min_position` at most `timeout` seconds, then 504."""
    state = request.app.state
    views: RequestViews = state.request_views
    await views.wait(request)
    position = views.shown_position(request, str(state.progress.position))
    body: documents.Document = {"position": position, "caught_up": state.following.caught_up}
    if sees_positions(request):
        body["next"] = {f"{topic}-{part}": held.next for (topic, part), held in state.progress.positions.items()}
        body["stopped"] = {f"{topic}-{part}": why for (topic, part), why in state.following.stopped.items()}
    return DocumentResponse(body, headers={POSITION_HEADER: position, "Cache-Control": "no-cache"})


@router.get("/changes")
@does("changes.follow")
async def get_changes(request: Request) -> Response:
    """Server-sent events: the position, when something that one may see changed; what, is asked with `min_position`."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    place = request.app.state.streams.place(request.app.state.request_limits.asker(request))
    return _PlacedStream(place, changes(request), media_type="text/event-stream", headers=headers)


@router.get("/privileged-reads")
@does("privileged_reads.list")
async def get_privileged_reads(request: Request, view: ViewDep, after: Number = "0") -> Response:
    """Who read what only few may read, in the own jurisdictions, after an id; oldest first, at most 1000."""
    found = await request.app.state.who.privileged_reads.listed(view.viewer.jurisdictions, int(after))
    return _answer(view, privileged_reads=[one._asdict() for one in found])
