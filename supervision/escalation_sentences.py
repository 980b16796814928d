"""What an escalation stands on, until when and how far it is: the one place where that sentence is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from contracts.values import Level, Light
from supervision.light_sentences import due_word, is_period, period_word
from supervision.words import CAUSES, ESCALATION_STATES, LEVELS, LIGHTS, Word

EscalationState = Literal["proposed", "open", "reported", "not_done", "closed", "withdrawn"]
_LAPSED: Final = {
    "rectification_overdue": Word("截至{}未报整改", "nothing reported by {}"),
    "interview_lapsed": Word("截至{}未举行", "not held by {}"),
}
"""What was compared with the limit of the escalation that a cause came from: that nothing came."""

_LONGEST_TEXT: Final = 60
"""Characters of a blockage's text in a sentence; the whole stands on the timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseFacts:
    """One cause that stands: a period with its `light` as it is; of what lapsed, the last day of its limit.

    `text` is what a unit said of a blockage, where the reader has it: rulings and notices name it by its number.
    """

    name: str
    light: Light | None = None
    due_on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationFacts:
    """What the sentence about an escalation is made from; `due_on` is the limit's last day, none if only proposed."""

    level: Level
    state: EscalationState
    causes: Sequence[CauseFacts]
    due_on: date | None = None
    overdue: bool = False


def with_texts(facts: EscalationFacts, said: Mapping[str, str]) -> EscalationFacts:
    """The same, where it is a blockage with what was said of it; `said` by its number."""
    if facts.level != "blockage":
        return facts
    return replace(facts, causes=[replace(one, text=said.get(one.name, "")) for one in facts.causes])


def escalation_sentence(facts: EscalationFacts) -> Word:
    """Such as 约谈：2024年第二季度红灯；期限7月24日24时；办理中 (rulebook: Escalation ladder)."""
    level, state = LEVELS[facts.level], ESCALATION_STATES[facts.state]
    why = causes_word(facts)
    zh, en = [why.zh], [why.en]
    if facts.due_on is not None:
        until = due_word(facts.due_on)
        zh, en = [*zh, f"期限{until.zh}"], [*en, f"due {until.en}"]
    zh, en = [*zh, state.zh], [*en, state.en]
    if facts.overdue:
        zh, en = [*zh, ESCALATION_STATES["overdue"].zh], [*en, ESCALATION_STATES["overdue"].en]
    return Word(f"{level.zh}：{'；'.join(zh)}", f"{level.en}: {'; '.join(en)}")


def causes_word(facts: EscalationFacts) -> Word:
    """Everything that an escalation stands on, each cause once."""
    words = list(dict.fromkeys(cause_word(facts.level, cause) for cause in facts.causes))
    if not words:
        return Word("事由已全部撤去", "no cause stands any more")
    return Word("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def cause_word(level: str, cause: CauseFacts) -> Word:
    """One cause: a period with its light, what lapsed with its limit, a blockage by its text, else its number."""
    name = cause.name
    if level == "blockage" and cause.text:
        said = cause.text if len(cause.text) <= _LONGEST_TEXT else f"{cause.text[: _LONGEST_TEXT - 1]}…"
        return Word(f"“{said}”", f"“{said}”")
    if level == "blockage":
        return Word(f"编号{name}", f"no. {name}")
    if name in CAUSES:
        word, compared = CAUSES[name], _LAPSED.get(name)
        if cause.due_on is None or compared is None:
            return word
        limit = due_word(cause.due_on)
        return Word(f"{word.zh}（{compared.zh.format(limit.zh)}）", f"{word.en} ({compared.en.format(limit.en)})")
    period = period_word(name)
    if cause.light is None or not is_period(name):
        return period
    return Word(f"{period.zh}{LIGHTS[cause.light].zh}", f"{period.en} {LIGHTS[cause.light].en}")
