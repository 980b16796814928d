"""Reads a scenario book from YAML: every field known, every number exact (docs/scenario-format.md)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from contracts.policy import Policy
from contracts.submissions import ItemAssigned
from contracts.values import Actor, Calendar
from exact.texts import Inexact, read_yaml
from programmes import FOLDER
from programmes.policy_file import read_calendar, read_policy
from services.rating.scenario_book.steps import BadStep, Step, actor_of, read_step
from supervision.schedule import Schedule, plan_due_at, reporting_periods

PROGRAMMES: Final = FOLDER
PUBLISHED_AT: Final = "2024-03-19T09:00:00+08:00"
SCHEDULE: Final = Schedule(
    plans_on=date(2024, 3, 29),
    quarters={
        "2024Q1": date(2024, 4, 10),
        "2024Q2": date(2024, 7, 10),
        "2024Q3": date(2024, 10, 10),
        "2024Q4": date(2025, 1, 10),
    },
    months=tuple(f"2024-{month:02}" for month in range(2, 13)),
    month_working_day=3,
)
"""The scheme's own days (rulebook: Deadlines)."""

_SCENARIO: Final = {
    "id",
    "title",
    "rulebook",
    "item",
    "published_at",
    "steps",
    "until",
    "expect",
    "policy",
    "assigned_at",
    "programme",
    "outage",
}
_PROGRAMME: Final = {"units", "leaders", "calendar_until", "closing_on"}
RULES: Final = ("1", "2", "3")
"""Versions of the rules that a book may ask for: each is told by the rules at hand."""
_ITEM: Final = {"category", "lead_unit", "cooperating", "leader", "simulated", "classification"}
EXPECTED: Final = {
    "refused",
    "repeated",
    "remarks",
    "lights",
    "rated",
    "months",
    "history",
    "escalations",
    "reminders",
    "sheets",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One item's story and what must come out of it; `problem` tells why it can't be run."""

    id: str
    title: str = ""
    item: ItemAssigned | None = None
    steps: tuple[Step, ...] = ()
    until: datetime | None = None
    expect: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    outage: tuple[datetime, datetime] | None = None
    """In between the alarm appends nothing."""


class BadBook(ValueError):
    """A book that can't be read at all."""


def read_book(path: Path) -> list[Scenario]:
    """The scenarios of a book. Raises BadBook or OSError where the book itself can't be read."""
    try:
        document = read_yaml(_without_aliases(path.read_bytes()))
    except (Inexact, yaml.YAMLError) as error:
        raise BadBook(f"{path.name}: {error}") from None
    value = document.value
    if not isinstance(value, dict) or not isinstance(value.get("scenarios"), list):
        raise BadBook(f"{path.name}: must be a mapping with `policy` and a list `scenarios`")
    unknown = sorted(set(value) - {"policy", "scenarios", "rules"})
    if unknown:
        raise BadBook(f"{path.name}: {unknown[0]}: no such field")
    if str(value.get("rules", RULES[-1])) not in RULES:
        raise BadBook(f"{path.name}: rules: {value['rules']}: no version that these rules tell")
    return [read_scenario(raw, str(value.get("policy", "yuancheng-2024")), path) for raw in value["scenarios"]]


def policy_named(name: str, book: Path) -> Policy:
    """A policy beside the book, or one of the project's; its version, if given, is that of the file."""
    name = name.partition("@")[0]
    beside = book.parent / "policies" / f"{name}.yaml"
    return read_policy(beside if beside.is_file() else PROGRAMMES / "policies" / f"{name}.yaml")


def _without_aliases(body: bytes) -> bytes:
    """The same text with its YAML aliases written out: books may use them, programme files may not."""
    events = list(yaml.parse(body, Loader=yaml.SafeLoader))
    if not any(isinstance(event, yaml.AliasEvent) for event in events):
        return body
    anchors: dict[str, list[yaml.Event]] = {}
    text: str = yaml.emit(_expanded(iter(events), anchors), allow_unicode=True, width=10_000)
    return text.encode()


def _expanded(events: Iterator[yaml.Event], anchors: dict[str, list[yaml.Event]]) -> Iterator[yaml.Event]:
    for event in events:
        name = str(getattr(event, "anchor", None) or "")
        if isinstance(event, yaml.AliasEvent):
            yield from anchors.get(name, [])
        elif name:
            anchors[name] = list(_expanded(_whole(event, events), anchors))
            yield from anchors[name]
        else:
            if isinstance(event, yaml.ScalarEvent):
                event.implicit = (event.implicit[0], True)
            yield event


def _whole(first: yaml.Event, events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """An anchored value without its anchor, to its end."""
    vars(first)["anchor"] = None
    depth = 0
    for event in itertools.chain([first], events):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        yield event
        if depth == 0:
            return


def read_scenario(raw: Any, policy_name: str, path: Path) -> Scenario:
    """One scenario of the book at `path`; with its `problem` where the format does not know it."""
    if not isinstance(raw, dict):
        return Scenario("?", problem="must be a mapping")
    name = str(raw.get("id", "?"))
    try:
        _known(raw, _SCENARIO, "the scenario")
        _known(raw.get("expect") or {}, EXPECTED, "expect")
        policy = policy_named(str(raw.get("policy", policy_name)), path)
        programme = raw.get("programme") or {}
        _known(programme, _PROGRAMME, "programme")
        published_at = str(raw.get("assigned_at", raw.get("published_at", PUBLISHED_AT)))
        title = str(raw.get("title", name))

        def item_of(told: dict[str, Any]) -> ItemAssigned:
            return _item(told, published_at, policy, title, programme)

        item = item_of(raw.get("item") or {})
        steps = tuple(
            read_step(number, step, lambda p: policy_named(p, path), item_of)
            for number, step in enumerate(raw.get("steps") or [], start=1)
        )
        last = steps[-1].appended_at if steps else item.published_at
        until = _instant(raw["until"]) if "until" in raw else last
        outage = None if raw.get("outage") is None else (_instant(raw["outage"][0]), _instant(raw["outage"][1]))
    except (BadStep, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{error.args[0]}: missing" if isinstance(error, KeyError) else str(error)
        return Scenario(name, problem=problem)
    return Scenario(name, str(raw.get("title", "")), item, steps, until, raw.get("expect") or {}, outage=outage)


def _item(
    raw: dict[str, Any], published_at: str, policy: Policy, title: str, programme: dict[str, Any]
) -> ItemAssigned:
    _known(raw, _ITEM, "item")
    calendar = read_calendar(PROGRAMMES / "calendar-2024.yaml")
    if programme.get("calendar_until") is not None:
        calendar = _until(calendar, date.fromisoformat(str(programme["calendar_until"])))
    if raw["category"] not in ("key_task", "livelihood"):
        raise BadStep(f"item: category: {raw['category']!r} is neither key_task nor livelihood")
    return ItemAssigned(
        title=title[:200],
        category=raw["category"],
        classification=raw.get("classification", "public"),
        lead_unit=str(raw["lead_unit"]),
        cooperating=tuple(map(str, raw.get("cooperating") or ())),
        leader=str(raw["leader"]),
        published_at=_instant(published_at),
        plan_due_at=plan_due_at(SCHEDULE, policy),
        periods=reporting_periods(raw["category"], SCHEDULE, calendar, policy),
        calendar=calendar,
        policy=policy,
        simulated=bool(raw.get("simulated", False)),
        units=_ids(programme.get("units")),
        leaders=_ids(programme.get("leaders")),
        month_working_day=SCHEDULE.month_working_day if raw["category"] == "livelihood" else None,
        closing_on=None if programme.get("closing_on") is None else date.fromisoformat(str(programme["closing_on"])),
    )


def _ids(told: list[Any] | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(map(str, told))


def _until(calendar: Calendar, last_on: date) -> Calendar:
    """The calendar as it was known when it ended on that day."""
    return replace(
        calendar,
        last_on=last_on,
        holidays=tuple(day for day in calendar.holidays if day <= last_on),
        working_weekends=tuple(day for day in calendar.working_weekends if day <= last_on),
    )


def _known(raw: dict[str, Any], names: set[str], where: str) -> None:
    unknown = sorted(str(name) for name in raw if name not in names)
    if unknown:
        raise BadStep(f"{where}: {unknown[0]}: no such field")


def _instant(value: object) -> datetime:
    instant = datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise BadStep(f"{value}: an instant carries a UTC offset")
    return instant


OFFICE: Final[Actor] = actor_of("office:o0")
"""Who publishes the item of a scenario."""
