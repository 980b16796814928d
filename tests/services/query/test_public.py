"""What the public reads: public items and what was published about them, why included; nothing that is internal."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.rulings import AppealOpened, LightChanged, VerificationRecorded
from contracts.submissions import Appealed, AppealLodged, ProgressReported, ProgressReviewed
from contracts.values import Evidence
from tests.services.query.feed import APRIL, DUE, unit
from tests.services.query.house import House, house
from tests.services.query.test_api import V1, P, a_story

pytestmark = pytest.mark.services


@pytest.fixture
async def told(postgres: Callable[[], str], tmp_path: Path) -> AsyncIterator[House]:
    async with house(postgres(), a_story(), tmp_path) as built:
        yield built


async def test_the_public_sees_public_items_and_nothing_internal(told: House) -> None:
    assert [item["id"] for item in (await told.get(f"{V1}/items"))["items"]] == ["K01"]
    await told.get(f"{V1}/items/K02", status=404)
    assert "K02" not in re.sub(r"~[\w-]+", "", await told.page(f"/programmes/{P}"))
    timeline = (await told.get(f"{V1}/items/K01/timeline"))["timeline"]
    shown = {event["type"] for entry in timeline for event in entry["events"]}
    assert shown == {"item.opened", "progress.recorded", "light.changed", "light.settled"}
    assert not any("person" in entry["by"] or "data" in entry for entry in timeline)
    assert not any(event["notices"] for entry in timeline for event in entry["events"])
    for path in ("escalations", "notices"):
        await told.get(f"{V1}/{path}", status=401)
    await told.get("/v1/inbox", status=401)
    await told.get("/v1/notices/p-2024-n1", status=401)
    await told.get(f"/v1/submissions/{timeline[0]['id']}", status=401)
    assert "需要登录" in await told.page("/inbox", status=401)


async def test_internal_evidence_never_reaches_the_public(told: House) -> None:
    photo = Evidence(sha256="a" * 64, name="现场照片.jpg", size=9, media_type="image/jpeg")
    ledger = replace(photo, sha256="b" * 64, name="内部台账.jpg", classification="internal")
    data = ProgressReported(period="2024Q3", claim="completed", evidence=(photo, ledger))
    report = told.feed.submit(f"{P}/K01", data, unit("nongye"), APRIL)
    told.feed.green(report, "2024Q3")
    await told.settled()
    paths = (f"{V1}/items/K01/timeline", f"{V1}/items/K01", f"{V1}/lights", f"/programmes/{P}/items/K01")
    for who in ("", "unit:caizheng"):
        texts = [(await told.client.get(path, headers=told.headers(who))).text for path in paths]
        assert "现场照片.jpg" in texts[0], who
        assert "佐证 1 份" in texts[3], who
        assert not any("内部台账" in text or "b" * 64 in text for text in texts), who
    await told.get(f"/v1/submissions/{report.id}", status=401)
    assert "内部台账.jpg" in (await told.client.get(paths[0], headers=told.headers("unit:jiaoyu"))).text
    page = await told.page(paths[3], "unit:nongye")
    assert "佐证 2 份" in page
    assert '内部台账.jpg</a> <b class="chip edged">内部</b>' in page


async def test_the_public_is_told_why_without_findings_appeals_and_who_made_them(told: House) -> None:
    subject = f"{P}/K01"
    review = told.feed.submit(subject, ProgressReviewed(period="2024Q1", finding="overturned"))
    told.feed.rule(
        review,
        VerificationRecorded(
            period="2024Q1", report=(await reported(told)), finding="overturned", by="review", person="o-7"
        ),
        LightChanged(period="2024Q1", from_="green", to="yellow", settled=True, rule="Lights 4", because=(review.id,)),
    )
    lodged = told.feed.submit(subject, AppealLodged(appeal="ss-1", against=Appealed(light="2024Q1"), reason="事实"))
    told.feed.rule(lodged, AppealOpened(appeal="ss-1", against=Appealed(light="2024Q1"), due_at=DUE))
    await told.settled()
    paths = (f"/programmes/{P}", f"/programmes/{P}/items/K01", f"/programmes/{P}/units/nongye")
    for path in paths:
        page = await told.page(path)
        assert "2024年第一季度黄灯：未按期达成" in page, path
        assert not any(word in page for word in ("推翻", "核查", "o-7", "申诉待决", "ss-1")), path
        assert "2024年第一季度黄灯：所报经核查推翻；申诉待决" in await told.page(path, "office"), path
    page = await told.page(paths[1])
    assert "亮灯规则第4条：据以认定的情况有变，重新推定灯色" in page
    assert "重新认定" in page
    entries = (await told.get(f"{V1}/items/K01/timeline"))["timeline"]
    assert [(one["type"], one["by"]) for one in entries][-1] == ("reassessment", {"role": None, "unit": None})
    why = (await told.get(f"{V1}/items/K01"))["why"]
    assert why["2024Q1"]["en"] == "2024 Q1 yellow: not met in time"


async def reported(told: House) -> str:
    """The id of the first report."""
    timeline = (await told.get(f"{V1}/items/K01/timeline", "office"))["timeline"]
    return str(next(entry["id"] for entry in timeline if entry["type"] == "progress.reported"))
