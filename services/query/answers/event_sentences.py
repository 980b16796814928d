"""What an event says, as a sentence in Chinese and in English, made from the event alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from contracts.rulings import Compared
from contracts.values import Target
from services.query.answers.event_words import EVENTS, REVISED
from services.query.read_model.as_of import LOCAL
from services.query.read_model.columns import Json
from supervision import words, workdays
from supervision.escalation_sentences import CauseFacts, cause_word
from supervision.light_sentences import SIGNS, compared_word, day_word, period_word, plain
from supervision.words import Language, Word, say

Data = Mapping[str, Json]


def last_day(due_at: str | datetime | None, language: Language) -> str:
    """The last day of an exclusive limit, in local time."""
    if due_at is None:
        return ""
    instant = datetime.fromisoformat(due_at) if isinstance(due_at, str) else due_at
    return day_name(workdays.last_day(instant, LOCAL).isoformat(), language)


def event_sentence(
    type_: str, data: Data, names: Mapping[str, str], language: Language, said: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The sentence of an event; `names` are units' and leaders' official names by id, `said` the texts of blockages."""
    template = say(EVENTS, _variant(type_, data), language)
    values = _values(data, names, language, said) | _named(data, names, language, said)
    return template.format_map(_Values(values))


def _variant(type_: str, data: Data) -> str:
    """Two events say one of two things."""
    if type_ == "item.withdrawn" and data.get("cancelled"):
        return "item.cancelled"
    return "limit.extended" if type_ == "limit.moved" and data.get("extension") else type_


def comparison(values: Compared, language: Language) -> str:
    """One target beside the measured value."""
    return _in(compared_word(values.indicator, values.comparator, values.target, values.measured), language)


def cause_name(level: str, cause: str, language: Language, said: Mapping[str, str] = MappingProxyType({})) -> str:
    """A cause of an escalation of this level in words: a period, a known cause, a blockage by its text or number."""
    return _in(cause_word(level, CauseFacts(name=cause, text=said.get(cause, ""))), language)


def _in(word: Word, language: Language) -> str:
    return word.zh if language == "zh" else word.en


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _values(data: Data, names: Mapping[str, str], language: Language, said: Mapping[str, str]) -> dict[str, str]:
    values = {key: str(value) for key, value in data.items() if isinstance(value, str)}
    if "cause" in values:
        values["cause"] = cause_name(values.get("level", ""), values["cause"], language, said)
    for key, table in (
        ("claim", words.CLAIMS),
        ("finding", words.FINDINGS),
        ("decision", words.FINDINGS),
        ("status", words.MONTHS),
        ("level", words.LEVELS),
        ("light", words.LIGHTS),
        ("from", words.LIGHTS),
        ("to", words.LIGHTS),
    ):
        if key in values:
            values[key] = say(table, values[key], language)
    for key in ("period", "month"):
        if key in values:
            values[key] = _in(period_word(values[key]), language)
    if "about" in values:
        kind = "rectification" if data.get("kind") == "rectification" else ""
        values["about"] = say(words.LEVELS, kind, language) if kind else _in(period_word(values["about"]), language)
    values["lead_unit"] = names.get(values.get("lead_unit", ""), values.get("lead_unit", ""))
    due_at = data.get("due_at")
    values["due"] = last_day(due_at if isinstance(due_at, str) else None, language)
    if values["due"]:
        values["until"] = f"，{values['due']}前办结" if language == "zh" else f", until {values['due']}"
    return values


def _named(data: Data, names: Mapping[str, str], language: Language, said: Mapping[str, str]) -> dict[str, str]:
    """Days, people and lists of the events that version 3 of the rules added."""
    values = {name: day_name(str(data[name]), language) for name in ("from_on", "until_on", "held_on") if name in data}
    values |= {name: who_name(str(data[name]), names, language) for name in ("principal", "deputy") if name in data}
    if isinstance(before := data.get("before"), str):
        values["before"] = last_day(before, language)
    if isinstance(unit := data.get("unit"), str):
        values["unit"] = names.get(unit, unit)
    if light := data.get("light"):
        values["topic"] = _in(period_word(str(light)), language)
    elif data.get("level") and data.get("cause"):
        level = say(words.LEVELS, str(data["level"]), language)
        values["topic"] = f"{level} · {cause_name(str(data['level']), str(data['cause']), language, said)}"
    comma = "、" if language == "zh" else ", "
    if isinstance(calendar := data.get("calendar"), dict):
        values["ends_on"] = day_name(str(calendar["last_on"]), language)
        periods = data.get("periods")
        dates = [
            f"{_in(period_word(str(one['id'])), language)} {last_day(str(one['due_at']), language)}"
            for one in (periods if isinstance(periods, list) else ())
            if isinstance(one, dict)
        ]
        told = comma.join(dates)
        values["dates"] = told and (f"；期限改为：{told}" if language == "zh" else f"; now due: {told}")
    joined = [*_listed(data, "units", "name"), *_listed(data, "leaders", "label")]
    values["joined"] = comma.join(joined)
    values["revised"] = comma.join(say(REVISED, name, language) for name in REVISED if name in data)
    return values


def _listed(data: Data, name: str, key: str) -> list[str]:
    found = data.get(name)
    return [str(one[key]) for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def day_name(day: str, language: Language) -> str:
    """A day such as `2024-11-20` as people say it; anything else as it is."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return day
    word = day_word(on)
    return word.zh if language == "zh" else word.en


def who_name(reference: str, names: Mapping[str, str], language: Language) -> str:
    """`leader:leader-3` or `chief` by name."""
    kind, _, id_ = reference.partition(":")
    return names.get(id_, id_) if id_ else say(words.ROLES, kind, language)


def goal(target: Target) -> str:
    """A target of a node, such as `高标准农田 ≥ 2000 亩`."""
    sign = SIGNS.get(target.comparator, target.comparator)
    return f"{target.indicator} {sign} {plain(target.value)} {target.unit}".strip()
