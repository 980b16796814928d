"""What query answers: to whom, as of when, and not before the position that was waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts.position_vector import LastOffsets
from contracts.rulings import (
    EscalationRaised,
    InspectionAuthorized,
    ItemTransferred,
    SubmissionRejected,
    VerificationRecorded,
)
from contracts.submissions import (
    BlockageRaised,
    InspectionPlanned,
    InspectionRecorded,
    ItemReassigned,
)
from contracts.topics import SUBMISSIONS, partition_of
from eventlog.log.memory import MemoryLog
from services.query.follow.rebuild import rebuild
from services.query.read_model.position import PLACES
from tests.eventlog.slow_log import SlowLog
from tests.services.query.feed import DUE, Feed, recorded, unit
from tests.services.query.house import House, house, until

pytestmark = pytest.mark.services
P = "p-2024"
V1 = f"/v1/programmes/{P}"


def a_story() -> Feed:
    """A public item of nongye where jiaoyu cooperates, an internal one of jiaoyu; a green, a yellow, a notice."""
    feed = Feed()
    feed.publish(items=("K01",), cooperating=("jiaoyu",), item_title="撂荒耕地复耕")
    feed.open(P, "K02", lead_unit="jiaoyu", classification="internal", item_title="内部事项")
    feed.green(feed.report(P, "K01"))
    feed.deadline(P, "K01", "2024Q1", "green", "green")
    raised = feed.deadline(P, "K01", "2024Q2", "none", "yellow")[-1]
    feed.notice(P, "K01", raised, escalation="rectification-1")
    return feed


@pytest.fixture
async def told(postgres: Callable[[], str], tmp_path: Path) -> AsyncIterator[House]:
    async with house(postgres(), a_story(), tmp_path) as built:
        yield built


async def test_lights_are_those_of_the_log_and_every_answer_carries_its_position(told: House) -> None:
    answer = await told.client.get(f"{V1}/lights")
    body = answer.json()
    lights = {light["period"]: light for light in body["lights"]}
    assert {period: light["light"] for period, light in lights.items()} == {
        "2024Q1": "green",
        "2024Q2": "yellow",
        "2024Q3": "none",
        "2024Q4": "none",
    }
    assert (lights["2024Q1"]["rated"], lights["2024Q2"]["rule"]) == ("green", "Lights 2")
    assert body["position"] == answer.headers["Liangdeng-Position"]
    assert body["position"].startswith("~")
    assert f"submissions-{partition_of(P + '/K01')}@" in (await told.get(f"{V1}/lights", "office"))["position"]
    assert body["notes"] == ["模拟数据 / simulated data", "推导稿，非官方清单 / derived, not official"]
    one = await told.get(f"{V1}/lights?period=2024Q2")
    assert [light["period"] for light in one["lights"]] == ["2024Q2"]


async def test_a_programme_is_told_with_its_units_and_the_day_it_was_issued_on(told: House) -> None:
    one = (await told.get(V1))["programme"]
    assert (one["id"], one["title"], one["issued_on"]) == (P, "重点工作督查方案", "2024-03-19")
    assert [unit["id"] for unit in one["units"]] == ["nongye", "jiaoyu"]
    assert (await told.get("/v1/programmes"))["programmes"] == [one]


async def test_as_of_a_day_shows_what_held_then_and_as_of_a_position_what_was_known_then(told: House) -> None:
    async def lights(as_of: str) -> dict[str, tuple[str, bool]]:
        body = await told.get(f"{V1}/lights?as_of={as_of}", "office")
        assert body["as_of"]
        own = [light for light in body["lights"] if light["item"] == "K01"]
        return {light["period"]: (light["light"], light["settled"]) for light in own}

    assert (await lights("2024-04-07"))["2024Q1"] == ("none", False)
    assert (await lights("2024-04-08"))["2024Q1"] == ("green", False)
    assert (await lights("2024-04-10T23:59:59%2B08:00"))["2024Q1"] == ("green", False)
    assert (await lights("2024-04-11"))["2024Q1"] == ("green", True)
    assert (await lights("2024-07-09"))["2024Q2"] == ("none", False)
    part = partition_of(f"{P}/K01")
    green = next(
        entry["position"]
        for entry in (await told.get(f"{V1}/items/K01/timeline", "office"))["timeline"]
        if entry["type"] == "progress.reported"
    )
    offset = int(green.partition("@")[2])
    assert green.startswith(f"submissions-{part}@")
    assert (await lights(f"submissions-{part}@{offset - 1}"))["2024Q1"] == ("none", False)
    assert (await lights(green))["2024Q1"] == ("green", False)
    ruling = (await told.get(f"/v1/submissions/{await named(told, green)}", "office"))["submission"]["ruling"][
        "position"
    ]
    assert await lights(ruling) == await lights(green)
    within = ruling.partition("@")
    assert (await lights(f"{within[0]}@{int(within[2]) - 1}"))["2024Q1"] == ("none", False)
    for wrong in ("yesterday", "2024-13-01", "2024-04-08T10:00:00", "rulings-99@1"):
        problem = await told.get(f"{V1}/lights?as_of={wrong}", status=400)
        assert problem["type"] == "urn:liangdeng:problem:malformed"


async def named(told: House, position: str) -> str:
    """The id of the submission at a position."""
    timeline = (await told.get(f"{V1}/items/K01/timeline", "office"))["timeline"]
    return str(next(entry["id"] for entry in timeline if entry["position"] == position))


async def test_min_position_waits_for_the_ruling_and_gives_up_with_a_504(told: House) -> None:
    report = told.feed.report(P, "K01", "2024Q3")
    part = partition_of(f"{P}/K01")
    wanted = f"submissions-{part}@{told.feed.topics.end('submissions', part) - 1}"
    token = told.app.state.request_views.tokens.seal(LastOffsets.parse(wanted))
    problem = await told.get(f"/v1/progress?min_position={wanted}&timeout=0.3", "office", 504)
    assert problem["missing"] == wanted
    waiting = (await told.get(f"/v1/submissions/{report.id}", "unit:nongye"))["submission"]
    assert (waiting["status"], waiting["ruling"]) == ("waiting", None)
    assert [one["id"] for one in (await told.get(f"{V1}/lights", "unit:nongye"))["not_ruled_yet"]] == [report.id]
    assert "尚未裁定" in await told.page(f"/programmes/{P}/items/K01", "unit:nongye")
    assert "尚未裁定" in await told.page(f"/programmes/{P}", "office")
    # intake's receipt leads here: a person gets a page that waits, not an error
    page = await told.page(f"/submissions/{report.id}?min_position={token}&timeout=0.2", "unit:nongye")
    assert "尚未裁定" in page
    assert 'data-every="3"' in page

    asked = asyncio.create_task(told.get(f"{V1}/lights?period=2024Q3&min_position={token}&timeout=10"))
    await asyncio.sleep(0.05)
    assert not asked.done()
    told.feed.green(report, "2024Q3")
    assert (await asked)["lights"][0]["light"] == "green"
    ruled = (await told.get(f"/v1/submissions/{report.id}", "unit:nongye"))["submission"]
    assert ruled["status"] == "accepted"
    assert [event["type"] for event in ruled["events"]] == ["progress.recorded", "light.changed"]


async def test_a_unit_sees_its_own_items_and_those_where_it_cooperates(told: House) -> None:
    assert [item["id"] for item in (await told.get(f"{V1}/items", "unit:jiaoyu"))["items"]] == ["K01", "K02"]
    assert [item["id"] for item in (await told.get(f"{V1}/items", "unit:nongye"))["items"]] == ["K01"]
    await told.get(f"{V1}/items/K02", "unit:nongye", 404)
    for who in ("unit:nongye", "unit:jiaoyu", "office", "leader:leader-1", "chief", "auditor"):
        assert len((await told.get(f"{V1}/escalations", who))["escalations"]) == 1, who
        assert len((await told.get(f"{V1}/notices", who))["notices"]) == 1, who
    assert (await told.get(f"{V1}/escalations", "unit:caizheng"))["escalations"] == []
    assert (await told.get(f"{V1}/escalations", "alarm", 403))["reason"] == "wrong_role"
    await told.get("/v1/notices/p-2024-n1", "unit:caizheng", 404)


async def test_an_item_handed_over_is_seen_by_its_new_lead_unit_only(told: House) -> None:
    handed = told.feed.submit(f"{P}/K02", ItemReassigned(lead_unit="nongye", leader="leader-1"))
    told.feed.rule(handed, ItemTransferred(lead_unit="nongye", cooperating=(), leader="leader-1"))
    await told.settled()
    assert (await told.get(f"{V1}/items/K02", "unit:nongye"))["item"]["lead_unit"] == "nongye"
    await told.get(f"{V1}/items/K02", "unit:jiaoyu", 404)
    # also where somebody asks for the time before
    await told.get(f"{V1}/items/K02?as_of=2024-03-20", "unit:jiaoyu", 404)


async def test_an_inspection_plan_is_hidden_from_units_until_its_visit_is_recorded(told: House) -> None:
    subject = f"{P}/K01"
    plan = InspectionPlanned(plan="visit-7", from_on=date(2024, 4, 8), to_on=date(2024, 4, 20), approved=True)
    planned = told.feed.submit(subject, plan)
    authorized = InspectionAuthorized(plan="visit-7", from_on=plan.from_on, to_on=plan.to_on, approved=True)
    told.feed.rule(planned, authorized)
    await told.settled()

    async def mentions(who: str) -> bool:
        texts = [
            (await told.client.get(path, headers=told.headers(who))).text
            for path in (
                f"{V1}/items/K01/timeline",
                f"/programmes/{P}/items/K01",
                f"/v1/submissions/{planned.id}",
                f"{V1}/lights",
            )
        ]
        return any("visit-7" in text or planned.id in text.replace(f"submission {planned.id}", "") for text in texts)

    assert not await mentions("unit:nongye")
    assert not await mentions("unit:jiaoyu")
    assert not await mentions("")
    assert await mentions("office")
    visit = InspectionRecorded(plan="visit-7", visited_on=date(2024, 4, 9), period="2024Q1", finding="overturned")
    recorded_visit = told.feed.submit(subject, visit)
    assert (
        "visit-7"
        not in (await told.client.get(f"/v1/submissions/{recorded_visit.id}", headers=told.headers("unit:nongye"))).text
    )
    told.feed.rule(
        recorded_visit,
        VerificationRecorded(
            period="2024Q1", report="r", finding="overturned", by="inspection", person="o-1", plan="visit-7"
        ),
    )
    await told.settled()
    assert await mentions("unit:nongye")
    assert not await mentions("")


async def test_a_refused_submission_is_told_to_whom_it_concerns_with_its_reasons(told: House) -> None:
    refused = told.feed.report(P, "K01", "2024Q4", narrative="早报")
    told.feed.rule(refused, SubmissionRejected(reasons=("period_not_open", "completed_without_evidence")))
    await told.settled()
    answer = (await told.get(f"/v1/submissions/{refused.id}", "unit:nongye"))["submission"]
    assert (answer["status"], answer["ruling"]["codes"]) == (
        "rejected",
        ["period_not_open", "completed_without_evidence"],
    )
    await told.get(f"/v1/submissions/{refused.id}", "unit:caizheng", 404)
    assert "报送周期尚未开始" in await told.page(f"/submissions/{refused.id}", "unit:nongye")
    assert "the period has not opened yet" in await told.page(f"/programmes/{P}/items/K01?lang=en", "unit:nongye")


async def test_what_people_write_is_shown_as_text_and_never_runs(told: House) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
    report = told.feed.report(P, "K01", "2024Q3", narrative=attack)
    raised = told.feed.rule(report, recorded(report, "2024Q3"))
    told.feed.open(P, "X<b>1", item_title=attack)
    name = told.feed.notice(P, "K01", raised[-1], title=attack, document=attack)
    await told.settled()
    for path in (f"/programmes/{P}", f"/programmes/{P}/items/K01", f"/programmes/{P}/units/nongye", "/inbox"):
        answer = await told.client.get(path, headers=told.headers("unit:nongye"))
        assert answer.status_code == 200
        own = '<script src="/static/arrows.js" defer></script>' if path == f"/programmes/{P}" else ""
        assert own in answer.text
        assert "<script" not in answer.text.replace(own, "")
        assert "<img src=x" not in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert policy.partition("script-src")[2] == (" 'self'" if own else ""), "a file of our own, nothing inline"
    page = await told.page(f"/notices/{name}", "unit:nongye")
    assert "<script" not in page
    document = await told.client.get(f"/notices/{name}/document", headers=told.headers("unit:nongye"))
    assert document.text == attack
    assert document.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "<script" not in await told.page("/programmes/%3Cscript%3Ealert(1)%3C%2Fscript%3E", status=404)


async def test_no_address_however_odd_breaks_it(told: House) -> None:
    odd = [
        "%00",
        "%ff",
        "..%2f..",
        "%F0%9F%9A%A6",
        "'%22;--",
        "x" * 5000,
        "%7B%7B7*7%7D%7D",
        "-1",
        "1e400",
        "nan",
        "0001-01-01",
    ]
    for text in odd:
        for path in (
            f"/programmes/{text}",
            f"/v1/programmes/{text}/lights",
            f"{V1}/items/{text}/timeline",
            f"/v1/submissions/{text}",
            f"/submissions/{text}",
            f"/notices/{text}/document",
            f"/programmes/{P}/units/{text}",
            f"{V1}/lights?as_of={text}",
            f"{V1}/lights?period={text}&unit={text}",
            f"/v1/progress?min_position={text}&timeout={text}",
            f"/v1/progress?min_position=rulings-0@0&timeout={text[:4]}",
            f"/?lang={text}&page={text}",
            f"/programmes/{P}?sort={text}&category={text}&as_of={text}",
        ):
            answer = await told.client.get(path, headers=told.headers("office"))
            assert answer.status_code in (200, 400, 404, 422, 504), (path, answer.status_code)


async def test_the_timeline_links_causes_effects_and_notices_both_ways(told: House) -> None:
    timeline = (await told.get(f"{V1}/items/K01/timeline", "unit:nongye"))["timeline"]
    deadline = timeline[-1]
    assert deadline["by"]["role"] == "alarm"
    light, _, raised = deadline["events"]
    assert light["because"] == [
        {"id": deadline["id"], "type": "deadline.passed", "anchor": deadline["anchor"], "here": True}
    ]
    (notice,) = raised["notices"]
    assert notice["number"] == "源督整〔2024〕1号"
    assert {one["channel"]: one["outcome"] for one in notice["deliveries"]} == {"mail": "accepted", "inbox": "accepted"}
    page = await told.page(f"/programmes/{P}/items/K01", "unit:nongye")
    assert f'href="/notices/{notice["notice"]}"' in page
    sentence = light["why"]
    assert sentence["zh"] == "2024年第二季度黄灯：截至7月10日24时未报送，也没有已确认的节点目标"
    assert page.count(sentence["zh"]) == 2
    public = await told.page(f"/programmes/{P}/items/K01")
    assert "亮灯规则第2条：期限届满，节点目标未按期达成" in public
    assert public.count(sentence["zh"]) == 2
    english = await told.page(f"/programmes/{P}/items/K01?lang=en", "unit:nongye")
    assert english.count("2024 Q2 yellow: not reported by the end of 10 Jul, and no node is confirmed") == 2


async def test_every_cell_says_why_and_goes_on_doing_so_as_the_log_moves(told: House) -> None:
    async def said(query: str = "") -> str:
        return await told.page(f"/programmes/{P}{query}", "office")

    waiting = "K01 撂荒耕地复耕 · 2024年第三季度待报：尚未报送，期限10月9日24时"
    assert f'href="/programmes/{P}/items/K01#2024Q3" aria-label="{waiting}"' in await said()
    told.feed.green(told.feed.report(P, "K01", "2024Q3"), "2024Q3")
    told.feed.open(P, "K03", item_title="后来下达的事项")
    await told.settled()
    page = await said()
    assert "K01 撂荒耕地复耕 · 2024年第三季度绿灯：按期报送，节点目标达成" in page
    assert "K03 后来下达的事项 · 2024年第三季度待报：尚未报送" in page
    assert waiting not in page
    assert waiting in await said("?as_of=2024-04-02")
    assert waiting in await said("?view=wall&as_of=2024-04-02")


async def test_an_inbox_holds_what_was_delivered_to_it_and_nobody_elses(told: House) -> None:
    assert [one["item"] for one in (await told.get("/v1/inbox", "unit:nongye"))["inbox"]] == ["K01"]
    assert (await told.get("/v1/inbox", "unit:jiaoyu"))["inbox"] == []
    assert (await told.get("/v1/inbox", "leader:leader-1"))["inbox"] == []


async def test_open_escalations_say_for_what_until_when_and_in_what_state(told: House) -> None:
    (one,) = (await told.get(f"{V1}/escalations", "office"))["escalations"]
    assert (one["level"], one["for"], one["state"], one["to"]) == (
        "rectification",
        ["2024Q2"],
        "open",
        "unit:nongye",
    )
    assert one["due_at"] == "2024-08-01T00:00:00+08:00"
    sentence = "督查整改通知书：2024年第二季度黄灯；期限7月31日24时；办理中"
    assert one["why"]["zh"] == sentence
    for path in (f"/programmes/{P}/items/K01", f"/programmes/{P}/units/nongye", "/inbox", "/notices/p-2024-n1"):
        assert sentence in await told.page(f"{path}?lang=zh", "unit:nongye"), path
        assert "rectification notice: 2024 Q2 yellow; due the end of 31 Jul; open" in await told.page(
            f"{path}?lang=en", "unit:nongye"
        )
    timeline = (await told.get(f"{V1}/items/K01/timeline", "office"))["timeline"]
    assert timeline[-1]["events"][-1]["why"]["zh"] == sentence
    page = await told.page(f"/programmes/{P}/escalations?lang=zh", "office")
    assert "督查整改通知书" in page
    assert "2024年第二季度黄灯" in page
    assert "2024年7月31日" in page


async def test_every_page_says_that_data_is_simulated_and_remembers_the_language(told: House) -> None:
    paths = ["/", f"/programmes/{P}", f"/programmes/{P}/units/nongye", f"/programmes/{P}/items/K01", "/nowhere"]
    for path in [*paths, f"/programmes/{P}/escalations", "/inbox", "/notices/p-2024-n1"]:
        page = (await told.client.get(path, headers={"Accept": "text/html", **told.headers("office")})).text
        assert "模拟数据" in page, path
        assert "推导稿，非官方清单" in page, path
    answer = await told.client.get("/?lang=en")
    assert "simulated data" in answer.text
    assert "liangdeng_lang=en" in answer.headers["set-cookie"]
    assert "simulated data" in (await told.client.get("/")).text
    assert "<script" not in answer.text


async def test_a_bad_token_is_refused(told: House) -> None:
    expired = told.tokens.token("office", "o-1", seconds=-60)
    bearer = await told.client.get(f"{V1}/items", headers={"Authorization": f"Bearer {expired}"})
    assert bearer.status_code == 401
    assert bearer.headers["www-authenticate"].startswith("Bearer")


async def test_pages_go_on_while_the_read_model_is_rebuilt_and_swapped_under_them(told: House) -> None:
    before = [await told.get(f"{V1}/lights", "office") for _ in range(20)][-1]
    for _ in range(2):
        url = told.app.state.settings.database_url
        assert (await rebuild(MemoryLog(told.feed.topics), url)).swapped
        assert [await told.get(f"{V1}/lights", "office") for _ in range(20)][-1] == before
    told.feed.green(told.feed.report(P, "K01", "2024Q3"), "2024Q3")
    await told.settled()
    assert await told.get(f"{V1}/lights", "office") != before


async def test_readiness_tells_what_is_left_to_be_read(postgres: Callable[[], str], tmp_path: Path) -> None:
    feed = Feed()
    feed.publish()
    log = SlowLog(feed.topics, SUBMISSIONS)
    async with house(postgres(), feed, tmp_path, log) as slow:
        await until(lambda: slow.app.state.following.left is not None, "the ends")
        answer = await slow.ops.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["catching_up"]["records"] == sum(feed.topics.end(*place) for place in PLACES) - 1
        log.go_on.set()
        await slow.settled()
        assert "catching_up" not in (await slow.ops.get("/readyz")).json()


async def test_health_readiness_and_metrics_tell_how_it_stands(told: House) -> None:
    assert (await told.ops.get("/healthz")).status_code == 200
    assert (await told.ops.get("/readyz")).json()["ready"] is True
    report = told.feed.report(P, "K01", "2024Q3")
    told.feed.green(report, "2024Q3")
    await told.settled()
    text = (await told.ops.get("/metrics")).text
    part = partition_of(f"{P}/K01")
    position = float(told.feed.topics.end("rulings", part))
    assert f'query_position{{partition="{part}",topic="rulings"}} {position}' in text
    assert f'query_lag_records{{partition="{part}",topic="rulings"}} 0.0' in text
    assert 'query_lights{light="yellow"} 1.0' in text
    assert 'query_deliveries{channel="mail",outcome="accepted"} 1.0' in text
    assert "query_submission_visible_seconds_count 1.0" in text
    assert "query_catch_up_seconds" in text
    assert "query_void_records" in text


async def test_a_blockage_is_told_by_what_blocks_and_not_by_its_number(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    feed = a_story()
    sent = feed.submit(f"{P}/K01", BlockageRaised(blockage="b-K77", text="土地指标未落实"), unit("nongye"))
    raised = EscalationRaised(
        escalation="blockage-1",
        level="blockage",
        state="open",
        cause="b-K77",
        raised_at=DUE,
        due_at=DUE + timedelta(days=9),
        to="office",
        copy=(),
        rule="Escalation ladder: blockage",
        because=(sent.id,),
    )
    feed.rule(sent, raised)
    refused = feed.submit(f"{P}/K01", BlockageRaised(blockage="b-K77", text="不该看到的话"), unit("nongye"))
    feed.rule(refused, SubmissionRejected(reasons=("item_withdrawn",)))
    async with house(postgres(), feed, tmp_path) as built:
        page = await built.page(f"/programmes/{P}/escalations?lang=zh", "office")
        assert "“土地指标未落实”" in page
        assert "b-K77" not in page
        for address in (f"/programmes/{P}/items/K01?lang=zh", f"/submissions/{sent.id}?lang=zh"):
            page = await built.page(address, "office")
            assert "发起卡壳事项：“土地指标未落实”" in page, address
            assert "编号b-K77" not in page, address
        listed = (await built.get(f"{V1}/escalations", "office"))["escalations"]
        (one,) = (one for one in listed if one["level"] == "blockage")
        assert one["for"] == ["b-K77"], "by which a program asks about it"
        assert one["why"]["zh"].startswith("卡壳事项：“土地指标未落实”；")
