"""Reads the steps of a scenario as submissions (docs/scenario-format.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from contracts.envelope import UnknownType, Unreadable
from contracts.policy import Policy
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned, SubmissionData
from contracts.values import Actor, Evidence
from exact.faults import Location, faults_of
from exact.texts import completed, differences
from services.rating.scenario_book.form import FaultyStory, fault

_RENAMED: Final[dict[str, dict[str, str]]] = {
    "inspection.planned": {"from": "from_on", "to": "to_on"},
    "notice.acknowledged": {"for": "cause"},
    "reply.given": {"for": "cause"},
}
_ROLES: Final = {"unit", "office", "leader", "chief", "auditor", "alarm"}
MOST_FILES: Final = 1000
"""Pieces of evidence that a step may bring."""
_OWN_NUMBERS: Final = {"nodes", "node", "measures", "evidence", "policy", "against", "approved", "days"}


_ASSIGNED: Final = SUBMISSION_TYPES.types[ItemAssigned]
_NAMES_BY_OF: Final = {
    name for kind, name in SUBMISSION_TYPES.short_names.items() if "of" in {field.name for field in fields(kind)}
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who submitted what, when intake received it and when it reached the log."""

    number: int
    at: datetime
    appended_at: datetime
    actor: Actor
    key: str
    type: str
    data: SubmissionData
    of: int | None = None
    """The step whose submission it decides, confirms, reviews or approves."""


ItemOf = Callable[[dict[str, Any], Location], ItemAssigned]
PolicyNamed = Callable[[str, Location], Policy]


def read_step(number: int, raw: dict[str, Any], policy_named: PolicyNamed, item_of: ItemOf) -> Step:
    """One step of a scenario, of the right form; `item_of` makes the item that is assigned once more.

    Raises FaultyStory.
    """
    here = ("steps", number - 1)
    name, told = str(raw["type"]), raw.get("data") or {}
    try:
        full = SUBMISSION_TYPES.by_short_name(name)
    except UnknownType:
        raise FaultyStory(fault((*here, "type"), f"没有“{name}”这种提交", f"{name} is no type of submission")) from None
    data: SubmissionData
    if full == _ASSIGNED:
        data = item_of(told, (*here, "data"))
    else:
        read = _data(name, told, policy_named, (*here, "data"))
        if name in _NAMES_BY_OF and raw.get("of") is not None:
            read = {**read, "of": "step"}
        data = _checked(full, read, (*here, "data"), _RENAMED.get(name, {}))
    at = datetime.fromisoformat(str(raw["at"]))
    appended_at = at if raw.get("appended_at") is None else datetime.fromisoformat(str(raw["appended_at"]))
    key = str(raw["key"]) if raw.get("key") is not None else f"\x00{number}"
    of = int(str(raw["of"])) if raw.get("of") is not None else None
    return Step(number, at, appended_at, _actor(raw, here), key, full, data, of)


def _checked(full: str, read: dict[str, Any], here: Location, renamed: dict[str, str]) -> SubmissionData:
    """The data of a step, in which every field is known. Raises FaultyStory, with the names that the book has."""
    try:
        data: SubmissionData = SUBMISSION_TYPES.load(full, read)
    except Unreadable as error:
        try:
            SUBMISSION_TYPES.validate(full, read)
        except ValidationError as wrong:
            called: dict[str | int, str] = {after: before for before, after in renamed.items()}
            faults = faults_of(wrong)
            raise FaultyStory(
                *(replace(one, loc=(*here, *(called.get(part, part) for part in one.loc))) for one in faults)
            ) from None
        raise FaultyStory(fault(here, f"内容不符合要求：{error}", str(error))) from None
    unknown = differences(read, completed(data, SUBMISSION_TYPES.dump(data)), here)
    faults = [one for one in unknown if one.rule == "extra_forbidden"]
    if faults:
        raise FaultyStory(*faults)
    return data


def _actor(raw: dict[str, Any], here: Location) -> Actor:
    """`by`, or the `deputy` who acts with the right of the one in `by`."""
    actor = actor_of(str(raw["by"]), (*here, "by"))
    if raw.get("deputy") is not None:
        actor = replace(actor_of(str(raw["deputy"]), (*here, "deputy")), on_behalf_of=str(raw["by"]))
    prepared_by = raw.get("prepared_by")
    return replace(
        actor,
        jurisdiction=None if raw.get("jurisdiction") is None else str(raw["jurisdiction"]),
        prepared_by=None if prepared_by is None else str(prepared_by),
        head=prepared_by is not None and raw.get("head") not in (False, "false"),
    )


def actor_of(text: str, here: Location = ()) -> Actor:
    """`unit:<slug>`, `office:<person id>`, `leader:<id>` or `chief`. Raises FaultyStory."""
    role, _, name = text.partition(":")
    if role not in _ROLES or (role == "unit" and not name):
        raise FaultyStory(
            fault(here, f"没有“{text}”这个角色", f"{text} is no role, such as unit:fagai, office:o1, chief")
        )
    if role == "unit":
        return Actor(role="unit", id=f"u-{name}-1", unit=name)
    return Actor(role=role, id=name or role)  # type: ignore[arg-type]


def _data(type_: str, raw: dict[str, Any], policy_named: PolicyNamed, here: Location) -> dict[str, Any]:
    renamed = _RENAMED.get(type_, {})
    data = {renamed.get(name, name): _word(name, value) for name, value in raw.items() if value is not None}
    files = data.get("evidence")
    if isinstance(files, int):
        if not 0 <= files <= MOST_FILES:
            raise FaultyStory(fault((*here, "evidence"), f"应为 0 至 {MOST_FILES}", f"must be 0 to {MOST_FILES}"))
        data["evidence"] = [_file(number) for number in range(files)]
    if isinstance(data.get("nodes"), dict):
        data["nodes"] = {period: _node(node) for period, node in data["nodes"].items()}
    if "node" in data:
        data["node"] = _node(data["node"])
    if isinstance(data.get("measures"), dict):
        data["measures"] = {str(indicator): value for indicator, value in data["measures"].items()}
    if isinstance(data.get("against"), dict):
        against = data["against"]
        data["against"] = {("cause" if name == "for" else name): str(value) for name, value in against.items()}
    if isinstance(data.get("policy"), str):
        data["policy"] = policy_named(data["policy"], (*here, "policy"))
    if type_ == "inspection.planned":  # says nothing where the chief leader approves
        data.setdefault("approved", False)
    if type_ == "programme.extended":
        data["units"] = _named(raw.get("units") or [], "name")
        data["leaders"] = _named(raw.get("leaders") or [], "label")
    if isinstance(data.get("annual_targets"), list):
        data["annual_targets"] = _targets(data["annual_targets"])
    return data


def _named(ids: Any, word: str) -> Any:
    """Units and leaders, called by their ids."""
    return [{"id": str(one), word: str(one)} for one in ids] if isinstance(ids, list) else ids


def _word(name: str, value: Any) -> Any:
    """Ids and sentences are text, even if YAML reads them as numbers."""
    if name in _OWN_NUMBERS or value is None or isinstance(value, dict | list):
        return value
    return str(value)


def _node(raw: Any) -> Any:
    if not isinstance(raw, dict):
        return raw
    text = raw.get("text", "")
    return {**raw, "text": _word("text", "" if text is None else text), "targets": _targets(raw.get("targets") or [])}


def _targets(raw: Any) -> Any:
    if not isinstance(raw, list):
        return raw
    return [{**one, "indicator": str(one.get("indicator", ""))} if isinstance(one, dict) else one for one in raw]


def _file(number: int) -> Evidence:
    return Evidence(sha256=f"{number:064x}", name=f"{number}.pdf", size=1, media_type="application/pdf")
