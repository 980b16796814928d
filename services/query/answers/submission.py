"""Submissions with their rulings: as the public is told of them, and in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.query.answers.access import REASSESSMENT, inspection_is_seen, is_published_act, visited_plans
from services.query.answers.explanations import explained
from services.query.answers.item import in_full
from services.query.answers.notices import NoticeAnswer
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from services.query.read_model import submissions
from services.query.read_model.columns import JsonObject
from services.query.read_model.results import HeldItem, KnownSubmission, known
from services.query.read_model.tables import EventRow, RulingRow, SubmissionRow
from supervision.words import Word
from web.privileged_reads import Opened
from web.rights import NOBODY


@dataclass(frozen=True, slots=True)
class Author:
    """In which role, and for which unit, somebody submitted; the public is not told of every act whose it was."""

    role: str | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingAnswer:
    """What a submission came to; `time` is business time, `logged_at` the broker's."""

    verdict: str
    codes: list[str]
    rules: str
    policy: str
    time: datetime
    logged_at: datetime
    position: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDetails:
    """What the public is not told of a submission."""

    person: str
    logged_at: datetime
    digest: str
    data: JsonObject
    on_behalf_of: str | None = None
    prepared_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAnswer:
    """A submission with its ruling, or that it waits for one (None)."""

    position: str
    anchor: str
    id: str
    type: str
    by: Author
    received_at: datetime
    ruling: RulingAnswer | None
    details: SubmissionDetails | None


@dataclass(frozen=True, slots=True)
class CauseLink:
    """A submission that an event follows from; `here`: its own."""

    id: str
    type: str
    anchor: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """An event of a ruling, why it came, the submissions that it follows from and the notices that it caused."""

    position: str
    anchor: str
    id: str
    type: str
    time: datetime
    data: JsonObject
    why: Word | None
    because: list[CauseLink] = field(default_factory=list)
    notices: list[NoticeAnswer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionOutcome:
    """A submission, what followed from it, and the times it was sent again; `status` is its verdict or `waiting`."""

    submission: SubmissionAnswer
    programme: str
    item: str | None
    status: str
    events: list[EventAnswer]
    repetitions: list[SubmissionAnswer]


async def find_submission(view: RequestView, id_: str) -> SubmissionOutcome:
    """A submission by its id. Raises QueryProblem: there is none, or it is not the viewer's to see."""
    named = await submissions.submissions_named(view.snapshot, id_)
    found = [one for one in named if await _is_seen(view, one)]
    if not named:
        await _item_of(view, "", "")  # so that it takes as long as one that is not the viewer's to see
    if not found:
        raise QueryProblem("not-found")
    (first, ruling), *repetitions = found
    blocks = first.type == "blockage.raised"
    said = {str(first.data.get("blockage")): str(first.data.get("text"))} if blocks else {}
    why = await _reasons(view, first.programme, first.item, said)
    return SubmissionOutcome(
        submission=submission_answer(found[0], whole=True),
        programme=first.programme,
        item=first.item,
        status=ruling.verdict if ruling else "waiting",
        events=[
            event_answer(row, row.data, why.get((row.part, row.pos)))
            for row in await submissions.caused(view.snapshot, first.part, first.pos)
        ],
        repetitions=[submission_answer(one, whole=True) for one in repetitions],
    )


async def _reasons(
    view: RequestView, programme: str, item: str | None, said: Mapping[str, str]
) -> dict[tuple[int, int], Word]:
    """The sentences about an item's events, if the viewer sees it in full."""
    if not item or not await in_full(view, programme, item):
        return {}
    events = known(await view.snapshot.events(programme, [item]))
    return dict(explained(events, published=False, said=said).changes)


async def _is_seen(view: RequestView, one: KnownSubmission) -> bool:
    """Whether a submission is the viewer's to see; says what it opens."""
    viewer, row = view.viewer, one.submission
    identity = viewer.rights.identity
    sent = identity is not None and identity.sent(row.role, row.person, row.unit)
    held, visited = await _item_of(view, row.programme, row.item or "")
    if not row.item:
        return viewer.rights.to("submission.read", row.programme, NOBODY, "internal", party=sent).allowed
    if held is None or not viewer.may_see("submission.read", held, party=sent):
        return False
    unvisited = sent or viewer.may_see("inspection_plans.see", held)
    if not inspection_is_seen(one, visited, unvisited=unvisited):
        return False
    view.opened.item(row.programme, row.item, held.classification)
    if row.type == "inspection.planned":
        note_plan(view.opened, row, visited)
    return True


async def _item_of(view: RequestView, programme: str, item: str) -> tuple[HeldItem | None, frozenset[str]]:
    """An item, None if there is none, and the inspection plans whose visit is on record."""
    held = next(iter(await view.snapshot.items(programme, [item])), None)
    findings = known(await view.snapshot.events(programme, [item], ["verification.recorded"]))
    return held, visited_plans(event.data for event in findings)


def note_plan(opened: Opened, row: SubmissionRow, visited: frozenset[str]) -> None:
    """Note that an inspection plan is shown, where the visit is not on record yet."""
    plan = str(row.data.get("plan", ""))
    if plan not in visited:
        opened.plan(row.programme, row.item or "", plan)


def submission_answer(one: KnownSubmission, *, whole: bool) -> SubmissionAnswer:
    """A submission with its ruling; for the public without the person and the text."""
    row, ruling = one
    told = whole or is_published_act(row.type)
    return SubmissionAnswer(
        position=f"submissions-{row.part}@{row.pos}",
        anchor=f"s-{row.part}-{row.pos}",
        id=row.id,
        type=row.type if told else REASSESSMENT,
        by=Author(row.role, row.unit) if told else Author(None, None),
        received_at=row.received_at,
        ruling=None if ruling is None else _ruling(ruling),
        details=_details(one) if whole else None,
    )


def _ruling(row: RulingRow) -> RulingAnswer:
    return RulingAnswer(
        verdict=row.verdict,
        codes=row.codes,
        rules=row.rules,
        policy=row.policy,
        time=row.time,
        logged_at=row.logged_at,
        position=f"rulings-{row.part}@{row.until}",
    )


def _details(one: KnownSubmission) -> SubmissionDetails:
    row = one.submission
    data = {key: value for key, value in row.data.items() if key != "received_at"}
    return SubmissionDetails(
        person=row.person,
        logged_at=row.logged_at,
        digest=row.digest,
        data=data,
        on_behalf_of=row.on_behalf_of,
        prepared_by=row.prepared_by,
    )


def event_answer(
    row: EventRow, data: JsonObject, why: Word | None, notices: Sequence[NoticeAnswer] = ()
) -> EventAnswer:
    """An event of a ruling; `data` as far as it is shown."""
    return EventAnswer(
        position=f"rulings-{row.part}@{row.pos}",
        anchor=f"e-{row.part}-{row.pos}",
        id=row.id,
        type=row.type,
        time=row.time,
        data=data,
        why=why,
        notices=list(notices),
    )
