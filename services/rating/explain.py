"""Why a light or an escalation stands as it does: one sentence in Chinese and in English, from the state alone."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.rulings import Compared
from contracts.sentences import LightFacts, PartFacts, due_word, light_sentence, period_word
from contracts.values import Light, PeriodId
from contracts.words import CAUSES, ESCALATION_STATES, LEVELS, LIGHTS, Word, say
from services.rating.light import made_up, met_in_time
from services.rating.node import node_met
from services.rating.state import Escalation, Item


def explain(item: Item, period: str, compared: Sequence[Compared] = ()) -> Word:
    """Why a period has the light that it has, e.g. 2024年第二季度黄灯：截至7月10日24时未报送. Raises KeyError.

    `compared` are the values by which it settled, which the state does not keep.
    rulebook: Lights 4 ("Every change says why")
    """
    return light_sentence(facts_of(item, period, compared))


def facts_of(item: Item, period: str, compared: Sequence[Compared] = ()) -> LightFacts:
    """What the sentence about a period is made from. Raises KeyError."""
    index = item.scheme.quarter_index[period]
    quarter = item.quarters[index]
    policy = quarter.policy or item.scheme.policy
    return LightFacts(
        period=period,
        light=quarter.light,
        settled=quarter.settled,
        monthly=item.scheme.category == "livelihood",
        parts=[_part(item, part) for part in item.scheme.quarters[index].parts],
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
    level, phase = LEVELS[escalation.level], ESCALATION_STATES[escalation.phase]
    names = list(dict.fromkeys(cause.name for cause in escalation.causes if cause.standing))
    causes = [_cause(item, name) for name in names]
    zh, en = [phase.zh], [phase.en]
    if escalation.due_at is not None:
        until = due_word(item.scheme.day_before(escalation.due_at))
        zh, en = [*zh, f"期限{until.zh}"], [*en, f"due {until.en}"]
    if escalation.overdue:
        zh, en = [*zh, ESCALATION_STATES["overdue"].zh], [*en, ESCALATION_STATES["overdue"].en]
    head = Word(
        "、".join(cause.zh for cause in causes) or "事由已全部撤去",
        ", ".join(cause.en for cause in causes) or "no cause stands any more",
    )
    return Word(f"{level.zh}：{head.zh}；{'；'.join(zh)}", f"{level.en}: {head.en}; {'; '.join(en)}")


def _part(item: Item, index: int) -> PartFacts:
    here, period = item.periods[index], item.scheme.periods[index]
    report = here.in_time
    return PartFacts(
        period=period.id,
        due_on=item.scheme.day_before(period.due_at),
        settled=here.settled,
        claim=report.claim if report else None,
        overturned=report is not None and report.finding == "overturned",
        met=node_met(item, index, report),
        late_on=item.scheme.day_of(here.late.received_at) if here.late else None,
        planned=period.id in item.plan.nodes,
    )


def _before(item: Item, index: int) -> tuple[PeriodId, Light] | None:
    """The previous settled period, if it was missed (rulebook: Lights 3)."""
    settled = [earlier for earlier in range(index) if item.quarters[earlier].settled]
    missed = [earlier for earlier in settled[-1:] if item.quarters[earlier].light in ("yellow", "red")]
    return (item.scheme.quarters[missed[0]].id, item.quarters[missed[0]].light) if missed else None


def _cause(item: Item, name: str) -> Word:
    index = item.scheme.quarter_index.get(name)
    if index is None:
        return Word(say(CAUSES, name, "zh"), say(CAUSES, name, "en"))
    light, period = LIGHTS[item.quarters[index].light], period_word(name)
    return Word(f"{period.zh}{light.zh}", f"{period.en} {light.en}")
