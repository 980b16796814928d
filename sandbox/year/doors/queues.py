"""Queues: what a unit's head signs, what leaders and the chief leader decide together, what the office reviews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

import httpx

from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.page import Page
from sandbox.year.planned_act import PlannedAct
from sandbox.year.retries import YearInterrupted

_RETURN_REASON: Final = "请写明数据来源（模拟）"
YES: Final = ("confirmed", "approved")
_ROW_PARTS: Final = 4


async def sign(browsers: Browsers, acts: Sequence[PlannedAct]) -> None:
    """A head signs what was prepared of these acts, all at once."""
    await _press(browsers, acts, {}, ("act", "sign"))


async def send_back(browsers: Browsers, act: PlannedAct) -> None:
    """A head returns something with a reason; in a demo that goes on it may be returned already."""
    if not await returned(browsers, act.actor.id, act):
        await _press(browsers, [act], {"reason": _RETURN_REASON}, ("act", "return"))


async def returned(browsers: Browsers, clerk: str, act: PlannedAct) -> str:
    """The id of what the head returned of an act; empty where nothing is."""
    found = [one["id"] for one in await _papers(browsers, clerk, [act]) if one["state"] == "returned"]
    return found[0] if found else ""


async def decide(browsers: Browsers, acts: Sequence[PlannedAct]) -> None:
    """Somebody says the same about several things that wait for them."""
    person, type_ = acts[0].actor.id, acts[0].type
    wanted = {_name(act): act for act in acts}

    def holds(page: Page) -> bool:
        return wanted.keys() <= set(_rows(page))

    page = await browsers.open_until(person, f"/decisions?act={quote(type_)}", holds)
    form, rows = page.form(), _rows(page)
    assert form is not None
    yes = acts[0].data.get("decision", "approved") in YES
    given: dict[str, str | Sequence[str]] = {
        "row": [rows[name] for name in wanted],
        "reason": acts[0].data.get("reason", ""),
        "key": acts[0].key,
    }
    answer = await browsers.send(person, page, form, given, ("yes", "yes") if yes else None)
    failed = any(f'data-outcome="{state}"' in answer.text for state in ("refused", "problem"))
    refused = failed and all(act.expected == "accepted" for act in acts)
    if answer.status != httpx.codes.OK or refused:
        raise YearInterrupted(f"{person}: {type_}: {answer.status} {answer.told}")


async def waits(browsers: Browsers, act: PlannedAct) -> bool:
    """Whether something waits for this decision."""
    page = await browsers.open(act.actor.id, f"/decisions?act={quote(act.type)}")
    return _name(act) in _rows(page)


async def review(browsers: Browsers, act: PlannedAct) -> None:
    """The office goes through the reports that wait, and says what it finds about one."""
    person, data = act.actor.id, act.data
    named = {"programme": act.programme, "item": act.item, "period": data["period"]}

    def holds(page: Page) -> bool:
        form = page.form(field="of")
        return form is not None and named.items() <= dict(form.fields).items()

    query = "&".join(f"{name}={quote(value)}" for name, value in named.items())
    page = await browsers.open_until(person, f"/review?{query}", holds)
    form = page.form(field="of")
    assert form is not None
    given = {"reason": data["reason"], "key": act.key}
    answer = await browsers.send(person, page, form, given, ("finding", data["finding"]))
    if answer.status != httpx.codes.OK:
        raise YearInterrupted(f"{person}: {act.item}: {answer.status} {answer.told}")


async def _press(
    browsers: Browsers, acts: Sequence[PlannedAct], given: dict[str, str], button: tuple[str, str]
) -> None:
    head = acts[0].actor.id
    papers = [one for one in await _papers(browsers, head, acts) if one["state"] == "waiting"]
    waiting = [one["id"] for one in papers]
    if missing := {(act.item, act.type) for act in acts} - {(one["item"], one["type"]) for one in papers}:
        raise YearInterrupted(f"{head}: /signing: nothing waits of {sorted(missing)}")
    page = await browsers.open_until(
        head, "/signing", lambda page: all(f'value="{one}"' in page.text for one in waiting)
    )
    form = page.form(button=button)
    if form is None:
        raise YearInterrupted(f"{head}: /signing: {page.told}")
    answer = await browsers.send(head, page, form, {**given, "chosen": waiting}, button)
    if answer.status != httpx.codes.ACCEPTED:
        raise YearInterrupted(f"{head}: /signing: {answer.status} {answer.told}")


async def _papers(browsers: Browsers, person: str, acts: Sequence[PlannedAct]) -> list[dict[str, Any]]:
    """What waits, or was returned, of these acts, by the unit's own list."""
    wanted = {(act.programme, act.item, act.type) for act in acts}
    found = (await browsers.json(person, "/v1/prepared"))["prepared"]
    return [one for one in found if (one["programme"], one["item"], one["type"]) in wanted]


def _name(act: PlannedAct) -> tuple[str, str, str]:
    named = {"adjustment.decided": "adjustment", "extension.decided": "extension", "bulletin.approved": "bulletin"}
    return act.programme, act.item, act.data.get(named.get(act.type, ""), "")


def _rows(page: Page) -> dict[tuple[str, str, str], str]:
    """The rows to tick, by what they are about."""
    form = page.form()
    found = {}
    for value in form.offered.get("row", ()) if form else ():
        parts = value.split("|")
        if len(parts) == _ROW_PARTS:
            found[parts[0], parts[1], parts[2]] = value
    return found
