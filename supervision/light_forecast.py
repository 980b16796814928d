"""Which lights another policy would give to periods that have not settled, from what is known of them: pure."""

from __future__ import annotations

from typing import NamedTuple

from contracts.policy import Policy
from contracts.rulings import ProgressRecorded
from contracts.values import Light, PeriodId
from supervision.lights import LightsRecord


class ForeseenLight(NamedTuple):
    """A period that has not settled: its light now, and the one with which it settles if nothing more is reported."""

    period: PeriodId
    now: Light
    settles: Light


def foreseen(record: LightsRecord, policy: Policy) -> list[ForeseenLight]:
    """The lights of an item's unsettled periods under a policy, in order (rulebook: Lights 1, 2, 3; Policy).

    What has settled keeps its light, and counts among the misses in a row.
    """
    found: list[ForeseenLight] = []
    misses = 0
    for period, parts in record.parts.items():
        if not parts:
            continue  # void: no light, and no miss
        known = record.of(period)
        if known.settled:
            light = known.light
        else:
            met = known.upheld or _is_met(record, period, policy)
            light = "green" if met else _missed(record, period, policy, misses)
            found.append(ForeseenLight(period, "green" if met else "none", light))
        misses = 0 if light == "green" else misses + 1
    return found


def _is_met(record: LightsRecord, period: PeriodId, policy: Policy) -> bool:
    """Whether what was reported in time meets the node, asked for evidence as the policy asks (Is a node met?)."""
    reports = [record.reports(part) for part in record.parts[period]]
    last = reports[-1]
    if any(one.in_time is None for one in reports) or last.in_time is None or last.in_time.report in last.overturned:
        return False
    if last.in_time.evidence:
        return record.light(period) == "green"
    return not policy.evidence_required and (record.light(period) == "green" or _meets(last.in_time, policy))


def _missed(record: LightsRecord, period: PeriodId, policy: Policy, misses: int) -> Light:
    """The light of a period that settles without being met in time, after so many misses in a row."""
    if policy.made_up_light is not None and _is_made_up(record, period, policy):
        return policy.made_up_light
    return policy.missed(misses)


def _is_made_up(record: LightsRecord, period: PeriodId, policy: Policy) -> bool:
    """Whether every part was reported, in time or late, and the node of the last one is met (rulebook: Policy)."""
    parts = record.parts[period]
    last = record.reports(parts[-1])
    counts = [one for one in (last.in_time, last.late) if one is not None and one.report not in last.overturned]
    return all(map(record.reported, parts)) and any(_meets(one, policy) for one in counts)


def _meets(report: ProgressRecorded, policy: Policy) -> bool:
    """Whether a report meets its node; without evidence where none is asked for, also if it was taken while it was."""
    if report.evidence:
        return report.met
    reached = report.claim == "completed" and all(one.reached for one in report.compared)
    return not policy.evidence_required and (report.met or reached)
