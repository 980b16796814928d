"""Turns a posted form into the body of a submission: the same that a program would send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from contracts.topics import MAX_SUBMISSION_BYTES
from contracts.values import Evidence
from exact.characters import FORBIDDEN, forbidden_in
from services.intake.pages.fields import FORMS, Field
from services.intake.submitting.body import exact_object, too_large

MAX_TARGETS = 12
VISITS = "inspection.recorded"
EVERY_NODE = "every_node"
"""The sentence of each period of a plan that says none of its own."""


class FormFields:
    """The text fields of a form, each with one or several values."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value.replace("\r\n", "\n").strip())

    def one(self, name: str) -> str:
        """The first value of a field; empty if it is not there."""
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a field that is not empty."""
        return [value for value in self._values.get(name, []) if value]

    def pairs(self) -> list[tuple[str, str]]:
        """Every field with each of its values, as the form sent them."""
        return [(name, value) for name, values in self._values.items() for value in values]

    def targets(self, prefix: str) -> list[dict[str, str]]:
        """The targets of a node as they were sent, those without a value too."""
        parts = ("indicator", "comparator", "value", "unit")
        sent = ({part: self.one(f"{prefix}:{index}:{part}") for part in parts} for index in range(MAX_TARGETS))
        return [one for one in sent if one["indicator"]]

    def planned(self) -> dict[str, None]:
        """The periods of the plan that the form asked about, in their order."""
        return dict.fromkeys(name.split(":")[1] for name in self._values if name.startswith("node:"))

    def forbidden(self) -> Iterator[tuple[str, str]]:
        """Names of fields with a character that no text may have, and which one."""
        for name, values in self._values.items():
            found = next(filter(None, map(forbidden_in, (name, *values))), "")
            if found:
                yield FORBIDDEN.sub("?", name), found

    def named(self, prefix: str) -> dict[str, str]:
        """Non-empty fields whose names begin with `prefix`, without it."""
        return {
            name.removeprefix(prefix): values[0]
            for name, values in self._values.items()
            if name.startswith(prefix) and values[0]
        }


def submission_body(name: str, posted: FormFields, evidence: Sequence[Evidence]) -> dict[str, Any]:
    """The body of a submission of type `name`, checked like one that a program sends. Raises IntakeProblem."""
    data: dict[str, Any] = {}
    for field in FORMS[name]:
        data |= _datum(field, posted, evidence)
    if of := _named(name, posted):
        data["of"] = of
    who = {part: named for part in ("prepared_by", "on_behalf_of") if (named := posted.one(part))}
    text = orjson.dumps({"type": name, "data": data, **who})
    if len(text) > MAX_SUBMISSION_BYTES:
        raise too_large(MAX_SUBMISSION_BYTES)
    return exact_object(text)


def _named(name: str, posted: FormFields) -> str:
    """The submission that the page showed a decision to be about; a visit is about the report of its day."""
    if name == VISITS:
        period = posted.one("period")
        shown = posted.one("visited_on") >= posted.one(f"since:{period}")
        return posted.one(f"of:{period}") if shown else ""
    decided = [posted.one(field.name) for field in FORMS[name] if field.kind in ("pick", "period")]
    return posted.one(f"of:{decided[0]}" if decided else "of:")


def _datum(field: Field, posted: FormFields, evidence: Sequence[Evidence]) -> dict[str, Any]:
    match field.kind:
        case "evidence":
            return {field.name: [_as_json(one) for one in evidence]} if evidence else {}
        case "measures":
            measures = posted.named("measure:")
            return {field.name: measures} if measures else {}
        case "plan":
            nodes = {period: _node(posted, period) for period in posted.planned()}
            for node in nodes.values():
                node["text"] = node["text"] or posted.one(EVERY_NODE)
            return {field.name: {period: node for period, node in nodes.items() if node["text"] or node["targets"]}}
        case "node":
            return {field.name: _node(posted, "one")}
    return _simple(field, posted)


def _as_json(evidence: Evidence) -> dict[str, str | int]:
    return {name: value for name, value in asdict(evidence).items() if value is not None}


def _simple(field: Field, posted: FormFields) -> dict[str, Any]:
    text = posted.one(field.name)
    what, _, cause = text.partition("|")
    made: dict[str, dict[str, Any]] = {
        "notice": {"level": what, "cause": cause},
        "about": {"light": cause} if what == "light" else {"level": what, "cause": cause},
        "against": {"against": {"light": cause} if what == "light" else {"level": what, "cause": cause}},
        "cooperating": {"cooperating": posted.all("cooperating")},
        "approved": {"approved": text == "yes"},
    }
    if field.name in ("cooperating", "approved"):
        return made[field.name]
    return made.get(field.name, {field.name: text}) if text else {}


def _node(posted: FormFields, period: str) -> dict[str, Any]:
    prefix = f"node:{period}"
    return {"text": posted.one(f"{prefix}:text"), "targets": [one for one in posted.targets(prefix) if one["value"]]}
