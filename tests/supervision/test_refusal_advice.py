"""Whoever is refused is told why, and what to do next."""

from __future__ import annotations

import re

from supervision.refusal_advice import ADVICE
from supervision.refusal_words import REASONS

CODES = re.compile(r"[A-Za-z]")


def test_for_every_reason_of_a_refusal_there_is_advice_in_both_languages() -> None:
    assert ADVICE.keys() == REASONS.keys()
    for reason, word in ADVICE.items():
        assert word.zh.endswith("。"), reason
        assert word.en.endswith("."), reason
        assert not re.search(r"[\u4e00-\u9fff]", word.en), reason


def test_advice_in_chinese_holds_no_english_word_and_says_more_than_the_reason() -> None:
    for reason, word in ADVICE.items():
        assert not CODES.search(re.sub(r"\d{4}Q\d", "", word.zh)), reason
        assert word.zh.rstrip("。") != REASONS[reason].zh, reason
        assert word.en.rstrip(".") != REASONS[reason].en, reason
