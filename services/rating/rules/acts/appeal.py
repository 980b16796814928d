"""Receipt of notices, appeals and who may decide them (rulebook: Fairness Art. 16/17)."""

from __future__ import annotations

from datetime import datetime

from contracts.refusal_reasons import Reason
from contracts.rulings import AppealClosed, AppealOpened, AppealOverdue, NoticeSigned, Remark
from contracts.submissions import AppealDecided, Appealed, AppealLodged, NoticeAcknowledged
from contracts.values import Level
from services.rating.rules.acts.blockage import close_if_answered
from services.rating.rules.concerned import concerned_by
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.escalation import remove_cause
from services.rating.rules.lights.light import rederive
from services.rating.rules.state.escalations import notice_of
from services.rating.rules.state.ladder import Appeal, Cause, Escalation
from services.rating.rules.state.state import Item


def object_to_acknowledgement(item: Item, data: NoticeAcknowledged, _at: datetime) -> list[Reason]:
    """There must be such a notice."""
    return [] if notice_of(item, data.level, data.cause) else ["no_open_escalation"]


def acknowledge(draft: Draft, data: NoticeAcknowledged) -> list[Remark]:
    """Of several acknowledgements the first counts (rulebook: Fine print)."""
    notice = notice_of(draft.item, data.level, data.cause)
    if notice is not None and _signed_at(notice, data.cause) is None:
        draft.emit(NoticeSigned(escalation=notice.id, level=notice.level, cause=data.cause, signed_at=draft.at))
    return []


def object_to_appeal(item: Item, data: AppealLodged, _at: datetime) -> list[Reason]:
    """An appeal is against a yellow or red light or a notice that stands, one at a time.

    rulebook: Fairness Art. 16/17; Fine print ("`no_open_escalation` also answers ...")
    """
    against = data.against
    if against.light is not None:
        quarter = item.frame.quarter_index.get(against.light)
        if quarter is None:
            return ["unknown_period"]
        light = item.quarters[quarter].light
        if light not in ("yellow", "red"):
            return ["no_open_escalation"]
    elif against.cause is None or notice_of(item, against.level, against.cause) is None:
        return ["no_open_escalation"]
    return ["appeal_already_open"] if _is_open(item, against) else []


def _is_open(item: Item, against: Appealed) -> bool:
    """Whether an appeal waits against the same light, or the same cause of the same notice (rulebook: Fairness)."""
    if against.light is not None:
        return any(appeal.against.light == against.light for appeal in item.appeals)
    notice = notice_of(item, against.level, against.cause)
    return any(
        notice is not None and appeal.notice == notice.id and appeal.against.cause == against.cause
        for appeal in item.appeals
    )


def _received_at(item: Item, against: Appealed) -> datetime | None:
    if against.light is not None:
        light = item.quarters[item.frame.quarter_index[against.light]].light
        if light not in ("yellow", "red"):
            return None
        return _light_received_at(item, against.light, "rectification" if light == "yellow" else "interview")
    notice = notice_of(item, against.level, against.cause)
    return None if notice is None or against.cause is None else _signed_at(notice, against.cause)


def object_to_time(item: Item, data: AppealLodged, at: datetime, unit: str | None) -> list[Reason]:
    """In time after the receipt; a former unit's clock has not started unless it signed itself.

    rulebook: Fairness Art. 16/17; Fine print ("An appeal against a light runs from the receipt of the notice of its
    present colour")
    """
    received_at = _received_at(item, data.against)
    if received_at is None:
        return []
    former = unit != item.hands.lead_unit and unit == concerned_by(item, data)
    if former and item.hands.lead_at(received_at) != unit:
        return []
    late = at >= item.frame.calendar_limit(received_at, item.frame.policy.appeal_days)
    return ["appeal_out_of_time"] if late else []


def _light_received_at(item: Item, period: str, level: Level) -> datetime | None:
    for escalation in reversed(item.escalations):
        for cause in reversed(escalation.causes):
            if escalation.level == level and cause.name == period:
                return cause.signed_at
    return None


def _signed_at(escalation: Escalation, name: str) -> datetime | None:
    signed: list[Cause] = [c for c in escalation.causes if c.name == name and (c.standing or c.left)]
    times = [c.signed_at for c in signed if c.signed_at is not None]
    return max(times) if times and len(times) == len(signed) else None


def lodge(draft: Draft, data: AppealLodged) -> list[Remark]:
    """The light stands while the appeal waits; it is to be decided within the policy's days."""
    due_at = draft.frame.calendar_limit(draft.at, draft.frame.policy.appeal_decision_days)
    draft.emit(AppealOpened(appeal=data.appeal, against=data.against, due_at=due_at))
    return []


def waiting(item: Item, appeal: str, of: str | None = None) -> Appeal | None:
    """The undecided appeal of that id that `of` names, or the oldest one."""
    return next((a for a in item.appeals if a.id == appeal and of in (None, a.of)), None)


def object_to_appeal_decision(item: Item, data: AppealDecided, _at: datetime) -> list[Reason]:
    """The appeal must wait."""
    if waiting(item, data.appeal) is None:
        return ["nothing_to_decide"]
    return ["superseded"] if waiting(item, data.appeal, data.of) is None else []


def is_involved(item: Item, data: AppealDecided, person: str) -> bool:
    """Whether the decider took part in what is appealed (rulebook: Fairness Art. 16/17)."""
    appeal = waiting(item, data.appeal, data.of)
    if appeal is None:
        return False
    return any((topic, person) in item.involved for topic in topics_of(item, appeal))


def topics_of(item: Item, appeal: Appeal) -> set[str]:
    """What makes a person involved who took part in it: a finding, the lag, the rectification, an earlier appeal.

    rulebook: Fine print ("Involved in what is appealed: ...")
    """
    against = appeal.against
    if against.light is not None:
        return {against.light}
    cause = str(against.cause)
    topics = {cause, f"{against.level}:{cause}"}
    notice = _appealed(item, appeal)
    if notice is not None:
        if notice.level in ("rectification", "chief_interview"):
            topics.add(notice.id)
        topics.update(source for source in (notice.causes[i].source for i in appeal.causes) if source is not None)
    return topics


def decide_appeal(draft: Draft, data: AppealDecided) -> list[Remark]:
    """An upheld appeal against a light makes the period count as met; one against a notice takes the cause out of it.

    rulebook: Lights 4; Fine print ("An upheld appeal against a notice takes that cause out of it and leaves the light")
    """
    appeal = waiting(draft.item, data.appeal, data.of)
    if appeal is None:
        return []
    against = appeal.against
    draft.emit(
        AppealClosed(
            appeal=appeal.id,
            against=against,
            decision=data.decision,
            person=draft.submission.actor.id,
            place=[a for a in draft.item.appeals if a.id == appeal.id].index(appeal) or None,
        )
    )
    if data.decision == "upheld" and against.light is not None:
        rederive(draft, "Lights 4")
    elif data.decision == "upheld" and against.cause is not None:
        notice = _appealed(draft.item, appeal)
        if notice is not None and notice.stands:
            for appealed in (notice.causes[i] for i in appeal.causes):
                if appealed.standing:
                    remove_cause(draft, notice.id, appealed.name, appealed.source)
            if notice.level == "blockage":
                close_if_answered(draft, notice.id)
    return []


def _appealed(item: Item, appeal: Appeal) -> Escalation | None:
    """The notice that an appeal was lodged against, whatever became of it."""
    return next((e for e in item.escalations if e.id == appeal.notice), None)


def overdue(draft: Draft, appeal: Appeal) -> None:
    """An appeal that was not decided in time is marked as overdue."""
    draft.emit(AppealOverdue(appeal=appeal.id))
