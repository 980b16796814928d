"""What a form offers to choose from: the things that wait on an item, as the roster knows them."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from contracts.submissions import Appealed
from services.intake.pages.desk import SERVED, unsigned
from services.intake.who.item import KnownItem
from services.intake.who.permission import rights_of
from services.intake.who.roster import Roster
from supervision.awaited import expected_of
from supervision.escalation_sentences import CauseFacts, cause_word
from supervision.light_sentences import period_word
from supervision.replies import ReplyRecord
from supervision.right import capacities
from supervision.words import LEVELS, LIGHTS, Language, say
from supervision.workdays import local
from web.identity import Identity

_HELD: Final = "interview.held"


class Choice(NamedTuple):
    """A value and what is written beside it."""

    value: str
    label: str


def choices_of(name: str, field: str, item: KnownItem, roster: Roster, lang: Language) -> list[Choice]:
    """Choices of a field of kind `pick` or `people` in the form for `name`."""
    if name == "item.reassigned":
        return _people(field, item, roster)
    if field == "plan":
        return [
            Choice(plan.plan, f"{plan.plan}（{plan.from_on}–{plan.to_on}{'' if plan.approved else ' ✗'}）")
            for plan in item.inspections.values()
        ]
    if field == "extension":
        return [Choice(one.extension, f"{one.until_on} · {one.reason}") for one in item.extensions]
    if field == "of":
        done = "published" if name == "reply.published" else "withheld"
        standing = item.replies.items()
        return [Choice(one.reply, f"{_replied(one, lang)} · {one.text}") for _, one in standing if one.fate != done]
    if field == "adjustment":
        return [Choice(a.adjustment, f"{_period(a.period, lang)} · {a.node.text}") for a in item.adjustments]
    if field == "appeal":
        return [Choice(appeal.id, _against(appeal.against, lang)) for appeal in item.appeals]
    if field == "blockage":
        return [Choice(one, one) for one in item.blockages]
    about = {"notice": unsigned, "against": appealable}.get(field, lit_or_noticed)
    return [_choice(one, item, lang) for one in about(item)]


def levels_to_record(name: str, item: KnownItem, roster: Roster, identity: Identity | None) -> list[str]:
    """The levels of open interviews whose minutes this person may record, for themselves or for whom they stand in.

    None on any other form than that of the minutes.
    """
    if name != _HELD or identity is None:
        return []
    rights = rights_of(roster, identity)
    recording = list(capacities(rights.asker, identity.id, rights.assignees(item, item.lead_unit)))
    mine = [asker for asker, person in recording if asker != "leader" or person == item.leader]
    return [
        level
        for level in ("interview", "chief_interview")
        if item.open_escalations(level) and any(expected_of(asker, _HELD, level) for asker in mine)
    ]


def last_reports(item: KnownItem) -> dict[str, tuple[str, date]]:
    """The last report about each period, and the local day on which it was received: what a visit since is about."""
    zone, found = item.assignment.zone, {}
    for one in item.opened.periods:
        known = item.lights.reports(one.id)
        reports = [report for report in (known.in_time, known.late) if report is not None]
        if reports:
            last = max(reports, key=lambda report: report.received_at)
            found[one.id] = last.report, local(last.received_at, zone).date()
    return found


def lit_or_noticed(item: KnownItem) -> list[tuple[str, str]]:
    """What can be replied about: yellow and red lights, and every cause of an open notice."""
    short = sorted(period for period, light in item.lit.items() if light in ("yellow", "red"))
    notices = [(one.level, cause) for one in item.open_escalations(*SERVED) for cause in one.names]
    return [*(("light", period) for period in short), *notices]


def appealable(item: KnownItem) -> list[tuple[str, str]]:
    """What can be appealed against: the same, but for what an appeal waits about already."""
    waiting = {
        ("light", one.against.light) if one.against.light else (one.against.level, one.against.cause)
        for one in item.appeals
    }
    return [one for one in lit_or_noticed(item) if one not in waiting]


def _choice(about: tuple[str, str], item: KnownItem, lang: Language) -> Choice:
    what, cause = about
    if what == "light":
        return Choice(f"light|{cause}", f"{_period(cause, lang)} {say(LIGHTS, item.lights.light(cause), lang)}")
    return Choice(f"{what}|{cause}", notice_word(what, cause, lang))


def _people(field: str, item: KnownItem, roster: Roster) -> list[Choice]:
    known = roster.programmes.get(item.programme)
    if known is None:
        return []
    if field == "leader":
        return [Choice(leader.id, leader.label) for leader in known.opened.leaders]
    return [Choice(unit.id, unit.name) for unit in known.opened.units if unit.kind != "office"]


def _against(against: Appealed, lang: Language) -> str:
    if against.light is not None:
        return f"{_period(against.light, lang)} {'亮灯' if lang == 'zh' else 'light'}"
    return notice_word(against.level or "", against.cause or "", lang)


def _replied(reply: ReplyRecord, lang: Language) -> str:
    if reply.light is not None:
        return f"{_period(reply.light, lang)} {'亮灯' if lang == 'zh' else 'light'}"
    return notice_word(reply.level or "", reply.cause or "", lang)


def _period(period: str, lang: Language) -> str:
    word = period_word(period)
    return word.zh if lang == "zh" else word.en


def notice_word(level: str, cause: str, lang: Language) -> str:
    """What a notice is called: its level and the cause that it was sent for."""
    return f"{say(LEVELS, level, lang)} · {cause_text(level, cause, lang)}"


def cause_text(level: str, cause: str, lang: Language, text: str = "") -> str:
    """A cause of an escalation in words; `text` is what was said of a blockage."""
    word = cause_word(level, CauseFacts(name=cause, text=text))
    return word.zh if lang == "zh" else word.en
