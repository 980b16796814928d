"""Requests that were once measured to stall intake, or to be answered with megabytes: what each costs now."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
import pytest_asyncio

from services.intake.description import examples
from tests.services.intake.running_intake import REPORT, RunningIntake, make_topics, running, settings_for
from tests.services.loop_turns import measured_turns

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
LONGEST_TURN = 0.1
"""CPU seconds of the event loop that the worst request may take at a time."""
LONGEST_ANSWER = 64 * 1024
MEGABYTE = 1024 * 1024
YAML, JSON = {"Content-Type": "application/yaml"}, {"Content-Type": "application/json"}
SUBMISSIONS = "/v1/programmes/441602-2024/items/K01/submissions"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("attacks")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder), folder) as made:
        await made.publish_and_rule()
        yield made


def _small(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text[:300]
    assert len(answer.content) <= LONGEST_ANSWER
    assert answer.headers["content-type"] == "application/problem+json"


PROGRAMMES = {
    "20,000 empty items": (orjson.dumps({"items": [{}] * 20_000}), JSON),
    "2 MiB of entries": (b"items:\n" + b"- a\n" * (MEGABYTE // 2 - 10), YAML),
    "2 MiB of empty items": (b"items: [" + b"{}," * (2 * MEGABYTE // 3 - 10) + b"{}]", YAML),
    "2 MiB of numbers": (b'{"items":[' + b"1," * (MEGABYTE - 10) + b"1]}", JSON),
    "unknown fields": (orjson.dumps({f"field-{n}": 1 for n in range(20_000)}), JSON),
}


@pytest.mark.parametrize("name", PROGRAMMES)
async def test_a_programme_made_to_stall_intake_is_refused_beside_the_loop(intake: RunningIntake, name: str) -> None:
    body, kind = PROGRAMMES[name]
    headers = intake.headers("o1", f"attack-{name[:5]}".replace(" ", "-"), **kind)
    with measured_turns() as turns:
        posted = asyncio.create_task(intake.http.post("/v1/programmes", content=body, headers=headers))
        while not posted.done():
            assert (await intake.ops.get("/healthz")).status_code == 200
            await asyncio.sleep(0.05)
    _small(await posted, 400, 422)
    assert turns.longest <= LONGEST_TURN


async def test_who_may_not_publish_is_refused_before_a_byte_of_it_is_read(intake: RunningIntake) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(32):
            sent += 1
            yield b"x" * 65_536

    headers = intake.headers("u-fagai-1", "not-mine", **YAML)
    _small(await intake.http.post("/v1/programmes", content=body(), headers=headers), 403)
    assert sent <= 1


async def test_of_many_programmes_two_are_checked_at_a_time_and_the_others_come_again(intake: RunningIntake) -> None:
    body, kind = PROGRAMMES["2 MiB of empty items"]
    posts = [
        intake.http.post("/v1/programmes", content=body, headers=intake.headers("o1", f"many-{n}", **kind))
        for n in range(6)
    ]
    answers = await asyncio.gather(*posts)
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) == 4
    for answer in busy:
        _small(answer, 503)
        assert answer.headers["retry-after"]


def _filled(head: bytes, part: bytes, tail: bytes) -> bytes:
    return head + part * ((60_000 - len(head) - len(tail)) // len(part)) + part.rstrip(b",") + tail


BODIES = {
    "empty evidence": _filled(b'{"type":"progress.reported","data":{"evidence":[', b"{},", b"]}}"),
    "a thousand bad ones": orjson.dumps({"type": "progress.reported", "data": {"evidence": [{"size": "x"}] * 1000}}),
    "measures": orjson.dumps({"type": "progress.reported", "data": {"measures": {f"m{n}": "x" for n in range(990)}}}),
    "nodes": orjson.dumps(
        {"type": "plan.submitted", "data": {"nodes": {f"{n}": {"targets": [{}] * 3} for n in range(990)}}}
    ),
    "unknown fields": orjson.dumps({"type": "progress.reported", "data": {f"f{n}": 1 for n in range(990)}}),
    "one long name": orjson.dumps({"type": "progress.reported", "data": {"measures": {"长" * 19_000: "x"}}}),
    "beside the data": orjson.dumps({f"f{n}": 1 for n in range(999)}),
    "numbers": _filled(b'{"type":"progress.reported","data":{"evidence":[', b"1,", b"]}}"),
    "depth": b'{"type":' + b"[" * 29_000 + b"]" * 29_000 + b"}",
}


@pytest.mark.parametrize("name", BODIES)
async def test_60_kilobytes_of_faults_are_told_in_64_at_most(intake: RunningIntake, name: str) -> None:
    headers = intake.headers("u-fagai-1", "faults", **JSON)
    with measured_turns() as turns:
        answer = await intake.http.post(SUBMISSIONS, content=BODIES[name], headers=headers)
    _small(answer, 400, 422)
    assert len(answer.json().get("errors", [])) <= 100
    assert turns.longest <= LONGEST_TURN


@pytest.mark.parametrize(("faulty", "told"), [(80, 100), (900, 0)])
async def test_a_bulk_of_faults_takes_no_longer_turn_and_tells_100(
    intake: RunningIntake, faulty: int, told: int
) -> None:
    row = {"type": "progress.reported", "data": {"evidence": [{}] * faulty}}
    rows = [{**row, "item": "K01" if n % 2 else f"K{n:02}", "key": f"b{n}"} for n in range(200)]
    headers, address = intake.headers("u-fagai-1", **JSON), "/v1/programmes/441602-2024/submissions/bulk"
    with measured_turns() as turns:
        answer = await intake.http.post(address, content=orjson.dumps({"submissions": rows}), headers=headers)
    assert turns.longest <= LONGEST_TURN
    if not told:
        _small(answer, 400, 422)
        return
    results = answer.json()["results"]
    assert {result["status"] for result in results} <= {403, 404, 422}
    assert sum(len(result["problem"].get("errors", [])) for result in results) == told


async def test_faults_in_many_rows_share_the_room_of_one_answer(intake: RunningIntake) -> None:
    row = {"item": "K01", "type": "progress.reported", "data": {"measures": {"长" * 1000: "x"}}}
    rows = [{**row, "key": f"wide-{n}"} for n in range(200)]
    headers, address = intake.headers("u-fagai-1", **JSON), "/v1/programmes/441602-2024/submissions/bulk"
    answer = await intake.http.post(address, content=orjson.dumps({"submissions": rows}), headers=headers)
    assert {result["status"] for result in answer.json()["results"]} == {422}
    # Every row has its result, some 400 bytes; the faults of all together are no more than those of one request.
    assert len(answer.content) <= LONGEST_ANSWER + 200 * 400


async def test_150_submissions_of_57_kilobytes_leave_the_others_their_turns(intake: RunningIntake) -> None:
    narrative = "x" * 3900
    data = {**REPORT["data"], "narrative": narrative, "measures": {f"measure-{n}" + "y" * 180: "1" for n in range(260)}}
    body = orjson.dumps({"type": "progress.reported", "data": data})
    assert 50_000 < len(body) < 62_000
    headers = [intake.headers("u-fagai-1", f"large-{n}", **JSON) for n in range(150)]
    with measured_turns() as turns:
        posts = [asyncio.create_task(intake.http.post(SUBMISSIONS, content=body, headers=one)) for one in headers]
        while not all(post.done() for post in posts):
            assert (await intake.ops.get("/healthz")).status_code == 200
            await asyncio.sleep(0.01)
    answers = [await post for post in posts]
    assert {answer.status_code for answer in answers} <= {202, 422, 429}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 50, "one account has 100 requests under way at most"
    assert all(answer.headers["retry-after"] for answer in refused)
    assert turns.longest <= LONGEST_TURN


async def test_a_name_in_host_reaches_no_address_that_is_answered(intake: RunningIntake) -> None:
    for path in ("/", "/items/", "/v1/programmes/"):
        answer = await intake.http.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in answer.headers.get("location", "") + answer.text


async def test_a_day_has_a_quota_for_each_unit_and_item(
    kafka: str, topic_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("quota")
    make_topics(kafka, topic_prefix)
    narrow = settings_for(kafka, topic_prefix, folder, quota_submissions=2, quota_evidence_bytes=10)
    async with running(narrow, folder) as intake:
        await intake.publish_and_rule()
        for key in ("q1", "q2"):
            assert (await intake.submit("u-fagai-1", "K01", REPORT, key)).status_code == 202
        answer = await intake.submit("u-fagai-1", "K01", REPORT, "q3")
        _small(answer, 429)
        assert (answer.json()["type"], int(answer.headers["retry-after"]) > 0) == ("urn:liangdeng:problem:quota", True)
        await intake.upload("u-fagai-1", b"0123456789")
        full = await intake.http.put(f"/v1/evidence/{'0' * 64}", content=b"x", headers=intake.headers("u-fagai-1"))
        assert (full.status_code, full.json()["type"]) == (429, "urn:liangdeng:problem:quota")
        # What nothing of was published is no partial publication: there is nothing to complete before midnight.
        policies, adopted = "/v1/programmes/441602-2024/policies", []
        for key in ("first", "second"):
            headers = intake.headers("o1", key, **JSON)
            adopted.append(await intake.http.post(policies, json=examples.POLICY, headers=headers))
        assert [answer.status_code for answer in adopted] == [202, 429]
        assert adopted[1].json()["type"] == "urn:liangdeng:problem:quota"
