"""Check your answers: what a form would submit, in words, before it is filed or given to the head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from exact.faults import Fault
from services.intake.pages.choices import choices_of
from services.intake.pages.desk import binding
from services.intake.pages.fields import FORMS, Field
from services.intake.pages.figures import figures
from services.intake.who.item import KnownItem
from services.intake.who.roster import Roster
from supervision.light_sentences import SIGNS, period_word, plain
from supervision.refusal_words import REASONS
from supervision.words import Language, say

_WORDS: Final = ("text", "line")


class Answered(NamedTuple):
    """One answer: what was asked, what was said, line by line; `far` lines are unlike anything before."""

    label: str
    lines: Sequence[str]
    far: Sequence[str] = ()


def answers(item: KnownItem, roster: Roster, name: str, data: Mapping[str, Any], lang: Language) -> list[Answered]:
    """The answers of a form as they will be submitted."""
    found = []
    for field in FORMS[name]:
        if field.kind == "made_id":
            continue
        label = field.label.zh if lang == "zh" else field.label.en
        lines = list(_lines(field, item, roster, name, data, lang))
        far = _far(item, data, lang) if field.kind == "measures" else []
        found.append(Answered(label, lines, far))
    return found


def unanswered(name: str, data: Mapping[str, Any]) -> list[Fault]:
    """What the form asks for in words and was left empty; a program may leave it out, who fills in a form may not."""
    asked = {field.name: ("data", field.name) for field in FORMS[name] if field.required and field.kind in _WORDS}
    empty: list[tuple[str, ...]] = [place for one, place in asked.items() if not data.get(one)]
    if any(field.kind == "node" for field in FORMS[name]) and not data.get("node", {}).get("text"):
        empty.insert(0, ("data", "node", "text"))
    return [Fault(place, "missing", "请填写", "must be filled in") for place in empty]


def foreseen(item: KnownItem, name: str, data: Mapping[str, Any]) -> list[Fault]:
    """What the rules would refuse for sure, at its field, so that it is mended before it is filed."""
    policy = item.assignment.policy
    claimed = name == "progress.reported" and data.get("claim") == "completed"
    if claimed and policy.evidence_required and not data.get("evidence"):
        return [Fault(("data", "evidence"), "completed_without_evidence", *REASONS["completed_without_evidence"])]
    if name == "plan.submitted" and policy.complete_plans:
        nodes = data.get("nodes", {})
        return [
            Fault(("data", "nodes", one.id, "text"), "plan_incomplete", "每个周期须有一句节点目标", "needs a sentence")
            for one in binding(item)
            if not nodes.get(one.id, {}).get("text") and not item.lights.of(item.lights.quarter_of[one.id]).settled
        ]
    return []


def _far(item: KnownItem, data: Mapping[str, Any], lang: Language) -> list[str]:
    """Measured values far from target and past."""
    found = []
    for one in figures(item, str(data.get("period", ""))):
        given = data.get("measures", {}).get(one.target.indicator)
        try:
            value = None if given is None else Decimal(str(given))
        except InvalidOperation:
            continue
        if value is not None and value.is_finite() and one.is_far(value):
            low, high = plain(one.low), plain(one.high)
            zh = f"{one.target.indicator}：填报 {plain(value)}，通常在 {low} 至 {high} 之间"
            en = f"{one.target.indicator}: {plain(value)}, expected between {low} and {high}"
            found.append(zh if lang == "zh" else en)
    return found


def _lines(
    field: Field, item: KnownItem, roster: Roster, name: str, data: Mapping[str, Any], lang: Language
) -> Iterator[str]:
    value = data.get(field.name)
    match field.kind:
        case "period":
            word = period_word(str(value or ""))
            yield word.zh if lang == "zh" else word.en
        case "choice":
            yield say(field.words, str(value or ""), lang)
        case "measures":
            targets = {one.target.indicator: one.target for one in figures(item, str(data.get("period", "")))}
            for indicator, number in (value or {}).items():
                target = targets.get(indicator)
                goal = f"{SIGNS.get(target.comparator, target.comparator)} {plain(target.value)}" if target else ""
                told = f"{indicator} {number}{target.unit if target else ''}"
                yield f"{told}（目标 {goal}）" if lang == "zh" and goal else f"{told} (target {goal})" if goal else told
        case "plan":
            for period, node in sorted((value or {}).items()):
                word = period_word(period)
                yield f"{word.zh if lang == 'zh' else word.en}：{_node(node)}"
        case "node":
            yield _node(value or {})
        case "evidence":
            yield from (str(one["name"]) for one in value or ())
        case "pick" | "people":
            yield from _picked(field, item, roster, name, data, lang)
        case _:
            yield from str(value if value is not None else "").splitlines()


def _picked(
    field: Field, item: KnownItem, roster: Roster, name: str, data: Mapping[str, Any], lang: Language
) -> Iterator[str]:
    about = data.get("against", {}) if field.name == "against" else data
    level, cause = ("light", about.get("light")) if about.get("light") else (about.get("level"), about.get("cause"))
    joined = f"{level}|{cause}" if field.name in ("notice", "about", "against") else str(data.get(field.name, ""))
    labels = {one.value: one.label for one in choices_of(name, field.name, item, roster, lang)}
    yield labels.get(joined, joined)


def _node(node: Mapping[str, Any]) -> str:
    targets = [
        f"{one['indicator']} {SIGNS.get(one['comparator'], one['comparator'])} {one['value']}{one.get('unit', '')}"
        for one in node.get("targets", ())
    ]
    return "；".join(filter(None, [str(node.get("text", "")), *targets]))
