"""The annual evaluation as query shows it: to whom, as of when, and with the events behind every deduction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.rulings import ItemTransferred
from contracts.submissions import ItemReassigned
from tests.services.query.house import House, house
from tests.services.query.test_api import P, a_story

pytestmark = pytest.mark.services
EVALUATION = f"/v1/programmes/{P}/evaluation"


@pytest.fixture
async def told(postgres: Callable[[], str], tmp_path: Path) -> AsyncIterator[House]:
    async with house(postgres(), a_story(), tmp_path) as built:
        yield built


async def test_a_sheet_is_the_base_and_every_deduction_with_its_events(told: House) -> None:
    body = await told.get(EVALUATION, "office")
    assert body["notes"] == ["模拟数据 / simulated data", "推导稿，非官方清单 / derived, not official"]
    scores = {sheet["unit"]: (sheet["score"], sheet["periods_pending"]) for sheet in body["sheets"]}
    assert scores == {"jiaoyu": ("100", 4), "nongye": ("98.5", 2)}, "the highest first"
    sheet = body["sheets"][1]
    assert sheet["weights"]["zh"] == "样例分值，方案未规定计分办法"
    assert [(one["kind"], one["about"], one["points"]) for one in sheet["deductions"]] == [
        ("missing_report", "2024Q2", "-0.5"),
        ("yellow", "2024Q2", "-1"),
    ]
    timeline = (await told.get(f"/v1/programmes/{P}/items/K01/timeline", "office"))["timeline"]
    places = {event["position"]: event for entry in timeline for event in entry["events"]}
    for one in sheet["deductions"]:
        for event in one["events"]:
            assert (places[event["position"]]["id"], places[event["position"]]["type"]) == (event["id"], event["type"])
            assert event["cause"] in {entry["position"] for entry in timeline}


async def test_who_supervises_sees_all_sheets_a_unit_its_own_and_the_public_none(told: House) -> None:
    for who in ("office", "leader:leader-1", "chief", "auditor"):
        assert len((await told.get(EVALUATION, who))["sheets"]) == 2, who
    for unit in ("nongye", "jiaoyu"):
        who = f"unit:{unit}"
        assert [sheet["unit"] for sheet in (await told.get(EVALUATION, who))["sheets"]] == [unit]
    assert (await told.get(EVALUATION, "unit:caizheng"))["sheets"] == []
    await told.get(f"{EVALUATION}?unit=nongye", "unit:jiaoyu", 404)
    await told.page(f"/programmes/{P}/units/nongye/evaluation", "unit:jiaoyu", 404)
    for path in (EVALUATION, f"/programmes/{P}/evaluation", f"/programmes/{P}/units/nongye/evaluation"):
        assert (await told.client.get(path)).status_code == 401, path
        assert (await told.client.get(path, headers=told.headers("alarm"))).status_code == 403, path
    assert "evaluation" not in await told.page(f"/programmes/{P}")


async def test_an_earlier_day_shows_the_sheet_as_it_stood_then(told: House) -> None:
    early = await told.get(f"{EVALUATION}?unit=nongye&as_of=2024-05-01", "office")
    assert [(sheet["score"], sheet["periods_pending"]) for sheet in early["sheets"]] == [("100", 3)]


async def test_the_pages_say_why_in_both_languages_and_lead_to_the_events(told: House) -> None:
    overview = await told.page(f"/programmes/{P}/evaluation", "office")
    for text in ("模拟数据", "样例分值", "区农业农村局", "98.5"):
        assert text in overview, text
    sheet = await told.page(f"/programmes/{P}/units/nongye/evaluation", "unit:nongye")
    for text in ("模拟数据", "样例分值", "截至7月10日24时未报送", "还有 2 个周期未定灯"):
        assert text in sheet, text
    (settled, changed) = (await told.get(f"{EVALUATION}?unit=nongye", "office"))["sheets"][0]["deductions"][1]["events"]
    item = await told.page(f"/programmes/{P}/items/K01", "office")
    sheet = await told.page(f"/programmes/{P}/units/nongye/evaluation", "office")
    for event in (settled, changed):
        anchor = event["position"].replace("rulings", "e").replace("@", "-")
        assert f"/items/K01#{anchor}" in sheet
        assert f'id="{anchor}"' in item
    english = await told.page(f"/programmes/{P}/units/nongye/evaluation?lang=en", "unit:nongye")
    assert "2024 Q2 yellow: not reported by the end of 10 Jul" in english
    assert "sample weights: the scheme gives no formula" in english


async def test_a_unit_keeps_its_sheet_of_an_item_that_it_no_longer_sees(told: House) -> None:
    subject = f"{P}/K01"
    data, after = ItemReassigned(lead_unit="caizheng", leader="leader-1"), datetime(2024, 7, 15, tzinfo=UTC)
    handed = told.feed.submit(subject, data, at=after)
    told.feed.rule(handed, ItemTransferred(lead_unit="caizheng", cooperating=(), leader="leader-1"))
    await told.settled()
    sheet = await told.page(f"/programmes/{P}/units/nongye/evaluation", "unit:nongye")
    assert "截至7月10日24时未报送" in sheet
    assert "撂荒耕地复耕" in sheet
    assert "/items/K01#" not in sheet, "no link to what it may not open in full"
    (own,) = (await told.get(EVALUATION, "unit:nongye"))["sheets"]
    assert (own["score"], own["periods_pending"]) == ("98.5", 0)
    (new,) = (await told.get(EVALUATION, "unit:caizheng"))["sheets"]
    assert (new["score"], new["periods_pending"]) == ("100", 2)
