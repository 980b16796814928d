"""What waits for somebody's decision, and since when: a pure fold, the same for whoever shows a queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from contracts import rulings
from contracts.rulings import RulingData
from supervision.right import Asker
from supervision.words import Word, Words

OUTLIVING: Final = frozenset({"appeal.decided"})
"""What is still decided about an item that left the assessment (rulebook: Fairness)."""
RECTIFICATIONS: Final = "rectification.reviewed"
"""A rectification is reviewed once, whether the unit reported it, or a report of progress did, or both."""
REPLIES: Final = "reply.published"
"""The act for which replies wait, whether they are published or withheld in the end."""
ERRANDS: Final[Words] = {
    "plan.decided": Word("审定工作方案", "decide on plans"),
    "adjustment.decided": Word("审定节点调整", "decide on adjustments"),
    "extension.decided": Word("审定延期整改", "decide on extensions"),
    "withdrawal.decided": Word("审定退出考核", "decide on withdrawals"),
    "cancellation.approved": Word("批准取消事项", "approve cancellations"),
    "inspection.approved": Word("批准检查计划", "approve inspection plans"),
    "inspection.recorded": Word("记录实地检查", "record inspections"),
    "progress.reviewed": Word("核查进展", "review reports"),
    "rectification.reviewed": Word("核查整改", "review rectifications"),
    "interview.confirmed": Word("确认主要领导约谈", "confirm chief interviews"),
    "interview.held": Word("记录约谈", "record interviews"),
    "blockage.answered": Word("答复卡壳事项", "answer blockages"),
    "appeal.decided": Word("审定申诉", "decide on appeals"),
    "reply.published": Word("公布单位说明", "publish replies"),
    "bulletin.approved": Word("批准通报", "approve bulletins"),
}
"""What somebody is asked to do, by the act that it waits for; every act that anything waits for has one."""
_QUEUED: Final = frozenset({"appeal.decided", "adjustment.decided", "extension.decided"})
"""Of these several wait under one id, the oldest first; of everything else the last one (rulebook: Fine print)."""


class AwaitedStep(NamedTuple):
    """What an event changes about the act that decides: something waits for it from now on, or no longer.

    `name` is what the act names (the id of an appeal, a period, a level, or nothing), `of` the submission that it is
    about, `place` which of those under one id is decided. `weak`: it waits only where nothing else did before.
    """

    act: str
    name: str = ""
    opens: bool = False
    of: str | None = None
    place: int | None = None
    weak: bool = False
    due_at: datetime | None = None


class Awaited(NamedTuple):
    """Something that waits for an act; `due_at` (exclusive) is until when, where that is limited."""

    act: str
    name: str
    of: str
    since: datetime
    due_at: datetime | None = None


class _Queue(NamedTuple):
    """What waits for one act under one name; `seen`: something did that was not weak."""

    waiting: tuple[Awaited, ...] = ()
    seen: bool = False


# Most queues are one of these in the end, shared by all items; so are their names.
_OVER: Final = {seen: _Queue(seen=seen) for seen in (False, True)}
_named: Final = lru_cache(maxsize=4096)(lambda act, name: (act, name))
Waiting = Mapping[tuple[str, str], _Queue]
"""By act and name."""


def steps(data: RulingData, cause: str) -> tuple[AwaitedStep, ...]:
    """What an event of the ruling on the submission `cause` changes."""
    made = _STEPS.get(type(data))
    return () if made is None else tuple(made(data, cause))


def evolve(waiting: Waiting, step: AwaitedStep, at: datetime) -> Waiting:
    """What waits after one more step."""
    key = _named(step.act, step.name)
    queue = waiting.get(key, _OVER[False])
    if step.opens and step.weak and queue.seen:
        return waiting
    if step.opens:
        made = Awaited(*key, step.of or "", at, step.due_at)
        kept = queue.waiting if step.act in _QUEUED else ()
        return {**waiting, key: _Queue((*kept, made), seen=queue.seen or not step.weak)}
    if step.act == REPLIES:  # the event names the reply alone, not what it is about
        return {at_: _without(one, step.of) if at_[0] == REPLIES else one for at_, one in waiting.items()}
    if step.of is not None:
        return {**waiting, key: _without(queue, step.of)}
    place = step.place or 0
    left = queue.waiting[:place] + queue.waiting[place + 1 :] if step.act in _QUEUED else ()
    return {**waiting, key: _Queue(left, queue.seen) if left else _OVER[queue.seen]}


def _without(queue: _Queue, of: str | None) -> _Queue:
    left = tuple(one for one in queue.waiting if one.of != of)
    return _Queue(left, queue.seen) if left else _OVER[queue.seen]


def listed(waiting: Waiting, *, withdrawn: bool) -> list[Awaited]:
    """Everything that waits, the oldest first; of an item that left the assessment what outlives that."""
    found = [one for queue in waiting.values() for one in queue.waiting if not withdrawn or one.act in OUTLIVING]
    found.sort(key=lambda one: one.since)
    reports = [one for one in found if one.act == RECTIFICATIONS]
    return [one for one in found if one not in reports[:-1]]


def expected_of(asker: Asker, act: str, name: str) -> bool:
    """Whether this role is who should act, of those that may: an interview is held by who leads it, or is recorded."""
    return act != "interview.held" or asker == "office" or (asker == "chief") == (name == "chief_interview")


def _opens(act: str, name: Callable[[Any], str] = lambda _: "") -> Callable[[Any, str], Iterable[AwaitedStep]]:
    return lambda data, cause: (
        AwaitedStep(act, name(data), opens=True, of=cause, due_at=getattr(data, "due_at", None)),
    )


def _ends(act: str, name: Callable[[Any], str] = lambda _: "") -> Callable[[Any, str], Iterable[AwaitedStep]]:
    return lambda data, _: (AwaitedStep(act, name(data), place=getattr(data, "place", None)),)


def _reported(data: rulings.ProgressRecorded, _: str) -> Iterable[AwaitedStep]:
    """A late report counts only where none came in time (rulebook: Fine print)."""
    yield AwaitedStep("progress.reviewed", data.period, opens=True, of=data.report, weak=not data.in_time)


def _verified(data: rulings.VerificationRecorded, _: str) -> Iterable[AwaitedStep]:
    yield AwaitedStep("progress.reviewed", data.period, of=data.report)
    if data.plan is not None:
        yield AwaitedStep("inspection.approved", data.plan)
        yield AwaitedStep("inspection.recorded", data.plan)


def _authorized(data: rulings.InspectionAuthorized, cause: str) -> Iterable[AwaitedStep]:
    if data.approved:
        yield AwaitedStep("inspection.recorded", data.plan, opens=True, of=cause)
    elif data.approval == "chief":
        yield AwaitedStep("inspection.approved", data.plan, opens=True, of=cause)


def _endorsed(data: rulings.InspectionEndorsed, cause: str) -> Iterable[AwaitedStep]:
    yield AwaitedStep("inspection.approved", data.plan)
    yield AwaitedStep("inspection.recorded", data.plan, opens=True, of=cause)


def _withdrawn(_: rulings.ItemWithdrawn, __: str) -> Iterable[AwaitedStep]:
    return AwaitedStep("withdrawal.decided"), AwaitedStep("cancellation.approved")


def _raised(data: rulings.EscalationRaised | rulings.EscalationJoined, cause: str) -> Iterable[AwaitedStep]:
    due_at = getattr(data, "due_at", None)
    if data.level == "blockage":
        yield AwaitedStep("blockage.answered", data.cause, opens=True, of=cause, due_at=due_at)
    elif isinstance(data, rulings.EscalationRaised) and data.level != "rectification":
        proposed = data.state == "proposed"
        act, name = ("interview.confirmed", "") if proposed else ("interview.held", data.level)
        yield AwaitedStep(act, name, opens=True, of=cause, due_at=due_at)


def _confirmed(data: rulings.EscalationConfirmed, cause: str) -> Iterable[AwaitedStep]:
    yield AwaitedStep("interview.confirmed")
    yield AwaitedStep("interview.held", data.level, opens=True, of=cause, due_at=data.due_at)


def _reduced(data: rulings.EscalationReduced, _: str) -> Iterable[AwaitedStep]:
    if data.level == "blockage":
        yield AwaitedStep("blockage.answered", data.cause)


def _reviewed(_: RulingData, __: str) -> Iterable[AwaitedStep]:
    return AwaitedStep(RECTIFICATIONS, "rectification"), AwaitedStep(RECTIFICATIONS, "progress")


def _over(data: rulings.EscalationClosed | rulings.EscalationWithdrawn, _: str) -> Iterable[AwaitedStep]:
    if data.level == "rectification":
        yield from _reviewed(data, _)
    elif data.level == "blockage":
        if (cause := getattr(data, "cause", None)) is not None:
            yield AwaitedStep("blockage.answered", cause)
    else:
        yield AwaitedStep("interview.held", data.level)
        if data.level == "chief_interview":
            yield AwaitedStep("interview.confirmed")


def _replied(data: rulings.ReplyRecorded, _: str) -> Iterable[AwaitedStep]:
    yield AwaitedStep(REPLIES, data.light or f"{data.level}:{data.cause}", opens=True, of=data.reply)


def _limit_moved(data: rulings.LimitMoved, _: str) -> Iterable[AwaitedStep]:
    if data.extension is not None:
        yield AwaitedStep("extension.decided", data.extension, place=data.place)


_STEPS: Final[Mapping[type, Callable[[Any, str], Iterable[AwaitedStep]]]] = {
    rulings.PlanReceived: _opens("plan.decided"),
    rulings.PlanReturned: _ends("plan.decided"),
    rulings.PlanAdopted: _ends("plan.decided"),
    rulings.ProgressRecorded: _reported,
    rulings.VerificationRecorded: _verified,
    rulings.AdjustmentFiled: _opens("adjustment.decided", lambda data: data.adjustment),
    rulings.AdjustmentApproved: _ends("adjustment.decided", lambda data: data.adjustment),
    rulings.AdjustmentRefused: _ends("adjustment.decided", lambda data: data.adjustment),
    rulings.NodeAdjusted: _ends("adjustment.decided", lambda data: data.adjustment),
    rulings.WithdrawalFiled: _opens("withdrawal.decided"),
    rulings.WithdrawalRefused: _ends("withdrawal.decided"),
    rulings.CancellationFiled: _opens("cancellation.approved"),
    rulings.ItemWithdrawn: _withdrawn,
    rulings.ExtensionFiled: _opens("extension.decided", lambda data: data.extension),
    rulings.ExtensionRefused: _ends("extension.decided", lambda data: data.extension),
    rulings.LimitMoved: _limit_moved,
    rulings.InspectionAuthorized: _authorized,
    rulings.InspectionEndorsed: _endorsed,
    rulings.EscalationRaised: _raised,
    rulings.EscalationJoined: _raised,
    rulings.EscalationConfirmed: _confirmed,
    rulings.EscalationReduced: _reduced,
    rulings.EscalationReported: _opens(RECTIFICATIONS, lambda data: data.by),
    rulings.EscalationUnreported: _ends(RECTIFICATIONS, lambda _: "progress"),
    rulings.EscalationReviewed: _reviewed,
    rulings.EscalationClosed: _over,
    rulings.EscalationWithdrawn: _over,
    rulings.BlockageResolved: _ends("blockage.answered", lambda data: data.blockage),
    rulings.AppealOpened: _opens("appeal.decided", lambda data: data.appeal),
    rulings.AppealClosed: _ends("appeal.decided", lambda data: data.appeal),
    rulings.ReplyRecorded: _replied,
    rulings.ReplyReleased: lambda data, _: (AwaitedStep(REPLIES, of=data.reply),),
    rulings.ReplyRetained: lambda data, _: (AwaitedStep(REPLIES, of=data.reply),),
    rulings.BulletinFiled: _opens("bulletin.approved", lambda data: data.bulletin),
    rulings.BulletinPublished: _ends("bulletin.approved", lambda data: data.bulletin),
}

FOLDED: Final = frozenset(_STEPS)
"""The events that change what waits."""
