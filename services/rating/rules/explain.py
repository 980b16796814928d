"""Why a light or an escalation stands as it does: one sentence in Chinese and in English, from the state alone."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.rulings import Compared
from contracts.values import Light, PeriodId
from services.rating.rules.lights.light import made_up, met_in_time
from services.rating.rules.state.ladder import Cause, Escalation
from services.rating.rules.state.node import node_met
from services.rating.rules.state.state import Item
from supervision.escalation_sentences import CauseFacts, EscalationFacts, EscalationState, escalation_sentence
from supervision.light_sentences import LightFacts, PartFacts, light_sentence
from supervision.words import Word


def explain(item: Item, period: str, compared: Sequence[Compared] = ()) -> Word:
    """Why a period has the light that it has, e.g. 2024年第二季度黄灯：截至7月10日24时未报送. Raises KeyError.

    `compared` are the values by which it settled, which the state does not keep.
    rulebook: Lights 4 ("Every change says why")
    """
    return light_sentence(facts_of(item, period, compared))


def facts_of(item: Item, period: str, compared: Sequence[Compared] = ()) -> LightFacts:
    """What the sentence about a period is made from. Raises KeyError."""
    index = item.frame.quarter_index[period]
    quarter = item.quarters[index]
    policy = quarter.policy or item.frame.policy
    return LightFacts(
        period=period,
        light=quarter.light,
        settled=quarter.settled,
        monthly=item.frame.category == "livelihood",
        parts=[_part(item, part) for part in item.frame.quarters[index].parts],
        upheld=quarter.upheld,
        withdrawn=item.hands.withdrawn,
        made_up=quarter.settled
        and quarter.light == policy.made_up_light
        and not met_in_time(item, index)
        and made_up(item, index),
        appealed=any(appeal.against.light == period for appeal in item.appeals),
        before=_before(item, index),
        compared=tuple(compared),
    )


def explain_escalation(item: Item, escalation: Escalation) -> Word:
    """What an escalation stands on, until when, and how far it is (rulebook: Escalation ladder)."""
    return escalation_sentence(escalation_facts_of(item, escalation))


def escalation_facts_of(item: Item, escalation: Escalation) -> EscalationFacts:
    """What the sentence about an escalation is made from."""
    return EscalationFacts(
        level=escalation.level,
        state=_state(escalation),
        causes=[_cause(item, cause) for cause in escalation.causes if cause.standing],
        due_on=None if escalation.due_at is None else item.frame.last_day(escalation.due_at),
        overdue=escalation.overdue,
    )


def _part(item: Item, index: int) -> PartFacts:
    here, period = item.periods[index], item.frame.periods[index]
    report = here.in_time
    return PartFacts(
        period=period.id,
        due_on=item.frame.last_day(period.due_at),
        settled=here.settled,
        claim=report.claim if report else None,
        overturned=report is not None and report.finding == "overturned",
        met=node_met(report),
        late_on=item.frame.day_of(late.late_at) if (late := here.late) and late.late_at else None,
        planned=period.id in item.plan.nodes,
    )


def _before(item: Item, index: int) -> tuple[PeriodId, Light] | None:
    """The previous settled period, if it was missed (rulebook: Lights 3)."""
    settled = [earlier for earlier in range(index) if item.quarters[earlier].settled]
    missed = [earlier for earlier in settled[-1:] if item.quarters[earlier].light in ("yellow", "red")]
    return (item.frame.quarters[missed[0]].id, item.quarters[missed[0]].light) if missed else None


def _state(escalation: Escalation) -> EscalationState:
    """How far it is; one that was reported, awaits no review and is still open was reviewed as not done."""
    if escalation.phase != "open":
        return escalation.phase
    if escalation.reporting.awaits_review:
        return "reported"
    return "not_done" if escalation.reported else "open"


def _cause(item: Item, cause: Cause) -> CauseFacts:
    index = item.frame.quarter_index.get(cause.name)
    source = next((one for one in item.escalations if one.id == cause.source), None)
    return CauseFacts(
        name=cause.name,
        light=None if index is None else item.quarters[index].light,
        due_on=None if source is None or source.due_at is None else item.frame.last_day(source.due_at),
    )
