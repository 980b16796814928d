"""A light is explained by one sentence, the same in a page, a notice and an audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from contracts.rulings import Compared
from supervision.light_sentences import LightFacts, PartFacts, light_sentence

PART = PartFacts(period="2024Q2", due_on=date(2024, 7, 10), settled=True, planned=True)
DONE = replace(PART, claim="completed")
YELLOW = LightFacts(period="2024Q2", light="yellow", settled=True, monthly=False, parts=(PART,))
SHORT = (
    Compared(indicator="投资", comparator=">=", target=Decimal("2000.50"), measured=Decimal("1800.0"), reached=False),
    Compared(indicator="事故", comparator="<=", target=Decimal(3), measured=Decimal(1), reached=True),
    Compared(indicator="里程", comparator=">=", target=Decimal(12), reached=False),
)


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        (YELLOW, "黄灯：截至7月10日24时未报送", "yellow: not reported by the end of 10 Jul"),
        (
            replace(YELLOW, parts=(replace(PART, planned=False),)),
            "黄灯：截至7月10日24时未报送，也没有已确认的节点目标",
            "yellow: not reported by the end of 10 Jul, and no node is confirmed",
        ),
        (
            replace(YELLOW, parts=(replace(DONE, met=True),)),
            "黄灯：所记事实不支持此灯色",
            "yellow: what is on record does not account for it",
        ),
        (
            replace(YELLOW, parts=(replace(PART, late_on=date(2024, 7, 12)),)),
            "黄灯：截至7月10日24时未报送（7月12日逾期报送）",
            "yellow: not reported by the end of 10 Jul (late, on 12 Jul)",
        ),
        (
            replace(YELLOW, parts=(DONE,), compared=SHORT),
            "黄灯：自报已完成，但投资目标≥2000.5，实报1800、里程目标≥12，未填报",
            "yellow: claimed complete, but 投资 target ≥ 2000.5, measured 1800, 里程 target ≥ 12, not measured",
        ),
        (
            replace(YELLOW, parts=(replace(PART, claim="blocked"),), compared=SHORT[:1]),
            "黄灯：所报受阻，节点未达成（投资目标≥2000.5，实报1800）",
            "yellow: reported as blocked, the node is not met (投资 target ≥ 2000.5, measured 1800)",
        ),
        (
            replace(YELLOW, parts=(replace(DONE, overturned=True),)),
            "黄灯：所报经核查推翻",
            "yellow: the report was overturned",
        ),
        (
            replace(YELLOW, light="green", upheld=True),
            "绿灯：申诉成立，按期达成",
            "green: an appeal was upheld: it counts as met in time",
        ),
        (
            replace(YELLOW, light="green", parts=(replace(DONE, met=True),)),
            "绿灯：按期报送，节点目标达成",
            "green: reported in time, the node is met",
        ),
        (
            replace(YELLOW, light="red", before=("2024Q1", "yellow")),
            "红灯：截至7月10日24时未报送；上一周期（2024年第一季度）为黄灯",
            "red: not reported by the end of 10 Jul; the period before, 2024 Q1, is yellow",
        ),
        (
            replace(YELLOW, light="none", settled=False, withdrawn=True),
            "待报：已退出年度考核，不再亮灯",
            "awaiting: withdrawn from the assessment, no light from then on",
        ),
    ],
)
def test_a_light_has_one_sentence_in_each_language(facts: LightFacts, zh: str, en: str) -> None:
    assert light_sentence(facts) == (f"2024年第二季度{zh}", f"2024 Q2 {en}")


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        (YELLOW, "黄灯：截至7月10日24时未报送", "yellow: not reported by the end of 10 Jul"),
        (replace(YELLOW, appealed=True), "黄灯：截至7月10日24时未报送", "yellow: not reported by the end of 10 Jul"),
        (replace(YELLOW, parts=(replace(DONE, overturned=True),)), "黄灯：未按期达成", "yellow: not met in time"),
        (replace(YELLOW, light="green", upheld=True), "绿灯：按期达成", "green: met in time"),
        (
            replace(YELLOW, light="red", parts=(replace(DONE, overturned=True),), before=("2024Q1", "yellow")),
            "红灯：未按期达成；上一周期（2024年第一季度）为黄灯",
            "red: not met in time; the period before, 2024 Q1, is yellow",
        ),
        (
            replace(YELLOW, light="none", settled=False, parts=(replace(DONE, overturned=True, settled=False),)),
            "待报：尚未达成，期限7月10日24时",
            "awaiting: not met yet, due the end of 10 Jul",
        ),
        (
            replace(YELLOW, light="none", settled=False, withdrawn=True, parts=(replace(DONE, overturned=True),)),
            "待报：已退出年度考核，不再亮灯",
            "awaiting: withdrawn from the assessment, no light from then on",
        ),
    ],
)
def test_the_public_is_told_what_was_published_and_neither_findings_nor_appeals(
    facts: LightFacts, zh: str, en: str
) -> None:
    assert light_sentence(facts, published=True) == (f"2024年第二季度{zh}", f"2024 Q2 {en}")
