"""A log that began under rules 2 goes on under those at hand, and a replay tells which rulings these make otherwise.

The log is one that Liangdeng 0.2.0 ruled on: the small programme's year up to August, stories of the books that version
3 rules otherwise, and three made by hand: L01, whose deadline was announced after a later report; A01, with two appeals
about one light that wait; W01, withdrawn with an appeal waiting.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from typer.testing import CliRunner

from cli.main import app
from contracts.ruling import RulingEvent, ruling_from
from contracts.rulings import SubmissionAccepted, SubmissionRejected
from contracts.submissions import AppealDecided, Appealed, AppealLodged, ProgressReported, SubmissionData
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, partition_of
from contracts.values import Actor
from eventlog.clock import set_driven
from eventlog.log.record import Entry
from services.audit import replay
from services.audit.finding import AuditVerdict, FindingKind
from services.rating.rules.envelope import LoggedSubmission, Rules, States, evolve_states, rule_on
from services.rating.rules.state.state import Item
from services.rating.rules.version import RULES
from tests.services.rating.acts import PROOF, at, submitted
from tests.services.rating.counted import counted_events
from tests.services.rating.rating_processes import RatingProcesses

FILE: Final = Path(__file__).with_name("log-of-rules-2.jsonl.gz")
OLD, LOG = "2", "1"
ENDS_AT: Final = at("2024-08-31 18:00")
UNIT, DECIDER = Actor(role="unit", id="u-nongye-1", unit="nongye"), Actor(role="office", id="o9")
A01, L01, W01, S03 = (f"990001-2024/{item}" for item in ("A01", "L01", "W01", "S03"))
RULED_OTHERWISE: Final = {
    "990001-2024/A01": ["appeal.lodged"],
    "990001-2024/F39": ["appeal.lodged"],
    "990001-2024/L01": ["progress.reported"],
    "990001-2024/X41": ["appeal.lodged", "appeal.lodged"],
    "990001-2024/X46": ["progress.reviewed"],
    "990001-2024/X75": ["appeal.decided", "appeal.lodged", "notice.acknowledged"],
    "990001-2024/X81": ["interview.confirmed"],
    "990001-2024/X82": ["appeal.lodged"],
    "990001-2024/X83": ["appeal.lodged"],
}
"""By sentence of version 3: one appeal at a time (A01, F39, X41, X82, X83), what fell due comes first (L01), who
overturned may not overturn again (X46), a withdrawn item takes appeals (X75), who confirmed is involved (X81)."""


def lines() -> Iterator[Any]:
    """The file but for its head: `[topic, partition, bytes]`, and last `["state", subject, what is known]`."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        head, *rest = (json.loads(line) for line in file)
    assert (head["rules"], head["log"], datetime.fromisoformat(head["ends_at"])) == (OLD, LOG, ENDS_AT)
    return iter(rest)


def test_rulings_of_version_2_fold_into_what_version_2_knew() -> None:
    states: States = {}
    known: dict[str, Any] = {}
    for topic, where, told in lines():
        if topic == "state":
            known[where] = told
        elif topic == RULINGS:
            evolve_states(Rules(), states, ruling_from(orjson.loads(told), where))
    assert len(known) == 19
    assert {subject: _known(states[subject].item) for subject in known} == known


def _known(item: Item | None) -> dict[str, Any]:
    assert item is not None
    return {
        "hands": [item.hands.lead_unit, list(item.hands.cooperating), item.hands.leader, item.hands.withdrawn],
        "plan": [
            item.plan.confirmed,
            item.plan.came,
            item.plan.missed,
            {name: goal.text for name, goal in item.plan.nodes.items()},
        ],
        "periods": [
            [
                one.in_time and one.in_time.id,
                one.late and one.late.id,
                one.settled,
                one.status,
                _iso(one.reminded_until),
            ]
            for one in item.periods
        ],
        "lights": [[one.light, one.rated, one.upheld] for one in item.quarters],
        "escalations": [
            [
                one.id,
                one.level,
                one.phase,
                [[cause.name, cause.standing, _iso(cause.signed_at)] for cause in one.causes],
                _iso(one.due_at),
                one.overdue,
                one.reporting.acted,
                one.reporting.progressed,
                one.reporting.awaits_review,
                _iso(one.reminded_until),
            ]
            for one in item.escalations
        ],
        "appeals": [[one.id, _iso(one.due_at), one.overdue, one.notice, list(one.causes)] for one in item.appeals],
        "inspections": [[one.plan, one.approved] for one in item.particulars.inspections],
        "involved": [list(one) for one in item.involved if not one[0].startswith(("overturned:", "barred:"))],
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


@pytest.fixture
async def running(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RatingProcesses]:
    """The log of version 2 on a real Kafka, with nobody at work on it."""
    running = RatingProcesses(kafka, topic_prefix, tmp_path)
    set_driven(running.clock, ENDS_AT)
    found: dict[tuple[str, int], list[Entry]] = {}
    for topic, where, told in lines():
        if topic != "state":
            found.setdefault((topic, where), []).append(Entry(orjson.loads(told)["subject"].encode(), told.encode()))
    for (topic, partition_), entries in found.items():
        await running.log.append_entries(topic, partition_, entries)
        if topic == SUBMISSIONS:
            running.positions[partition_] = len(entries)
    yield running
    await running.close()


@pytest.mark.services
@pytest.mark.timeout(120)
async def test_what_is_ruled_from_now_on_is_ruled_by_the_rules_at_hand_and_the_replay_tells_both_apart(
    running: RatingProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {partition_: await running.log.end(RULINGS, partition_) for partition_ in range(PARTITIONS)}
    port = running.start(LIANGDENG_LOG=LOG, RATING_GROUP=running.prefix)
    await running.owns_everything(port, 90)
    await running.live_until(ENDS_AT)

    async def say(subject: str, actor: Actor, data: SubmissionData, when: str) -> None:
        key = f"{type(data).__name__}-{when}"
        await running.put(subject, submitted(subject, data, actor, key, at(when), log=LOG))
        await running.live_until(at(when))

    upheld = AppealDecided(appeal="a1", decision="upheld")
    await say(A01, UNIT, AppealLodged(appeal="a3", against=Appealed(light="2024Q2")), "2024-09-02 09:00")
    await say(A01, DECIDER, upheld, "2024-09-02 10:00")
    await say(W01, DECIDER, upheld, "2024-09-03 10:00")
    await say(L01, UNIT, ProgressReported(period="2024Q3", claim="completed", evidence=PROOF), "2024-10-09 10:00")
    await running.live_until(at("2024-10-11 00:10"))

    events = await asyncio.to_thread(_counted, running)
    later = [event for event in events if event.at >= before[event.partition]]
    assert {event.rules for event in events if event.at < before[event.partition]} == {OLD}
    assert {event.rules for event in later} == {RULES}
    acts = {(e.subject, e.time): e.data for e in later if isinstance(e.data, SubmissionAccepted | SubmissionRejected)}
    refused = acts[A01, at("2024-09-02 09:00")]
    assert isinstance(refused, SubmissionRejected)
    assert refused.reasons[0] == "appeal_already_open"
    for subject, when in ((A01, "2024-09-02 10:00"), (W01, "2024-09-03 10:00"), (L01, "2024-10-09 10:00")):
        assert isinstance(acts[subject, at(when)], SubmissionAccepted), (subject, acts[subject, at(when)])
    lights = _lights(events)
    assert (lights[A01], lights[W01]) == (["green", "green", "yellow", "none"], ["green", "green", "none", "none"])
    assert lights[L01] == ["green", "yellow", "green", "none"]
    assert lights[S03][2] != "none"

    report = await asyncio.to_thread(replay.run, running.bootstrap, running.prefix, LOG)
    assert report.verdict is AuditVerdict.UNDECIDED, report.findings[:2]
    assert {finding.kind for finding in report.findings} == {FindingKind.OTHER_RULES}
    found: dict[str, list[str]] = {}
    for finding in sorted(report.findings, key=lambda one: (str(one.subject), one.submission_at)):
        type_ = finding.submission["type"].removeprefix("liangdeng.").removesuffix(".v1")
        found.setdefault(str(finding.subject), []).append(type_)
    assert found == RULED_OTHERWISE
    assert report.other_rules == {OLD: 291}
    assert report.rulings == report.submissions > 291
    for name, value in {**running.env, "LIANGDENG_LOG": LOG, "LIANGDENG_HOME": str(running.folder)}.items():
        monkeypatch.setenv(name, value)
    told = await asyncio.to_thread(CliRunner().invoke, app, ["audit", "replay"])
    assert told.exit_code == 2, told.output
    assert f"Ruled by rules {OLD}; the rules at hand are {RULES} and differ" in told.stdout

    await asyncio.to_thread(running.hit, port, signal.SIGTERM)
    await _forge(running)
    forged = await asyncio.to_thread(CliRunner().invoke, app, ["audit", "replay"])
    assert forged.exit_code == 1, forged.output


def _counted(running: RatingProcesses) -> list[RulingEvent]:
    return list(counted_events(running.bootstrap, running.prefix))


async def _forge(running: RatingProcesses) -> None:
    """Whoever may write to the log rules on a report in rating's place, and turns what it claims."""
    partition_ = partition_of(A01)
    late = ProgressReported(period="2024Q3", claim="blocked")
    value = submitted(A01, late, UNIT, "forged", at("2024-10-12 09:00"), log=LOG)
    offset = await running.put(A01, value)
    states: States = {}
    for event in await asyncio.to_thread(_counted, running):
        evolve_states(Rules(), states, event)
    end = await running.log.end(RULINGS, partition_)
    logged = LoggedSubmission(partition_, offset, int(at("2024-10-12 09:00").timestamp() * 1000), value)
    values = list(rule_on(Rules(), LOG, logged, end, states).values)
    body = orjson.loads(values[1])
    body["data"]["claim"] = "completed"
    values[1] = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    assert await running.log.append(RULINGS, partition_, A01.encode(), values) == end


def _lights(events: list[RulingEvent]) -> dict[str, list[str]]:
    states: States = {}
    for event in events:
        evolve_states(Rules(), states, event)
    return {subject: [one.light for one in state.item.quarters] for subject, state in states.items() if state.item}
