"""The office publishes a programme in the browser: its file is checked first, and published whole or not at all."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from tests.services.intake.running_intake import YUANCHENG, RunningIntake, with_desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
ITEMS = 108


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("publication")) as made:
        yield made


async def send(intake: RunningIntake, content: bytes, act: str, key: str = "", **changed: str) -> httpx.Response:
    """Choose a file in the form, and press a button."""
    cookie = await intake.cookie("o1")
    page = (await intake.http.get("/publish", headers=cookie)).text
    hidden = dict(re.findall(r'name="(csrf|key)" value="([^"]*)"', page))
    fields = {**hidden, "act": act, **({"key": key} if key else {}), **changed}
    return await intake.http.post("/publish", data=fields, files={"file": ("2024.yaml", content)}, headers=cookie)


async def recorded(intake: RunningIntake) -> int:
    return len(await intake.rating.submissions())


@pytest.mark.parametrize(("person", "status"), [("u-fagai-1", 403), ("chief", 403), ("o1", 200)])
async def test_the_page_is_the_office_s(intake: RunningIntake, person: str, status: int) -> None:
    assert (await intake.http.get("/publish", headers=await intake.cookie(person))).status_code == status
    drafts = await intake.http.get("/drafts", headers=await intake.cookie(person))
    assert ("/publish" in drafts.text) is (status == 200)


async def test_every_fault_is_told_with_its_place_and_nothing_is_recorded(intake: RunningIntake) -> None:
    wrong = YUANCHENG.read_text(encoding="utf-8").replace("lead_unit: fagai", "lead_unit: nobody").encode()
    answer = await send(intake, wrong, "publish")
    assert answer.status_code == 422
    assert "nobody" in answer.text
    assert "items" in answer.text
    assert await recorded(intake) == 0


async def test_what_was_not_sent_from_the_form_is_refused(intake: RunningIntake) -> None:
    answer = await send(intake, YUANCHENG.read_bytes(), "publish", csrf="0" * 64)
    assert answer.status_code == 403
    assert await recorded(intake) == 0


async def test_it_is_checked_then_published_once_however_often_the_form_is_sent(intake: RunningIntake) -> None:
    checked = await send(intake, YUANCHENG.read_bytes(), "check")
    assert checked.status_code == 200
    assert f"<dd>{ITEMS}</dd>" in checked.text
    assert await recorded(intake) == 0
    key = uuid.uuid4().hex
    published = await send(intake, YUANCHENG.read_bytes(), "publish", key)
    assert published.status_code == 202, published.text
    assert f"共记录 {ITEMS + 1} 份提交" in published.text
    assert await recorded(intake) == ITEMS + 1
    await intake.rating.rule()
    another = await send(intake, YUANCHENG.read_bytes(), "publish")
    assert another.status_code == 409
    assert "已经发布" in another.text
    assert await recorded(intake) == ITEMS + 1


async def test_a_file_of_another_jurisdiction_is_not_this_office_s(intake: RunningIntake) -> None:
    text = YUANCHENG.read_text(encoding="utf-8").replace("441602", "330304")
    answer = await send(intake, text.encode(), "check")
    assert answer.status_code in (403, 404), answer.text
