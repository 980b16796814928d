"""Every operation of intake's document is asked with real data, and answers as the document says."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sandbox.people import Account
from services.intake.description import examples
from services.intake.description.operations import PREPARED
from supervision.rights import OPERATIONS, SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from tests.services.all_routes import told_safely
from tests.services.described import Described
from tests.services.districts import HERE, ITEMS, LEAD, OWN_LEADER, PROGRAMME, programme_file
from tests.services.fuzzing import LONG, SHORT, fuzzed
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
CONTENT = b"test"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PUBLISHED: list[str] = []
"""The submission of the programme itself, which was ruled on."""
PEOPLE = {
    "unit": Account("u-fagai-1", "unit", LEAD, "", "", (HERE,)),
    "office": Account("o1", "office", None, "", "", (HERE,)),
    "leader": Account(OWN_LEADER, "leader", None, "", "", (HERE,)),
    "chief": Account("chief-1", "chief", None, "", "", (HERE,)),
}


UNLIMITED = {"quota_submissions": 10**6, "quota_bytes": 10**12, "account_a_minute": 10**6, "address_a_minute": 10**6}
"""What is made up asks for more than anybody may."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("described")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder, database_url=postgres(), **UNLIMITED), folder) as made:
        headers = {**bearer(made, "office"), "Content-Type": "application/json"}
        answer = await made.http.post("/v1/programmes", content=programme_file(HERE), headers=headers)
        assert answer.status_code == 202, answer.text
        await made.rating.rule()
        await until(lambda: len(made.dependencies.roster.items) == 2, "the roster does not know the items")
        PUBLISHED.append(answer.json()["receipts"][0]["submission_id"])
        yield made


def bearer(intake: RunningIntake, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {intake.mint(PEOPLE[role])}", "Idempotency-Key": uuid.uuid4().hex}


def role_of(right: str) -> str:
    return next(role for role in ("unit", "office", "leader", "chief") if role in OPERATIONS[right].roles)


async def test_an_address_names_every_method_that_it_takes_to_whoever_asks_by_another(intake: RunningIntake) -> None:
    document = (await intake.http.get("/openapi.json")).json()
    assert document["servers"] == [{"url": "/intake"}], "where it lies below people's one address"
    for path, methods in document["paths"].items():
        about = {"programme": PROGRAMME, "item": ITEMS["public"], "sha256": SHA256, "submission_id": PUBLISHED[0]}
        answer = await intake.http.request("PATCH", path.format(**about))
        assert answer.status_code == 405
        allowed = answer.headers["allow"].split(", ")
        assert {method.upper() for method in methods} <= set(allowed), path


async def test_an_item_is_added_under_an_id_and_a_bulk_is_about_a_programme_that_is_there(
    intake: RunningIntake,
) -> None:
    for name in ("a,b", "-x", "长"):
        answer = await intake.http.post(
            f"/v1/programmes/{PROGRAMME}/items/{name}",
            headers=bearer(intake, "office"),
            json=examples.DATA["item.assigned"],
        )
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "item")
    answer = await intake.http.post(
        "/v1/programmes/441699-2024/submissions/bulk", headers=bearer(intake, "unit"), json=examples.BULK
    )
    assert answer.status_code == 404


async def test_every_operation_of_the_document_succeeds_as_it_says(intake: RunningIntake) -> None:
    described = Described((await intake.http.get("/openapi.json")).json())
    for id_, method, path in sorted(
        described.operations(), key=lambda one: one[1] != "PUT"
    ):  # what is cited comes first
        for role, about, request in _requests(id_):
            address = path.format(programme=PROGRAMME, item=about, sha256=SHA256, submission_id=PUBLISHED[0])
            headers = {**bearer(intake, role), **request.pop("headers", {})}
            answer = await intake.http.request(method, address, headers=headers, **request)
            assert answer.is_success, f"{id_} {answer.text}"
            described.check(id_, answer)
    for id_, role, address, body in _awaited():
        headers = {**bearer(intake, role), "Prefer": "wait=20"}
        asking = asyncio.create_task(intake.http.post(address, headers=headers, json=body))
        while not asking.done():
            await intake.rating.rule()
            await asyncio.sleep(0.05)
        answer = await asking
        assert answer.status_code == 200, answer.text
        assert answer.json()["ruling"]["verdict"] == "accepted", answer.text
        described.check(id_, answer)
    assert described.successes() - described.seen == set()
    page = await intake.http.get("/intake/docs")
    assert 'href="/intake/openapi.json"' in page.text
    described.told_by(page.text)


def _awaited() -> list[tuple[str, str, str, Any]]:
    """What somebody waits for the ruling on: which operation, who, where, and the body."""
    about, item, whole = f"/v1/programmes/{PROGRAMME}", "lag.declared", "bulletin.composed"
    return [
        (
            "submit",
            role_of(f"submit.{item}"),
            f"{about}/items/{ITEMS['public']}/submissions",
            {"type": item, "data": examples.DATA[item]},
        ),
        (
            "submitAboutProgramme",
            role_of(f"submit.{whole}"),
            f"{about}/submissions",
            {"type": whole, "data": examples.DATA[whole]},
        ),
    ]


def _requests(id_: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Who asks, about which item, and with what; an operation that is not here fails the test."""
    cited = [{**examples.DATA["progress.reported"]["evidence"][0], "sha256": SHA256, "size": len(CONTENT)}]
    report = {**examples.DATA["progress.reported"], "evidence": cited}
    uploaded: tuple[str, str, dict[str, Any]] = ("unit", "", {"content": CONTENT})
    item, known = ITEMS["public"], {**examples.DATA, "progress.reported": report}
    made: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
        "submit": [(role_of(f"submit.{name}"), item, _json(name, known[name])) for name in SUBMITTED_ABOUT_ITEMS],
        "submitAboutProgramme": [
            (role_of(f"submit.{name}"), "", _json(name, known[name])) for name in SUBMITTED_ABOUT_PROGRAMMES
        ],
        "prepare": [("unit", item, _json(name, known[name])) for name in PREPARED],
        "listPrepared": [("unit", "", {})],
        "publishProgramme": [("office", "", {"json": examples.PROGRAMME}), ("office", "", _yaml())],
        "adoptPolicy": [("office", "", {"json": examples.POLICY})],
        "extendProgramme": [("office", "", {"json": examples.DATA["programme.extended"]})],
        "extendCalendar": [("office", "", {"json": examples.DATA["calendar.extended"]})],
        "nameDeputy": [("office", "", {"json": examples.DATA["deputy.named"]})],
        "endDeputy": [("office", "", {"json": examples.DATA["deputy.ended"]})],
        "assignItem": [("office", "K03", {"json": examples.DATA["item.assigned"]})],
        "uploadEvidence": [uploaded, uploaded],
        "askForEvidence": [("unit", "", {})],
        "readEvidence": [("unit", "", {})],
        "submitBulk": [("unit", "", {"json": examples.BULK})],
        "readReceipt": [("office", "", {})],
        "readReceiptKeys": [("unit", "", {})],
        "describe": [("unit", "", {})],
    }
    return made[id_]


def _json(name: str, data: Any) -> dict[str, Any]:
    return {"json": {"type": name, "data": data}}


def _yaml() -> dict[str, Any]:
    """Another programme than the JSON one; JSON is YAML, too."""
    text = json.dumps({**examples.PROGRAMME, "programme": f"{HERE}-2032"}, ensure_ascii=False)
    return {"content": text.encode(), "headers": {"Content-Type": "application/yaml"}}


WRONG: dict[str, dict[str, Any]] = {
    "400": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "413": {"content": b" " * 3_000_000, "headers": {"Content-Type": "application/json"}},
    "415": {"content": b"x", "headers": {"Content-Type": "image/png"}},
    "422": {"json": {"type": "progress.reported", "data": {"no such": "field"}}},
}


OTHERS: dict[str, list[dict[str, Any]]] = {"PUT": [{"content": b"other"}], "HEAD": [{}], "GET": [{}]}


async def test_every_operation_is_refused_as_the_document_says(intake: RunningIntake) -> None:
    described = Described((await intake.http.get("/openapi.json")).json())
    for id_, method, path in described.operations():
        for about in (ITEMS["public"], "K97"):
            address = path.format(
                programme=PROGRAMME, item=about, sha256=SHA256 if about != "K97" else "0" * 64, submission_id="x"
            )
            for request in WRONG.values() if method == "POST" else OTHERS[method]:
                for headers in ({}, bearer(intake, "unit"), bearer(intake, "office")):
                    sent: dict[str, Any] = {**request, "headers": headers | request.get("headers", {})}
                    answer = await intake.http.request(method, address, **sent)
                    described.check(id_, answer)


async def test_what_marks_a_programme_as_simulated_is_true_or_false(intake: RunningIntake) -> None:
    for given in ("1", "yes", "True", "", "true&simulated=true"):
        asked = await intake.http.post(
            f"/v1/programmes?simulated={given}", headers=bearer(intake, "office"), json=examples.PROGRAMME
        )
        assert asked.status_code == 400, given
        assert [fault["field"] for fault in asked.json()["errors"]] == ["simulated"]


async def test_a_file_is_sent_whole_whatever_part_is_asked_for(intake: RunningIntake) -> None:
    headers = bearer(intake, "unit")
    assert (await intake.http.put(f"/v1/evidence/{SHA256}", headers=headers, content=CONTENT)).is_success
    for part in ("bytes=0-1", "bytes=9-", "bytes=1-2,3-3", "lines=1"):
        answer = await intake.http.get(f"/v1/evidence/{SHA256}", headers={**headers, "Range": part})
        assert (answer.status_code, answer.content, answer.headers["accept-ranges"]) == (200, CONTENT, "none")


async def test_digits_of_another_script_are_refused_with_the_field(intake: RunningIntake) -> None:
    report = {**examples.DATA["progress.reported"], "evidence": [], "period": "２０２４Q1"}
    address = f"/v1/programmes/{PROGRAMME}/items/{ITEMS['public']}/submissions"
    answer = await intake.http.post(
        address, headers=bearer(intake, "unit"), json={"type": "progress.reported", "data": report}
    )
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["rule"]) for one in answer.json()["errors"]] == [
        ("data.period", "string_pattern_mismatch")
    ]


async def test_every_address_says_what_a_browser_may_do_with_its_answer(intake: RunningIntake) -> None:
    assert await told_safely(intake.app, intake.http, bearer(intake, "office")) > 40
    assert await told_safely(intake.app.state.operator, intake.ops, {}) > 10


async def test_what_is_made_up_is_answered_as_documented(intake: RunningIntake, tmp_path: Path) -> None:
    await _fuzzed(intake, tmp_path, phases=SHORT, examples=2)


@pytest.mark.walk
@pytest.mark.timeout(900)
async def test_what_is_made_up_for_minutes_is_answered_as_documented(intake: RunningIntake, tmp_path: Path) -> None:
    await _fuzzed(intake, tmp_path, phases=LONG, examples=60)


async def _fuzzed(intake: RunningIntake, folder: Path, *, phases: str, examples: int) -> None:
    document = (await intake.http.get("/openapi.json")).json()
    headers = {"Authorization": f"Bearer {intake.mint(PEOPLE['office'], 3600)}", "Host": "intake"}
    known = {"programme": PROGRAMME, "item": ITEMS["public"], "sha256": SHA256, "submission_id": PUBLISHED[0]}
    assert (await intake.http.put(f"/v1/evidence/{SHA256}", headers=headers, content=CONTENT)).is_success
    await fuzzed(intake.app, document, folder, headers, known, phases, examples)
