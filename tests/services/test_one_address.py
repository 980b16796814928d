"""Intake and query behind the front, as people know them: one address, one session, one header, one way out."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from contracts.values import Unit
from embedded.child_process import LOOPBACK, free_port
from embedded.front import Front
from embedded.postgres import PostgresServer
from eventlog.log.memory import MemoryLog
from programmes.programme_file import load_programme
from services.query.app import build
from services.query.settings import QuerySettings
from tests.services.intake.running_intake import (
    REPORT,
    YUANCHENG,
    RunningIntake,
    make_topics,
    running,
    settings_for,
    until,
)
from tests.services.query.feed import Feed
from tests.web.desk import new_browser, sandbox_issuer, settings_at, sign_in
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
PROGRAMME = "441602-2024"
OPERATORS = ("/metrics", "/healthz", "/readyz")


@dataclass
class Town:
    """Both services and their parts."""

    origin: str
    intake_url: str
    query_url: str
    intake: RunningIntake
    query: Any
    postgres: PostgresServer
    issuer_folder: Path

    async def operator(self, service: str, path: str) -> httpx.Response:
        """What the operator is answered."""
        if service == "intake":
            return await self.intake.ops.get(path)
        transport = httpx.ASGITransport(self.query.state.operator)
        async with httpx.AsyncClient(transport=transport, base_url="http://operator") as client:
            return await client.get(path)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def town(kafka: str, servers_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder, prefix = tmp_path_factory.mktemp("one-address"), f"t{uuid.uuid4().hex[:10]}-"
    make_topics(kafka, prefix)
    ports = {name: free_port() for name in ("front", "intake", "query")}
    origin = f"http://{LOOPBACK}:{ports['front']}"
    postgres = PostgresServer(servers_folder / f"postgres-{prefix}", say=lambda _: None)
    url = await asyncio.to_thread(postgres.start)
    front = Front(folder / "front", origin=origin, routes={"/": ports["query"], "/intake": ports["intake"]})
    async with AsyncExitStack() as stack:
        stack.push_async_callback(asyncio.to_thread, postgres.stop)
        issuer = await stack.enter_async_context(sandbox_issuer(folder / "issuer"))
        told = settings_at(origin, issuer, folder / "issuer")
        feed = Feed()
        units = [Unit(id=one.id, name=one.name) for one in load_programme(YUANCHENG).units]
        feed.publish(PROGRAMME, units=units)
        query = build(QuerySettings(bootstrap_servers="", database_url=url, **told), lambda _: MemoryLog(feed.topics))
        await stack.enter_async_context(beside(query, LOOPBACK, ports["query"]))
        settings = settings_for(kafka, prefix, folder, database_url=url, **told)
        intake = await stack.enter_async_context(running(settings, folder))
        await stack.enter_async_context(beside(intake.app, LOOPBACK, ports["intake"], lifespan="off"))
        await until(lambda: query.state.following.caught_up, "query did not catch up")
        await intake.publish_and_rule()
        front.launch()
        stack.push_async_callback(asyncio.to_thread, front.stop)
        await until(front.ready, "the front does not answer")
        yield Town(
            origin=origin,
            intake_url=f"http://{LOOPBACK}:{ports['intake']}",
            query_url=f"http://{LOOPBACK}:{ports['query']}",
            intake=intake,
            query=query,
            postgres=postgres,
            issuer_folder=folder / "issuer",
        )


@pytest_asyncio.fixture(loop_scope="module")
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with new_browser() as made:
        yield made


async def shown(browser: httpx.AsyncClient, town: Town) -> list[int]:
    """What a page of each service answers to a browser."""
    paths = ("/inbox", "/intake/items")
    return [(await browser.get(town.origin + path, headers={"Accept": "text/html"})).status_code for path in paths]


async def test_one_sign_in_opens_both_services_and_one_sign_out_closes_both(
    town: Town, browser: httpx.AsyncClient
) -> None:
    assert await shown(browser, town) == [401, 401]
    await sign_in(browser, town.origin, "u-fagai-1")
    assert await shown(browser, town) == [200, 200]
    kept = {"Cookie": f"liangdeng={browser.cookies['liangdeng']}"}
    await browser.post(f"{town.origin}/sign-out")
    assert await shown(browser, town) == [401, 401]
    for url in (f"{town.intake_url}/items", f"{town.query_url}/inbox"):
        assert (await browser.get(url, headers=kept)).status_code == 401, "the session is over, not only the cookie"


def header_of(page: str) -> str:
    """The header of a page, but for which place is here and the page's own address."""
    found = re.search(r"<header.*?</header>", page, re.DOTALL)
    assert found, page
    text = re.sub(r' aria-current="page"', "", found[0])
    return re.sub(r'<a href="[^"]*" lang="en" hreflang="en">', "", text)


async def test_both_services_have_the_same_header(town: Town, browser: httpx.AsyncClient) -> None:
    await sign_in(browser, town.origin, "u-fagai-1")
    about = f"/programmes/{PROGRAMME}"
    pages = [(await browser.get(town.origin + path)).text for path in ("/", "/intake/items", about)]
    first, second, third = map(header_of, pages)
    assert first == second
    assert f'href="{about}/evaluation"' in third
    item = (await browser.get(f"{town.origin}/intake/items/{PROGRAMME}/K01")).text
    assert header_of(item) == third
    assert '<form method="post" action="/sign-out">' in first
    assert '承办单位 · 区发展改革局 · <code class="id">u-fagai-1<' in first


async def test_every_link_and_file_of_a_page_is_found_below_the_one_address(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, town.origin, "u-fagai-1")
    for path in ("/", "/intake/items", f"/intake/items/{PROGRAMME}/K01", f"/programmes/{PROGRAMME}"):
        page = await browser.get(town.origin + path, headers={"Accept": "text/html"})
        links = set(re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text))
        assert links
        for link in sorted(links)[:40]:
            assert link.startswith(("/", "?")), link
            found = await browser.get(str(page.url.join(link.replace("&amp;", "&"))))
            assert found.status_code in (200, 303) or f"/items/{PROGRAMME}" in link, (path, link, found.status_code)


async def test_a_form_goes_round_below_the_prefix_and_leads_to_its_ruling(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, town.origin, "u-fagai-1")
    address = f"{town.origin}/intake/items/{PROGRAMME}/K01/progress.reported"
    page = await browser.get(address)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    parts: list[Any] = [(name, (None, value)) for name, value in {**hidden, "claim": "in_progress"}.items()]
    sent = await browser.post(address, files=parts, headers={"Origin": town.origin, "Sec-Fetch-Site": "same-origin"})
    assert sent.status_code == 202, sent.text
    assert re.search(r'href="/submissions/[0-9a-f-]+\?min_position=~[\w-]+"', sent.text)
    async with new_browser() as other:
        await sign_in(other, town.origin, "u-fagai-1")
        again = await other.post(address, files=parts, headers={"Origin": town.origin})
        assert again.status_code == 403, "the form's proof is bound to its session"


async def test_intake_answers_below_its_prefix_and_without(town: Town, browser: httpx.AsyncClient) -> None:
    headers = town.intake.headers("u-fagai-1")
    for path in ("/items", "/intake/items"):
        page = await browser.get(town.intake_url + path, headers=headers)
        assert page.status_code == 200
        assert 'href="/intake/style.css"' in page.text
    for path in ("/style.css", "/intake/style.css", "/shared/design.css", "/intake/shared/design.css"):
        assert (await browser.get(town.intake_url + path)).status_code == 200, path
    for path in ("/v1/evidence/", "/intake/v1/evidence/"):
        answer = await browser.head(f"{town.intake_url}{path}{'0' * 64}", headers=headers)
        assert answer.status_code == 404
    assert (await browser.get(f"{town.intake_url}/intakeitems")).status_code == 404


async def test_a_page_that_says_what_went_wrong_knows_who_is_signed_in(town: Town, browser: httpx.AsyncClient) -> None:
    await sign_in(browser, town.origin, "u-fagai-1")
    for path in ("/nowhere", "/intake/nowhere", "/programmes/nowhere", f"/intake/items/{PROGRAMME}/nothing"):
        page = await browser.get(town.origin + path, headers={"Accept": "text/html"})
        assert page.status_code == 404
        assert "u-fagai-1" in header_of(page.text), path


async def test_no_redirect_is_made_of_what_a_request_says_of_its_host(town: Town, browser: httpx.AsyncClient) -> None:
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    intake = ("/", "/intake", "/intake/", "/items/", "/intake/items/")
    moved = 0
    for url in (*(town.intake_url + path for path in intake), f"{town.query_url}/inbox/", f"{town.query_url}/sign-in"):
        answer = await browser.get(url, headers=lies)
        moved += answer.is_redirect
        assert "evil" not in answer.headers.get("location", ""), url
        answer = await browser.get(url, headers={**lies, "Host": "evil.example"})
        assert answer.status_code == 421, url
        assert "evil" not in answer.headers.get("location", ""), url
    assert moved == 4


async def test_what_the_operator_asks_is_answered_at_a_door_of_its_own_alone(
    town: Town, browser: httpx.AsyncClient
) -> None:
    urls = [town.origin, f"{town.origin}/intake", town.intake_url, f"{town.intake_url}/intake", town.query_url]
    for url in urls:
        for path in OPERATORS:
            assert (await browser.get(url + path)).status_code == 404, url + path
    for service in ("intake", "query"):
        for path in OPERATORS:
            assert (await town.operator(service, path)).status_code == 200, (service, path)


@pytest.mark.parametrize("service", ["intake", "query"])
async def test_without_keys_every_token_is_refused_and_readiness_is_red_until_they_are_back(
    town: Town, browser: httpx.AsyncClient, service: str
) -> None:
    file = town.issuer_folder / "jwks.json"
    good, token = file.read_bytes(), town.intake.headers("u-fagai-1")
    url = f"{town.intake_url}/items" if service == "intake" else f"{town.query_url}/v1/inbox"
    assert (await browser.get(url, headers=token)).status_code == 200
    await sign_in(browser, town.origin, "u-fagai-1")
    for broken in (b"", b'{"keys": []}', None):
        file.unlink() if broken is None else file.write_bytes(broken)
        assert (await browser.get(url, headers=token)).status_code == 401
        red = await town.operator(service, "/readyz")
        assert red.status_code == 503
        assert any(one.startswith("keys: ") for one in red.json()["reasons"]), red.text
        assert "liangdeng_keys 0.0" in (await town.operator(service, "/metrics")).text
        assert (await browser.get(f"{town.origin}/intake/items")).status_code == 200, "people go on"
        file.write_bytes(good)
        assert (await town.operator(service, "/readyz")).status_code == 200
        assert (await browser.get(url, headers=token)).status_code == 200
    metrics = (await town.operator(service, "/metrics")).text
    assert "liangdeng_keys 1.0" in metrics
    assert 'liangdeng_security_events_total{event="keys_lost"} 3.0' in metrics


async def test_a_right_that_is_denied_is_a_security_event(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    headers = {**town.intake.headers("o1", "denied"), "X-Request-Id": "front-23"}
    url = f"/v1/programmes/{PROGRAMME}/items/K01/submissions"
    assert (await town.intake.http.post(url, json=REPORT, headers=headers)).status_code == 403
    told = [json.loads(one.message) for one in caplog.records if one.name == "liangdeng.security"]
    (denied,) = [one for one in told if one["event"] == "right_denied"]
    assert (denied["person"], denied["request_id"]) == ("o1", "front-23")


async def test_while_postgresql_is_down_programs_go_on_submitting_and_people_are_told(
    town: Town, browser: httpx.AsyncClient
) -> None:
    await sign_in(browser, town.origin, "u-fagai-1")
    await asyncio.to_thread(town.postgres.stop)
    try:
        receipt = await town.intake.submit("u-fagai-1", "K01", REPORT, "without-postgresql")
        assert receipt.status_code == 202
        for path in ("/intake/items", "/inbox"):
            answer = await browser.get(town.origin + path, headers={"Accept": "text/html"})
            assert answer.status_code == 503, path
            assert "retry-after" in answer.headers
            assert "请稍后再试" in answer.text or "暂时无法" in answer.text
            assert "未登录" not in answer.text, "nobody is told that they are signed out"
        assert (await town.operator("intake", "/readyz")).status_code == 200
    finally:
        await asyncio.to_thread(town.postgres.start)
    deadline = asyncio.get_running_loop().time() + 20
    while await shown(browser, town) != [200, 200]:
        assert asyncio.get_running_loop().time() < deadline, "the session was not found again"
        await asyncio.sleep(0.1)
