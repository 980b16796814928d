"""Intake over real Kafka: what is answered 202 lies on the log, and nothing else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.topics import MAX_SUBMISSION_BYTES, partition_of
from tests.services.intake.running_intake import REPORT, RunningIntake, make_topics, running, settings_for
from tests.web.desk import POSITION_KEY
from web.position_tokens import PositionTokens

pytestmark = pytest.mark.services


@pytest.fixture
async def intake(kafka: str, topic_prefix: str, tmp_path: Path) -> AsyncIterator[RunningIntake]:
    make_topics(kafka, topic_prefix)
    async with running(settings_for(kafka, topic_prefix, tmp_path), tmp_path) as made:
        yield made


async def test_a_publication_is_one_submission_for_the_programme_and_one_per_item(intake: RunningIntake) -> None:
    answer = await intake.publish()
    assert answer.status_code == 202, answer.text
    receipts = answer.json()["receipts"]
    assert len(receipts) == 109
    on_log = {s.id: s for s in await intake.rating.submissions()}
    assert on_log.keys() == {receipt["submission_id"] for receipt in receipts}
    for receipt in receipts:
        assert receipt["partition"] == partition_of(receipt["subject"])
        assert on_log[receipt["submission_id"]].received_at.isoformat() == receipt["received_at"]


async def test_a_receipt_names_the_position_where_the_record_lies(intake: RunningIntake) -> None:
    await intake.publish_and_rule()
    answer = await intake.submit("u-fagai-1", "K01", REPORT, "k1")
    assert answer.status_code == 202, answer.text
    receipt = answer.json()
    record = (await intake.rating.records(receipt["partition"]))[receipt["offset"]]
    assert receipt["submission_id"].encode() in (record.value or b"")
    position = f"submissions-{receipt['partition']}@{receipt['offset']}"
    where, _, token = answer.headers["location"].partition("?min_position=")
    assert where == f"/v1/submissions/{receipt['submission_id']}"
    assert str(PositionTokens(POSITION_KEY).open(token)) == position
    assert dict(record.headers)["content-type"] == b"application/cloudevents+json"
    assert record.key == b"441602-2024/K01"


async def test_a_retry_with_the_same_key_is_the_same_submission(intake: RunningIntake) -> None:
    await intake.publish_and_rule()
    first = (await intake.submit("u-fagai-1", "K01", REPORT, "k1")).json()
    again = (await intake.submit("u-fagai-1", "K01", REPORT, "k1")).json()
    assert again["submission_id"] == first["submission_id"]
    assert again["digest"] == first["digest"]
    assert again["offset"] > first["offset"]


async def test_a_value_of_64_kib_passes_and_one_byte_more_is_refused_before_the_log(intake: RunningIntake) -> None:
    await intake.publish_and_rule()

    def body(size: int) -> dict[str, object]:
        measures = {f"{index:03}" + "x" * 190: "1" for index in range(306)}
        return {"type": "progress.reported", "data": {**REPORT["data"], "measures": measures, "narrative": "y" * size}}

    low, high = 0, 4000
    while low < high:
        middle = (low + high + 1) // 2
        status = (await intake.submit("u-fagai-1", "K01", body(middle), f"k{middle}")).status_code
        low, high = (middle, high) if status == 202 else (low, middle - 1)
    sizes = [len(record.value or b"") for record in await intake.rating.records(partition_of("441602-2024/K01"))]
    assert 0 < low < 4000
    assert max(sizes) == MAX_SUBMISSION_BYTES
    refused = await intake.submit("u-fagai-1", "K01", body(low + 1), "one-more")
    assert refused.status_code == 413
    assert (await intake.submit("u-fagai-1", "K01", REPORT, "after")).status_code == 202
