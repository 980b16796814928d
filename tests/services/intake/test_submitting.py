"""Submitting by program: a retry, a wait for the ruling, many at once, and receipts that prove what was sent."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from contracts.rulings import LightChanged
from contracts.submission import SUBMISSION_TYPES, decode_submission, encode_submission, new_submission
from contracts.values import Actor
from embedded.child_process import LOOPBACK, free_port
from liangdeng_client import AsyncClient, Client, OutcomeUnknown, Refused
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import posted_data
from tests.services.intake.running_intake import REPORT, RunningIntake, make_topics, running, settings_for, until
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
BULK = "/v1/programmes/441602-2024/submissions/bulk"
ITEM = "/v1/programmes/441602-2024/items/K01/submissions"
STARTED = datetime(2024, 5, 1, tzinfo=UTC)
TERMS = [
    (
        "deputy.named",
        {"principal": "chief", "deputy": "leader:leader-3", "from_on": "2024-05-06", "until_on": "2024-05-05"},
        "until_on",
    ),
    (
        "inspection.planned",
        {"plan": "p1", "from_on": "2024-05-06", "to_on": "2024-05-05", "approved": True},
        "to_on",
    ),
]
TURNED_GREEN = LightChanged(
    period="2024Q1", from_="none", to="green", settled=False, rule="reported-in-time", because=()
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("submitting")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder), folder) as made:
        await made.publish_and_rule()
        yield made


async def ruled(intake: RunningIntake, receipt: dict[str, Any]) -> None:
    """Rule on everything, and wait until intake knows of the ruling on this one."""
    await intake.rating.rule()
    rules = intake.dependencies.roster_feed.counting
    await until(lambda: rules[receipt["partition"]].last >= receipt["offset"], "intake does not know of the ruling")


@pytest.mark.parametrize(("name", "given", "last"), TERMS, ids=["deputy", "inspection"])
async def test_a_term_that_ends_before_it_begins_is_refused_at_its_last_day_and_one_on_the_log_is_read(
    name: str, given: dict[str, Any], last: str
) -> None:
    one_day = {**given, last: "2024-05-06"}
    assert getattr(posted_data(name, one_day), last) == posted_data(name, one_day).from_on
    with pytest.raises(IntakeProblem) as refused:
        posted_data(name, given)
    assert [(fault.pointer, fault.rule) for fault in refused.value.faults] == [(f"/data/{last}", "before_first_day")]
    data = SUBMISSION_TYPES.load(SUBMISSION_TYPES.by_short_name(name), given)
    office = Actor(role="office", id="o1")
    lying = encode_submission(new_submission("1", office, "k", "441602-2024/K01", data, STARTED))
    assert decode_submission(lying).data == data


async def test_a_retry_that_was_ruled_on_gets_the_same_receipt_and_nothing_is_appended(intake: RunningIntake) -> None:
    first = (await intake.submit("u-fagai-1", "K01", REPORT, "s2-1")).json()
    await ruled(intake, first)
    again = await intake.submit("u-fagai-1", "K01", REPORT, "s2-1")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (202, "true")
    assert again.json() == first
    assert len(await intake.rating.records(first["partition"])) == first["offset"] + 1


async def test_the_same_key_with_another_body_is_a_conflict(intake: RunningIntake) -> None:
    first = (await intake.submit("u-fagai-1", "K01", REPORT, "s3-1")).json()
    await ruled(intake, first)
    other = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "completed"}}
    refused = await intake.submit("u-fagai-1", "K01", other, "s3-1")
    assert refused.status_code == 409, refused.text
    assert refused.json()["type"].endswith("key_reused")
    assert refused.json()["submission_id"] == first["submission_id"]
    assert len(await intake.rating.records(first["partition"])) == first["offset"] + 1


async def waited(intake: RunningIntake, key: str, seconds: int = 20) -> httpx.Response:
    headers = intake.headers("u-fagai-1", key, Prefer=f"respond-async, wait={seconds}")
    return await intake.http.post(ITEM, json=REPORT, headers=headers)


async def test_whoever_waits_gets_the_ruling_in_the_same_call(intake: RunningIntake) -> None:
    asking = asyncio.create_task(waited(intake, "s5-1"))
    while not asking.done():
        await intake.rating.rule(TURNED_GREEN)
        await asyncio.sleep(0.05)
    answer = await asking
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "wait=20"
    ruling = answer.json()["ruling"]
    assert (ruling["verdict"], ruling["reasons"], ruling["events"]) == ("accepted", [], ["light.changed"])
    assert ruling["lights"] == [{"period": "2024Q1", "from": "none", "to": "green"}]
    again = await waited(intake, "s5-1")
    assert (again.status_code, again.json()) == (200, answer.json())


async def test_a_ruling_that_does_not_come_in_time_leaves_the_receipt(intake: RunningIntake) -> None:
    answer = await waited(intake, "s6-1", seconds=0)
    assert answer.status_code == 202
    short = await waited(intake, "s6-2", seconds=1)
    assert short.status_code == 202
    assert "ruling" not in short.json()
    assert "preference-applied" not in short.headers


async def test_of_many_at_once_each_has_its_own_result(intake: RunningIntake) -> None:
    items = [item.id for item in intake.programme.items if item.lead_unit == "fagai"][:3]
    rows: list[Any] = [{"item": item, "key": f"bulk-{item}", **REPORT} for item in items]
    foreign = next(item.id for item in intake.programme.items if item.lead_unit != "fagai")
    wrong: list[Any] = [
        {"item": items[0], "key": "bulk-w1", "type": "progress.reported", "data": {"period": "2024Q1"}},
        {"item": items[0], "key": "", **REPORT},
        {"item": foreign, "key": "bulk-w2", **REPORT},
        {"item": "nowhere", "key": "bulk-w3", **REPORT},
        "no object",
        {"key": "bulk-w4", **REPORT},
    ]
    mixed = [one for pair in zip(rows, wrong[:3], strict=True) for one in pair] + wrong[3:]
    before = {one.id for one in await intake.rating.submissions()}
    answer = await intake.http.post(BULK, json={"submissions": mixed}, headers=intake.headers("u-fagai-1"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["received"], told["refused"]) == (3, 6)
    assert [result["status"] for result in told["results"]] == [202, 422, 202, 400, 202, 403, 404, 422, 422]
    assert told["results"][1]["problem"]["errors"][0]["field"] == "data.claim"
    ids = {result["receipt"]["submission_id"] for result in told["results"] if "receipt" in result}
    after = {one.id for one in await intake.rating.submissions()}
    assert len(ids) == 3
    assert after - before == ids


@pytest.mark.parametrize(
    "body", [{}, {"submissions": []}, {"submissions": [{}] * 201}, {"submissions": [{}], "more": 1}, []]
)
async def test_a_list_that_is_none_is_refused_as_a_whole(intake: RunningIntake, body: Any) -> None:
    answer = await intake.http.post(BULK, json=body, headers=intake.headers("u-fagai-1"))
    assert answer.status_code in (400, 422), answer.text


async def test_a_receipt_is_proof_for_whoever_has_the_public_keys(intake: RunningIntake) -> None:
    receipt = (await intake.submit("u-fagai-1", "K01", REPORT, "s9-1")).json()
    published = (await intake.http.get("/v1/receipt-keys")).json()
    assert all("d" not in key for key in published["keys"])
    keys = KeySet.import_key_set(published)
    proof = receipt.pop("proof")
    proved = jws.deserialize_compact(proof, keys, algorithms=["Ed25519"])
    assert orjson.loads(proved.payload) == {**receipt, "log": "1"}
    head, payload, signature = proof.split(".")
    forged = f"{head}.{payload[:-4]}AAAA.{signature}"
    with pytest.raises(BadSignatureError):
        jws.deserialize_compact(forged, keys, algorithms=["Ed25519"])


async def test_a_receipt_is_given_again_to_its_unit_and_to_nobody_else(intake: RunningIntake) -> None:
    receipt = (await intake.submit("u-fagai-1", "K01", REPORT, "s10-1")).json()
    await ruled(intake, receipt)
    path = f"/v1/receipts/{receipt['submission_id']}"
    for person, status in (("u-fagai-1", 200), ("o1", 200), ("u-shuiwu-1", 404)):
        answer = await intake.http.get(path, headers=intake.headers(person))
        assert answer.status_code == status, (person, answer.text)
        assert status != 200 or answer.json() == receipt
    plan = {
        "type": "inspection.planned",
        "data": {"plan": "v1", "from_on": "2024-04-15", "to_on": "2024-04-19", "approved": True},
    }
    planned = (await intake.submit("o1", "K01", plan, "a-visit")).json()
    await ruled(intake, planned)
    for person, status in (("u-fagai-1", 404), ("o1", 200)):
        url = f"/v1/receipts/{planned['submission_id']}"
        assert (await intake.http.get(url, headers=intake.headers(person))).status_code == status, person
    nowhere = await intake.http.get(f"{path[:-4]}0000", headers=intake.headers("u-fagai-1"))
    assert nowhere.status_code == 404


class Bearer(httpx.Auth):
    """A token as the tests mint it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def _system(intake: RunningIntake, **more: Any) -> AsyncClient:
    transport = more.pop("transport", None) or httpx.ASGITransport(intake.app)
    return AsyncClient("http://intake", Bearer(intake.token("u-fagai-1")), transport=transport, **more)


async def test_a_units_system_files_through_the_client(intake: RunningIntake) -> None:
    async with _system(intake) as client:
        photo = await client.upload(b"a record", "site.txt", "text/plain")
        data = {"period": "2024Q1", "claim": "in_progress", "evidence": [photo.cited()]}
        first = await client.submit("441602-2024", "K01", "progress.reported", data, key="client-17")
        await ruled(intake, dict(first.receipt.document))
        again = await client.submit("441602-2024", "K01", "progress.reported", data, key="client-17", wait=5)
        assert (again.receipt, again.replayed) == (first.receipt, True)
        assert again.ruling is not None
        assert again.ruling.accepted
        assert await client.receipt(first.receipt.submission_id) == first.receipt
        rows = [
            {"item": "K01", "key": "client-18", "type": "progress.reported", "data": data},
            {"item": "K01", "key": "client-19", "type": "progress.reported", "data": {"period": "2024Q1"}},
        ]
        good, bad = await client.submit_many("441602-2024", rows)
        assert good.submitted is not None
        assert (bad.submitted, bad.code, bad.faults[0].field) == (None, "invalid", "data.claim")
        with pytest.raises(Refused) as refused:
            await client.submit("441602-2024", "K01", "progress.reported", {"period": "2024Q1"}, key="client-20")
        assert [fault.field for fault in refused.value.faults] == ["data.claim"]
        with pytest.raises(Refused, match="409 key_reused"):
            await client.submit(
                "441602-2024", "K01", "progress.reported", {**data, "claim": "completed"}, key="client-17"
            )


async def test_the_client_asks_again_with_the_same_key_and_says_when_it_gave_up(intake: RunningIntake) -> None:
    seen: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["idempotency-key"])
        if len(seen) < 3:
            return httpx.Response(503, headers={"retry-after": "0"}, json={"title": "not ready"})
        return await httpx.ASGITransport(intake.app).handle_async_request(request)

    async with _system(intake, transport=httpx.MockTransport(answer)) as client:
        filed = await client.submit("441602-2024", "K01", "progress.reported", REPORT["data"])
        assert filed.receipt.submission_id
    assert len(seen) == 3
    assert len(set(seen)) == 1
    seen.clear()
    async with _system(intake, transport=httpx.MockTransport(answer), patience=0.1) as client:
        with pytest.raises(OutcomeUnknown) as unknown:
            await client.submit("441602-2024", "K01", "progress.reported", REPORT["data"], key="client-21")
    assert unknown.value.key == "client-21"


async def test_the_client_with_blocking_calls_does_the_same(intake: RunningIntake) -> None:
    port = free_port()

    def file() -> str:
        with Client(f"http://{LOOPBACK}:{port}", Bearer(intake.token("u-fagai-1"))) as client:
            return client.submit("441602-2024", "K01", "progress.reported", REPORT["data"]).receipt.subject

    async with beside(intake.app, LOOPBACK, port, lifespan="off"):
        assert await asyncio.to_thread(file) == "441602-2024/K01"


DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "api.md"
LIANGDENG = Path(sys.executable).parent


async def test_the_walk_with_curl_works_as_it_is_written(intake: RunningIntake, tmp_path: Path) -> None:
    commands = re.findall(r"^```sh\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(commands) == 5
    port = free_port()
    told = {
        "PATH": f"{LIANGDENG}:{os.environ['PATH']}",
        "ADDRESS": f"http://{LOOPBACK}:{port}",
        "TOKEN": intake.token("u-fagai-1"),
        "PROGRAMME": "441602-2024",
        "ITEM": "K01",
    }
    async with beside(intake.app, LOOPBACK, port, lifespan="off"):
        walking = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", "\n".join(commands)),
            cwd=tmp_path,
            env=told,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        ended = asyncio.create_task(walking.communicate())
        while not ended.done():
            await intake.rating.rule()
            await asyncio.sleep(0.05)
        out, err = await ended
    assert walking.returncode == 0, err.decode() + out.decode()
    assert "accepted []" in out.decode()
    assert "回执属实" in out.decode()
    assert "[202, 422]" in out.decode()
    receipt, keys = (orjson.loads((tmp_path / f"{name}.json").read_bytes()) for name in ("receipt", "keys"))
    _proved_as_it_is_written(receipt, keys)
    filed = next(one for one in await intake.rating.submissions() if one.id == receipt["submission_id"])
    recipe = _recipe("digest_of")(SUBMISSION_TYPES.short_name(filed.type), SUBMISSION_TYPES.dump(filed.data))
    assert recipe == receipt["digest"]
    forged = tmp_path / "forged.json"
    for changed, code in (({"offset": 0}, 1), ({"proof": "none"}, 2)):
        forged.write_bytes(orjson.dumps({**receipt, **changed}))
        command = (
            str(LIANGDENG / "liangdeng"),
            "receipt",
            "verify",
            str(forged),
            "--keys",
            str(tmp_path / "keys.json"),
        )
        assert await (await asyncio.create_subprocess_exec(*command)).wait() == code


def _recipe(name: str) -> Any:
    """A function that the document gives."""
    text = DOCUMENT.read_text("utf-8")
    (found,) = re.findall(rf"^```python\n(def {name}.*?)^```$", text, re.MULTILINE | re.DOTALL)
    told: dict[str, Any] = {"hashlib": hashlib, "json": json}
    exec(found, told)
    return told[name]


def _proved_as_it_is_written(receipt: dict[str, Any], keys: dict[str, Any]) -> None:
    """Whoever has no command line checks a receipt with the lines of the document."""
    (recipe,) = re.findall(r"^```python\n(def proved.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    told: dict[str, Any] = {"base64": base64, "json": json, "Ed25519PublicKey": Ed25519PublicKey}
    exec(recipe, told)
    fields = told["proved"](receipt["proof"], keys)
    assert {name: fields[name] for name in ("submission_id", "digest")} == {
        name: receipt[name] for name in ("submission_id", "digest")
    }
    head, payload, signature = receipt["proof"].split(".")
    other = base64.urlsafe_b64encode(orjson.dumps({**fields, "offset": 0})).rstrip(b"=").decode()
    assert other != payload
    with pytest.raises(InvalidSignature):
        told["proved"](f"{head}.{other}.{signature}", keys)
