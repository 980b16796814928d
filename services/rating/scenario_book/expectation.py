"""Compares what came out of a scenario with what it expects; what is left out is not checked."""

from __future__ import annotations

from typing import Any, Final

from contracts.rulings import SubmissionAccepted, SubmissionRejected, SubmissionRepeated, Verdict
from services.rating.rules.state.state import Escalation, Item, State
from services.rating.scenario_book.outcome import Story

_ESCALATION: Final = {"level", "for", "due_on", "state", "overdue"}


def differences(expect: dict[str, Any], story: Story, state: State | None, steps: list[int]) -> list[str]:
    """A line for each difference."""
    item = state.item if state is not None else None
    if item is None:
        return ["the item was not opened"]
    found = _verdicts(expect, story, steps)
    found += _remarks(expect.get("remarks") or {}, story)
    places = item.frame.quarter_index
    for name, seen in (
        ("lights", {q: item.quarters[i].light for q, i in places.items()}),
        ("rated", {q: item.quarters[i].rated or "none" for q, i in places.items()}),
        ("months", {p: item.periods[i].status for p, i in item.frame.index.items()}),
    ):
        for period, wanted in (expect.get(name) or {}).items():
            nothing_yet = name == "months" and wanted in ("none", None) and seen.get(str(period)) == "open"
            if seen.get(str(period)) != wanted and not nothing_yet:
                found.append(f"{name}: {period}: expected {wanted}, got {seen.get(str(period), 'no such period')}")
    if "history" in expect:
        found += _lists("history", [[*change] for change in story.history], expect["history"] or [])
    if "reminders" in expect:
        sent = [[about, day.isoformat()] for about, day in story.reminders]
        found += _lists("reminders", sent, expect["reminders"] or [])
    if "escalations" in expect:
        found += _escalations(expect["escalations"] or [], item)
    return found


def _verdicts(expect: dict[str, Any], story: Story, steps: list[int]) -> list[str]:
    found: list[str] = []
    refused = {_step(number): reasons for number, reasons in (expect.get("refused") or {}).items()}
    repeated = [_step(number) for number in expect.get("repeated") or []]
    for number in [*refused, *repeated]:
        if number not in steps:
            found.append(f"step {number}: there is no such step")
    for number in steps:
        verdict = story.verdicts[number]
        if number in repeated:
            right = isinstance(verdict, SubmissionRepeated)
            wanted = "repeated"
        elif number in refused:
            wanted = refused[number]
            reasons = list(verdict.reasons) if isinstance(verdict, SubmissionRejected) else []
            right = reasons == wanted if isinstance(wanted, list) else reasons[:1] == [wanted]
            wanted = f"refused {wanted}"
        else:
            right = isinstance(verdict, SubmissionAccepted)
            wanted = "accepted"
        if not right:
            found.append(f"step {number}: expected {wanted}, got {_told(verdict)}")
    return found


def _step(number: Any) -> int | str:
    """Steps are numbered; whatever else is no step."""
    return int(number) if str(number).isdecimal() else str(number)


def _told(verdict: Verdict) -> str:
    if isinstance(verdict, SubmissionRejected):
        return f"refused {list(verdict.reasons)}"
    if isinstance(verdict, SubmissionAccepted):
        return f"accepted {list(verdict.remarks)}" if verdict.remarks else "accepted"
    return "repeated" if isinstance(verdict, SubmissionRepeated) else "unreadable"


def _remarks(wanted: dict[str, list[str]], story: Story) -> list[str]:
    found = []
    for number, remarks in wanted.items():
        verdict = story.verdicts.get(int(number)) if number.isdecimal() else None
        if verdict is None:
            found.append(f"remarks: {number}: there is no such step")
            continue
        seen = list(verdict.remarks) if isinstance(verdict, SubmissionAccepted) else []
        if seen != (remarks or []):
            found.append(f"remarks: {number}: expected {remarks or []}, got {seen}")
    return found


def _lists(name: str, seen: list[list[str]], wanted: list[list[Any]]) -> list[str]:
    texts = [[str(part) for part in row] for row in wanted]
    return [] if seen == texts else [f"{name}: expected {texts}, got {seen}"]


def _escalations(wanted: list[dict[str, Any]], item: Item) -> list[str]:
    seen = [_shown(escalation, item) for escalation in item.escalations]
    if len(seen) != len(wanted):
        return [f"escalations: expected {len(wanted)}, got {len(seen)}: {seen}"]
    found = []
    for place, (one, expected) in enumerate(zip(seen, wanted, strict=True), start=1):
        for name, value in expected.items():
            if name not in _ESCALATION:
                found.append(f"escalations: {place}: {name}: no such field")
                continue
            right = [str(part) for part in value or []] if name == "for" else value
            if one[name] != right:
                found.append(f"escalations: {place}: {name}: expected {right}, got {one[name]}")
    return found


def _shown(escalation: Escalation, item: Item) -> dict[str, Any]:
    due_at = escalation.due_at
    return {
        "level": escalation.level,
        "for": list(dict.fromkeys(cause.name for cause in escalation.causes if cause.standing)),
        "due_on": None if due_at is None else item.frame.last_day(due_at).isoformat(),
        "state": escalation.phase,
        "overdue": escalation.overdue,
    }
