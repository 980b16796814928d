"""Every operation of query's document is asked with real data, by everybody, and answers as the document says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.services.all_routes import told_safely
from tests.services.described import Described
from tests.services.fuzzing import LONG, SHORT, fuzzed
from tests.services.query.house import House, house
from tests.services.query.test_recorded_answers import P, a_story

pytestmark = pytest.mark.services
ASKERS = ("", "unit:nongye", "unit:jiaoyu", "office", "leader:leader-1", "chief", "auditor")
QUERIES = ("", "?as_of=2024-04-09", "?as_of=yesterday", "?timeout=x", "?unit=nongye", "?period=2024Q1", "?state=all")


async def test_every_operation_of_the_document_answers_as_it_says(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed, paths = a_story()
    submissions = [path.rpartition("/")[2] for path in paths if path.startswith("/v1/submissions/")]
    async with house(postgres(), feed, tmp_path) as told:
        described = Described((await told.client.get("/openapi.json")).json())
        await _privileged_read(told)
        for id_, method, path in described.operations():
            if id_ == "followChanges":
                described.check(id_, await _first_of_a_stream(told, path))
                continue
            assert method == "GET", "an operation that this test does not ask"
            for submission in submissions if "{submission}" in path else [""]:
                for item, notice in (("K01", f"{P}-n1"), ("K02", "n0")):
                    address = path.format(programme=P, item=item, notice=notice, submission=submission)
                    for who in ASKERS:
                        for query in QUERIES if "{item}" not in path else QUERIES[:3]:
                            answer = await told.client.get(address + query, headers=told.headers(who))
                            assert answer.status_code < 500, answer.text
                            described.check(id_, answer)
        late = await told.client.get(
            "/v1/progress?min_position=rulings-0@999&timeout=0.1", headers=told.headers("office")
        )
        assert late.status_code == 504
        described.check("readProgress", late)
        assert described.successes() - described.seen == set()
        for language in ("zh", "en"):
            described.told_by(await told.page(f"/docs?lang={language}"))


async def test_every_address_says_what_a_browser_may_do_with_its_answer(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with house(postgres(), a_story()[0], tmp_path) as told:
        assert await told_safely(told.app, told.client, told.headers("office")) > 100
        assert await told_safely(told.app.state.operator, told.ops, {}) > 10


async def test_what_is_made_up_is_answered_as_documented(postgres: Callable[[], str], tmp_path: Path) -> None:
    await _fuzzed(postgres(), tmp_path, phases=SHORT, examples=2)


@pytest.mark.walk
@pytest.mark.timeout(900)
async def test_what_is_made_up_for_minutes_is_answered_as_documented(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    await _fuzzed(postgres(), tmp_path, phases=LONG, examples=60)


async def _fuzzed(url: str, folder: Path, *, phases: str, examples: int) -> None:
    feed, paths = a_story()
    submission = next(path.rpartition("/")[2] for path in paths if path.startswith("/v1/submissions/"))
    known = {"programme": P, "item": "K01", "notice": f"{P}-n1", "submission": submission}
    # What is made up asks for more than anybody may.
    async with house(url, feed, folder, account_a_minute=10**6, address_a_minute=10**6) as told:
        document = (await told.client.get("/openapi.json")).json()
        headers = {**told.headers("office"), "Host": "query"}
        await fuzzed(told.app, document, folder, headers, known, phases, examples)


async def _privileged_read(told: House) -> None:
    """So that the list of them is not empty."""
    await told.get(f"/v1/programmes/{P}/items/K02", "office")
    assert (await told.get("/v1/privileged-reads", "auditor"))["privileged_reads"]


async def _first_of_a_stream(told: House, path: str) -> Any:
    """The beginning of a stream that has no end of its own; a client in this process would wait for that."""
    begun: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.set_result(message)
        elif message.get("body"):
            gone.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"host", b"query")],
        "server": ("query", 80),
    }
    await told.app(scope, receive, send)
    message = await begun
    request = httpx.Request("GET", f"http://query{path}")
    return httpx.Response(message["status"], headers=message["headers"], request=request)
