"""Rating is away for twelve hours across deadlines: lights, limits, marks and sheets are as if it had been there."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.submission import new_submission
from contracts.submissions import (
    AppealDecided,
    Appealed,
    AppealLodged,
    ItemAssigned,
    ItemReassigned,
    PlanDecided,
    PlanSubmitted,
    ProgrammePublished,
    ProgressReported,
    ProgressReviewed,
    RectificationReported,
    SubmissionData,
    WithdrawalDecided,
    WithdrawalRequested,
)
from contracts.values import Actor, Node
from eventlog.clock import set_driven
from services.audit.evaluation import derive
from services.audit.finding import AuditVerdict
from services.audit.reader import KafkaReader
from services.rating.rules.envelope import Rules, States, evolve_states
from tests.rules.kept_of_an_item import kept
from tests.services.rating.acts import (
    LEADER,
    LOG,
    OFFICE,
    PROOF,
    PUBLISHED,
    QUARTERS,
    UNIT,
    assigned,
    at,
    report,
    submitted,
)
from tests.services.rating.counted import counted_events
from tests.services.rating.rating_processes import RatingProcesses

pytestmark = [pytest.mark.chaos, pytest.mark.services, pytest.mark.timeout(200)]

GONE, BACK = at("2024-05-02 22:00"), at("2024-05-03 10:00")
MIDNIGHT: Final = at("2024-05-03 00:00")
"""Limits, a deadline of reports, one of plans and one of an appeal's decision all pass then."""
END = at("2024-07-11 00:10")
PROGRAMME: Final = "house-2024"
DECIDER, CHIEF = Actor(role="office", id="office-3"), Actor(role="chief", id="chief")
OTHER = Actor(role="unit", id="u-shuiwu-1", unit="shuiwu")
BLOCKED = ProgressReported(period="2024Q1", claim="blocked")
PLANNED = PlanSubmitted(nodes={quarter: Node(text="建成") for quarter in QUARTERS}, evidence=PROOF)
Act = tuple[str, Actor, SubmissionData]

STORIES: Final[Mapping[str, Sequence[Act]]] = {
    "quiet": (),
    "rectified after the limit": [("2024-05-03 00:20", UNIT, RectificationReported(text="已整改", evidence=PROOF))],
    "reported after the deadline": [("2024-05-03 00:30", UNIT, report("2024Q1"))],
    "reported after a reminder": [("2024-05-03 09:30", UNIT, report("2024Q1"))],
    "planned after the deadline": [
        ("2024-05-03 00:40", UNIT, PLANNED),
        ("2024-05-03 00:50", LEADER, PlanDecided(decision="confirmed")),
    ],
    "appeal upheld after its deadline and the limit": [
        ("2024-04-11 10:00", UNIT, AppealLodged(appeal="a1", against=Appealed(light="2024Q1"))),
        ("2024-05-03 08:30", DECIDER, AppealDecided(appeal="a1", decision="upheld")),
    ],
    "late report overturned after the limit": [
        ("2024-04-20 10:00", UNIT, report("2024Q1")),
        ("2024-05-03 00:20", OFFICE, ProgressReviewed(period="2024Q1", finding="overturned")),
    ],
    "withdrawn after the limit": [
        ("2024-04-20 10:00", UNIT, WithdrawalRequested(reason="机构改革")),
        ("2024-05-03 00:30", CHIEF, WithdrawalDecided(decision="approved")),
    ],
    "handed on after the limit": [
        ("2024-05-03 00:30", OFFICE, ItemReassigned(lead_unit="shuiwu", leader="leader-1", reason="机构改革")),
        ("2024-05-03 09:10", OTHER, RectificationReported(text="已整改", evidence=PROOF)),
    ],
    "refused after the limit": [("2024-05-03 00:30", OTHER, report("2024Q1"))],
}
"""What is done about one item each; behind midnight it is ruled on otherwise than before."""
SENSITIVE: Final = (
    "appeal upheld after its deadline and the limit",
    "withdrawn after the limit",
)
"""Stories that end otherwise where an act is ruled on before what fell due earlier."""


def item_of(story: str) -> ItemAssigned:
    """The item of a story; what falls due first is moved to where the story needs it."""
    item = assigned()
    item = replace(item, policy=replace(item.policy, appeal_decision_days=21))
    dues = {"reported after the deadline": MIDNIGHT, "reported after a reminder": at("2024-05-11 00:00")}
    if due_at := dues.get(story):
        item = replace(item, periods=(replace(item.periods[0], due_at=due_at), *item.periods[1:]))
    return replace(item, plan_due_at=MIDNIGHT) if story == "planned after the deadline" else item


def acts() -> list[tuple[datetime, str, Actor, SubmissionData]]:
    """Everything that anybody submits, in order of time."""
    found: list[tuple[datetime, str, Actor, SubmissionData]] = []
    for number, (story, told) in enumerate(STORIES.items()):
        subject = f"{PROGRAMME}/item-{number}"
        found.append((PUBLISHED, subject, OFFICE, item_of(story)))
        if story != "planned after the deadline":
            found.append((PUBLISHED, subject, UNIT, PLANNED))
            found.append((PUBLISHED, subject, LEADER, PlanDecided(decision="confirmed")))
        found += [(at(when), subject, actor, data) for when, actor, data in told]
    programme = ProgrammePublished(
        title="方案",
        jurisdiction="某区",
        document="文",
        issued_on=date(2024, 3, 19),
        simulated=True,
        derived=True,
        units=(),
        leaders=(),
        items=tuple(f"item-{number}" for number in range(len(STORIES))),
        policy=assigned().policy,
    )
    return sorted([(PUBLISHED, PROGRAMME, OFFICE, programme), *found], key=lambda act: act[0])


@dataclass
class Outcome:
    """What a log tells in the end: items, the verdict on each act, and the sheets."""

    items: dict[str, Any]
    verdicts: dict[tuple[str, str], Any]
    sheets: list[Any]


async def lived(running: RatingProcesses, name: str) -> Outcome:
    """Live through the stories; but for `always` rating is away from `GONE` to `BACK`; `unguarded` lacks a guard."""
    settings = {"RATING_GROUP": running.prefix}
    if name == "unguarded":
        settings["PYTHONPATH"] = str(Path(__file__).parent / "sabotage" / "no_overdue")
    port, gone = running.start(**settings), False
    await running.owns_everything(port, 90)
    for when, together in groupby(acts(), key=lambda act: act[0]):
        if name != "always" and when > GONE and not gone:
            await running.live_until(GONE)
            await asyncio.to_thread(running.hit, port, signal.SIGTERM)
            gone = True
        if not gone:
            await running.live_until(when)
        for _, subject, actor, data in together:
            await running.put(subject, submitted(subject, data, actor, f"{type(data).__name__}-{when}", when))
    if gone:
        set_driven(running.clock, BACK)
        await running.owns_everything(running.start(**settings), 90)
    await running.live_until(BACK)
    await running.live_until(END)
    return await asyncio.to_thread(_outcome, running)


def _outcome(running: RatingProcesses) -> Outcome:
    states: States = {}
    told: dict[str, Any] = {}
    for event in counted_events(running.bootstrap, running.prefix):
        evolve_states(Rules(), states, event)
        if event.ordinal == 0:
            told[event.causeid] = event.data
    with KafkaReader(running.bootstrap, running.prefix) as reader:
        sheets = [sheet.shown() for sheet in derive(reader, PROGRAMME).sheets]
    for sheet in sheets:
        for deduction in sheet["deductions"]:
            del deduction["events"]  # they lie elsewhere on the log
    return Outcome(
        items={subject: kept(state.item) for subject, state in states.items() if state.item},
        verdicts={(subject, name): told[id_] for subject, name, id_ in _ids()},
        sheets=sheets,
    )


def _ids() -> Iterator[tuple[str, str, str]]:
    for when, subject, actor, data in acts():
        name = type(data).__name__
        yield subject, name, new_submission(LOG, actor, f"{name}-{when}", subject, data, when).id


async def outcomes(kafka: str, prefix: str, folder: Path, *names: str) -> list[Outcome]:
    """Live through the stories side by side, each on a log of its own; those with their guards are proved."""
    runs = {name: RatingProcesses(kafka, f"{prefix}{name}-", _folder(folder, name)) for name in names}
    try:
        found = await asyncio.gather(*(lived(run, name) for name, run in runs.items()))
        for name in names:
            report_ = await runs[name].audit()
            assert name == "unguarded" or report_.verdict is AuditVerdict.PROVED, (
                report_.findings[:2] or report_.problem
            )
    finally:
        await asyncio.gather(*(run.close() for run in runs.values()))
    return found


async def test_twelve_hours_without_rating_change_no_light_limit_mark_or_sheet(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    always, away = await outcomes(kafka, topic_prefix, tmp_path, "always", "away")
    assert away.items == always.items
    assert away.verdicts == always.verdicts
    assert away.sheets == always.sheets


@pytest.mark.walk
async def test_without_announcing_first_what_fell_due_the_same_hours_change_the_outcome(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    away, unguarded = await outcomes(kafka, topic_prefix, tmp_path, "away", "unguarded")
    differing = {subject for subject in away.items if unguarded.items[subject] != away.items[subject]}
    assert {f"{PROGRAMME}/item-{list(STORIES).index(story)}" for story in SENSITIVE} <= differing
    assert unguarded.sheets != away.sheets


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
