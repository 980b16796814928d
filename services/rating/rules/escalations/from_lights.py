"""What a light that settles or changes raises, joins and takes away (rulebook: Escalation ladder)."""

from __future__ import annotations

from typing import Final

from contracts.rulings import EscalationReported, EscalationUnreported
from contracts.values import Level, Light
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import raise_or_join, standing, take_away
from services.rating.rules.state.node import node_met
from services.rating.rules.state.state import Item

EVERY_LEVEL: Final[tuple[Level, ...]] = ("rectification", "interview", "chief_interview")
ABOVE: Final[tuple[Level, ...]] = ("interview", "chief_interview")


def follow_light(
    draft: Draft, quarter: int, old: Light, new: Light, *, was_second_red: bool, is_second_red: bool
) -> None:
    """Raise, join and take away what a settled light gives.

    A yellow gives a rectification, a red an interview and not another rectification; yellow turning red leaves its
    cause in the rectification; a red that falls back to yellow takes its interview away and raises or joins a
    rectification if that period has not had one; a light that turns green takes all its causes away. A red that
    follows a red proposes a chief interview. rulebook: Escalation ladder
    """
    cause = draft.frame.quarters[quarter].id
    if old != new and new == "green":
        take_away(draft, EVERY_LEVEL, cause)
    elif old == "red" and new == "yellow":
        take_away(draft, ABOVE, cause)
        if not had_rectification(draft.item, cause):
            _rectify(draft, quarter, cause)
    elif old != new and new == "yellow":
        _rectify(draft, quarter, cause)
    elif old != new and new == "red":
        raise_or_join(draft, "interview", cause, "Escalation ladder: interview")
    if is_second_red and not was_second_red:
        raise_or_join(draft, "chief_interview", cause, "Escalation ladder: chief interview")
    elif was_second_red and not is_second_red:
        take_away(draft, ("chief_interview",), cause)


def had_rectification(item: Item, cause: str) -> bool:
    """Whether a period "has had one": a rectification that was not withdrawn, as a withdrawn one has no causes.

    rulebook: Fine print
    """
    return any(e.level == "rectification" and e.has(cause) for e in item.escalations)


def report_by_progress(draft: Draft, quarter: int) -> None:
    """A late report whose node is met counts as the report of that period's rectification.

    It does so also when it came before that was raised; of a livelihood quarter it is the last month's report.
    rulebook: Lights 5
    """
    item = draft.item
    last = item.frame.quarters[quarter].parts[-1]
    report = item.periods[last].late
    there = standing(item, "rectification")
    if report is None or there is None or not there.has(item.frame.quarters[quarter].id):
        return
    if there.reporting.progress_report == report.id or not node_met(report):
        return
    late = there.due_at is not None and report.late_at is not None and report.late_at >= there.due_at
    draft.emit(EscalationReported(escalation=there.id, late=late, by="progress", report=report.id))


def retract_report(draft: Draft, report: str) -> None:
    """A late report that is overturned before the rectification's limit counts for it no longer.

    What stands when the limit passes stays, and so does what was reviewed. rulebook: Lights 5
    """
    there = standing(draft.item, "rectification")
    if there is None or there.reporting.progress_report != report or not there.reporting.awaits_review or there.overdue:
        return
    if there.due_at is not None and draft.at < there.due_at:
        draft.emit(EscalationUnreported(escalation=there.id, level=there.level, report=report))


def _rectify(draft: Draft, quarter: int, cause: str) -> None:
    """Joining one that is already reported, reviewed `not_done` or overdue adds the cause and nothing else."""
    there = standing(draft.item, "rectification")
    raise_or_join(draft, "rectification", cause, "Escalation ladder: rectification")
    if there is None or not (there.reported or there.overdue):
        report_by_progress(draft, quarter)
