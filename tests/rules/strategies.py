"""Random timelines of one item: whatever may be submitted, in whatever order, with the alarm between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from hypothesis import strategies as st

from contracts.submissions import (
    AdjustmentDecided,
    AdjustmentRequested,
    AppealDecided,
    Appealed,
    AppealLodged,
    BlockageAnswered,
    BlockageRaised,
    CalendarExtended,
    CancellationApproved,
    DeadlineMoved,
    DeputyEnded,
    DeputyNamed,
    ExtensionDecided,
    ExtensionRequested,
    InspectionApproved,
    InspectionPlanned,
    InspectionRecorded,
    InterviewConfirmed,
    InterviewHeld,
    ItemAssigned,
    ItemCancelled,
    ItemCorrected,
    ItemReassigned,
    LagDeclared,
    NoticeAcknowledged,
    PlanDecided,
    PlanSubmitted,
    PolicyAdopted,
    ProgrammeExtended,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    RectificationReviewed,
    ReplyGiven,
    ReplyPublished,
    ReplyWithheld,
    SubmissionData,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Leader, Node, Target, Unit
from tests.rules.timelines import (
    ACTORS,
    CALENDAR,
    FILE,
    FITTING,
    OUHAI,
    PUBLISHED_AT,
    TEMPLATE,
    YUANCHENG,
    Timeline,
    TimelineStep,
    assigned,
)

items = st.builds(
    assigned,
    st.sampled_from(("key_task", "livelihood")),
    policy=st.sampled_from(
        (YUANCHENG, YUANCHENG, OUHAI, TEMPLATE, replace(YUANCHENG, yellows_to_red=3, reminder_days=(40, 2)))
    ),
    simulated=st.booleans(),
    published_at=st.sampled_from((PUBLISHED_AT, PUBLISHED_AT + timedelta(days=23), PUBLISHED_AT + timedelta(days=150))),
    calendar=st.sampled_from((CALENDAR, replace(CALENDAR, last_on=date(2024, 6, 30)))),
    units=st.sampled_from((None, ("fagai", "keji"))),
    month_working_day=st.just(3),
    closing_on=st.sampled_from((None, None, date(2024, 9, 1))),
)


def steps(item: ItemAssigned) -> st.SearchStrategy[TimelineStep]:
    """Any submission: mostly by whom it fits, mostly at once, now and then under a key that was used."""
    ids = st.sampled_from(("x", "y"))
    period = st.sampled_from([p.id for p in item.periods] + ["2031Q1"])
    quarter = st.sampled_from([*dict.fromkeys(p.quarter for p in item.periods), "2031Q1"])
    cause = st.one_of(quarter, st.sampled_from(("lag", "rectification_overdue", "rectification_not_done", "x")))
    level = st.sampled_from(("rectification", "interview", "chief_interview", "blockage"))
    number = st.sampled_from((Decimal(0), Decimal("0.5"), Decimal(1)))
    target = st.builds(
        Target, indicator=st.sampled_from("ab"), comparator=st.sampled_from((">=", "<", "=")), value=number
    )
    node = st.builds(Node, text=st.just("t"), targets=st.lists(target, max_size=2).map(tuple))
    files = st.sampled_from(((), (FILE,)))
    finding = st.sampled_from(("confirmed", "overturned"))
    against = st.one_of(
        st.builds(Appealed, light=quarter), st.builds(Appealed, level=level, cause=cause), st.just(Appealed())
    )
    day = st.dates(date(2024, 3, 1), date(2025, 1, 1))
    decided = partial(st.sampled_from)
    text = st.sampled_from(("t", "t" * 501))
    principal = st.sampled_from(("leader:leader-1", "leader:leader-2", "chief"))
    named = st.builds(DeputyNamed, principal=principal, deputy=principal, from_on=day, until_on=day)
    kinds: dict[str, list[st.SearchStrategy[SubmissionData]]] = {
        "lead": [
            st.builds(PlanSubmitted, nodes=st.dictionaries(period, node, max_size=12)),
            *[
                st.builds(
                    ProgressReported,
                    period=period,
                    claim=st.sampled_from(("completed", "completed", "in_progress")),
                    measures=st.dictionaries(st.sampled_from("ab"), number, max_size=2),
                    evidence=files,
                )
            ]
            * 4,
            st.builds(AdjustmentRequested, adjustment=ids, period=period, node=node),
            st.builds(WithdrawalRequested),
            st.builds(RectificationReported),
            st.builds(NoticeAcknowledged, level=level, cause=cause),
            st.builds(AppealLodged, appeal=ids, against=against),
            st.builds(BlockageRaised, blockage=ids),
            *[st.builds(ExtensionRequested, extension=ids, until_on=day)] * 2,
            *[
                st.one_of(
                    st.builds(ReplyGiven, light=quarter, text=text),
                    st.builds(ReplyGiven, level=level, cause=cause, text=text),
                )
            ]
            * 2,
        ],
        "office": [
            st.builds(ProgressReviewed, period=period, finding=finding),
            st.builds(InspectionPlanned, plan=ids, from_on=day, to_on=day, approved=st.booleans()),
            st.builds(InspectionRecorded, plan=ids, visited_on=day, period=period, finding=finding),
            st.builds(LagDeclared),
            st.builds(RectificationReviewed, finding=st.sampled_from(("done", "not_done"))),
            st.builds(InterviewConfirmed),
            st.builds(
                InterviewHeld,
                level=st.sampled_from(("interview", "chief_interview")),
                held_on=st.one_of(st.none(), day),
            ),
            st.builds(AppealDecided, appeal=ids, decision=decided(("upheld", "upheld", "dismissed"))),
            st.builds(BlockageAnswered, blockage=ids),
            st.builds(ItemReassigned, lead_unit=st.sampled_from(("fagai", "keji")), leader=st.just("leader-1")),
            st.builds(PolicyAdopted, policy=st.sampled_from((YUANCHENG, OUHAI, TEMPLATE))),
            st.builds(ItemCorrected, cooperating=st.sampled_from((None, ("keji",), ())), reason=text),
            st.builds(
                ProgrammeExtended,
                units=st.just((Unit(id="shuiwu", name="水务"),)),
                leaders=st.just((Leader(id="leader-3", label="分管"),)),
            ),
            st.builds(ItemCancelled, reason=text),
            st.builds(
                CalendarExtended,
                days=st.dictionaries(day, st.sampled_from(("holiday", "working")), min_size=1, max_size=4),
            ),
            *[st.builds(DeadlineMoved, period=period, due_on=day, ground=text)] * 2,
            named,
            st.builds(DeputyEnded, principal=principal, deputy=principal),
            st.builds(ReplyPublished, of=st.just("?")),
            st.builds(ReplyWithheld, of=st.just("?"), reason=text),
        ],
        "leader": [
            st.builds(PlanDecided, decision=decided(("confirmed", "confirmed", "returned"))),
            st.builds(AdjustmentDecided, adjustment=ids, decision=decided(("approved", "refused"))),
            st.builds(ExtensionDecided, extension=ids, decision=decided(("approved", "approved", "refused"))),
            st.builds(InterviewHeld, level=st.just("interview"), held_on=st.one_of(st.none(), day)),
            named,
        ],
        "chief": [
            st.builds(WithdrawalDecided, decision=decided(("approved", "refused", "refused"))),
            st.builds(CancellationApproved),
            st.builds(InspectionApproved, plan=ids),
        ],
    }
    after = st.one_of(
        st.sampled_from((0, 1, 300, 3600)).map(lambda seconds: timedelta(seconds=seconds)),
        st.integers(0, 30).map(lambda days: timedelta(days=days, seconds=61)),
    )
    return st.one_of(
        *[
            st.builds(
                TimelineStep,
                after=after,
                lag=st.sampled_from((0, 0, 0, 599, 601, -5, -6)).map(lambda s: timedelta(seconds=s)),
                actor=st.one_of(*[st.just(FITTING[who])] * 5, st.sampled_from(ACTORS)),
                data=st.one_of(*choices),
                key=st.sampled_from((None, None, None, None, "k1", "k2")),
                of=st.sampled_from((None, None, None, 1, 2, 3, 5)),
            )
            for who, choices in kinds.items()
            for _ in range({"lead": 6, "office": 6, "leader": 3, "chief": 1}[who])
        ]
    )


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """A year of one item, lived through."""
    item = draw(items)
    return Timeline(item).live(draw(st.lists(steps(item), max_size=40)))
