"""Who decides reads what is decided on; who took part in what is appealed is not offered it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from contracts.rulings import AppealOpened, LagRecorded
from contracts.submissions import Appealed
from contracts.values import Level
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.services.intake.test_overview import RAISED
from tests.web.desk import desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
HERE = "/items/441602-2024/K01"
AGAINST = {"level": "rectification", "cause": "lag"}
GROUNDS = "滞后系雨季所致"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    """The office's o1 declared severe lag, and the unit appeals against the notice."""
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("decided")
    make_topics(kafka, prefix)
    async with (
        desk(folder / "issuer", postgres()) as people,
        running(settings_for(kafka, prefix, folder, max_wait=0.05, **people.settings), folder, desk=people) as made,
    ):
        await made.publish_and_rule()
        item = made.dependencies.roster.items["441602-2024", "K01"]
        lag = {"type": "lag.declared", "data": {"reason": "形象进度只有三成"}}
        assert (await made.submit("o1", "K01", lag, "lag")).is_success
        await made.rating.rule(LagRecorded(person="o1"), replace(RAISED, cause="lag"))
        await until(lambda: bool(item.escalations), "the roster does not know the notice")
        appeal = {"type": "appeal.lodged", "data": {"appeal": "a", "against": AGAINST, "reason": GROUNDS}}
        assert (await made.submit("u-fagai-1", "K01", appeal, "appeal")).is_success
        due_at = datetime(2099, 1, 1, tzinfo=UTC)
        await made.rating.rule(
            AppealOpened(appeal="a", against=Appealed(level="rectification", cause="lag"), due_at=due_at)
        )
        await until(lambda: bool(item.appeals), "the roster does not know the appeal")
        yield made


async def _page(intake: RunningIntake, person: str, path: str) -> str:
    answer = await intake.http.get(path, headers={"Accept": "text/html", **await intake.cookie(person)})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_grounds_of_an_appeal_stand_above_its_decision(intake: RunningIntake) -> None:
    form = await _page(intake, "o2", f"{HERE}/appeal.decided")
    assert GROUNDS in form
    assert 'name="decision"' in form
    assert "/appeal.decided" in await _page(intake, "o2", HERE)


async def test_who_declared_the_lag_is_not_offered_the_appeal_and_gets_no_form_for_it(intake: RunningIntake) -> None:
    assert "/appeal.decided" not in await _page(intake, "o1", HERE)
    form = await _page(intake, "o1", f"{HERE}/appeal.decided")
    assert "应当回避" in form
    assert 'name="decision"' not in form


async def test_who_holds_interviews_is_offered_the_levels_whose_minutes_are_theirs(intake: RunningIntake) -> None:
    item = intake.dependencies.roster.items["441602-2024", "K01"]
    lag = {"type": "lag.declared", "data": {"reason": "仍然滞后"}}
    assert (await intake.submit("o1", "K01", lag, "lag-2")).is_success
    levels: tuple[Level, ...] = ("interview", "chief_interview")
    await intake.rating.rule(*(replace(RAISED, escalation=f"e-{one}", level=one) for one in levels))
    await until(lambda: len(item.open_escalations(*levels)) == 2, "the roster does not know the interviews")
    offered = {
        person: [one for one in levels if f'value="{one}"' in await _page(intake, person, f"{HERE}/interview.held")]
        for person in ("o1", "leader-1", "chief")
    }
    assert offered == {"o1": list(levels), "leader-1": ["interview"], "chief": ["chief_interview"]}
    begun = await _page(intake, "chief", f"{HERE}/interview.held?level=interview")
    assert "为什么要约谈" not in begun
    assert "为什么要主要领导约谈" in begun
    assert 'value="chief_interview" checked' in begun


async def test_a_blockage_is_told_on_the_items_page_by_what_blocks(intake: RunningIntake) -> None:
    item = intake.dependencies.roster.items["441602-2024", "K01"]
    blockage = {"type": "blockage.raised", "data": {"blockage": "blockage-3818358f", "text": "用地指标未落实"}}
    assert (await intake.submit("u-fagai-1", "K01", blockage, "blockage")).is_success
    raised = replace(RAISED, escalation="e-blockage", level="blockage", cause="blockage-3818358f", to="government")
    await intake.rating.rule(raised)
    await until(lambda: bool(item.blockages), "the roster does not know the blockage")
    for person in ("u-fagai-1", "o2"):
        page = await _page(intake, person, HERE)
        assert "“用地指标未落实”" in page
        assert "blockage-3818358f" not in page
