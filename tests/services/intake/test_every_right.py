"""Every right at intake's doors, cell by cell over HTTP: role, tie, classification, this district and the next."""

from __future__ import annotations

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import DeputyAppointed
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import DeputyNamed
from embedded.child_process import LOOPBACK, free_port
from programmes import FOLDER
from programmes.programme_file import read_programme
from sandbox.people import Account
from services.intake.programme_drafts.draft import draft_of_file
from supervision.right import ASKERS, Cell, Operation
from supervision.rights import OPERATIONS, role_answer
from tests.services.districts import HERE, ITEMS, LEAD, NEIGHBOUR, PROGRAMME, Actor, actors, namings, programme_file
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.services.rights_walk import walked
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
SUBMITTED = sorted(name for name in OPERATIONS if name.startswith("submit."))
SERVED = (
    "submission.send",
    "programme_submission.send",
    "programme.publish",
    "draft.manage",
    "policy.adopt",
    "programme.extend",
    "calendar.extend",
    "item.assign",
    "deputy.name",
    "deputy.end",
    "submission.prepare",
    "submission.sign",
    "my_items.list",
    "decisions.send",
    "tables.fill",
    "item.read_full",
    "evidence.upload",
    "evidence.ask",
    "evidence.read",
    *SUBMITTED,
)
LEADS = Actor("clerk", Account("u-fagai-1", "unit", LEAD, "", "", (HERE,)))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("rights")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder, database_url=postgres()), folder) as made:
        for district in (HERE, NEIGHBOUR):
            office = Account("o1", "office", None, "", "", (district,))
            headers = {
                **bearer(made, Actor("office", office)),
                "Idempotency-Key": district,
                "Content-Type": "application/json",
            }
            answer = await made.http.post("/v1/programmes", content=programme_file(district), headers=headers)
            assert answer.status_code == 202, answer.text
            draft = draft_of_file(read_programme(programme_file(district), FOLDER, json=True))
            await made.dependencies.drafts.create(draft, "o1", "created")
        await made.rating.rule()
        await until(lambda: len(made.dependencies.roster.items) == 4, "the roster does not know the items")
        for item in ITEMS.values():
            await _cited(made, item)
        for named in namings():
            await _named(made, named)
        yield made


def bearer(intake: RunningIntake, who: Actor) -> dict[str, str]:
    if who.person is None:
        return {}
    return {"Authorization": f"Bearer {intake.mint(who.person, program=who.program, head=who.head)}"}


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
    citations = intake.dependencies.citations
    await until(lambda: bool(citations.items(sha256)), "the citation was not read")


async def _named(intake: RunningIntake, named: DeputyNamed) -> None:
    """Somebody stands in for a principal on both items."""
    office = Actor("office", Account("o1", "office", None, "", "", (HERE,)))
    data = SUBMISSION_TYPES.dump(named)
    headers = {**bearer(intake, office), "Idempotency-Key": named.deputy}
    answer = await intake.http.post(f"/v1/programmes/{PROGRAMME}/deputies", json=data, headers=headers)
    assert answer.status_code == 202, answer.text
    values = {name: getattr(named, name) for name in ("principal", "deputy", "from_on", "until_on", "reason")}
    await intake.rating.rule(DeputyAppointed(**values))
    items = [intake.dependencies.roster.items[PROGRAMME, item] for item in ITEMS.values()]
    await until(
        lambda: all(any(one.deputy == named.deputy for one in item.namings) for item in items),
        "the roster does not know the deputy",
    )


def _door(name: str) -> str:
    """The operation that is looked at before the body says which one it is."""
    doors = {"item": "submission.send", "programme": "programme_submission.send"}
    return doors[OPERATIONS[name].scope] if name.startswith("submit.") else name


@pytest.mark.parametrize("name", SERVED)
async def test_every_cell_is_as_the_table_says(intake: RunningIntake, name: str) -> None:
    async def ask(operation: Operation, actor: Actor, cell: Cell, programme: str, item: str) -> httpx.Response:
        headers = {**bearer(intake, actor), "Idempotency-Key": uuid.uuid4().hex}
        request: Any = _request(operation, programme, item)
        if operation.scope == "record" and cell[1] == "party":
            await _uploaded(intake, headers, item)
        return await intake.http.request(*request[:2], **request[2], headers=headers)

    assert await walked(OPERATIONS[name], ask, _door(name)) > 0


@pytest.mark.parametrize("name", [name for name in SUBMITTED if OPERATIONS[name].scope == "item"])
async def test_every_form_is_opened_by_whoever_may_send_it(intake: RunningIntake, name: str) -> None:
    async def ask(operation: Operation, actor: Actor, _: Cell, programme: str, item: str) -> httpx.Response:
        path = f"/items/{programme}/{item}/{operation.name.removeprefix('submit.')}"
        return await intake.http.get(path, headers=bearer(intake, actor))

    assert await walked(OPERATIONS[name], ask) > 0


@pytest.mark.parametrize(
    "name", [name for name in SERVED if name not in ("my_items.list", "item.read_full", "submission.sign")]
)
async def test_whoever_may_do_nothing_of_the_kind_is_refused_before_a_byte_of_the_body_is_read(
    intake: RunningIntake, name: str
) -> None:
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"{" * 65_536

    doors = [(_door(name), *_request(OPERATIONS[name], PROGRAMME, "K01")[:2])]
    if name in SUBMITTED and OPERATIONS[name].scope == "item":
        doors.append((name, "POST", f"/items/{PROGRAMME}/K01/{name.removeprefix('submit.')}"))
    for door, method, path in doors:
        for asker in ASKERS:
            if role_answer(door, asker).allowed:
                continue
            actor = actors(asker, "other", "item")[0]
            headers = {**bearer(intake, actor), "Idempotency-Key": "k", "Content-Type": "application/json"}
            answer = await intake.http.request(method, path, content=endless(), headers=headers)
            assert answer.status_code == (401 if asker == "public" else 403), (asker, method, path, answer.text)
            assert not read, (asker, method, path)


async def test_a_connection_with_a_large_body_is_answered_before_it_is_sent(intake: RunningIntake) -> None:
    port = free_port()
    leader = actors("leader", "own_leader", "item")[0]
    async with beside(intake.app, LOOPBACK, port, lifespan="off"), asyncio.timeout(120):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        token = bearer(intake, leader)["Authorization"]
        writer.write(
            f"POST /v1/programmes HTTP/1.1\r\nHost: intake\r\nAuthorization: {token}\r\n"
            f"Content-Type: application/yaml\r\nContent-Length: {10**9}\r\n\r\n".encode()
        )
        assert (await reader.readline()).split()[1] == b"403", "not a byte of it was sent"
        writer.close()


async def test_pages_that_show_an_internal_item_or_a_hidden_plan_are_on_record(intake: RunningIntake) -> None:
    (office, *_), (clerk, *_) = actors("office", "other", "item"), actors("unit", "lead", "item")
    for actor, path, kinds in (
        (clerk, "/items", {"internal_item"}),
        (office, f"/items/{PROGRAMME}/K02", {"internal_item"}),
        (office, f"/items/{PROGRAMME}/K01", set()),
        (clerk, f"/items/{PROGRAMME}/K02/progress.reported", {"internal_item"}),
        (office, f"/drafts/{PROGRAMME}", set()),
        (office, f"/drafts/{PROGRAMME}/items", {"internal_item"}),
        (office, f"/programmes/{PROGRAMME}/words", {"internal_item"}),
    ):
        id_ = f"{actor.name}{path.replace('/', '.')}"
        answer = await intake.http.get(path, headers={**bearer(intake, actor), "X-Request-Id": id_})
        assert answer.status_code == 200, answer.text
        reads = await intake.dependencies.who.privileged_reads.listed([HERE])
        assert {one.kind for one in reads if one.request_id == id_} == kinds, path
        assert len([one for one in reads if one.request_id == id_]) == len(kinds), "once a request"


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
        "draft.manage": ("GET", f"/drafts/{programme}", {}),
        "policy.adopt": ("POST", f"{about}/policies", {"json": {}}),
        "programme.extend": ("POST", f"{about}/units-and-leaders", {"json": {"no such": "field"}}),
        "calendar.extend": ("POST", f"{about}/calendar", {"json": {}}),
        "item.assign": ("POST", f"{about}/items/{item}", {"json": {}}),
        "deputy.name": ("POST", f"{about}/deputies", {"json": {}}),
        "deputy.end": ("POST", f"{about}/deputies/end", {"json": {}}),
        "submission.prepare": ("POST", f"{about}/items/{item}/prepared", {"json": {"type": "no such", "data": {}}}),
        "submission.sign": ("GET", "/v1/prepared", {}),
        "my_items.list": ("GET", "/items", {}),
        "decisions.send": ("GET", "/decisions", {}),
        "tables.fill": ("GET", "/tables", {}),
        "item.read_full": ("GET", f"/items/{programme}/{item}", {}),
        "evidence.upload": ("PUT", f"/v1/evidence/{hashlib.sha256(b'new').hexdigest()}", {"content": b"new"}),
        "evidence.ask": ("HEAD", file, {}),
        "evidence.read": ("GET", file, {}),
    }
    return requests[name]
