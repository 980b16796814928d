"""What the sentence about a light is made from, as the rulings tell it."""

from __future__ import annotations

from contracts.values import Light, PeriodId
from supervision.appeals import Appeals
from supervision.assignment import AssignmentRecord
from supervision.light_sentences import LightFacts, PartFacts
from supervision.lights import LightsRecord, PeriodRecord
from supervision.workdays import last_day, local


def facts_of(lights: LightsRecord, period: PeriodId, assignment: AssignmentRecord, appeals: Appeals) -> LightFacts:
    """What the sentence about a period is made from. Raises KeyError: the item has no such period."""
    parts, known = lights.parts[period], lights.of(period)
    facts = [_part(lights, part, assignment) for part in parts]
    in_time = bool(facts) and facts[-1].met and all(part.claim is not None for part in facts)
    made_up = known.settled and known.made_up == known.light and not known.upheld and not in_time
    return LightFacts(
        period=period,
        light=known.light,
        settled=known.settled,
        monthly=lights.monthly,
        parts=facts,
        upheld=known.upheld,
        withdrawn=assignment.withdrawn,
        made_up=made_up and _made_up(lights, parts),
        appealed=any(appeal.against.light == period for appeal in appeals),
        before=_before(lights, period),
        compared=known.compared,
    )


def _part(lights: LightsRecord, period: PeriodId, assignment: AssignmentRecord) -> PartFacts:
    zone, known = assignment.zone, lights.reports(period)
    report = known.in_time
    return PartFacts(
        period=period,
        due_on=last_day(lights.deadlines.due_at(period), zone),
        settled=known.settled,
        claim=report.claim if report else None,
        overturned=report is not None and report.report in known.overturned,
        met=_is_met(lights, period, known),
        late_on=local(known.late.received_at, zone).date() if known.late else None,
        planned=period in assignment.nodes,
    )


def _is_met(lights: LightsRecord, period: PeriodId, known: PeriodRecord) -> bool:
    if known.in_time is None or known.in_time.report in known.overturned:
        return False
    return known.met if lights.monthly else lights.light(lights.quarter_of[period]) == "green"


def _made_up(lights: LightsRecord, parts: tuple[PeriodId, ...]) -> bool:
    known = [lights.reports(part) for part in parts]
    late = known[-1].late
    last = _is_met(lights, parts[-1], known[-1]) and lights.monthly
    return all(one.in_time or one.late for one in known) and (
        last or (late is not None and late.met and late.report not in known[-1].overturned)
    )


def _before(lights: LightsRecord, period: PeriodId) -> tuple[PeriodId, Light] | None:
    """The previous settled period, if it was missed (rulebook: Lights 3)."""
    settled: tuple[PeriodId, Light] | None = None
    for earlier in lights.parts:
        if earlier == period:
            break
        known = lights.of(earlier)
        settled = (earlier, known.light) if known.settled else settled
    return settled if settled and settled[1] in ("yellow", "red") else None
