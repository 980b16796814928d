"""Who may open a file of evidence, and that nobody else learns whether it is there."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from psycopg.rows import dict_row

from tests.services.intake.running_intake import REPORT, RunningIntake, make_topics, running, settings_for, until

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
LEAD, COOPERATING, OTHER = "u-fagai-1", "u-caizheng-1", "u-jiaoyu-1"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("evidence")
    make_topics(kafka, prefix)
    async with running(settings_for(kafka, prefix, folder, database_url=postgres()), folder) as made:
        await made.publish_and_rule()
        yield made


def _report(content: bytes) -> dict[str, Any]:
    cited = {"sha256": _name(content), "name": "a.txt", "size": len(content), "media_type": "text/plain"}
    return {"type": "progress.reported", "data": {**REPORT["data"], "evidence": [cited]}}


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def _cited(intake: RunningIntake, content: bytes, key: str) -> str:
    """A file that a report about K01 cites; its address."""
    await intake.upload(LEAD, content)
    answer = await intake.submit(LEAD, "K01", _report(content), key)
    assert answer.status_code == 202, answer.text
    citations = intake.dependencies.evidence_rights._citations
    await until(lambda: bool(citations.items(_name(content))), "the citation was not read")
    return f"/v1/evidence/{_name(content)}"


async def _ask(intake: RunningIntake, person: str, url: str, method: str = "GET", **more: Any) -> httpx.Response:
    return await intake.http.request(method, url, headers=intake.headers(person), **more)


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
