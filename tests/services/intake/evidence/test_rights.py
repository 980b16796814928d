"""Who may open a file of evidence, and that nobody else learns whether it is there."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from PIL import Image
from psycopg.rows import dict_row

from tests.services.intake.evidence.files import pdf, picture
from tests.services.intake.running_intake import (
    REPORT,
    RunningIntake,
    until,
    with_desk,
)

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
SAME = {"X-Request-Id": "one"}
LEAD, COOPERATING, OTHER = "u-fagai-1", "u-caizheng-1", "u-jiaoyu-1"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("evidence")) as made:
        await made.publish_and_rule()
        yield made


def _report(content: bytes, name: str = "a.txt", media_type: str = "text/plain") -> dict[str, Any]:
    cited = {"sha256": _name(content), "name": name, "size": len(content), "media_type": media_type}
    return {"type": "progress.reported", "data": {**REPORT["data"], "evidence": [cited]}}


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def _cited(intake: RunningIntake, content: bytes, key: str, *named: str) -> str:
    """A file that a report about K01 cites; its address."""
    await intake.upload(LEAD, content)
    answer = await intake.submit(LEAD, "K01", _report(content, *named), key)
    assert answer.status_code == 202, answer.text
    citations = intake.dependencies.citations
    await until(lambda: bool(citations.items(_name(content))), "the citation was not read")
    return f"/v1/evidence/{_name(content)}"


async def _ask(intake: RunningIntake, person: str, url: str, method: str = "GET", **more: Any) -> httpx.Response:
    return await intake.http.request(method, url, headers=intake.headers(person, **SAME), **more)


async def test_evidence_is_opened_by_whoever_sees_its_item_in_full(intake: RunningIntake) -> None:
    url = await _cited(intake, b"whole", "e1")
    for person in (LEAD, COOPERATING, "o1", "leader-1", "chief", "auditor"):
        assert (await _ask(intake, person, url)).content == b"whole", person
        assert (await _ask(intake, person, url, "HEAD")).headers["content-length"] == "5", person
    for person in (OTHER, "leader-2"):
        assert (await _ask(intake, person, url)).status_code == 404, person
    assert (await intake.http.get(url)).status_code == 401


async def test_what_one_may_not_open_is_answered_as_if_it_were_not_there(intake: RunningIntake) -> None:
    url, nothing = await _cited(intake, b"secret", "e2"), f"/v1/evidence/{_name(b'nothing')}"
    for method in ("GET", "HEAD"):
        hidden, missing = [await _ask(intake, OTHER, one, method) for one in (url, nothing)]
        assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)
        assert hidden.headers == missing.headers
    # whoever has the same file may bring it, and is not told that it was there
    assert (await _ask(intake, OTHER, url, "PUT", content=b"secret")).status_code == 201
    assert (await _ask(intake, OTHER, url, "PUT", content=b"secret")).status_code == 200
    assert (await _ask(intake, OTHER, url)).content == b"secret"


async def test_knowing_a_files_hash_opens_nothing(intake: RunningIntake) -> None:
    await _cited(intake, b"known by its hash", "e3")
    other = next(item for item in intake.programme.items if item.lead_unit == "jiaoyu").id
    answer = await intake.submit(OTHER, other, _report(b"known by its hash"), "e4")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["rule"] == "evidence_not_uploaded"


async def test_until_it_is_cited_a_file_is_its_uploaders(intake: RunningIntake) -> None:
    await intake.upload(LEAD, b"not cited")
    url = f"/v1/evidence/{_name(b'not cited')}"
    assert (await _ask(intake, LEAD, url)).content == b"not cited"
    assert [(await _ask(intake, person, url)).status_code for person in ("o1", COOPERATING, "auditor")] == [404] * 3


async def test_every_opened_file_is_on_record_and_none_is_opened_that_cannot_be(
    intake: RunningIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await _cited(intake, b"on record", "e5")
    assert (await _ask(intake, "leader-1", url)).status_code == 200
    assert (await _ask(intake, "leader-2", url)).status_code == 404
    async with await psycopg.AsyncConnection.connect(intake.settings.database_url, row_factory=dict_row) as connection:
        cursor = await connection.execute("SELECT * FROM audit_trail.privileged_read WHERE about = %s", [url[13:]])
        (row,) = await cursor.fetchall()
    assert (row["person"], row["role"], row["operation"], row["kind"]) == (
        "leader-1",
        "leader",
        "evidence.read",
        "evidence",
    )
    assert (row["jurisdiction"], row["programme"], row["item"]) == ("441602", intake.programme.programme, "K01")
    trail = intake.dependencies.who.privileged_reads
    monkeypatch.setattr(trail, "_prepared", False)
    monkeypatch.setattr("web.privileged_reads.SCHEMA", "SELECT broken")
    refused = await _ask(intake, "leader-1", url)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["type"] == "urn:liangdeng:problem:not_recorded"


async def test_a_browser_downloads_a_file_under_its_name_and_shows_nothing_of_it(
    intake: RunningIntake,
) -> None:
    url = await _cited(intake, b"\xef\xbb\xbfa,b\n1,2\n", "e6", "2024年台账 “终稿”.csv", "text/csv")
    for person in (LEAD, "o1"):
        answer = await intake.http.get(url, headers=await intake.cookie(person))
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"2024_.csv\"; filename*=UTF-8''"
            "2024%E5%B9%B4%E5%8F%B0%E8%B4%A6%20%E2%80%9C%E7%BB%88%E7%A8%BF%E2%80%9D.csv"
        )
        assert answer.headers["content-type"] == "text/csv"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "private, no-store"
    assert (await intake.http.get(url, headers=await intake.cookie(OTHER))).status_code == 404
    for method in ("PUT", "DELETE", "POST"):
        answer = await intake.http.request(method, url, headers=await intake.cookie(LEAD), content=b"x")
        assert answer.status_code in (401, 405), method


async def test_what_could_run_is_refused_whatever_it_is_said_to_be(intake: RunningIntake) -> None:
    for content in (b"MZ\x90\0" + bytes(99), b"<svg onload='x'/>", b"#!/bin/sh\n", b"<!doctype html>"):
        headers = intake.headers(LEAD, **{"Content-Type": "application/pdf"})
        answer = await intake.http.put(f"/v1/evidence/{_name(content)}", content=content, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:liangdeng:problem:evidence_type")
        assert "pdf" in answer.json()["detail_en"]
        assert (await _ask(intake, LEAD, f"/v1/evidence/{_name(content)}")).status_code == 404


async def test_pages_are_seen_as_pictures_by_whoever_may_open_the_file(intake: RunningIntake) -> None:
    content = pdf(12)
    url = (await _cited(intake, content, "e7", "方案.pdf", "application/pdf")).removeprefix("/v1")
    for person in (LEAD, "o1"):
        page = await intake.http.get(url, headers=await intake.cookie(person))
        assert (page.status_code, page.text.count('loading="lazy"')) == (200, 10)
        assert "方案.pdf" in page.text
        assert "12 页" in page.text
        assert f"/v1{url}" in page.text
        rest = await intake.http.get(f"{url}?from=11&lang=en", headers=await intake.cookie(person))
        assert (rest.status_code, rest.text.count('loading="lazy"')) == (200, 2)
        picture_ = await intake.http.get(f"{url}/pages/12?size=large", headers=await intake.cookie(person))
        assert picture_.headers["content-type"] == "image/jpeg"
        assert "sandbox" in picture_.headers["content-security-policy"]
        assert max(Image.open(io.BytesIO(picture_.content)).size) == 1600
    cookie = await intake.cookie("o1")
    for strange in ("0", "13", "-1", "x", "٣", "9" * 30):
        assert (await intake.http.get(f"{url}/pages/{strange}", headers=cookie)).status_code == 404, strange
    for address in (url, f"{url}/pages/1"):
        headers = {**SAME, **await intake.cookie(OTHER)}
        hidden = await intake.http.get(address, headers=headers)
        missing = await intake.http.get(address.replace(url, f"/evidence/{'0' * 64}"), headers=headers)
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.replace(_name(content), "0" * 64) == missing.text


async def test_the_office_sees_the_files_of_a_report_above_its_review(intake: RunningIntake) -> None:
    content = picture("green")
    await _cited(intake, content, "e8", "现场.png", "image/png")
    form = f"/items/{intake.programme.programme}/K01/progress.reviewed?period=2024Q1"
    page = await intake.http.get(form, headers=await intake.cookie("o1"))
    assert f"/evidence/{_name(content)}/pages/1?size=small" in page.text
    assert f"/v1/evidence/{_name(content)}" in page.text
    other = await intake.http.get(form.replace("Q1", "Q2"), headers=await intake.cookie("o1"))
    assert _name(content) not in other.text


async def test_a_large_file_passes_in_parts(intake: RunningIntake) -> None:
    content = b"%PDF-1.7" + bytes(12_000_000)
    url = await _cited(intake, content, "e9", "大.pdf", "application/pdf")
    parts = await intake.dependencies.evidence_objects.stream(url[13:15] + "/" + url[13:])
    assert parts is not None
    sizes = [len(part) async for part in parts]
    assert sum(sizes) == len(content)
    assert max(sizes) < 3_000_000
    assert (await _ask(intake, "o1", url)).content == content
