"""A programme that is still being made: units, leaders, aspects and items may be missing until it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field, ValidationError

from contracts.policy import Policy
from contracts.values import AS_PUBLISHED, Calendar
from exact.faults import Fault, faults_of
from programmes.consistency import check
from programmes.ledger.draft import TO_FILL_IN, calendar_span, schedule_of
from programmes.programme import (
    MAX_ITEMS,
    AspectEntry,
    ItemEntry,
    Jurisdiction,
    LeaderEntry,
    ProgrammeFile,
    UnitEntry,
)
from services.intake.programme_drafts.holidays import known_part


class ProgrammeDraft(ProgrammeFile):
    """What a programme file says, with parts that are not there yet."""

    units: Annotated[tuple[UnitEntry, ...], Field(max_length=500)] = ()
    aspects: Annotated[tuple[AspectEntry, ...], Field(max_length=100)] = ()
    leaders: Annotated[tuple[LeaderEntry, ...], Field(max_length=100)] = ()
    items: Annotated[tuple[ItemEntry, ...], Field(max_length=MAX_ITEMS)] = ()


def draft_of_file(programme: ProgrammeFile) -> ProgrammeDraft:
    """A complete programme as a draft."""
    return ProgrammeDraft(**dict(programme))


def empty_draft(jurisdiction: str, name: str, year: int, policy: Policy, issued_on: date) -> ProgrammeDraft:
    """A year's rules and nothing that is supervised yet. Raises NotAnnounced for a year of before, ValidationError."""
    return ProgrammeDraft(
        programme=f"{jurisdiction}-{year}",
        jurisdiction=Jurisdiction(code=jurisdiction, name=name),
        title=f"{year}年《政府工作报告》重点工作督查方案",
        document=TO_FILL_IN,
        issued_on=issued_on,
        closing_on=date(year + 1, 3, 31),
        policy=policy,
        calendar=announced_calendar(year),
        schedule=schedule_of(year),
    )


def announced_calendar(year: int) -> Calendar:
    """The working days of a programme's year as far as they are announced. Raises NotAnnounced."""
    return known_part(*calendar_span(year))


def changed(draft: ProgrammeDraft, changes: Mapping[str, Any]) -> tuple[ProgrammeDraft, list[Fault]]:
    """The draft with some of its fields said anew, as JSON; with faults it is the draft as it was."""
    given = draft.model_dump(mode="json", exclude={*changes}) | dict(changes)
    try:
        return ProgrammeDraft.model_validate(given, context=AS_PUBLISHED), []
    except ValidationError as error:
        return draft, faults_of(error)


def with_part(entries: Sequence[Any], entry: Any) -> list[Any]:
    """The entries of a draft with this one in the place of that with its id, or behind them."""
    before = list(entries)
    at = next((index for index, one in enumerate(before) if one.id == entry.id), len(before))
    return [*before[:at], entry, *before[at + 1 :]]


def with_ids(draft: ProgrammeDraft, units: Mapping[str, str], leaders: Mapping[str, str]) -> ProgrammeDraft:
    """The draft with other ids of units and of leaders, by those they have, wherever they are named."""
    items = [
        one.model_copy(
            update={
                "lead_unit": units.get(one.lead_unit, one.lead_unit),
                "cooperating_units": tuple(units.get(id_, id_) for id_ in one.cooperating_units),
                "leader": leaders.get(one.leader or "", one.leader),
            }
        )
        for one in draft.items
    ]
    changes = {
        "units": tuple(one.model_copy(update={"id": units.get(one.id, one.id)}) for one in draft.units),
        "leaders": tuple(one.model_copy(update={"id": leaders.get(one.id, one.id)}) for one in draft.leaders),
        "items": tuple(items),
    }
    return draft.model_copy(update=changes)


def open_points(draft: ProgrammeDraft) -> list[Fault]:
    """What stands between a draft and its publication, beside what its reader finds in its text."""
    found = [
        Fault((part,), "missing", *said)
        for part, there, said in (
            ("document", draft.document != TO_FILL_IN, ("请填写文号", "fill in the number of the paper")),
            ("units", draft.units, ("还没有单位", "there is no unit yet")),
            ("aspects", draft.aspects, ("还没有方面", "there is no aspect yet")),
            ("leaders", draft.leaders, ("还没有分管区领导", "there is no leader in charge yet")),
            ("items", draft.items, ("还没有事项", "there is no item yet")),
        )
        if not there
    ]
    return found + check(draft)
