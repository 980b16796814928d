"""What each form about a published programme offers, filled in with what is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from programmes.ledger.draft import calendar_span
from services.intake.programme_drafts.holidays import NotAnnounced, announced, announced_years
from services.intake.programme_drafts.policies import policies_in
from services.intake.who.item import KnownItem
from services.intake.who.roster import KnownProgramme
from supervision.words import ROLES, Language, say
from supervision.workdays import last_day, local, offset_of

Choices = list[tuple[str, str]]


def calendar_values(items: Sequence[KnownItem], today: date) -> dict[str, str]:
    """The days that were announced since the publication, to be reviewed; `ends_on` is where the calendar ends now."""
    opened = items[0].opened
    ends_on = min(one.opened.calendar.last_on for one in items)  # one that broke off reached some items alone
    year = last_day(opened.plan_due_at, offset_of(opened.policy.utc_offset)).year
    first = max(ends_on, today) + timedelta(days=1)
    last = min(calendar_span(year)[1], date(announced_years()[-1], 12, 31))
    values = {"ends_on": str(ends_on), "announced": str(announced_years()[-1])}
    try:
        found = announced(first, last) if first <= last else None
    except NotAnnounced:
        found = None
    if found is None:
        return values
    return values | {
        "last_on": str(last),
        "holidays": "\n".join(map(str, found.holidays)),
        "working_weekends": "\n".join(map(str, found.working_weekends)),
    }


def policy_choices(library: Path) -> Choices:
    """The policies that may be adopted."""
    return [(one.ref, one.ref) for one in policies_in(library).values()]


def unit_choices(known: KnownProgramme) -> Choices:
    """Those that may lead."""
    return [(one.id, one.name) for one in known.opened.units if one.kind != "office"]


def leader_choices(known: KnownProgramme) -> Choices:
    """The leaders in charge."""
    return [(one.id, one.label) for one in known.opened.leaders]


def principal_choices(known: KnownProgramme, language: Language, only: str = "") -> Choices:
    """Leaders and the chief leader as a naming calls them; `only`: the one who may name for themselves."""
    found = [("chief", say(ROLES, "chief", language))]
    found += [(f"leader:{id_}", label) for id_, label in leader_choices(known)]
    return [one for one in found if not only or one[0] == only]


def namings_of(items: Sequence[KnownItem], today: date) -> list[Any]:
    """The namings that are not over yet, each once."""
    found = {(one.principal, one.deputy, one.from_on): one for item in items for one in item.namings}
    return [one for _, one in sorted(found.items()) if one.until_on >= today]


def item_values(item: KnownItem) -> dict[str, Any]:
    """What an item says now, by the names of the forms' fields."""
    opened = item.opened
    targets = {
        f"annual_targets.{number}.{name}": str(getattr(one, name))
        for number, one in enumerate(opened.annual_targets)
        for name in ("indicator", "comparator", "value", "unit")
    }
    return {
        "item": item.id,
        "title": opened.title,
        "source": opened.source,
        "classification": opened.classification,
        "lead_unit": item.lead_unit,
        "cooperating": list(item.cooperating),
        "leader": item.leader,
        **targets,
    }


def today_of(now: datetime) -> date:
    """The local day."""
    return local(now, offset_of("+08:00")).date()
