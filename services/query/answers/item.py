"""What API and pages both answer: gathered from one view, as far as it is the viewer's to see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.query.answers.access import Sight, event_is_seen, inspection_is_seen, seen_data, visited_plans
from services.query.answers.escalations import EscalationAnswer, fold_escalations
from services.query.answers.explanations import explained
from services.query.answers.heat_map import Tile, tiles
from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from services.query.answers.timeline import delivery_view, notice_view, submission_view, timeline
from supervision.words import Word
from web.rights import NOBODYS

Found = dict[str, Any]

_APPEALS = ["appeal.opened", "appeal.closed"]


async def programmes(view: RequestView) -> list[Found]:
    """All programmes that the viewer may see, by id."""
    rows = await view.snapshot.programmes()
    return [_programme(row) for row in rows if view.viewer.may("programme.read", row["programme"])]


async def programme(view: RequestView, id_: str) -> Found:
    """One programme. Raises QueryProblem."""
    rows = await view.snapshot.programmes(id_)
    if not rows or not view.viewer.may("programme.read", id_):
        raise QueryProblem("not-found")
    return _programme(rows[0])


def _programme(row: Found) -> Found:
    hidden = ("part", "pos", "cause", "time")
    return {"id": row["programme"], **{k: v for k, v in row.items() if k not in hidden and k != "programme"}}


async def items(view: RequestView, programme_id: str, unit: str | None = None) -> list[Found]:
    """The items that the viewer may see, each with how much of it; of all units or one (led or cooperating)."""
    found = []
    for row in await view.snapshot.items(programme_id):
        sight = view.viewer.sight_of(row)
        if sight != "none" and (unit is None or unit in (row["lead_unit"], *row["cooperating"])):
            found.append({**row, "sight": sight})
    return found


async def item(view: RequestView, programme_id: str, item_id: str) -> tuple[Found, Sight]:
    """One item and how much of it may be seen. Raises QueryProblem."""
    for row in await view.snapshot.items(programme_id, item_id):
        sight = view.viewer.sight_of(row)
        if sight != "none":
            return row, sight
    raise QueryProblem("not-found")


def item_view(row: Found) -> Found:
    """An item as the API shows it."""
    hidden = ("pos", "cause", "time", "holding_unit", "holding_cooperating", "holding_leader", "part", "item", "sight")
    return {"id": row["item"], **{key: value for key, value in row.items() if key not in hidden}}


async def lights(view: RequestView, programme_id: str, rows: list[Found], period: str | None = None) -> list[Tile]:
    """The lights of these items, in one period or all."""
    found = tiles(
        rows,
        await view.snapshot.lights(programme_id),
        await view.snapshot.events(programme_id, types=_APPEALS),
    )
    return [tile for tile in found if period is None or tile.period == period]


async def escalations(view: RequestView, programme_id: str, *, open_only: bool = True) -> list[EscalationAnswer]:
    """Escalations of the items whose escalations the viewer sees, in the order raised."""
    rows = await items(view, programme_id)
    seen = {row["item"] for row in rows if view.viewer.may_see("escalations.see", row)}
    found = await _escalations(view, programme_id)
    return sorted(
        (one for one in found if one.item in seen and (one.is_open or not open_only)),
        key=lambda one: (one.record.raised_at, one.item, one.pos),
    )


async def _escalations(view: RequestView, programme_id: str, item_id: str | None = None) -> list[EscalationAnswer]:
    steps = await view.snapshot.escalation_steps(programme_id, item_id)
    return fold_escalations(steps, await view.snapshot.lights(programme_id, item_id))


async def notices(view: RequestView, programme_id: str) -> list[Found]:
    """Notices about items that the viewer may read, newest first, with their messages."""
    rows = await items(view, programme_id)
    seen = {row["item"] for row in rows if view.viewer.may_see("notice.read", row)}
    rows = [row for row in await view.snapshot.notices(programme_id) if row["item"] in seen]
    return await _with_state(view, await _with_messages(view, rows))


async def inbox(view: RequestView) -> list[Found]:
    """What was delivered to the inbox of the viewer's unit or office, newest first."""
    found = await view.snapshot.inbox(view.viewer.inbox) if view.viewer.inbox else []
    # The same unit's id in another jurisdiction is another unit.
    own = [row for row in found if view.viewer.may("programme.read", row["programme"])]
    return await _with_state(view, await _with_messages(view, own))


async def notice(view: RequestView, id_: str) -> Found:
    """One notice with its document, for its recipients and whoever sees its item in full. Raises QueryProblem."""
    row = await view.snapshot.notice(id_)
    if row is None or not await _may_read_notice(view, row):
        raise QueryProblem("not-found")
    (shown,) = await _with_state(view, await _with_messages(view, [row]))
    return {**shown, "document": row["document"], "text": row["body"]}


async def _may_read_notice(view: RequestView, row: Found) -> bool:
    addressed = any(to["role"] == view.viewer.inbox for to in row["recipients"])
    rows = await view.snapshot.items(row["programme"], row["item"])
    return any(view.viewer.may_see("notice.read", one, party=addressed) for one in rows)


async def _with_messages(view: RequestView, rows: list[Found]) -> list[Found]:
    messages = await view.snapshot.deliveries([row["notice"] for row in rows])
    return [
        {
            **notice_view(row),
            "deliveries": [delivery_view(message) for message in messages if message["notice"] == row["notice"]],
        }
        for row in rows
    ]


async def _with_state(view: RequestView, shown: list[Found]) -> list[Found]:
    """Notices with the state of their escalation now, where the viewer still sees its item in full."""
    now: dict[tuple[str, str, str], Word] = {}
    for id_ in {row["programme"] for row in shown if row["escalation"]}:
        now |= {(id_, one.item, one.record.id): one.why for one in await escalations(view, id_, open_only=False)}
    keys = [(row["programme"], row["item"], row["escalation"]) for row in shown]
    return [{**row, "why": now[key]._asdict() if key in now else None} for key, row in zip(keys, shown, strict=True)]


async def item_timeline(view: RequestView, programme_id: str, item_id: str, sight: Sight) -> list[Found]:
    """The timeline of an item at a given sight."""
    told = await view.snapshot.notices(programme_id, item_id) if sight == "full" else []
    rows = await view.snapshot.items(programme_id, item_id)
    return timeline(
        any(view.viewer.may_see("inspection_plans.see", row) for row in rows),
        sight,
        await view.snapshot.submissions_of(programme_id, item_id),
        await view.snapshot.events(programme_id, item_id),
        told,
        await view.snapshot.deliveries([row["notice"] for row in told]),
    )


async def item_events(view: RequestView, programme_id: str, item_id: str, sight: Sight) -> list[Found]:
    """The events of an item that may be seen at a given sight, inspections aside."""
    return [
        {**row, "data": seen_data(sight, row["data"])}
        for row in await view.snapshot.events(programme_id, item_id)
        if event_is_seen(sight, row["type"])
    ]


async def light_sentences(view: RequestView, programme_id: str, item_id: str, sight: Sight) -> Mapping[str, Word]:
    """Why each light of an item stands as it does, by period; to the public in the words of what was published."""
    return explained(await view.snapshot.events(programme_id, item_id), published=sight != "full").lights


async def all_sentences(view: RequestView, programme_id: str, rows: list[Found]) -> Mapping[tuple[str, str], Word]:
    """The same for all these items at once, by item and period, each in the words for this viewer."""
    found = await view.explanations.of(view.snapshot, programme_id)
    full = {row["item"]: row["sight"] == "full" for row in rows}
    return {key: why.full if full[key[0]] else why.published for key, why in found.items() if key[0] in full}


async def escalations_of(view: RequestView, programme_id: str, item_id: str) -> list[EscalationAnswer]:
    """All escalations of an item, in the order raised."""
    return await _escalations(view, programme_id, item_id)


async def submission(view: RequestView, id_: str) -> Found:
    """A submission with its ruling and what followed, or that it waits; and its repetitions. Raises QueryProblem."""
    rows = [row for row in await view.snapshot.submissions_named(id_) if await _is_seen(view, row)]
    if not rows:
        raise QueryProblem("not-found")
    first = rows[0]
    caused = await view.snapshot.caused(first["part"], first["pos"])
    whole = bool(first["item"]) and await _in_full(view, first)
    about = await view.snapshot.events(first["programme"], first["item"]) if whole else []
    why = explained(about, published=False).changes
    return {
        **submission_view(first, whole=True),
        "programme": first["programme"],
        "item": first["item"],
        "status": first["verdict"] if first["ruled"] else "waiting",
        "events": [
            {
                "position": f"rulings-{e['part']}@{e['pos']}",
                "type": e["type"],
                "time": e["time"],
                "data": e["data"],
                "why": word._asdict() if (word := why.get((e["part"], e["pos"]))) else None,
            }
            for e in caused
        ],
        "repetitions": [submission_view(row, whole=True) for row in rows[1:]],
    }


async def _in_full(view: RequestView, row: Found) -> bool:
    rows = await view.snapshot.items(row["programme"], row["item"])
    return any(view.viewer.sight_of(one) == "full" for one in rows)


async def _is_seen(view: RequestView, row: Found) -> bool:
    viewer, identity = view.viewer, view.viewer.rights.identity
    # A leader's own are those by their id, a unit's those of all its people.
    sent = identity is not None and (row["role"], row["unit"] or row["person"]) == (
        identity.role,
        identity.unit or identity.id,
    )
    if not row["item"]:
        return viewer.rights.to("submission.read", row["programme"], NOBODYS, "internal", party=sent).allowed
    for one in await view.snapshot.items(row["programme"], row["item"]):
        if viewer.may_see("submission.read", one, party=sent):
            if sent:
                return True
            events = await view.snapshot.events(row["programme"], row["item"], ["verification.recorded"])
            unvisited = viewer.may_see("inspection_plans.see", one)
            return inspection_is_seen(unvisited, row["type"], row["data"], row["verdict"] or "", visited_plans(events))
    return False


async def waiting(view: RequestView, programme_id: str, rows: list[Found]) -> list[Found]:
    """Submissions without a ruling about items where the viewer sees them; an inspection as a plan before the visit."""
    seen = {row["item"]: row for row in rows if view.viewer.may_see("waiting.see", row)}
    found = []
    for row in await view.snapshot.waiting(programme_id):
        about = seen.get(row["item"])
        if row["item"] is None:
            shown = view.viewer.rights.to("submission.read", programme_id, NOBODYS, "internal").allowed
        elif row["type"].startswith("inspection."):
            shown = about is not None and view.viewer.may_see("inspection_plans.see", about)
        else:
            shown = about is not None
        if shown:
            found.append({**row, "position": f"submissions-{row['part']}@{row['pos']}"})
    return found
