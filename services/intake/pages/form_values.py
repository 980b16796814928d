"""The fields of a form by what was said before: what was prepared, or the last report on the same period."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from contracts.values import Evidence
from services.intake.pages.fields import FORMS, Field
from services.intake.pages.figures import last_report
from services.intake.pages.form_post import kept_text
from services.intake.who.item import KnownItem
from supervision.workdays import WorkingDays, last_day

Pairs = list[tuple[str, str]]


def prefilled(item: KnownItem, name: str, period: str, levels: Collection[str] = ()) -> Pairs:
    """What a form need not be told again; `levels` of interviews are those that it offers."""
    if name == "progress.reported" and (report := last_report(item, period)) is not None:
        data = {"claim": report.claim, "measures": report.measures, "narrative": report.narrative}
        evidence = [{k: v for k, v in asdict(one).items() if v is not None} for one in report.evidence]
        return fields_of(name, {**data, "evidence": evidence})
    if name == "interview.held":
        offered = [one for one in item.open_escalations() if one.level in levels]
        due = sorted(offered, key=lambda one: one.due_at or one.raised_at)
        return [("level", one.level) for one in due[:1]]
    if name == "extension.requested":
        limits = [one.due_at for one in item.open_escalations("rectification") if one.due_at is not None]
        if limits:
            zone, days = item.assignment.zone, item.assignment.policy.extension_days
            latest = WorkingDays(item.opened.calendar).after(last_day(min(limits), zone), days)
            return [("until_on", latest.isoformat())]
    return []


def fields_of(name: str, data: Mapping[str, Any]) -> Pairs:
    """The fields that a form would send for the data of a submission."""
    return [pair for field in FORMS[name] for pair in _fields(field, data)]


def _fields(field: Field, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    value = data.get(field.name)
    if field.kind == "evidence":
        yield from (("kept", kept_text(Evidence(**one))) for one in value or ())
    elif field.kind == "measures":
        yield from ((f"measure:{indicator}", str(number)) for indicator, number in (value or {}).items())
    elif field.kind == "plan":
        yield from (pair for period, node in (value or {}).items() for pair in _node(f"node:{period}", node))
    elif field.kind == "node":
        yield from _node("node:one", value or {})
    elif field.name in ("notice", "about", "against"):
        yield from _about(field.name, data)
    elif field.kind == "flag":
        yield from [(field.name, "yes")] if value else []
    else:
        several = value if isinstance(value, list | tuple) else [value]
        yield from ((field.name, str(one)) for one in several if one is not None)


def _about(name: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    about = data.get("against", {}) if name == "against" else data
    what, cause = ("light", about.get("light")) if about.get("light") else (about.get("level"), about.get("cause"))
    if what:
        yield name, f"{what}|{cause}"


def _node(prefix: str, node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"{prefix}:text", str(node.get("text", ""))
    for index, target in enumerate(node.get("targets", ())):
        for part in ("indicator", "comparator", "value", "unit"):
            yield f"{prefix}:{index}:{part}", str(target.get(part, ""))
