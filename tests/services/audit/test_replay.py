"""The replay tells what follows from what does not, both ways, and shows the first difference with its inputs."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import crc32c
import orjson
import pytest
from kafka.record.util import calc_crc32c

from contracts.ruling import RULING_TYPES
from contracts.topics import RULINGS, SUBMISSIONS
from eventlog.log.record import Record
from services.audit.finding import AuditVerdict, FindingKind, ReplayReport
from services.audit.text_report import as_text
from services.rating.rules.envelope import Rules
from services.rating.rules.version import RULES
from tests.services.rating.acts import UNIT, at, report, subjects
from tests.services.rating.running_rating import RunningRating, broken_for

SUBJECT, NEIGHBOUR = subjects(3, 2)


@pytest.fixture
async def running(tmp_path: Path) -> RunningRating:
    """A log on which rating has ruled on a quarter; it was stopped then."""
    running = RunningRating(tmp_path)
    await running.start(3)
    await running.open(SUBJECT, NEIGHBOUR)
    await running.say(SUBJECT, report("2024Q1"), UNIT, at("2024-04-09 10:00"))
    await running.live_until(at("2024-04-11 00:10"))
    await running.ruled()
    await running.close()
    return running


def tamper(running: RunningRating, topic: str, offset: int, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a record where it lies, as whoever holds the disk could."""
    records = running.topics.records(topic, 3)
    body = orjson.loads(records[offset].value or b"")
    change(body)
    records[offset] = records[offset]._replace(value=orjson.dumps(body, option=orjson.OPT_SORT_KEYS))


def find(running: RunningRating, type_: str) -> Record:
    """The first ruling event of a type."""
    return next(r for r in running.topics.records(RULINGS, 3) if type_.encode() in (r.value or b""))


def the_finding(report_: ReplayReport) -> FindingKind:
    """The kind of the first finding."""
    return report_.findings[0].kind


async def test_an_untouched_log_is_proved_and_told_in_numbers(running: RunningRating) -> None:
    found = running.audit()
    assert (found.verdict, found.findings, found.void) == (AuditVerdict.PROVED, [], 0)
    assert found.submissions == found.rulings == sum(found.verdicts.values())
    assert found.position["submissions-3"] == found.submissions
    assert "proved" in as_text(found)


async def test_an_event_that_was_changed_is_shown_with_its_inputs(running: RunningRating) -> None:
    light = find(running, "light.changed")
    tamper(running, RULINGS, light.offset, lambda body: body["data"].update(to="red"))
    found = running.audit()
    assert found.verdict is AuditVerdict.CONTRADICTED
    first = found.findings[0]
    assert (first.kind, first.ruling_at, first.subject) == (FindingKind.DIFFERENT, str(light), SUBJECT)
    assert "data.to" in first.sentence
    assert first.expected["data"]["to"] == "green"
    assert first.found["data"]["to"] == "red"
    assert first.state_before["item"]["hands"]["lead_unit"] == "nongye"
    assert first.submission["type"] == "liangdeng.progress.reported.v1"
    text = as_text(found)
    for word in ("contradicted", "state before", '"to": "red"', '"to": "green"', "reached the log at"):
        assert word in text
    json.dumps(found.as_dict())


async def test_a_difference_is_told_in_words_what_should_be_and_what_is(running: RunningRating) -> None:
    light = find(running, "light.changed")
    tamper(running, RULINGS, light.offset, lambda body: body["data"].update(to="red"))
    first = running.audit().findings[0]
    assert first.expected_said == [
        {
            "zh": "2024年第一季度绿灯：按期报送，节点目标达成",
            "en": "2024 Q1 green: reported in time, the node is met",
        }
    ]
    assert first.found_said == [
        {
            "zh": "2024年第一季度红灯：所记事实不支持此灯色",
            "en": "2024 Q1 red: what is on record does not account for it",
        }
    ]
    text = as_text(running.audit())
    assert "应为 should be: 2024年第一季度绿灯：按期报送，节点目标达成 / 2024 Q1 green" in text
    assert "实为 is: 2024年第一季度红灯：所记事实不支持此灯色 / 2024 Q1 red" in text


async def test_an_escalation_that_was_changed_is_told_in_words(running: RunningRating) -> None:
    raised = find(running, "escalation.raised")
    tamper(running, RULINGS, raised.offset, lambda body: body["data"].update(due_at="2024-06-01T00:00:00+08:00"))
    first = running.audit().findings[0]
    assert [one["zh"] for one in first.expected_said] == ["督查整改通知书：2024年第一季度黄灯；期限5月2日24时；办理中"]
    assert [one["en"] for one in first.found_said] == [
        "rectification notice: 2024 Q1 yellow; due the end of 31 May; open"
    ]


async def test_what_nothing_can_be_said_about_is_shown_as_it_lies(running: RunningRating) -> None:
    raised = find(running, "escalation.raised")
    tamper(running, RULINGS, raised.offset, lambda body: body["data"].update(due_at="some day"))
    found = running.audit()
    assert (found.verdict, found.findings[0].found_said) == (AuditVerdict.CONTRADICTED, [])
    assert "实为 is: （无） / nothing" in as_text(found)


async def test_one_changed_byte_that_means_the_same_is_different_all_the_same(running: RunningRating) -> None:
    records = running.topics.records(RULINGS, 3)
    records[0] = records[0]._replace(value=(records[0].value or b"") + b" ")
    found = running.audit()
    assert found.verdict is AuditVerdict.CONTRADICTED
    assert "its bytes" in found.findings[0].sentence


async def test_an_event_that_is_read_otherwise_than_it_was_written_is_found(
    running: RunningRating, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log is as the rules have it, but whoever reads it comes to another state: what is ruled then is another."""
    load = RULING_TYPES.load

    def misread(type_: str, data: dict[str, Any]) -> Any:
        return load(type_, {**data, "to": "red"} if type_.endswith("light.changed.v1") else data)

    monkeypatch.setattr(RULING_TYPES, "load", misread)
    monkeypatch.setattr("contracts.ruling._SHORT", 0)
    found = running.audit()
    assert (found.verdict, the_finding(found)) == (AuditVerdict.CONTRADICTED, FindingKind.DIFFERENT)


async def test_what_is_void_between_rulings_is_counted_and_nothing_else(running: RunningRating) -> None:
    await running.start(3)
    void = running.topics.records(RULINGS, 3)[:2]
    for record in void:
        await running.people.append(RULINGS, 3, record.key, [record.value])  # type: ignore[list-item]
    await running.say(SUBJECT, report("2024Q2"), UNIT, at("2024-05-09 10:00"))
    await running.ruled()
    await running.close()
    found = running.audit()
    assert (found.verdict, found.void) == (AuditVerdict.PROVED, running.void())
    assert found.void >= len(void)
    assert found.position["rulings-3"] == running.topics.end(RULINGS, 3) == found.events + found.void


async def test_a_changed_submission_contradicts_the_ruling_on_it(running: RunningRating) -> None:
    tamper(running, SUBMISSIONS, 6, lambda body: body["data"].update(claim="blocked"))
    assert running.audit().verdict is AuditVerdict.CONTRADICTED


async def test_a_changed_time_of_the_log_is_found_where_it_matters(tmp_path: Path) -> None:
    running = RunningRating(tmp_path, simulated=False)
    running.clock.set(at("2024-04-09 10:00"))
    running.topics.clock = running.clock
    await running.start(3, margin_seconds=0.0)
    await running.open(SUBJECT)
    running.clock.set(at("2024-04-10 10:00"))
    offset = await running.say(SUBJECT, report("2024Q1"), UNIT, at("2024-04-10 10:00"))
    await running.ruled()
    await running.close()
    assert running.audit().verdict is AuditVerdict.PROVED
    records = running.topics.records(SUBMISSIONS, 3)
    late = records[offset].timestamp_ms + int(timedelta(days=2) / timedelta(milliseconds=1))
    records[offset] = records[offset]._replace(timestamp_ms=late)
    found = running.audit()
    assert (found.verdict, the_finding(found)) == (AuditVerdict.CONTRADICTED, FindingKind.DIFFERENT)


async def test_a_submission_without_a_ruling_is_missing(running: RunningRating) -> None:
    await running.say(SUBJECT, report("2024Q2"), UNIT, at("2024-05-09 10:00"))
    found = running.audit()
    assert (found.verdict, the_finding(found)) == (AuditVerdict.CONTRADICTED, FindingKind.MISSING)
    assert found.findings[0].expected[0]["type"] == "liangdeng.submission.accepted.v1"
    assert [one["en"] for one in found.findings[0].expected_said] == [
        "2024 Q2 green: reported in time, the node is met"
    ]


async def test_rulings_that_were_cut_off_are_missing(running: RunningRating) -> None:
    running.topics.cut(RULINGS, 3, running.topics.end(RULINGS, 3) - 1)
    found = running.audit()
    assert (found.verdict, the_finding(found)) == (AuditVerdict.CONTRADICTED, FindingKind.MISSING)


async def test_a_ruling_on_a_submission_that_is_gone_is_surplus(running: RunningRating) -> None:
    running.topics.cut(SUBMISSIONS, 3, running.topics.end(SUBMISSIONS, 3) - 1)
    found = running.audit()
    assert (found.verdict, the_finding(found)) == (AuditVerdict.CONTRADICTED, FindingKind.SURPLUS)


async def test_a_ruling_that_tells_more_or_less_than_follows_is_found(running: RunningRating) -> None:
    good = Rules()
    shorter = Rules(decide=lambda *given: good.decide(*given)[:1])
    longer = Rules(decide=lambda *given: [*good.decide(*given), good.decide(*given)[-1]])
    for other in (shorter, longer):
        assert running.audit(other).verdict is AuditVerdict.CONTRADICTED


async def test_rules_of_another_version_that_come_out_the_same_prove_it_and_are_counted(running: RunningRating) -> None:
    found = running.audit(Rules(version="of tomorrow"))
    assert found.verdict is AuditVerdict.PROVED
    assert found.other_rules == {RULES: found.rulings}


async def test_rules_of_another_version_that_come_out_different_cannot_decide_and_say_so(
    running: RunningRating,
) -> None:
    good = Rules()
    found = running.audit(Rules(version="of tomorrow", decide=lambda *given: good.decide(*given)[:1]))
    assert (found.verdict, the_finding(found)) == (AuditVerdict.UNDECIDED, FindingKind.OTHER_RULES)
    assert f"Ruled by rules {RULES}; the rules at hand are of tomorrow" in found.findings[0].sentence


async def test_a_defect_of_the_rules_at_hand_is_no_contradiction(running: RunningRating) -> None:
    found = running.audit(broken_for(SUBJECT))
    assert (found.verdict, the_finding(found)) == (AuditVerdict.UNDECIDED, FindingKind.UNDECIDABLE)


async def test_a_log_whose_beginning_is_gone_cannot_be_decided(running: RunningRating) -> None:
    running.topics.trim(RULINGS, 3, 1)
    found = running.audit()
    assert found.verdict is AuditVerdict.UNDECIDED
    assert "rulings-3 begins at 1" in (found.problem or "")


def test_the_auditors_client_checks_batches_in_c() -> None:
    assert calc_crc32c.__defaults__ == (crc32c.crc32c,)
