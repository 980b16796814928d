"""Forms about an item: what an act says is typed, the answers are checked, and filed or given to the head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import httpx

from sandbox.year.doors.browsers import Browsers
from sandbox.year.doors.page import Form, Page
from sandbox.year.evidence import EVIDENCE_FILES, EvidenceFile
from sandbox.year.planned_act import Json, PlannedAct
from sandbox.year.retries import YearInterrupted

_BY_HASH: Final = {one.sha256: one for one in EVIDENCE_FILES}
_CHECK, _PREPARE, _FILE = ("act", "check"), ("act", "prepare"), ("act", "file")
_PICKED: Final[Mapping[str, str]] = {
    "notice.acknowledged": "notice",
    "appeal.lodged": "against",
    "reply.given": "about",
    "inspection.recorded": "plan",
    "inspection.approved": "plan",
    "blockage.answered": "blockage",
    "appeal.decided": "appeal",
    "reply.published": "of",
    "reply.withheld": "of",
}
"""By type: the field that offers what waits."""


async def file_form(browsers: Browsers, act: PlannedAct) -> None:
    """Somebody files an act by its form, and reads the receipt."""
    await _through(browsers, act.actor.id, act, "", _FILE)


async def prepare_form(browsers: Browsers, clerk: str, act: PlannedAct, *, again: str = "") -> None:
    """A clerk gives an act to the head to sign; `again`: the id of what the head returned."""
    await _through(browsers, clerk, act, f"&prepared={again}" if again else "", _PREPARE)


def files_of(act: PlannedAct) -> list[EvidenceFile]:
    """The files that an act cites."""
    return [_BY_HASH[one["sha256"]] for one in act.data.get("evidence", ())]


def typed(act: PlannedAct) -> dict[str, str]:
    """What is typed into the form of an act; of what a field offers to pick, its value."""
    data, found = act.data, dict[str, str]()
    for name, value in data.items():
        match name:
            case "evidence":
                continue
            case "nodes":
                for period, node in value.items():
                    found |= _node(f"node:{period}", node)
            case "node":
                found |= _node("node:one", value)
            case "measures":
                found |= {f"measure:{indicator}": number for indicator, number in value.items()}
            case "approved":
                found |= {"approved": "yes"} if value else {}
            case "against":
                found["against"] = f"light|{value['light']}"
            case _:
                found[name] = str(value)
    match act.type:
        case "notice.acknowledged":
            return {"notice": f"{data['level']}|{data['cause']}"}
        case "reply.given":
            return {"about": f"light|{data['light']}", "text": data["text"]}
        case "reply.published" | "reply.withheld":
            found.pop("of")
    return found


def _node(prefix: str, node: Json) -> dict[str, str]:
    found = {f"{prefix}:text": node["text"]}
    for index, target in enumerate(node["targets"]):
        found |= {f"{prefix}:{index}:{part}": target[part] for part in ("indicator", "comparator", "value", "unit")}
    return found


async def _through(browsers: Browsers, person: str, act: PlannedAct, more: str, last: tuple[str, str]) -> None:
    """The form, the page that shows the answers where there is one, and the button that ends it."""
    given = typed(act)
    path = f"/items/{act.programme}/{act.item}/{act.type}?period={act.data.get('period', '')}{more}"
    page = await browsers.open_until(person, path, lambda page: _offers(page, act, given))
    form = _form(page)
    picked = _PICKED.get(act.type)
    if picked and picked not in given:
        given[picked] = form.offered[picked][0]
    files = [("files", one) for one in files_of(act)]
    # Fields that the page filled in and the act does not name are taken out: it is the plan that is filed.
    kept = {name for name, _ in form.fields if name.startswith(("node:", "measure:"))} - given.keys()
    given |= dict.fromkeys(kept, "") | {"key": f"{act.key}-again" if more else act.key}
    button = _CHECK if _CHECK in form.buttons else _FILE
    answer = await browsers.send(person, page, form, given, button, files)
    if button == _CHECK:
        checked = answer.form(button=last)
        if checked is None:
            raise YearInterrupted(f"{person}: {act.item} {act.type}: {answer.status} {answer.told}")
        sure = {"sure": "yes"} if "sure" in checked.offered else {}
        answer = await browsers.send(person, answer, checked, sure, last)
    if answer.status != httpx.codes.ACCEPTED:
        raise YearInterrupted(f"{person}: {act.item} {act.type}: {answer.status} {answer.told}")


def _offers(page: Page, act: PlannedAct, given: Mapping[str, str]) -> bool:
    """Whether the form is there, and offers what the act picks."""
    form, picked = page.form(), _PICKED.get(act.type)
    if page.status != httpx.codes.OK or form is None:
        return False
    if picked is None:
        return True
    offered = form.offered.get(picked, [])
    return given[picked] in offered if picked in given else bool(offered)


def _form(page: Page) -> Form:
    form = page.form()
    assert form is not None
    return form
