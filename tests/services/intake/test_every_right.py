"""Every right at intake's doors, cell by cell over HTTP: role, tie, classification, this district and the next."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sandbox.people import Account
from supervision.right import Cell, Operation
from supervision.rights import OPERATIONS
from tests.services.districts import HERE, ITEMS, LEAD, NEIGHBOUR, PROGRAMME, person, programme_file
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.services.rights_walk import walked

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
SUBMITTED = sorted(name for name in OPERATIONS if name.startswith("submit."))
SERVED = (
    "submission.send",
    "programme_submission.send",
    "programme.publish",
    "policy.adopt",
    "programme.extend",
    "calendar.extend",
    "item.assign",
    "deputy.name",
    "deputy.end",
    "my_items.list",
    "item.read_full",
    "evidence.upload",
    "evidence.ask",
    "evidence.read",
    *SUBMITTED,
)
LEADS = Account("u-fagai-1", "unit", LEAD, "", "", (HERE,))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("rights")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder, database_url=postgres()), folder) as made:
        for district in (HERE, NEIGHBOUR):
            office = Account("o1", "office", None, "", "", (district,))
            headers = {**bearer(made, office), "Idempotency-Key": district, "Content-Type": "application/json"}
            answer = await made.http.post("/v1/programmes", content=programme_file(district), headers=headers)
            assert answer.status_code == 202, answer.text
        await made.rating.rule()
        await until(lambda: len(made.dependencies.roster.items) == 4, "the roster does not know the items")
        for item in ITEMS.values():
            await _cited(made, item)
        yield made


def bearer(intake: RunningIntake, who: Account | None) -> dict[str, str]:
    return {} if who is None else {"Authorization": f"Bearer {intake.mint(who)}"}


def _file(item: str) -> tuple[str, bytes]:
    content = f"evidence of {item}".encode()
    return hashlib.sha256(content).hexdigest(), content


async def _cited(intake: RunningIntake, item: str) -> None:
    """A file of fagai's that its report about an item cites."""
    sha256, content = _file(item)
    headers = {**bearer(intake, LEADS), "Idempotency-Key": item}
    assert (await intake.http.put(f"/v1/evidence/{sha256}", content=content, headers=headers)).status_code == 201
    cited = {"sha256": sha256, "name": "a.txt", "size": len(content), "media_type": "text/plain"}
    data = {"period": "2024Q1", "claim": "in_progress", "evidence": [cited]}
    url = f"/v1/programmes/{PROGRAMME}/items/{item}/submissions"
    answer = await intake.http.post(url, json={"type": "progress.reported", "data": data}, headers=headers)
    assert answer.status_code == 202, answer.text
    citations = intake.dependencies.evidence_rights._citations
    await until(lambda: bool(citations.items(sha256)), "the citation was not read")


@pytest.mark.parametrize("name", SERVED)
async def test_every_cell_is_as_the_table_says(intake: RunningIntake, name: str) -> None:
    async def ask(operation: Operation, cell: Cell, programme: str, item: str) -> httpx.Response:
        asker, relation, _ = cell
        headers = {**bearer(intake, person(asker, relation)), "Idempotency-Key": uuid.uuid4().hex}
        request: Any = _request(operation, programme, item)
        if operation.scope == "record" and relation == "party":
            await _uploaded(intake, headers, item)
        return await intake.http.request(*request[:2], **request[2], headers=headers)

    doors = {"item": "submission.send", "programme": "programme_submission.send"}
    through = doors[OPERATIONS[name].scope] if name.startswith("submit.") else ""
    assert await walked(OPERATIONS[name], ask, through) > 0


@pytest.mark.parametrize("name", [name for name in SUBMITTED if OPERATIONS[name].scope == "item"])
async def test_every_form_is_opened_by_whoever_may_send_it(intake: RunningIntake, name: str) -> None:
    async def ask(operation: Operation, cell: Cell, programme: str, item: str) -> httpx.Response:
        path = f"/items/{programme}/{item}/{operation.name.removeprefix('submit.')}"
        return await intake.http.get(path, headers=bearer(intake, person(*cell[:2])))

    assert await walked(OPERATIONS[name], ask) > 0


async def _uploaded(intake: RunningIntake, headers: dict[str, str], item: str) -> None:
    sha256, content = _file(item)
    assert (await intake.http.put(f"/v1/evidence/{sha256}", content=content, headers=headers)).is_success


def _request(operation: Operation, programme: str, item: str) -> tuple[str, str, dict[str, Any]]:
    """Method, address and body of an operation; a body that is not in order where it may be done."""
    about, name = f"/v1/programmes/{programme}", operation.name
    if name in ("submission.send", "programme_submission.send") or name.startswith("submit."):
        body = {"json": {"type": name.removeprefix("submit."), "data": {"no such": "field"}}}
        where = f"/items/{item}" if operation.scope == "item" else ""
        return "POST", f"{about}{where}/submissions", body
    file = f"/v1/evidence/{_file(item)[0]}"
    requests: dict[str, tuple[str, str, dict[str, Any]]] = {
        "programme.publish": ("POST", "/v1/programmes", {"json": json.loads(programme_file(programme[:6]))}),
        "policy.adopt": ("POST", f"{about}/policies", {"json": {}}),
        "programme.extend": ("POST", f"{about}/units-and-leaders", {"json": {"no such": "field"}}),
        "calendar.extend": ("POST", f"{about}/calendar", {"json": {}}),
        "item.assign": ("POST", f"{about}/items/{item}", {"json": {}}),
        "deputy.name": ("POST", f"{about}/deputies", {"json": {}}),
        "deputy.end": ("POST", f"{about}/deputies/end", {"json": {}}),
        "my_items.list": ("GET", "/items", {}),
        "item.read_full": ("GET", f"/items/{programme}/{item}", {}),
        "evidence.upload": ("PUT", f"/v1/evidence/{hashlib.sha256(b'new').hexdigest()}", {"content": b"new"}),
        "evidence.ask": ("HEAD", file, {}),
        "evidence.read": ("GET", file, {}),
    }
    return requests[name]
