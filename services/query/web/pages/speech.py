"""What the pages say things with, in one language: words, names, days, sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from contracts.rulings import Compared
from contracts.values import Target
from services.query.answers import event_sentences as sentences
from services.query.answers.access import REASSESSMENT
from services.query.answers.submission import EventAnswer
from services.query.answers.timeline import EffectLink
from services.query.read_model.as_of import LOCAL
from supervision import words
from supervision.light_sentences import period_word
from supervision.policy_words import policy_word
from supervision.rule_words import rule_name, rule_word
from supervision.words import Language, Word, Words, say


class Speech:
    """What templates say things with, in one language."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self.language = language
        self.names = names

    def t(self, chinese: str, english: str) -> str:
        """A text of the page itself."""
        return chinese if self.language == "zh" else english

    def w(self, table: Words, code: str | None) -> str:
        """The word of a code."""
        return say(table, code, self.language) if code else ""

    def period(self, period: str) -> str:
        """A period as people say it."""
        return self.sentence(period_word(period))

    def day(self, due_at: str | datetime | None) -> str:
        """The last day of a limit."""
        return sentences.last_day(due_at, self.language)

    def principal(self, reference: str) -> str:
        """A leader or the chief leader, in whose place somebody acts."""
        return sentences.who_name(reference, self.names, self.language)

    def when(self, instant: datetime | str | None) -> str:
        """An instant in local time, to the minute."""
        if instant is None:
            return ""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return moment.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")

    def date(self, instant: datetime | date | str | None) -> str:
        """The local day of an instant, or a day."""
        day = self.when(instant)[:10] if isinstance(instant, datetime) else str(instant)
        return sentences.day_name(day, self.language)

    def cause(self, level: str, cause: str, said: Mapping[str, str] = MappingProxyType({})) -> str:
        """A cause of an escalation of this level; `said` as above."""
        return sentences.cause_name(level, cause, self.language, said)

    def act(self, type_: str) -> str:
        """What somebody did; `reassessment` stands for what the public is not told."""
        if type_ == REASSESSMENT:
            return self.t("重新认定", "assessed anew")
        return self.w(words.SUBMISSIONS, type_)

    def event(self, event: EventAnswer | EffectLink, said: Mapping[str, str] = MappingProxyType({})) -> str:
        """What an event says; `said` are the texts of blockages by their numbers."""
        return sentences.event_sentence(event.type, event.data, self.names, self.language, said)

    def sentence(self, word: Word) -> str:
        """A sentence that was made in both languages."""
        return word.zh if self.language == "zh" else word.en

    def comparison(self, values: Compared) -> str:
        """A target beside its measured value."""
        return sentences.comparison(values, self.language)

    def goal(self, target: Target) -> str:
        """A target of a node."""
        return sentences.goal(target)

    def rule(self, rule: str, light: str = "") -> str:
        """The paragraph of the rulebook that was applied; with the light that it gave, in words."""
        return self.sentence(rule_word(rule, light) if light else rule_name(rule))

    def policy(self, reference: str) -> str:
        """A policy as rulings name it."""
        return self.sentence(policy_word(reference))

    def who(self, reference: str | None) -> str:
        """A unit, a leader or a role by its name."""
        kind, _, id_ = (reference or "").partition(":")
        if id_:
            return self.names.get(id_, id_)
        if kind == "government":
            return self.t("区政府", "district government")
        return self.names.get(kind) or self.w(words.ROLES, kind)
