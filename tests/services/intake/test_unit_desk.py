"""A unit's pages while rulings come in: the ruling is what a filed form shows first, and what the desk shows on top."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import (
    LightChanged,
    PlanReceived,
    PlanReturned,
    RulingData,
    SubmissionAccepted,
    SubmissionRejected,
)
from tests.services.intake.running_intake import (
    ACCEPTED,
    RunningIntake,
    until,
    with_desk,
)
from tests.services.intake.test_forms import Page

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
HERE = "/items/441602-2024/K01"
GREEN = LightChanged(period="2024Q1", from_="none", to="green", settled=False, rule="Lights 1", because=())


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("desk")) as made:
        await made.publish_and_rule()
        yield made


async def _filed(
    intake: RunningIntake, name: str, fields: dict[str, str], *more: RulingData, verdict: RulingData = ACCEPTED
) -> httpx.Response:
    """A form of K01's unit is filed, and ruled on while its page waits."""
    headers = {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    form = Page((await intake.http.get(f"{HERE}/{name}", headers=headers)).text)
    sent = dict(form.fields) | fields
    asked = asyncio.create_task(intake.http.post(f"{HERE}/{name}", data=sent, headers=headers))
    async with asyncio.timeout(120):
        while not await intake.rating.rule(*more, verdict=verdict):
            assert not asked.done(), (await asked).text
    return await asked


@pytest.mark.parametrize(
    ("verdict", "heading", "told"),
    [
        (ACCEPTED, "已受理</h1>", "待报 → 绿灯"),
        (SubmissionAccepted(remarks=("late",)), "已受理，有附注", "逾期报送"),
        (SubmissionRejected(reasons=("wrong_role",)), "不予受理", "请由有权的角色办理"),
    ],
)
async def test_the_page_of_a_filed_form_shows_the_ruling_first_and_what_to_do(
    intake: RunningIntake, verdict: RulingData, heading: str, told: str
) -> None:
    more = () if isinstance(verdict, SubmissionRejected) else (GREEN,)
    answer = await _filed(
        intake, "progress.reported", {"period": "2024Q1", "claim": "in_progress"}, *more, verdict=verdict
    )
    assert answer.status_code == 202, answer.text
    text = answer.text
    assert heading in text
    plain = " ".join(_bare(text).split())
    assert told in plain
    assert text.index("verdict") < text.index("内容摘要 SHA-256"), "digest and position are folded below"
    assert "<details" in text[: text.index("内容摘要 SHA-256")]
    assert ("重新办理" in text) == isinstance(verdict, SubmissionRejected)
    assert "下一件：报送工作方案 K01" in plain, "the receipt leads on to what is due next"
    assert f'href="/intake{HERE}/plan.submitted"' in text


async def test_what_was_refused_or_returned_stands_on_top_of_the_desk_with_its_reason(intake: RunningIntake) -> None:
    headers = {"Accept": "text/html", **await intake.cookie("u-fagai-1")}
    refusal = SubmissionRejected(reasons=("plan_incomplete",))
    plan = {"node:2024Q1:text": "目标"}
    await _filed(intake, "plan.submitted", plan, verdict=refusal)
    item = intake.dependencies.roster.items["441602-2024", "K01"]
    await until(lambda: any("plan_incomplete" in one.reasons for one in item.setbacks.open), "no refusal is known")
    told = " ".join(_bare((await intake.http.get("/items", headers=headers)).text).split())
    assert "不予受理 报送工作方案" in told
    assert "请为每个未定灯的周期各填一句节点目标" in told
    assert told.index("不予受理") < told.index("要办的")
    await _filed(intake, "plan.submitted", plan, PlanReceived(nodes={}, late=False))
    decided = {"type": "plan.decided", "data": {"decision": "returned", "reason": "二季度目标没有量化"}}
    assert (await intake.submit("leader-1", "K01", decided, "returned")).status_code == 202
    await intake.rating.rule(PlanReturned())
    await until(lambda: any(one.kind == "returned" for one in item.setbacks.open), "no return is known")
    for address in ("/items", HERE):
        told = " ".join(_bare((await intake.http.get(address, headers=headers)).text).split())
        assert "退回 报送工作方案" in told, address
        assert "二季度目标没有量化" in told, address
        assert "请为每个未定灯的周期" not in told, "a refusal is over once the same was accepted"


def _bare(html: str) -> str:
    """The text of a page without its tags."""
    return "".join(part.partition(">")[2] for part in html.split("<"))
