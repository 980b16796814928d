"""Answers as the JSON documents of the API; what is not named here is written field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from typing import Final

import orjson

from services.query.answers.escalations import EscalationAnswer
from services.query.answers.notices import NoticeAnswer, NoticeNow, WholeNotice
from services.query.answers.submission import EventAnswer, SubmissionAnswer, SubmissionOutcome
from services.query.answers.timeline import TimelineEntry
from services.query.read_model.as_of import LOCAL
from services.query.read_model.columns import PeriodColumn
from services.query.read_model.results import HeldItem, WaitingSubmission
from supervision.errata import Erratum
from supervision.evaluation.sheets import Sheet
from supervision.replies import ReplyRecord
from supervision.words import Word

Document = dict[str, object]
Named = Callable[[str], str]
"""What an event is called for whoever is answered, by its id."""

_OPTIONS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def json_bytes(content: object) -> bytes:
    """JSON with keys in the order given, instants in local time, words in both languages."""
    return orjson.dumps(content, option=_OPTIONS, default=_written)


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Word):
        return value._asdict()
    raise TypeError(type(value).__name__)


def item_document(held: HeldItem) -> Document:
    """An item; not who holds it now, where somebody asks for an earlier time."""
    return {
        "id": held.item,
        "programme": held.programme,
        "title": held.title,
        "category": held.category,
        "classification": held.classification,
        "source": held.source,
        "quarters": held.quarters,
        "periods": [_period(held, one) for one in held.periods],
        "void": held.void,
        "simulated": held.simulated,
        "derived": held.derived,
        "lead_unit": held.lead_unit,
        "cooperating": held.cooperating,
        "leader": held.leader,
        "withdrawn_at": held.withdrawn_at,
        **({"cancelled": True} if held.cancelled else {}),
    }


def _period(held: HeldItem, period: PeriodColumn) -> Document:
    """A period with its deadline as it is by now; that it was moved, or is provisional, only where it is so."""
    known = held.deadlines[period["id"]]
    document: Document = {**period}
    if known.before is not None:
        document |= {"due_at": known.due_at, "moved_from": known.before}
    elif known.due_at != datetime.fromisoformat(period["due_at"]):
        document |= {"due_at": known.due_at}
    return {**document, "provisional": True} if known.provisional else document


def reply_document(one: ReplyRecord) -> Document:
    """What a unit says about a light or a cause of a notice."""
    about: Document = {"light": one.light} if one.light else {"level": one.level, "cause": one.cause}
    return {"id": one.reply, "unit": one.unit, "about": about, "text": one.text, "state": one.fate}


def erratum_document(one: Erratum) -> Document:
    """What the next bulletin must correct."""
    return {
        "bulletin": one.bulletin,
        "item": one.item,
        "period": one.period,
        "from": one.before,
        "to": one.after,
        "at": one.at,
        "closing": one.closing,
        "told_by": one.told_by,
        "position": f"rulings-{one.part}@{one.pos}",
    }


def escalation_document(one: EscalationAnswer) -> Document:
    """An escalation."""
    return {
        "item": one.item,
        "escalation": one.record.id,
        "level": one.record.level,
        "for": one.record.names,
        "raised_for": one.first_cause,
        "state": one.record.phase,
        "standing": one.standing,
        "overdue": one.record.overdue,
        "raised_at": one.record.raised_at,
        "due_at": one.record.due_at,
        **({"due_before": one.record.before, "extended": one.record.extended} if one.record.before else {}),
        "to": one.record.to,
        "ended_at": one.ended_at,
        "rule": one.rule,
        "because": one.because,
        "why": one.why,
        "position": f"rulings-{one.part}@{one.pos}",
    }


def waiting_document(row: WaitingSubmission) -> Document:
    """A submission without a ruling."""
    return {
        "id": row.id,
        "item": row.item,
        "type": row.type,
        "unit": row.unit,
        "received_at": row.received_at,
        "position": f"submissions-{row.part}@{row.pos}",
    }


def notice_document(one: NoticeNow, named: Named) -> Document:
    """A notice with the state of its escalation."""
    replies = {"replies": [reply_document(reply) for reply in one.replies]} if one.replies else {}
    return {**_notice(one.notice, named), "why": one.why, **replies}


def whole_notice_document(one: WholeNotice, named: Named) -> Document:
    """A notice with its text."""
    return {**notice_document(one.now, named), "document": one.document, "text": one.text}


def submission_document(one: SubmissionAnswer) -> Document:
    """A submission with its ruling; person, times and text only where they were told."""
    by: Document = {"role": one.by.role, "unit": one.by.unit}
    document: Document = {
        "position": one.position,
        "anchor": one.anchor,
        "id": one.id,
        "type": one.type,
        "by": by,
        "received_at": one.received_at,
        "ruling": one.ruling,
    }
    if one.details is None:
        return document
    by["person"] = one.details.person
    by |= {name: of for name in ("on_behalf_of", "prepared_by") if (of := getattr(one.details, name)) is not None}
    more = {"logged_at": one.details.logged_at, "digest": one.details.digest, "data": one.details.data}
    return {**document, **more}


def outcome_document(one: SubmissionOutcome) -> Document:
    """A submission with what followed from it."""
    return {
        **submission_document(one.submission),
        "programme": one.programme,
        "item": one.item,
        "status": one.status,
        "events": [_consequence(event) for event in one.events],
        "repetitions": [submission_document(again) for again in one.repetitions],
    }


def _consequence(event: EventAnswer) -> Document:
    return {
        "position": event.position,
        "type": event.type,
        "time": event.time,
        "data": event.data,
        "why": event.why,
    }


def entry_document(entry: TimelineEntry, named: Named) -> Document:
    """An entry of a timeline."""
    events = [_event(event, named) for event in entry.events]
    return {**submission_document(entry.submission), "events": events, "effects": entry.effects}


def sheet_document(sheet: Sheet, named: Named) -> Document:
    """An evaluation sheet."""
    document = sheet.shown()
    for deduction in document["deductions"]:
        deduction["events"] = [{**source, "id": named(source["id"])} for source in deduction["events"]]
    return document


def _event(event: EventAnswer, named: Named) -> Document:
    notices = [_notice(notice, named) for notice in event.notices]
    return {**_shallow(event), "id": named(event.id), "notices": notices}


def _notice(notice: NoticeAnswer, named: Named) -> Document:
    return {**_shallow(notice), "causes": [named(cause) for cause in notice.causes]}


def _shallow(one: EventAnswer | NoticeAnswer) -> Document:
    return {field.name: getattr(one, field.name) for field in fields(one)}
