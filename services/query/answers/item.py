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

Found = dict[str, Any]

_APPEALS = ["appeal.opened", "appeal.closed"]


async def programmes(view: RequestView) -> list[Found]:
    """All programmes, by id."""
    return [_programme(row) for row in await view.snapshot.programmes()]


async def programme(view: RequestView, id_: str) -> Found:
    """One programme. Raises QueryProblem."""
    rows = await view.snapshot.programmes(id_)
    if not rows:
        raise QueryProblem("not-found", f"programme {id_}")
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
    raise QueryProblem("not-found", f"item {item_id}")


def item_view(row: Found) -> Found:
    """An item as the API shows it."""
    hidden = ("pos", "cause", "time", "holding_unit", "holding_cooperating", "part", "item", "sight")
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
    """Escalations of the items that the viewer sees in full, in the order raised. Raises QueryProblem."""
    _signed_in(view)
    seen = {row["item"] for row in await items(view, programme_id) if row["sight"] == "full"}
    found = await _escalations(view, programme_id)
    return sorted(
        (one for one in found if one.item in seen and (one.is_open or not open_only)),
        key=lambda one: (one.record.raised_at, one.item, one.pos),
    )


async def _escalations(view: RequestView, programme_id: str, item_id: str | None = None) -> list[EscalationAnswer]:
    steps = await view.snapshot.escalation_steps(programme_id, item_id)
    return fold_escalations(steps, await view.snapshot.lights(programme_id, item_id))


async def notices(view: RequestView, programme_id: str) -> list[Found]:
    """Notices about the items that the viewer sees in full, newest first, with their messages. Raises QueryProblem."""
    _signed_in(view)
    seen = {row["item"] for row in await items(view, programme_id) if row["sight"] == "full"}
    rows = [row for row in await view.snapshot.notices(programme_id) if row["item"] in seen]
    return await _with_state(view, await _with_messages(view, rows))


async def inbox(view: RequestView) -> list[Found]:
    """What was delivered to the inbox of the viewer's unit or office, newest first. Raises QueryProblem."""
    _signed_in(view)
    if view.viewer.inbox is None:
        return []
    return await _with_state(view, await _with_messages(view, await view.snapshot.inbox(view.viewer.inbox)))


async def notice(view: RequestView, id_: str) -> Found:
    """One notice with its document, for its recipients and whoever sees its item in full. Raises QueryProblem."""
    _signed_in(view)
    row = await view.snapshot.notice(id_)
    if row is None:
        raise QueryProblem("not-found", "notice")
    addressed = any(to["role"] == view.viewer.inbox for to in row["recipients"])
    if not addressed:
        seen = [view.viewer.sight_of(one) for one in await view.snapshot.items(row["programme"], row["item"])]
        if "full" not in seen:
            raise QueryProblem("not-found", "notice")
    (shown,) = await _with_state(view, await _with_messages(view, [row]))
    return {**shown, "document": row["document"], "text": row["body"]}


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
    return timeline(
        view.viewer,
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
    _signed_in(view)
    rows = [row for row in await view.snapshot.submissions_named(id_) if await _is_seen(view, row)]
    if not rows:
        raise QueryProblem("not-found", f"submission {id_}")
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
    viewer = view.viewer
    if viewer.sees_all or (viewer.unit is not None and row["unit"] == viewer.unit):
        return True
    for one in await view.snapshot.items(row["programme"], row["item"]) if row["item"] else []:
        if viewer.sight_of(one) == "full":
            visited = visited_plans(
                await view.snapshot.events(row["programme"], row["item"], ["verification.recorded"])
            )
            return inspection_is_seen(viewer, row["type"], row["data"], row["verdict"] or "", visited)
    return False


async def waiting(view: RequestView, programme_id: str, rows: list[Found]) -> list[Found]:
    """Submissions about items seen in full that have no ruling yet; a planned inspection only for who sees all."""
    full = {row["item"] for row in rows if row["sight"] == "full"}
    return [
        {**row, "position": f"submissions-{row['part']}@{row['pos']}"}
        for row in await view.snapshot.waiting(programme_id)
        if view.viewer.sees_all or (row["item"] in full and not row["type"].startswith("inspection."))
    ]


def _signed_in(view: RequestView) -> None:
    if not view.viewer.signed_in:
        raise QueryProblem("sign-in-required", "this is shown to units, the office, leaders and auditors")
