"""Compares what came out of a scenario with what it expects; what a scenario leaves out is not checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contracts.rulings import SubmissionAccepted, SubmissionRejected, SubmissionRepeated, Verdict
from services.rating.rules.state.ladder import Escalation
from services.rating.rules.state.state import Item, State
from services.rating.scenario_book.outcome import ScenarioOutcome


def differences(
    expect: dict[str, Any], outcome: ScenarioOutcome, state: State | None, steps: list[int], *, outage: bool = False
) -> list[str]:
    """A line for each difference; `steps` are the numbers of the scenario's steps, `state` is that at its end.

    After an outage of the alarm reminders are not compared: those of hours that had passed come with what is due.
    """
    item = state.item if state is not None else None
    if item is None:
        return ["the item was not opened"]
    found = _verdicts(expect, outcome, steps)
    for name, compare in _COMPARISONS.items():
        if name in expect and not (outage and name == "reminders"):
            found += compare(expect[name], outcome, item)
    return found


def _verdicts(expect: dict[str, Any], outcome: ScenarioOutcome, steps: list[int]) -> list[str]:
    """Of every step; what is neither `refused` nor `repeated` must be accepted."""
    refused = {_step(number): reasons for number, reasons in (expect.get("refused") or {}).items()}
    repeated = [_step(number) for number in expect.get("repeated") or []]
    found = [f"step {number}: there is no such step" for number in [*refused, *repeated] if number not in steps]
    for number in steps:
        verdict = outcome.verdicts[number]
        if number in repeated:
            wanted, right = "repeated", isinstance(verdict, SubmissionRepeated)
        elif number in refused:
            wanted, right = f"refused {refused[number]}", _is_refused(verdict, refused[number])
        else:
            wanted, right = "accepted", isinstance(verdict, SubmissionAccepted)
        if not right:
            found.append(f"step {number}: expected {wanted}, got {_verdict_word(verdict)}")
    return found


def _step(number: Any) -> int | str:
    """Steps are numbered; whatever else is no step."""
    return int(number) if str(number).isdecimal() else str(number)


def _is_refused(verdict: Verdict, wanted: Any) -> bool:
    """With exactly these reasons if they are a list, else with this one first."""
    reasons = list(verdict.reasons) if isinstance(verdict, SubmissionRejected) else []
    return bool(reasons == wanted) if isinstance(wanted, list) else reasons[:1] == [wanted]


def _verdict_word(verdict: Verdict) -> str:
    if isinstance(verdict, SubmissionRejected):
        return f"refused {list(verdict.reasons)}"
    if isinstance(verdict, SubmissionAccepted):
        return f"accepted {list(verdict.remarks)}" if verdict.remarks else "accepted"
    return "repeated" if isinstance(verdict, SubmissionRepeated) else "unreadable"


def _remarks(wanted: Mapping[str, list[str]] | None, outcome: ScenarioOutcome, _item: Item) -> list[str]:
    found = []
    for number, remarks in (wanted or {}).items():
        verdict = outcome.verdicts.get(int(number)) if number.isdecimal() else None
        if verdict is None:
            found.append(f"remarks: {number}: there is no such step")
            continue
        seen = list(verdict.remarks) if isinstance(verdict, SubmissionAccepted) else []
        if seen != (remarks or []):
            found.append(f"remarks: {number}: expected {remarks or []}, got {seen}")
    return found


def _lights(wanted: Mapping[Any, Any] | None, _outcome: ScenarioOutcome, item: Item) -> list[str]:
    seen = {quarter: item.quarters[index].light for quarter, index in item.frame.quarter_index.items()}
    return _by_period("lights", wanted, seen)


def _rated(wanted: Mapping[Any, Any] | None, _outcome: ScenarioOutcome, item: Item) -> list[str]:
    seen = {quarter: item.quarters[index].rated or "none" for quarter, index in item.frame.quarter_index.items()}
    return _by_period("rated", wanted, seen)


def _months(wanted: Mapping[Any, Any] | None, _outcome: ScenarioOutcome, item: Item) -> list[str]:
    """A month that is still open may be expected as `none` too."""
    seen = {period: item.periods[index].status for period, index in item.frame.index.items()}
    still_open = {name for name, status in seen.items() if status == "open"}
    checked = {
        period: status
        for period, status in (wanted or {}).items()
        if not (status in ("none", None) and str(period) in still_open)
    }
    return _by_period("months", checked, seen)


def _by_period(name: str, wanted: Mapping[Any, Any] | None, seen: Mapping[str, str]) -> list[str]:
    return [
        f"{name}: {period}: expected {value}, got {seen.get(str(period), 'no such period')}"
        for period, value in (wanted or {}).items()
        if seen.get(str(period)) != value
    ]


def _history(wanted: Sequence[Sequence[Any]] | None, outcome: ScenarioOutcome, _item: Item) -> list[str]:
    return _rows("history", wanted, [[*change] for change in outcome.history])


def _reminders(wanted: Sequence[Sequence[Any]] | None, outcome: ScenarioOutcome, _item: Item) -> list[str]:
    return _rows("reminders", wanted, [[about, day.isoformat()] for about, day in outcome.reminders])


def _rows(name: str, wanted: Sequence[Sequence[Any]] | None, seen: list[list[str]]) -> list[str]:
    texts = [[str(part) for part in row] for row in wanted or []]
    return [] if seen == texts else [f"{name}: expected {texts}, got {seen}"]


def _escalations(wanted: Sequence[Mapping[str, Any]] | None, _outcome: ScenarioOutcome, item: Item) -> list[str]:
    """All of them in the order raised; of each, the fields that are given."""
    seen, wanted = [_fields(escalation, item) for escalation in item.escalations], wanted or []
    if len(seen) != len(wanted):
        return [f"escalations: expected {len(wanted)}, got {len(seen)}: {seen}"]
    found = []
    for place, (one, expected) in enumerate(zip(seen, wanted, strict=True), start=1):
        for name, value in expected.items():
            right = [str(part) for part in value or []] if name == "for" else value
            if one[name] != right:
                found.append(f"escalations: {place}: {name}: expected {right}, got {one[name]}")
    return found


def _fields(escalation: Escalation, item: Item) -> dict[str, Any]:
    due_at = escalation.due_at
    return {
        "level": escalation.level,
        "for": list(dict.fromkeys(cause.name for cause in escalation.causes if cause.standing)),
        "due_on": None if due_at is None else item.frame.last_day(due_at).isoformat(),
        "state": escalation.phase,
        "overdue": escalation.overdue,
    }


def _sheets(wanted: dict[str, dict[str, Any]] | None, outcome: ScenarioOutcome, _item: Item) -> list[str]:
    expected = {
        str(unit): {kind: int(number) for kind, number in kinds.items()} for unit, kinds in (wanted or {}).items()
    }
    seen = outcome.sheets()
    return [] if seen == expected else [f"sheets: expected {expected}, got {seen}"]


_COMPARISONS: Final[Mapping[str, Callable[[Any, ScenarioOutcome, Item], list[str]]]] = {
    "remarks": _remarks,
    "lights": _lights,
    "rated": _rated,
    "months": _months,
    "history": _history,
    "reminders": _reminders,
    "escalations": _escalations,
    "sheets": _sheets,
}
"""What is compared besides the verdicts, in this order."""
