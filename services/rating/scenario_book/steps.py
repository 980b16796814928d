"""Reads the steps of a scenario as submissions (docs/scenario-format.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from contracts.envelope import UnknownType, Unreadable
from contracts.policy import Policy
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned, SubmissionData
from contracts.values import Actor, Evidence

_STEP: Final = {
    "at",
    "appended_at",
    "type",
    "by",
    "data",
    "key",
    "of",
    "prepared_by",
    "head",
    "jurisdiction",
    "deputy",
}
_RENAMED: Final[dict[str, dict[str, str]]] = {
    "inspection.planned": {"from": "from_on", "to": "to_on"},
    "notice.acknowledged": {"for": "cause"},
    "reply.given": {"for": "cause"},
}
_ROLES: Final = {"unit", "office", "leader", "chief", "auditor", "alarm"}
_OWN_NUMBERS: Final = {"nodes", "node", "measures", "evidence", "policy", "against", "approved", "days"}


_ASSIGNED: Final = SUBMISSION_TYPES.types[ItemAssigned]
_NAMES_BY_OF: Final = {
    name for kind, name in SUBMISSION_TYPES.short_names.items() if "of" in {field.name for field in fields(kind)}
}


class BadStep(ValueError):
    """A scenario has a field or a value that the format does not know."""


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


ItemOf = Callable[[dict[str, Any]], ItemAssigned]


def read_step(number: int, raw: Any, policy_named: Callable[[str], Policy], item_of: ItemOf) -> Step:
    """One step of a scenario; `item_of` makes the item that is assigned once more. Raises BadStep."""
    if not isinstance(raw, dict):
        raise BadStep(f"step {number}: must be a mapping")
    unknown = sorted(str(name) for name in raw if name not in _STEP)
    if unknown:
        raise BadStep(f"step {number}: {unknown[0]}: no such field")
    for name in ("at", "type", "by"):
        if name not in raw:
            raise BadStep(f"step {number}: {name}: missing")
    try:
        at = datetime.fromisoformat(str(raw["at"]))
        appended_at = datetime.fromisoformat(str(raw.get("appended_at", raw["at"])))
        full = SUBMISSION_TYPES.by_short_name(str(raw["type"]))
        told = raw.get("data") or {}
        if full == _ASSIGNED:
            data = item_of(told)
        else:
            read = _data(str(raw["type"]), told, policy_named)
            if str(raw["type"]) in _NAMES_BY_OF and raw.get("of") is not None:
                read = {**read, "of": "step"}
            data = SUBMISSION_TYPES.load(full, read)
            _no_unknown_field(data, read)
        of = int(str(raw["of"])) if raw.get("of") is not None else None
    except (UnknownType, Unreadable, ValueError, KeyError) as error:
        raise BadStep(f"step {number}: {error}") from None
    if at.tzinfo is None or appended_at.tzinfo is None:
        raise BadStep(f"step {number}: an instant carries a UTC offset")
    key = str(raw["key"]) if raw.get("key") is not None else f"\x00{number}"
    return Step(number, at, appended_at, _actor(raw), key, full, data, of)


def _actor(raw: dict[str, Any]) -> Actor:
    """`by`, or the `deputy` who acts with the right of the one in `by`."""
    actor = actor_of(str(raw["by"]))
    if raw.get("deputy") is not None:
        actor = replace(actor_of(str(raw["deputy"])), on_behalf_of=str(raw["by"]))
    prepared_by = raw.get("prepared_by")
    return replace(
        actor,
        jurisdiction=None if raw.get("jurisdiction") is None else str(raw["jurisdiction"]),
        prepared_by=None if prepared_by is None else str(prepared_by),
        head=prepared_by is not None and raw.get("head") not in (False, "false"),
    )


def actor_of(text: str) -> Actor:
    """`unit:<slug>`, `office:<person id>`, `leader:<id>` or `chief`. Raises BadStep."""
    role, _, name = text.partition(":")
    if role not in _ROLES:
        raise BadStep(f"by: {text}: no such role")
    if role == "unit":
        return Actor(role="unit", id=f"u-{name}-1", unit=name)
    return Actor(role=role, id=name or role)  # type: ignore[arg-type]


def _data(type_: str, raw: dict[str, Any], policy_named: Callable[[str], Policy]) -> dict[str, Any]:
    renamed = _RENAMED.get(type_, {})
    data = {renamed.get(name, name): _word(name, value) for name, value in raw.items() if value is not None}
    if isinstance(data.get("evidence"), int):
        data["evidence"] = [_file(number) for number in range(data["evidence"])]
    if "nodes" in data:
        data["nodes"] = {period: _node(node) for period, node in data["nodes"].items()}
    if "node" in data:
        data["node"] = _node(data["node"])
    if isinstance(data.get("measures"), dict):
        data["measures"] = {str(indicator): value for indicator, value in data["measures"].items()}
    if isinstance(data.get("against"), dict):
        against = data["against"]
        data["against"] = {("cause" if name == "for" else name): str(value) for name, value in against.items()}
    if isinstance(data.get("policy"), str):
        data["policy"] = policy_named(data["policy"])
    if type_ == "inspection.planned":  # says nothing where the chief leader approves
        data.setdefault("approved", False)
    if type_ == "programme.extended":
        data["units"] = [{"id": str(unit), "name": str(unit)} for unit in raw.get("units") or []]
        data["leaders"] = [{"id": str(leader), "label": str(leader)} for leader in raw.get("leaders") or []]
    if isinstance(data.get("annual_targets"), list):
        data["annual_targets"] = _node({"targets": data["annual_targets"]})["targets"]
    return data


def _word(name: str, value: Any) -> Any:
    """Ids and sentences are text, even if YAML reads them as numbers."""
    if name in _OWN_NUMBERS or value is None or isinstance(value, dict | list):
        return value
    return str(value)


def _node(raw: dict[str, Any]) -> dict[str, Any]:
    targets = [{**target, "indicator": str(target.get("indicator", ""))} for target in raw.get("targets") or []]
    return {**raw, "text": str(raw.get("text", "")), "targets": targets}


def _file(number: int) -> Evidence:
    return Evidence(sha256=f"{number:064x}", name=f"{number}.pdf", size=1, media_type="application/pdf")


def _no_unknown_field(data: SubmissionData, raw: dict[str, Any]) -> None:
    unknown = sorted(set(raw) - set(data.__dataclass_fields__))
    if unknown:
        raise BadStep(f"data: {unknown[0]}: no such field")
