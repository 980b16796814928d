"""A person's desk: the red and yellow lights of their items, what waits for their decision, what is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from contracts.values import PeriodId
from services.query.answers.decisions import Decision, awaits, oldest_first
from services.query.answers.heat_map import COLOURS, Tile
from services.query.answers.item import SeenItem
from services.query.answers.lights import reasons, tiles_of
from services.query.answers.request_view import RequestView
from services.query.read_model import queues
from services.query.read_model.results import HeldItem
from supervision.words import Word

RUNS_ON: Final = timedelta(days=120)
"""How long a programme stays on the desk after its last report was due: the annual evaluation is read by then."""
SOON: Final = timedelta(days=14)
"""How far ahead somebody in charge of items sees what gets due."""
TOGETHER: Final = ("plan.decided", "adjustment.decided", "extension.decided")
"""What intake's page lets decide several of at once."""


class LitItem(NamedTuple):
    """A light that asks for attention, and why it stands so."""

    held: HeldItem
    tile: Tile
    why: Word | None


class DueReport(NamedTuple):
    """A report of a period that is due; `done`: it was recorded."""

    held: HeldItem
    period: PeriodId
    due_at: datetime
    done: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody finds there; `together` counts by act what can be decided at once, `single` is everything else."""

    lights: Sequence[LitItem]
    together: dict[str, int]
    single: Sequence[Decision]
    due: Sequence[DueReport]


async def waiting_for(view: RequestView) -> list[Decision]:
    """What waits for the viewer, the oldest first."""
    if not view.viewer.rights.may("desk.read"):
        return []
    return oldest_first(one for one in await all_waiting(view) if awaits(view.viewer, one))


async def all_waiting(view: RequestView) -> list[Decision]:
    """What waits in the programmes that the viewer sees, for whomever."""
    kept = [await view.folds.decisions.of(view.snapshot, one.id) for one in view.programmes]
    return [one for listed in kept for one in listed]


async def desk(view: RequestView) -> Desk:
    """The desk of a leader, whose items are on it, or of the chief leader, who has a list of decisions alone."""
    waiting = await waiting_for(view)
    for decision in waiting:
        shown(view, decision)
    lights: list[LitItem] = []
    due: list[DueReport] = []
    for programme, held in (await _led(view)).items():
        seen = [SeenItem(one, view.viewer.sight_of(one)) for one in held]
        for item in held:
            view.opened.item(item.programme, item.item, item.classification)
        lights += await _lit(view, programme, seen)
        due += await due_reports(view, programme, held, view.now, view.now + SOON)
    return Desk(
        lights=sorted(lights, key=lambda one: COLOURS.index(one.tile.light)),
        together={act: number for act in TOGETHER if (number := sum(one.awaited.act == act for one in waiting))},
        single=[one for one in waiting if one.awaited.act not in TOGETHER],
        due=sorted((one for one in due if not one.done), key=lambda one: (one.due_at, one.held.item)),
    )


def shown(view: RequestView, one: Decision) -> None:
    """Say that something that waits is shown: an item, or the plan of a visit that few may know of."""
    if one.held is not None:
        view.opened.item(one.programme, one.item, one.held.classification)
        if one.awaited.act.startswith("inspection."):
            view.opened.plan(one.programme, one.item, one.awaited.name)


async def _led(view: RequestView) -> dict[str, list[HeldItem]]:
    """The items of running programmes that a leader has, or whoever they stand in for today, by programme."""
    identity = view.viewer.rights.identity
    if identity is None or identity.role != "leader":
        return {}
    principals = {of for about in view.viewer.deputies for of in view.viewer.principals(*about)}
    ids = {identity.id, *(of.partition(":")[2] for of in principals)}
    led: dict[str, list[str]] = {}
    own = [one.id for one in view.programmes]
    for one in await queues.led_by(view.snapshot, own, sorted(ids)):
        led.setdefault(one.programme, []).append(one.item)
    found = {}
    for programme in await queues.running(view.snapshot, list(led), view.now - RUNS_ON):
        held = await view.snapshot.items(programme, led[programme])
        theirs = [one for one in held if view.viewer.may_see("submit.plan.decided", one) and one.withdrawn_at is None]
        if theirs:
            found[programme] = theirs
    return found


async def _lit(view: RequestView, programme: str, seen: Sequence[SeenItem]) -> list[LitItem]:
    by_id = {one.held.item: one.held for one in seen}
    short = [one for one in await tiles_of(view, programme, seen) if one.light in ("red", "yellow")]
    why = await reasons(view, programme, seen) if short else {}
    return [LitItem(by_id[one.item], one, why.get((one.item, one.period))) for one in short]


async def due_reports(
    view: RequestView, programme: str, held: Iterable[HeldItem], after: datetime, until: datetime
) -> list[DueReport]:
    """The reports of items that are due after an instant and until another."""
    dates = [
        (one, id_, date.due_at)
        for one in held
        if one.withdrawn_at is None
        for id_, date in one.deadlines.items()
        if after < date.due_at <= until and id_ not in one.void
    ]
    done = await queues.reported(view.snapshot, programme, [one.item for one, _, _ in dates]) if dates else set()
    return [DueReport(one, id_, due_at, (one.item, id_) in done) for one, id_, due_at in dates]
