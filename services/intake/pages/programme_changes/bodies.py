"""A posted form about a published programme as the data of a submission, checked like what a program sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from contracts.submission import SUBMISSION_TYPES
from exact.faults import Fault
from programmes.ledger.names import new_leader, new_unit
from programmes.ledger.persons import is_person
from services.intake.pages.form_body import FormFields
from services.intake.problem import IntakeProblem, invalid
from services.intake.programme_drafts.ledger_import import KnownNames
from services.intake.programme_drafts.policies import policies_in
from services.intake.submitting.body import posted_data
from services.intake.who.roster import KnownProgramme

_APART: Final = re.compile(r"[\s、,，;；]+")


def calendar_days(fields: FormFields, today: date) -> Any:
    """The data of `calendar.extended`: days off, working weekends, and the day to which all is known."""
    days: dict[str, str] = {}
    faults: list[Fault] = []
    until = _day(fields.one("last_on"))
    if until is None:
        faults.append(fault("last_on", "应为日期", "must be a date"))
    else:
        days[str(until)] = "holiday" if until.isoweekday() > 5 else "working"
    for name, kind in (("holidays", "holiday"), ("working_weekends", "working")):
        for text in filter(None, _APART.split(fields.one(name))):
            day = _day(text)
            if day is None:
                faults.append(fault(name, f"{text[:20]} 应为日期，如 2027-02-08", f"{text[:20]} is no date"))
            elif (day.isoweekday() > 5) != (kind == "working"):
                zh, en = ("周末", "weekend day") if kind == "working" else ("工作日", "weekday")
                faults.append(fault(name, f"{day} 应为{zh}", f"{day} must be a {en}"))
            elif until is not None and day > until:
                faults.append(fault(name, f"{day} 晚于末日", f"{day} is after the last day"))
            else:
                days[str(day)] = kind
    if early := sorted(day for day in days if day <= str(today)):
        faults.append(fault("holidays", f"{early[0]}：只能增补今天以后的日子", f"{early[0]}: name days after today"))
    if faults:
        raise invalid(*faults)
    return data_of("calendar.extended", {"days": days})


def added_parts(fields: FormFields, known: KnownProgramme, directory: KnownNames) -> Any:
    """The data of `programme.extended`: names of units and of leaders, one a line, new ones alone.

    What the directory has by a name has its id here, too.

    What is confirmed may be on its way already: sent again, it reaches the items that it did not.
    """
    faults: list[Fault] = []
    there = {one.name: one.id for one in known.opened.units} | {one.label: one.id for one in known.opened.leaders}
    again = fields.one("act") == "confirm"
    made: dict[str, list[dict[str, str]]] = {"units": [], "leaders": []}
    units: Mapping[str, Any] = {one.name: one for one in directory.units}
    leaders: Mapping[str, Any] = {one.label: one for one in directory.leaders}

    def unit(name: str) -> Any:
        return units.get(name) or new_unit(name)

    def leader(label: str) -> Any:
        return leaders.get(label) or new_leader(label)

    for part, make in (("units", unit), ("leaders", leader)):
        for name in dict.fromkeys(line.strip() for line in fields.one(part).splitlines() if line.strip()):
            if name in there and not (again and there[name] == make(name).id):
                faults.append(fault(part, f"{name} 已在方案中", f"{name} is there already"))
            elif part == "leaders" and is_person(name):
                faults.append(fault(part, f"{name}：写职务，不写姓名", f"{name}: name the office, not the person"))
            else:
                try:
                    made[part].append(_shown(make(name)))
                except ValidationError:
                    faults.append(fault(part, f"{name[:20]} 过长", f"{name[:20]} is too long"))
    if not faults and not any(made.values()):
        faults.append(fault("units", "请填写单位或领导", "name a unit or a leader"))
    if faults:
        raise invalid(*faults)
    return data_of("programme.extended", made)


def chosen_policy(fields: FormFields, library: Path) -> Any:
    """The data of `policy.adopted`."""
    policies = {one.ref: one for one in policies_in(library).values()}
    policy = policies.get(fields.one("policy"))
    if policy is None:
        raise invalid(fault("policy", "请选择政策", "choose a policy"))
    return SUBMISSION_TYPES.validate(SUBMISSION_TYPES.by_short_name("policy.adopted"), {"policy": policy})


def naming(fields: FormFields) -> Any:
    """The data of `deputy.named`, or of `deputy.ended` where a naming is to end."""
    if ended := fields.one("ended"):
        principal, _, deputy = ended.partition("|")
        return data_of("deputy.ended", {"principal": principal, "deputy": deputy})
    given = {name: fields.one(name) for name in ("principal", "deputy", "from_on", "until_on", "reason")}
    require_chosen(fields, "principal", "deputy")
    if given["principal"] == given["deputy"]:
        raise invalid(fault("deputy", "代理人不能是本人", "nobody stands in for themselves"))
    return data_of("deputy.named", given)


def require_chosen(fields: FormFields, *names: str) -> None:
    """Nothing is chosen beforehand, so that nobody sends what stood first. Raises IntakeProblem `invalid`."""
    faults = [fault(name, "请选择", "choose one") for name in names if not fields.one(name)]
    if faults:
        raise invalid(*faults)


def data_of(name: str, given: Mapping[str, Any]) -> Any:
    """The data of a submission, each fault at the form's field. Raises IntakeProblem `invalid`."""
    try:
        return posted_data(name, given)
    except IntakeProblem as problem:
        raise invalid(*(Fault(one.loc[1:], one.rule, one.zh, one.en) for one in problem.faults)) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def _shown(entry: Any) -> dict[str, str]:
    names = ("id", "label") if hasattr(entry, "label") else ("id", "name", "kind")
    return {name: getattr(entry, name) for name in names}


def fault(field: str, zh: str, en: str) -> Fault:
    """What is wrong with a field of a form."""
    return Fault((field,), "not_in_order", zh, en)
