"""The office's desk: queues of what is to be done, each with its number, filtered by unit, leader, category, text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

from contracts.ruling import RULING_TYPES
from contracts.rulings import AppealOpened
from services.query.answers.decisions import Decision, awaits, oldest_first
from services.query.answers.desk import RUNS_ON, DueReport, all_waiting, due_reports, shown
from services.query.answers.escalations import EscalationAnswer, escalations_of
from services.query.answers.programme import ProgrammeAnswer
from services.query.answers.request_view import RequestView
from services.query.read_model import queues
from services.query.read_model.as_of import LOCAL
from services.query.read_model.results import HeldItem, KnownEvent, known
from supervision import escalations, involvement

ACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "review": ("progress.reviewed", "rectification.reviewed"),
    "decide": ("blockage.answered", "interview.confirmed", "interview.held"),
    "appeals": ("appeal.decided",),
    "inspections": ("inspection.approved", "inspection.recorded"),
    "replies": ("reply.published",),
    "bulletins": ("bulletin.approved",),
}
"""The queues of things that wait for an act, and for which."""
REPORTS: Final = ("today", "week", "overdue")
"""The queues of reports that were not filed: due today, within seven days, or in the past month."""
QUEUES: Final = (*ACTS, *REPORTS, "limits", "addresses")
PER_PAGE: Final = 50
"""Entries of a queue that are looked at together; reports lie folded by unit, and are not counted out."""
_PAST: Final = timedelta(days=31)
_INVOLVING: Final = [
    RULING_TYPES.short_names[kind] for kind in (*involvement.FOLDED, *escalations.FOLDED, AppealOpened)
]


class Filters(NamedTuple):
    """What of each queue is looked at; empty: all of it. `light`: the item has one of this colour, in any period."""

    unit: str = ""
    leader: str = ""
    category: str = ""
    text: str = ""
    light: str = ""

    def take(self, held: HeldItem) -> bool:
        """Whether an item is looked at."""
        return (
            self.unit in ("", held.lead_unit)
            and self.leader in ("", held.leader)
            and self.category in ("", held.category)
            and (not self.text or self.text in held.title or self.text.casefold() == held.item.casefold())
        )


class Unreached(NamedTuple):
    """A unit or a leader for whom no address is known, and how many items they have."""

    programme: str
    reference: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDesk:
    """Numbers of all queues, and what is in the one that is looked at, on `page` of its `pages`, counted from 1.

    `barred` says of an appeal who took part in what it is about, and so may not decide it (rulebook: Fairness).
    """

    queue: str
    numbers: Mapping[str, int]
    page: int
    pages: int
    decisions: Sequence[Decision]
    barred: Mapping[str, Sequence[str]]
    reports: Sequence[tuple[str, Sequence[DueReport]]]
    limits: Sequence[tuple[EscalationAnswer, HeldItem]]
    addresses: Sequence[Unreached]


Reached = Callable[[str, str], bool]
"""Whether an address is known in a programme for a reference such as `unit:nongye`."""


async def office_desk(
    view: RequestView, programmes: Sequence[ProgrammeAnswer], queue: str, page: int, filters: Filters, reached: Reached
) -> OfficeDesk:
    """The office's desk; `queue` is the one that is looked at, else the first with something in it.

    A `page` behind the last one is the last: what lay there may have been dealt with.
    """
    mine = oldest_first(one for one in await all_waiting(view) if _office_sees(view, one))
    running = await queues.running(view.snapshot, [one.id for one in programmes], view.now - RUNS_ON)
    lit = await _lit(view, running, filters.light)

    def taken_in(held: HeldItem) -> bool:
        return filters.take(held) and (lit is None or (held.programme, held.item) in lit)

    decisions = [one for one in mine if one.held is None or taken_in(one.held)]
    reports: dict[str, list[DueReport]] = {name: [] for name in REPORTS}
    limits: list[tuple[EscalationAnswer, HeldItem]] = []
    addresses: list[Unreached] = []
    for programme in running:
        held = [one for one in await view.items(programme) if one.withdrawn_at is None]
        taken = [one for one in held if taken_in(one)]
        for name, (after, until) in _spans(view.now).items():
            reports[name] += [one for one in await due_reports(view, programme, taken, after, until) if not one.done]
        limits += await _overdue(view, programme, {one.item: one for one in taken})
        addresses += _unreached(programme, taken, reached)
    by_act = {name: [one for one in decisions if one.awaited.act in acts] for name, acts in ACTS.items()}
    numbers = {
        **{name: len(found) for name, found in by_act.items()},
        **{name: len(found) for name, found in reports.items()},
        "limits": len(limits),
        "addresses": len(addresses),
    }
    if queue not in QUEUES:
        queue = next((name for name in QUEUES if numbers[name]), QUEUES[0])
    pages = 1 if queue in REPORTS else max(1, -(-numbers[queue] // PER_PAGE))
    page = min(page, pages)
    part = slice((page - 1) * PER_PAGE, page * PER_PAGE)
    looked_at = by_act.get(queue, [])[part]
    for one in looked_at:
        shown(view, one)
    for report in reports.get(queue, ()):
        view.opened.item(report.held.programme, report.held.item, report.held.classification)
    for _, item in limits[part] if queue == "limits" else ():
        view.opened.item(item.programme, item.item, item.classification)
    return OfficeDesk(
        queue=queue,
        numbers=numbers,
        page=page,
        pages=pages,
        decisions=looked_at,
        barred=await _barred(view, looked_at) if queue == "appeals" else {},
        reports=_by_unit(reports.get(queue, [])),
        limits=limits[part] if queue == "limits" else [],
        addresses=addresses[part] if queue == "addresses" else [],
    )


async def _lit(view: RequestView, programmes: Sequence[str], light: str) -> set[tuple[str, str]] | None:
    """The items with a light of this colour; None: it is not asked for."""
    if not light:
        return None
    return {
        (programme, one.item)
        for programme in programmes
        for one in await view.snapshot.lights(programme)
        if one.light == light
    }


def _office_sees(view: RequestView, one: Decision) -> bool:
    """What waits for the office, and visits and bulletins that wait for the chief leader's approval."""
    if one.awaited.act == "bulletin.approved":
        return view.viewer.rights.to("submit.bulletin.composed", one.programme).allowed
    if one.awaited.act == "inspection.approved":
        return one.held is not None and view.viewer.may_see("inspection_plans.see", one.held)
    return awaits(view.viewer, one)


def _spans(now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """After which instant, and until which, a limit of each queue lies; a limit is the end of its last day."""
    tomorrow = datetime.combine(_day(now) + timedelta(days=1), time(), LOCAL)
    return {
        "today": (now, tomorrow),
        "week": (tomorrow, tomorrow + timedelta(days=7)),
        "overdue": (now - _PAST, now),
    }


def _day(instant: datetime) -> date:
    return instant.astimezone(LOCAL).date()


def _by_unit(reports: Iterable[DueReport]) -> list[tuple[str, Sequence[DueReport]]]:
    """By lead unit, the unit with most of them first."""
    found: dict[str, list[DueReport]] = {}
    for one in sorted(reports, key=lambda one: (one.due_at, one.held.item)):
        found.setdefault(one.held.lead_unit, []).append(one)
    return sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))


async def _overdue(
    view: RequestView, programme: str, held: Mapping[str, HeldItem]
) -> list[tuple[EscalationAnswer, HeldItem]]:
    """Open escalations whose limit has passed, the oldest limit first."""
    late = [one for one in await escalations_of(view, programme, list(held)) if one.is_open and one.record.overdue]
    late.sort(key=lambda one: (one.record.due_at or one.record.raised_at, one.item))
    return [(one, held[one.item]) for one in late]


def _unreached(programme: str, held: Iterable[HeldItem], reached: Reached) -> list[Unreached]:
    numbers: dict[str, int] = {}
    for one in held:
        for reference in (f"unit:{one.lead_unit}", f"leader:{one.leader}"):
            numbers[reference] = numbers.get(reference, 0) + 1
    return [Unreached(programme, one, number) for one, number in numbers.items() if not reached(programme, one)]


async def _barred(view: RequestView, appeals: Sequence[Decision]) -> dict[str, Sequence[str]]:
    """Of each appeal, by its submission, the persons who took part in what it is about."""
    found: dict[str, Sequence[str]] = {}
    for one in appeals:
        events = list(known(await view.snapshot.events(one.programme, [one.item], _INVOLVING)))
        found[one.awaited.of] = _persons(events, one)
    return found


def _persons(events: Sequence[KnownEvent], one: Decision) -> list[str]:
    against = next(
        (
            event.data.against
            for event in reversed(events)
            if isinstance(event.data, AppealOpened) and event.data.appeal == one.awaited.name
        ),
        None,
    )
    if against is None or one.held is None:
        return []
    quarter_of = {period["id"]: period["quarter"] for period in one.held.periods}
    involved: involvement.Involved = ()
    open_now: escalations.Escalations = {}
    for _, data in events:
        involved = involvement.evolve(involved, data, quarter_of)
        open_now = escalations.evolve(open_now, data)
    return involvement.barred(involved, against, open_now)
