"""Reads a scenario book from YAML: every field known, every number exact (docs/scenario-format.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from contracts.policy import Policy
from contracts.submissions import ItemAssigned
from contracts.values import Actor, Calendar
from exact.faults import Lines, Location
from exact.texts import Inexact, read_yaml
from programmes import FOLDER
from programmes.policy_file import FaultyFile, read_calendar, read_policy
from services.rating.scenario_book.aliases import without_aliases
from services.rating.scenario_book.form import FaultyStory, check_book, check_item, check_story, fault, told
from services.rating.scenario_book.steps import Step, actor_of, read_step
from supervision.schedule import Schedule, plan_due_at, reporting_periods

PROGRAMMES: Final = FOLDER
PUBLISHED_AT: Final = "2024-03-19T09:00:00+08:00"
NAMELESS: Final = "?"
"""A scenario that has no id."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
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
        document = read_yaml(path.read_bytes(), without_aliases)
        check_book(document.value)
    except Inexact as error:
        raise BadBook(f"{path.name}: {told([error.fault], {})}") from None
    except FaultyStory as error:
        raise BadBook(f"{path.name}: {told(error.faults, document.lines)}") from None
    policy, book = document.value.get("policy", "yuancheng-2024"), document.value["scenarios"]
    scenarios = [
        read_scenario(raw, str(policy), path, document.lines, ("scenarios", place)) for place, raw in enumerate(book)
    ]
    named: set[str] = set()
    for place, one in enumerate(scenarios):
        if one.id in named and one.id != NAMELESS:
            twice = fault(("id",), "编号已用过", "was used before")
            scenarios[place] = Scenario(one.id, problem=told([twice], document.lines, ("scenarios", place)))
        named.add(one.id)
    return scenarios


def policy_named(name: str, book: Path, here: Location = ("policy",)) -> Policy:
    """A policy beside the book, or one of the project's; its version, if given, is that of the file.

    Raises FaultyStory or FaultyFile.
    """
    name = name.partition("@")[0]
    beside = book.parent / "policies" / f"{name}.yaml"
    shipped = PROGRAMMES / "policies" / f"{name}.yaml"
    if not _NAME.fullmatch(name) or not (beside.is_file() or shipped.is_file()):
        raise FaultyStory(fault(here, f"没有政策“{name[:80]}”", f"there is no policy {name[:80]}"))
    return read_policy(beside if beside.is_file() else shipped)


def read_scenario(raw: Any, policy_name: str, path: Path, lines: Lines | None = None, under: Location = ()) -> Scenario:
    """One scenario of the book at `path`; with its `problem` where the format does not know it."""
    name = str(raw.get("id", NAMELESS)) if isinstance(raw, dict) else NAMELESS
    try:
        check_story(raw)
        return _scenario(raw, name, policy_name, path)
    except FaultyStory as error:
        return Scenario(name, problem=told(error.faults, lines or {}, under))
    except FaultyFile as error:
        return Scenario(name, problem="; ".join(str(error).splitlines()))


def _scenario(raw: dict[str, Any], name: str, policy_name: str, path: Path) -> Scenario:
    policy = policy_named(str(raw.get("policy", policy_name)), path)
    programme = raw.get("programme") or {}
    published_at = str(raw.get("assigned_at", raw.get("published_at", PUBLISHED_AT)))
    title = str(raw.get("title", name))

    def item_of(told: dict[str, Any], here: Location) -> ItemAssigned:
        if here != ("item",):
            check_item(told, here)
        return _item(told, published_at, policy, title, programme)

    item = item_of(raw["item"], ("item",))
    steps = tuple(
        read_step(number, step, lambda p, here: policy_named(p, path, here), item_of)
        for number, step in enumerate(raw.get("steps") or [], start=1)
    )
    last = steps[-1].appended_at if steps else item.published_at
    until = datetime.fromisoformat(str(raw["until"])) if "until" in raw else last
    outage = None if raw.get("outage") is None else _outage(raw["outage"], until)
    return Scenario(name, str(raw.get("title", "")), item, steps, until, raw.get("expect") or {}, outage=outage)


def _outage(raw: list[Any], until: datetime) -> tuple[datetime, datetime]:
    down, up = (datetime.fromisoformat(str(instant)) for instant in raw)
    if not down < up <= until:
        raise FaultyStory(
            fault(
                ("outage",),
                "应为 [起, 止]，“止”在“起”之后，且不晚于 until",
                "must be [from, to], to after from and not after until",
            )
        )
    return down, up


def _item(
    raw: dict[str, Any], published_at: str, policy: Policy, title: str, programme: dict[str, Any]
) -> ItemAssigned:
    calendar = read_calendar(PROGRAMMES / "calendar-2024.yaml")
    if programme.get("calendar_until") is not None:
        calendar = _until(calendar, date.fromisoformat(str(programme["calendar_until"])))
    return ItemAssigned(
        title=title[:200],
        category=raw["category"],
        classification=raw.get("classification", "public"),
        lead_unit=str(raw["lead_unit"]),
        cooperating=tuple(map(str, raw.get("cooperating") or ())),
        leader=str(raw["leader"]),
        published_at=datetime.fromisoformat(published_at),
        plan_due_at=plan_due_at(SCHEDULE, policy),
        periods=reporting_periods(raw["category"], SCHEDULE, calendar, policy),
        calendar=calendar,
        policy=policy,
        simulated=raw.get("simulated", False) in (True, "true"),
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


OFFICE: Final[Actor] = actor_of("office:o0")
"""Who publishes the item of a scenario."""
