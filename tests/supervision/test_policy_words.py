"""Every value of a policy has words, and two policies are told apart by them."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from contracts.policy import Policy, Weights
from supervision.policy_words import VALUES, otherwise
from supervision.words import Word
from tests.rules.timelines import OUHAI, TEMPLATE, YUANCHENG

OTHER: dict[str, Any] = {
    **{field.name: "?" for field in fields(Policy) if field.name != "weights"},
    "weights": Weights(**{field.name: "?" for field in fields(Weights)}),  # type: ignore[arg-type]
}


def test_every_value_of_a_policy_has_words_in_both_languages() -> None:
    assert [name for name, _, _ in otherwise(YUANCHENG, Policy(**OTHER))] == list(VALUES)
    for name, word in VALUES.items():
        assert re.search(r"[\u4e00-\u9fff]", word.zh), name
        assert not re.search(r"[\u4e00-\u9fff]", word.en), name
        assert not re.search(r"[a-z]", word.zh), name


def test_what_the_template_says_otherwise_is_told_in_words() -> None:
    told = {name: (a, b) for name, a, b in otherwise(YUANCHENG, TEMPLATE)}
    assert told.keys() == {"signed", "complete_plans", "inspection_approval"}
    assert told["complete_plans"] == (Word("否", "no"), Word("是", "yes"))
    assert told["inspection_approval"] == (
        Word("制定人", "the planner"),
        Word("主要领导批准", "the chief leader's approval"),
    )
    nobody, heads = told["signed"]
    assert nobody == Word("无", "none")
    assert heads.zh.startswith("报送工作方案、报送进展、报告整改、")
    assert heads.en.startswith("plan submitted, progress reported, ")


def test_lights_numbers_and_points_are_told_as_they_are() -> None:
    told = {name: (a, b) for name, a, b in otherwise(YUANCHENG, OUHAI)}
    assert told["missed_light"] == (Word("黄灯", "yellow"), Word("红灯", "red"))
    assert told["made_up_light"] == (Word("无", "none"), Word("黄灯", "yellow"))
    assert told["reminder_days"] == (Word("5、1", "5, 1"), Word("3、1", "3, 1"))
    assert told["weights.red"] == (Word("-2", "-2"), Word("-3", "-3"))
    assert list(otherwise(OUHAI, replace(OUHAI, id="other", version=2))) == []
