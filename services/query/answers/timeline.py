"""An item's timeline: each submission, its ruling, what followed from it and why, up to the notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.query.answers.access import inspection_is_seen, seen_data, visited_plans
from services.query.answers.explanations import explained
from services.query.answers.item import ItemHistory
from services.query.answers.notices import NoticeAnswer, notices_of_item
from services.query.answers.request_view import RequestView
from services.query.answers.submission import (
    CauseLink,
    EventAnswer,
    SubmissionAnswer,
    event_answer,
    note_plan,
    submission_answer,
)
from services.query.read_model.columns import JsonObject
from services.query.read_model.results import KnownEvent, KnownSubmission
from services.query.read_model.submissions import submissions_of
from supervision.words import Word
from web.privileged_reads import Opened


@dataclass(frozen=True, slots=True)
class EffectLink:
    """An event elsewhere that follows from a submission."""

    type: str
    anchor: str
    data: JsonObject


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A submission, the events of its ruling, and those of later rulings that follow from it too."""

    submission: SubmissionAnswer
    events: list[EventAnswer]
    effects: list[EffectLink] = field(default_factory=list)


async def timeline_of(view: RequestView, history: ItemHistory) -> list[TimelineEntry]:
    """The timeline of an item, as far as it is the viewer's to see."""
    held = history.seen.held
    submissions = await submissions_of(view.snapshot, held.programme, held.item)
    notices = await notices_of_item(view, held.programme, held.item) if history.seen.whole else []
    return timeline(history, submissions, notices, view.opened)


def timeline(
    history: ItemHistory,
    submissions: Iterable[KnownSubmission],
    notices: Iterable[NoticeAnswer],
    opened: Opened,
) -> list[TimelineEntry]:
    """Entries in the order of the log.

    Links go both ways: an event names the submissions it follows `because` of and the notices that it caused. What few
    may read is noted in `opened`.
    """
    listed = list(submissions)
    said = blockages_of(listed) if history.seen.whole else {}
    why = explained(history.events, published=False, said=said).changes if said else history.explained.changes
    visited = visited_plans(event.data for event in history.events)
    following: dict[tuple[int, int], list[KnownEvent]] = defaultdict(list)
    for event in history.events:
        following[(event.row.part, event.row.cause)].append(event)
    caused = _by_cause(notices)
    entries = []
    for one in listed:
        if not inspection_is_seen(one, visited, unvisited=history.unvisited):
            continue
        shown = _shown(history, following[(one.submission.part, one.submission.pos)], caused, why)
        if one.submission.type == "inspection.planned":
            note_plan(opened, one.submission, visited)
        if shown or history.seen.whole:
            entries.append(TimelineEntry(submission_answer(one, whole=history.seen.whole), shown))
    _link(entries)
    return entries


def _shown(
    history: ItemHistory,
    events: Iterable[KnownEvent],
    caused: Mapping[str, list[NoticeAnswer]],
    why: Mapping[tuple[int, int], Word],
) -> list[EventAnswer]:
    sight = history.seen.sight
    return [
        event_answer(
            event.row,
            seen_data(sight, event.row.type, event.row.data),
            why.get(event.place),
            caused.get(event.row.id, ()),
        )
        for event in events
        if history.is_seen(event)
    ]


def _by_cause(notices: Iterable[NoticeAnswer]) -> dict[str, list[NoticeAnswer]]:
    found: dict[str, list[NoticeAnswer]] = defaultdict(list)
    for notice in notices:
        for cause in notice.causes:
            found[cause].append(notice)
    return found


def _link(entries: list[TimelineEntry]) -> None:
    """Give each event the entries that it follows from, and each entry the events elsewhere that follow from it."""
    by_id: dict[str, TimelineEntry] = {}
    for entry in entries:
        by_id.setdefault(entry.submission.id, entry)
    for entry in entries:
        for event in entry.events:
            for source in (by_id.get(cause) for cause in _causes(event)):
                if source is None:
                    continue
                told, here = source.submission, source is entry
                event.because.append(CauseLink(told.id, told.type, told.anchor, here))
                if not here:
                    source.effects.append(EffectLink(event.type, event.anchor, event.data))


def _causes(event: EventAnswer) -> list[str]:
    """The submissions that an event names as those it follows from."""
    because = event.data.get("because")
    return [cause for cause in because if isinstance(cause, str)] if isinstance(because, list) else []


def blockages_of(submissions: Iterable[KnownSubmission]) -> dict[str, str]:
    """What blocks, by the number of each blockage that was accepted; of one number the first counts."""
    found: dict[str, str] = {}
    for one, ruling in submissions:
        if one.type == "blockage.raised" and ruling is not None and ruling.verdict == "accepted":
            found.setdefault(str(one.data.get("blockage")), str(one.data.get("text")))
    return found
