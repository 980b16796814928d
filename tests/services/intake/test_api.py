"""Intake's API: what is refused, how it says so, and that nothing sent to it breaks it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.submission import SUBMISSION_TYPES
from tests.services.intake.running_intake import REPORT, YUANCHENG, RunningIntake, make_topics, running, settings_for

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
K01 = "/v1/programmes/441602-2024/items/K01/submissions"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("doors")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder, evidence_limit=100_000), folder) as made:
        await made.publish_and_rule()
        yield made


async def _post(intake: RunningIntake, content: bytes | str, person: str = "u-fagai-1", **headers: str) -> Any:
    chosen = {**intake.headers(person, "k"), "Content-Type": "application/json", **headers}
    return await intake.http.post(K01, content=content, headers=chosen)


def _rules(answer: Any) -> dict[str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["title"]
    assert document["title_en"]
    assert document["status"] == answer.status_code
    return {error["field"]: error["rule"] for error in document.get("errors", [])}


async def test_all_errors_of_a_body_are_listed_with_field_and_rule_in_both_languages(intake: RunningIntake) -> None:
    data = {"period": "2024Q9", "claim": "done", "measures": {"增长": "many"}, "narative": "x"}
    answer = await intake.submit("u-fagai-1", "K01", {"type": "progress.reported", "data": data}, "k")
    assert answer.status_code == 422
    assert _rules(answer) == {
        "data.period": "string_pattern_mismatch",
        "data.claim": "literal_error",
        "data.measures.增长": "decimal_parsing",
    }
    assert all(error["message"] and error["message_en"] for error in answer.json()["errors"])
    misspelt = {"type": "progress.reported", "data": {**REPORT["data"], "narative": "x", "evidence": []}}
    assert _rules(await intake.submit("u-fagai-1", "K01", misspelt, "k")) == {"data.narative": "extra_forbidden"}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b'{"type": "progress.reported", "type": "lag.declared", "data": {}}', "duplicate_key"),
        (b'{"type": "progress.reported", "data": {"measures": {"a": NaN}}}', "number_invalid"),
        (b'{"type": "progress.reported", "data": {"measures": {"a": 1e999}}}', "number_invalid"),
        (b'{"a": "\\ud800"}', "text_invalid"),
        (b'{"a": "\\u0000"}', "text_invalid"),
        (b'{"\\u202e\\u0007": 1}', "text_invalid"),
        (b"[" * 30_000, "too_deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep"),
        (b"\xff\xfe", "not_utf8"),
        (b"", "json_invalid"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "number_invalid"),
    ],
)
async def test_what_two_readers_could_read_differently_is_refused(
    intake: RunningIntake, content: bytes, rule: str
) -> None:
    answer = await _post(intake, content)
    assert answer.status_code == 400
    assert rule in _rules(answer).values()


async def test_numbers_reach_the_log_exactly_as_written(intake: RunningIntake) -> None:
    measures = b'{"x":0.1,"y":1234567890.123456}'
    content = b'{"type":"progress.reported","data":{"period":"2024Q1","claim":"blocked","measures":' + measures + b"}}"
    answer = await _post(intake, content)
    assert answer.status_code == 202, answer.text
    value = (await intake.rating.records(answer.json()["partition"]))[answer.json()["offset"]].value or b""
    assert json.loads(value)["data"]["measures"] == {"x": "0.1", "y": "1234567890.123456"}


async def test_a_body_beyond_64_kib_is_refused_without_reading_it_all(intake: RunningIntake) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < 50_000_000:
            read += 10_000
            yield b" " * 10_000

    answer = await intake.http.post(K01, content=endless(), headers=_json(intake))
    assert answer.status_code == 413
    assert read < 200_000
    declared = {**_json(intake), "Content-Length": "9" * 30}
    assert (await intake.http.post(K01, content=b"{}", headers=declared)).status_code == 413


def _json(intake: RunningIntake) -> dict[str, str]:
    return {**intake.headers("u-fagai-1", "k"), "Content-Type": "application/json"}


async def test_other_content_types_are_refused(intake: RunningIntake) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/json-patch+json", ""):
        assert (await _post(intake, b"{}", **{"Content-Type": media_type})).status_code == 415
    assert (await _post(intake, b"{}", **{"Content-Encoding": "gzip"})).status_code == 415


@pytest.mark.parametrize("key", [None, "", "x" * 129, "two words", "schlüssel".encode()])
async def test_every_post_needs_an_idempotency_key_of_bounded_length(intake: RunningIntake, key: Any) -> None:
    headers: dict[Any, Any] = {**intake.headers("u-fagai-1")}
    if key is not None:
        headers["Idempotency-Key"] = key
    answer = await intake.http.post(K01, json=REPORT, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:liangdeng:problem:key_required"


async def test_a_token_is_required_and_must_be_whole(intake: RunningIntake) -> None:
    good = intake.token("u-fagai-1")
    body, _, signature = good.rpartition(".")
    forged = f"{body}.{'A' * len(signature)}"
    for token in ("", "x", forged, good + "x", intake.token("u-fagai-1", seconds=-60)):
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        answer = await intake.http.post(K01, json=REPORT, headers=headers)
        assert answer.status_code == 401, token
        assert answer.headers["www-authenticate"].startswith("Bearer")
    cookie_only = {"Cookie": f"liangdeng={good}", "Idempotency-Key": "k"}
    assert (await intake.http.post(K01, json=REPORT, headers=cookie_only)).status_code == 401


@pytest.mark.parametrize(
    ("person", "item", "name", "status", "reason"),
    [
        ("u-caizheng-1", "K01", "progress.reported", 403, "not_lead_unit"),
        ("o1", "K01", "progress.reported", 403, "wrong_role"),
        ("leader-2", "K01", "plan.decided", 403, "not_own_leader"),
        ("auditor", "K01", "lag.declared", 403, "wrong_role"),
        ("u-fagai-1", "K999", "progress.reported", 404, "unknown_item"),
    ],
)
async def test_whoever_has_no_right_is_told_the_reason(
    intake: RunningIntake, person: str, item: str, name: str, status: int, reason: str
) -> None:
    answer = await intake.submit(person, item, {"type": name, "data": {}}, "k")
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)


async def test_the_passing_of_a_deadline_is_refused_from_everyone(intake: RunningIntake) -> None:
    body = {
        "type": "deadline.passed",
        "data": {"kind": "report", "ref": "2024Q1", "due_at": "2024-04-11T00:00:00+08:00"},
    }
    assert (await intake.submit("auditor", "K01", body, "k")).status_code == 403
    for person in ("u-fagai-1", "o1", "leader-1", "chief"):
        answer = await intake.submit(person, "K01", body, "k")
        assert (answer.status_code, _rules(answer)) == (422, {"type": "unknown_type"})


async def test_only_the_office_may_publish(intake: RunningIntake) -> None:
    assert (await intake.publish("another", person="u-fagai-1")).status_code == 403


async def test_a_programme_published_under_another_key_is_a_conflict(intake: RunningIntake) -> None:
    assert (await intake.publish("another")).status_code == 409


async def test_a_faulty_programme_is_told_with_line_and_field(intake: RunningIntake) -> None:
    text = (
        YUANCHENG.read_text().replace("lead_unit: fagai", "lead_unit: nobody", 1).replace("first_month", "frist_month")
    )
    headers = {**intake.headers("o1", "faulty"), "Content-Type": "application/yaml"}
    answer = await intake.http.post("/v1/programmes", content=text.encode(), headers=headers)
    assert answer.status_code == 422
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors["schedule.livelihood.frist_month"]["rule"] == "extra_forbidden"
    assert "frist_month" in text.splitlines()[errors["schedule.livelihood.frist_month"]["line"] - 1]


async def test_a_policy_change_is_one_submission_for_the_programme_and_each_item(intake: RunningIntake) -> None:
    policy = intake.programme.policy
    body = {"id": policy.id, "version": 2, "weights": dict.fromkeys(policy.weights.__dataclass_fields__, "-1")}
    url = "/v1/programmes/441602-2024/policies"
    answer = await intake.http.post(url, json=body, headers=intake.headers("o1", "policy-2"))
    assert answer.status_code == 202, answer.text
    assert len(answer.json()["receipts"]) == 109
    wrong = await intake.http.post(url, json={**body, "grace": 1}, headers=intake.headers("o1", "policy-3"))
    assert _rules(wrong) == {"grace": "extra_forbidden"}
    assert (await intake.http.post(url, json=body, headers=intake.headers("chief", "policy-4"))).status_code == 403


async def test_evidence_is_kept_under_its_hash_and_asked_for(intake: RunningIntake) -> None:
    content = b"a scan" * 1000
    sha256 = hashlib.sha256(content).hexdigest()
    url = f"/v1/evidence/{sha256}"
    assert (await intake.http.head(url, headers=intake.headers("u-fagai-1"))).status_code == 404
    assert (await intake.http.put(url, content=content, headers=intake.headers("u-fagai-1"))).status_code == 201
    assert (await intake.http.put(url, content=content, headers=intake.headers("u-fagai-1"))).status_code == 200
    asked = await intake.http.head(url, headers=intake.headers("u-fagai-1"))
    assert (asked.status_code, asked.headers["content-length"]) == (200, str(len(content)))
    for ask in (intake.http.get, intake.http.head):
        assert (await ask(url)).status_code == 401, "the public reaches no evidence, whatever its classification"


async def test_evidence_with_another_hash_or_too_large_leaves_nothing_behind(intake: RunningIntake) -> None:
    folder = intake.settings.evidence_folder
    before = sorted(folder.rglob("*"))
    url = f"/v1/evidence/{hashlib.sha256(b'one').hexdigest()}"
    wrong = await intake.http.put(url, content=b"two", headers=intake.headers("u-fagai-1"))
    assert (wrong.status_code, wrong.json()["sha256"]) == (422, hashlib.sha256(b"two").hexdigest())
    large = b"x" * 100_001
    url = f"/v1/evidence/{hashlib.sha256(large).hexdigest()}"
    assert (await intake.http.put(url, content=large, headers=intake.headers("u-fagai-1"))).status_code == 413

    async def chunked() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 1000):
            yield large[start : start + 1000]

    assert (await intake.http.put(url, content=chunked(), headers=intake.headers("u-fagai-1"))).status_code == 413
    assert sorted(folder.rglob("*")) == before
    for name in ("..%2f..%2fetc%2fpasswd", "A" * 64, "0" * 63):
        answer = await intake.http.put(f"/v1/evidence/{name}", content=b"x", headers=intake.headers("u-fagai-1"))
        assert answer.status_code == 404


async def test_a_submission_citing_evidence_that_was_not_uploaded_is_refused(intake: RunningIntake) -> None:
    def report(**cited: Any) -> dict[str, Any]:
        evidence = {"sha256": "0" * 64, "name": "a.pdf", "size": 3, "media_type": "application/pdf", **cited}
        return {"type": "progress.reported", "data": {**REPORT["data"], "evidence": [evidence]}}

    missing = await intake.submit("u-fagai-1", "K01", report(), "k-evidence")
    assert _rules(missing) == {"data.evidence[0].sha256": "evidence_not_uploaded"}
    sha256 = await intake.upload("u-fagai-1", b"abc")
    kind = await intake.submit("u-fagai-1", "K01", report(sha256=sha256), "k-evidence")
    assert set(_rules(kind).values()) == {"evidence_type"}
    assert set(_rules(kind)) == {"data.evidence[0].name", "data.evidence[0].media_type"}
    sha256 = await intake.upload("u-fagai-1", b"%PDF-1.7")
    for name in ("../../etc/passwd", "a/b", "a\\b", "..", "/"):
        answer = await intake.submit("u-fagai-1", "K01", report(sha256=sha256, name=name, size=8), "k-evidence")
        assert _rules(answer) == {"data.evidence[0].name": "file_name"}, name
    size = await intake.submit("u-fagai-1", "K01", report(sha256=sha256, size=4), "k-evidence")
    assert _rules(size) == {"data.evidence[0].size": "evidence_size"}
    assert (await intake.submit("u-fagai-1", "K01", report(sha256=sha256, size=8), "k-evidence")).status_code == 202


async def test_concurrent_submissions_each_have_an_offset_of_their_own(intake: RunningIntake) -> None:
    answers = await asyncio.gather(*(intake.submit("u-fagai-1", "K01", REPORT, f"many-{n}") for n in range(100)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["offset"] for answer in answers}) == 100


async def test_an_unknown_address_is_a_problem_document_too(intake: RunningIntake) -> None:
    assert _rules(await intake.http.get("/v1/nothing")) == {}
    assert (await intake.http.delete(K01)).status_code == 405


async def test_health_readiness_and_metrics_are_served(intake: RunningIntake) -> None:
    assert (await intake.ops.get("/healthz")).status_code == 200
    ready = await intake.ops.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "reasons": []})
    text = (await intake.ops.get("/metrics")).text
    assert re.search(r'intake_submissions_total\{outcome="received",type="item.assigned"\} 108.0', text)
    assert "intake_roster_items 108.0" in text


_TEXT = st.text(max_size=30)
_LEAF = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT | st.sampled_from(["2024Q1", "completed", "1"])
_JSON = st.recursive(_LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4))
_NAMES = sorted(SUBMISSION_TYPES.short_names.values())
_FIELDS = sorted({field.name for cls in SUBMISSION_TYPES.classes.values() for field in fields(cls)})
_NEAR = st.builds(
    lambda name, data: {"type": name, "data": {**data, **({} if "period" not in data else {"period": "2024Q1"})}},
    st.sampled_from(_NAMES),
    st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=6),
)
_BODY = st.one_of(
    st.binary(max_size=300),
    _JSON.map(lambda value: json.dumps(value).encode()),
    _NEAR.map(lambda value: json.dumps(value).encode()),
    st.builds(lambda value, cut: json.dumps(value).encode()[:cut], _NEAR, st.integers(0, 80)),
)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    content=_BODY,
    person=st.sampled_from(["u-fagai-1", "o1", "leader-1", "chief", "auditor"]),
    path=st.sampled_from([K01, K01, K01, "/v1/programmes/441602-2024/submissions", "/v1/programmes", K01 + "/x"]),
    media_type=st.sampled_from(["application/json"] * 4 + ["application/yaml"]),
)
async def test_no_input_makes_an_internal_error(
    intake: RunningIntake, content: bytes, person: str, path: str, media_type: str
) -> None:
    headers = {**intake.headers(person, "fuzz"), "Content-Type": media_type}
    answer = await intake.http.post(path, content=content, headers=headers)
    assert answer.status_code < 500, answer.text
    if answer.status_code != 202:
        _rules(answer)


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("auditor", "items/K01/submissions", 403),
        ("u-caizheng-1", "items/K01/submissions", 403),
        ("u-fagai-1", "items/K999/submissions", 404),
        ("u-fagai-1", "submissions", 403),
        ("u-fagai-1", "policies", 403),
        ("o1", "../441625-2024/policies", 404),
    ],
)
async def test_a_right_is_looked_at_before_the_body_is_read(
    intake: RunningIntake, person: str, path: str, status: int
) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("the body is read")
        yield b""

    url = f"/v1/programmes/441602-2024/{path}".replace("441602-2024/../", "")
    headers = {**intake.headers(person, "unread"), "Content-Type": "application/json"}
    assert (await intake.http.post(url, content=unread(), headers=headers)).status_code == status
