"""An escalation is told by one sentence, the same in a page, a notice and an audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from supervision.escalation_sentences import CauseFacts, EscalationFacts, escalation_sentence
from supervision.rule_words import rule_name, rule_word

RED = CauseFacts(name="2024Q2", light="red")
INTERVIEW = EscalationFacts(level="interview", state="open", causes=(RED,), due_on=date(2024, 7, 24))
LAPSED = CauseFacts(name="rectification_overdue", due_on=date(2024, 5, 6))


@pytest.mark.parametrize(
    ("facts", "zh", "en"),
    [
        (
            INTERVIEW,
            "约谈：2024年第二季度红灯；期限7月24日24时；办理中",
            "interview: 2024 Q2 red; due the end of 24 Jul; open",
        ),
        (
            replace(INTERVIEW, causes=(LAPSED, RED, LAPSED), overdue=True),
            "约谈：整改逾期（截至5月6日24时未报整改）、2024年第二季度红灯；期限7月24日24时；办理中；已逾期",
            "interview: rectification overdue (nothing reported by the end of 6 May), 2024 Q2 red; "
            "due the end of 24 Jul; open; overdue",
        ),
        (
            replace(INTERVIEW, level="rectification", state="reported", causes=(CauseFacts(name="lag"),)),
            "督查整改通知书：进展严重滞后；期限7月24日24时；已报告，待核查",
            "rectification notice: severe lag; due the end of 24 Jul; reported, awaiting review",
        ),
        (
            replace(INTERVIEW, level="blockage", causes=(CauseFacts(name="2024Q2"), CauseFacts(name="lag"))),
            "卡壳事项：编号2024Q2、编号lag；期限7月24日24时；办理中",
            "blockage: no. 2024Q2, no. lag; due the end of 24 Jul; open",
        ),
        (
            replace(INTERVIEW, level="blockage", causes=(CauseFacts(name="b-1", text="土地指标未落实"),)),
            "卡壳事项：“土地指标未落实”；期限7月24日24时；办理中",
            "blockage: “土地指标未落实”; due the end of 24 Jul; open",
        ),
        (
            replace(INTERVIEW, level="chief_interview", state="proposed", due_on=None),
            "主要领导约谈：2024年第二季度红灯；待确认",
            "chief interview: 2024 Q2 red; proposed",
        ),
        (
            replace(INTERVIEW, state="withdrawn", causes=()),
            "约谈：事由已全部撤去；期限7月24日24时；已撤销",
            "interview: no cause stands any more; due the end of 24 Jul; withdrawn",
        ),
    ],
)
def test_an_escalation_has_one_sentence_in_each_language(facts: EscalationFacts, zh: str, en: str) -> None:
    assert escalation_sentence(facts) == (zh, en)


@pytest.mark.parametrize(
    ("rule", "zh"),
    [
        ("Lights 3", "亮灯规则第3条"),
        ("Escalation ladder: chief interview", "督办阶梯·主要领导约谈"),
        ("Policy", "政策规定"),
    ],
)
def test_a_paragraph_of_the_rulebook_has_a_name_in_chinese(rule: str, zh: str) -> None:
    assert rule_name(rule) == (zh, rule)


def test_a_paragraph_says_what_it_means_for_the_colour_that_it_gives() -> None:
    assert rule_word("Lights 6", "green").zh == "亮灯规则第6条：各月按时报送且末月节点达成"
    assert rule_word("Lights 6", "yellow").en.startswith("Lights 6: a month did not come in time")
