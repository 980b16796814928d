"""Inside a unit, before anything is filed: forms are kept and checked, the clerk prepares, the head signs."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from contracts.rulings import ItemTransferred, PlanAdopted, PolicyChanged
from contracts.submission import Submission
from contracts.submissions import ProgressReported
from contracts.values import Unit
from directory.persons import LOCAL, Absence, Person
from directory.store import Changes, DirectoryStore, pool_of
from liangdeng_client import AsyncClient
from sandbox.people import Account
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until, with_desk
from tests.services.intake.test_forms import NODE, Page
from tests.services.intake.test_submitting import Bearer
from web.identity import Identity

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
HERE = "/items/441602-2024/K01"
FORM = f"{HERE}/progress.reported"
REPORTED = {"period": "2024Q2", "claim": "in_progress"}
API = "/v1/programmes/441602-2024/items/K01/prepared"
SYSTEM = Account("fagai-oa", "unit", "fagai", "", "", ("441602",), head=False)
WHERE = "441602"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(kafka, postgres(), tmp_path_factory.mktemp("signing"), max_wait=0.05) as made:
        await made.publish_and_rule()
        item = made.dependencies.roster.items["441602-2024", "K01"]
        assert (
            await made.submit("u-fagai-2", "K01", {"type": "plan.submitted", "data": {"nodes": {}}}, "p")
        ).is_success
        policy = replace(item.assignment.policy, signed=("progress.reported",))
        nodes = {f"2024Q{quarter}": NODE for quarter in range(1, 5)}
        await made.rating.rule(PlanAdopted(nodes=nodes), PolicyChanged(policy=policy))
        await until(lambda: bool(item.assignment.policy.signed), "the roster does not know the policy")
        yield made


async def _form(intake: RunningIntake, **query: str) -> dict[str, str]:
    answer = await intake.http.get(FORM, params=query, headers=await intake.cookie("u-fagai-2"))
    assert answer.status_code == 200, answer.text
    return dict(Page(answer.text).fields)


async def _post(intake: RunningIntake, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
    sent = {"Accept": "text/html", **await intake.cookie("u-fagai-2"), **headers}
    return await intake.http.post(path, data=fields, headers=sent)


async def _reports(intake: RunningIntake) -> list[Submission]:
    return [one for one in await intake.rating.submissions() if isinstance(one.data, ProgressReported)]


def _bearer(intake: RunningIntake, key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {intake.mint(SYSTEM)}", "Idempotency-Key": key}


async def _prepared(intake: RunningIntake, period: str, key: str, **more: Any) -> dict[str, Any]:
    body = {"type": "progress.reported", "data": {"period": period, "claim": "in_progress", **more}}
    answer = await intake.http.post(API, json=body, headers=_bearer(intake, key))
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def _queue(intake: RunningIntake) -> tuple[str, dict[str, str]]:
    answer = await intake.http.get("/signing", headers=await intake.cookie("u-fagai-2"))
    assert answer.status_code == 200, answer.text
    return answer.text, dict(Page(answer.text).fields)


async def test_what_is_typed_is_kept_until_it_is_filed_or_given_up(intake: RunningIntake) -> None:
    form = await _form(intake, period="2024Q3")
    typed = {**form, "narrative": "正在打字", "claim": "in_progress", "act": "save"}
    kept = await _post(intake, FORM, typed, **{"X-Draft": "1"})
    assert (kept.status_code, kept.content) == (204, b"")
    again = await intake.http.get(f"{FORM}?period=2024Q3", headers=await intake.cookie("u-fagai-2"))
    assert "正在打字" in again.text
    assert "保存的草稿" in again.text
    assert dict(Page(again.text).fields)["key"] == form["key"], "two tries of one form are one submission"
    assert (
        "正在打字"
        not in (await intake.http.get(f"{FORM}?period=2024Q2", headers=await intake.cookie("u-fagai-2"))).text
    )
    given_up = await _post(intake, FORM, {**typed, "act": "forget"})
    assert given_up.status_code == 303
    gone = await intake.http.get(f"{FORM}?period=2024Q3", headers=await intake.cookie("u-fagai-2"))
    assert "正在打字" not in gone.text


async def test_the_answers_are_shown_before_anything_is_filed_and_what_would_be_refused_is_told(
    intake: RunningIntake,
) -> None:
    before = len(await _reports(intake))
    form = await _form(intake, period="2024Q1")
    measured = {name: "5" for name in form if name.startswith("measure:")}
    typed = {**form, **measured, "act": "check", "narrative": "按计划推进"}
    bare = await _post(intake, FORM, {**typed, "claim": "completed"})
    assert bare.status_code == 422
    assert 'href="#f-evidence-public"' in bare.text
    assert "报完成须附佐证材料" in bare.text
    checked = await _post(intake, FORM, {**typed, "claim": "in_progress"})
    assert checked.status_code == 200, checked.text
    assert "2024年第一季度" in checked.text
    assert "按计划推进" in checked.text
    assert "交负责人签发" in checked.text
    assert 'value="file"' not in checked.text, "who is not the head files nothing that is to be signed"
    assert len(await _reports(intake)) == before


async def test_a_value_unlike_anything_before_is_asked_about_once(intake: RunningIntake) -> None:
    form = await _form(intake, period="2024Q1")
    measured = {name: "5000" for name in form if name.startswith("measure:")}
    checked = await _post(intake, FORM, {**form, **measured, "claim": "in_progress", "act": "check"})
    assert "填报 5000，通常在" in checked.text
    carried = dict(Page(checked.text).fields)
    asked = await _post(intake, FORM, {**carried, "act": "prepare"})
    assert asked.status_code == 422
    assert 'href="#f-sure"' in asked.text
    sure = await _post(intake, FORM, {**carried, "sure": "yes", "act": "prepare"})
    assert sure.status_code == 202, sure.text
    assert "尚未报送" in sure.text
    await _signed_or_taken_back(intake, "take_back")


async def test_what_is_typed_is_kept_also_when_the_answers_are_looked_at_at_once(intake: RunningIntake) -> None:
    typed = {**await _form(intake, period="2024Q3"), "narrative": "打完就继续", "claim": "in_progress", "act": "check"}
    assert (await _post(intake, FORM, typed)).status_code == 200
    assert (await _form(intake, period="2024Q3"))["narrative"] == "打完就继续"
    wrong = await _post(intake, FORM, {**typed, "narrative": "有误也留着", "claim": ""})
    assert wrong.status_code == 422
    assert (await _form(intake, period="2024Q3"))["narrative"] == "有误也留着"
    assert (await _post(intake, FORM, {**typed, "act": "forget"})).status_code == 303


async def _signed_or_taken_back(intake: RunningIntake, act: str, **more: str) -> httpx.Response:
    text, fields = await _queue(intake)
    chosen = [part.partition('"')[0] for part in text.split('name="chosen" value="')[1:]]
    return await _post(intake, "/signing", {"csrf": fields["csrf"], "chosen": chosen, "act": act, **more})


async def test_nobody_but_the_head_signs(intake: RunningIntake) -> None:
    await _prepared(intake, "2024Q1", "nobody")
    before = len(await _reports(intake))
    answer = await _signed_or_taken_back(intake, "sign")
    assert "须由单位主要负责人签发" in answer.text
    assert len(await _reports(intake)) == before
    text, _ = await _queue(intake)
    assert "报送进展" in text, "it still waits"
    await _signed_or_taken_back(intake, "take_back")
    assert "没有待签的" in (await _queue(intake))[0]
    assert (await _prepared(intake, "2024Q1", "nobody"))["state"] == "waiting", "what was taken back can be given again"
    await _signed_or_taken_back(intake, "take_back")


async def test_whoever_decides_what_was_taken_back_meanwhile_is_told_so(intake: RunningIntake) -> None:
    first, second = [await _prepared(intake, f"2024Q{one}", f"gone-{one}") for one in (1, 2)]
    _, fields = await _queue(intake)
    form = {"csrf": fields["csrf"], "act": "take_back"}
    await _post(intake, "/signing", {**form, "chosen": [first["id"]]})
    alone = await _post(intake, "/signing", {**form, "chosen": [first["id"]]})
    assert alone.status_code == 409
    assert "已被签发、退回或收回" in alone.text
    both = await _post(intake, "/signing", {**form, "chosen": [first["id"], second["id"]]})
    assert "另有 1 件在页面打开后已被签发、退回或收回" in both.text
    assert "请至少选择一件" in (await _post(intake, "/signing", form)).text


async def test_a_row_of_a_table_that_the_head_must_sign_is_given_to_the_head(intake: RunningIntake) -> None:
    address, before = "/tables/441602-2024", len(await _reports(intake))
    page = await intake.http.get(address, headers={"Accept": "text/html", **await intake.cookie("u-fagai-2")})
    row = {"item": "K01", "type": "progress.reported", "data": {"period": "2024Q2", "claim": "in_progress"}}
    sent = {"csrf": dict(Page(page.text).fields)["csrf"], "act": "file", "row:0": orjson.dumps(row).decode()}
    answer = await _post(intake, address, sent)
    assert "待负责人签发，尚未报送" in answer.text
    assert [one.item for one in await intake.dependencies.sign_off.open(_stand_in())] == ["K01"]
    assert len(await _reports(intake)) == before
    await _signed_or_taken_back(intake, "take_back")


async def test_a_table_that_is_sent_again_says_where_the_papers_are_that_it_gave_to_the_head(
    intake: RunningIntake,
) -> None:
    address = "/tables/441602-2024"
    page = await intake.http.get(address, headers={"Accept": "text/html", **await intake.cookie("u-fagai-2")})
    row = {"item": "K01", "type": "progress.reported", "data": {"period": "2024Q3", "claim": "in_progress"}}
    sent = {"csrf": dict(Page(page.text).fields)["csrf"], "act": "file", "key": "one-table"}
    sent["row:0"] = orjson.dumps(row).decode()
    assert "1 条已交负责人签发" in (await _post(intake, address, sent)).text
    given = [one for one in await intake.dependencies.sign_off.open(_stand_in()) if one.period == "2024Q3"]
    await intake.dependencies.sign_off.send_back(_head(), given[0], "请补充")
    again = await _post(intake, address, sent)
    assert "1 条已被负责人退回，尚未报送" in again.text
    assert "待负责人签发" not in again.text
    await intake.dependencies.sign_off.take_back(_stand_in(), given[0])
    assert "1 条已交负责人签发" in (await _post(intake, address, sent)).text, "what was given up waits again"
    await intake.dependencies.sign_off.sign(_head(), given[0], 0)
    signed = await _post(intake, address, sent)
    assert "负责人已签发报送" in signed.text
    assert "已报送 1 条，未报送 0 条" in signed.text


async def test_a_units_system_prepares_into_the_same_queue_once_for_a_key(intake: RunningIntake) -> None:
    first = await _prepared(intake, "2024Q2", "system-1")
    again = await _prepared(intake, "2024Q2", "system-1")
    assert (again["id"], first["state"], first["prepared_by"]) == (first["id"], "waiting", "fagai-oa")
    body = {"type": "progress.reported", "data": {"period": "2024Q2", "claim": "blocked"}}
    other = await intake.http.post(API, json=body, headers=_bearer(intake, "system-1"))
    assert (other.status_code, other.json()["prepared"]) == (409, first["id"])
    wrong = {"type": "progress.reported", "data": {"period": "2024Q2"}}
    faulty = await intake.http.post(API, json=wrong, headers=_bearer(intake, "system-2"))
    assert faulty.status_code == 422, "it is checked as if it were filed"
    async with AsyncClient(
        "http://intake", Bearer(intake.mint(SYSTEM)), transport=httpx.ASGITransport(intake.app)
    ) as own:
        given = await own.prepare("441602-2024", "K01", "progress.reported", REPORTED, key="system-1")
        assert (given.id, given.state, await own.prepared()) == (first["id"], "waiting", [given])
    listed = await intake.http.get("/v1/prepared", headers=_bearer(intake, "x"))
    assert [one["id"] for one in listed.json()["prepared"]] == [first["id"]]
    assert "fagai-oa" in (await _queue(intake))[0]


async def test_evidence_of_what_waits_is_held(intake: RunningIntake) -> None:
    sha256 = await intake.upload("u-fagai-2", b"%PDF-1.7 minutes")
    cited = {"sha256": sha256, "name": "a.pdf", "size": 16, "media_type": "application/pdf"}
    assert sha256 not in await intake.dependencies.held.read()
    await _prepared(intake, "2024Q2", "with-evidence", evidence=[cited])
    assert sha256 == hashlib.sha256(b"%PDF-1.7 minutes").hexdigest()
    assert sha256 in await intake.dependencies.held.read()
    assert intake.dependencies.held.holds(sha256)


async def test_whoever_the_directory_names_signs_several_at_once_and_the_log_names_both(
    intake: RunningIntake,
) -> None:
    await _head_is_away(intake)
    await until(lambda: intake.dependencies.heads.sign(_stand_in()), "the directory's copy does not know the stand-in")
    before = len(await _reports(intake))
    everything = await intake.http.get("/signing?all=1", headers=await intake.cookie("u-fagai-2"))
    assert everything.text.count(" checked>") == 2
    answer = await _signed_or_taken_back(intake, "sign")
    assert answer.status_code == 202, answer.text
    assert answer.text.count("已报送，正在裁定") == 2
    signed = (await _reports(intake))[before:]
    assert [(one.actor.id, one.actor.head, one.actor.prepared_by) for one in signed] == [
        ("u-fagai-2", True, "fagai-oa")
    ] * 2
    assert "没有待签的" in (await _queue(intake))[0]


async def test_the_head_sees_on_every_page_how_much_is_to_be_signed_and_what_is_overdue_first(
    intake: RunningIntake,
) -> None:
    async def shown(person: str, address: str) -> str:
        return (await intake.http.get(address, headers=await intake.cookie(person))).text

    for period in ("2024Q4", "2024Q3"):  # by the real clock both have passed, the third quarter longer ago
        await _prepared(intake, period, f"seen-{period}")
    assert '待签 <b class="number">2<' in await shown("u-fagai-1", HERE)
    assert '待签 <b class="number">' not in await shown("u-caizheng-1", "/items"), "another unit's"
    text = await shown("u-fagai-1", "/signing")
    assert text.index("2024年第三季度") < text.index("2024年第四季度")
    assert text.count("已逾期") >= 2
    chosen = text.split('name="chosen" value="')[1].partition('"')[0]
    one = {"csrf": dict(Page(text).fields)["csrf"], "chosen": chosen, "act": "take_back"}
    answer = await _post(intake, "/signing", one, **await intake.cookie("u-fagai-1"))
    assert "还有 1 件待签" in answer.text, "it leads on to the next paper"
    await _signed_or_taken_back(intake, "take_back")
    assert '待签 <b class="number">' not in await shown("u-fagai-1", HERE)


async def test_of_two_who_sign_and_one_who_returns_at_the_same_moment_one_is_first(intake: RunningIntake) -> None:
    sign_off = intake.dependencies.sign_off
    for number in range(12):
        made = await _prepared(intake, "2024Q1", f"race-{number}", narrative=f"第 {number} 次")
        one = next(one for one in await sign_off.open(_stand_in()) if str(one.id) == made["id"])
        before = len(await _reports(intake))
        first, returned, second = await asyncio.gather(
            sign_off.sign(_stand_in(), one, 0),
            sign_off.send_back(_stand_in(), one, "请补充"),
            sign_off.sign(_stand_in(), one, 0),
            return_exceptions=True,
        )
        filed = len(await _reports(intake)) - before
        assert filed == (0 if returned is True else 1), "what is returned was not filed, and what is filed not returned"
        told = [came.code for came in (first, second) if isinstance(came, IntakeProblem)]
        assert told == ["prepared_changed"] * (2 - filed), (first, second)
        assert returned in (True, False), returned
        await sign_off.take_back(_stand_in(), one)


async def test_two_processes_of_intake_tell_a_head_the_same_number(intake: RunningIntake) -> None:
    async with running(intake.settings, intake.settings.evidence_folder.parent, desk=intake.desk) as other:

        async def numbers() -> list[list[str]]:
            head = await intake.cookie("u-fagai-1")
            pages = [(await one.http.get("/items", headers=head)).text for one in (intake, other)]
            return [re.findall(r'待签 <b class="number">(\d+)<', page) for page in pages]

        before = len([one for one in await intake.dependencies.sign_off.open(_stand_in()) if one.state == "waiting"])
        made = await _prepared(intake, "2024Q1", "two-processes")
        assert await numbers() == [[str(before + 1)]] * 2, "what the one was given the other tells of"
        found = next(one for one in await other.dependencies.sign_off.open(_stand_in()) if str(one.id) == made["id"])
        await other.dependencies.sign_off.sign(_stand_in(), found, 0)
        assert await numbers() == [[str(before)] if before else []] * 2


async def test_what_the_head_returns_comes_back_with_its_reason_and_is_changed(intake: RunningIntake) -> None:
    made = await _prepared(intake, "2024Q4", "to-return", narrative="太简单")
    _, fields = await _queue(intake)
    unreasoned = await _signed_or_taken_back(intake, "return")
    assert "退回须写明理由" in unreasoned.text
    answer = await _signed_or_taken_back(intake, "return", reason="请写明数据来源")
    assert "已退回" in answer.text
    assert "下一件：报送工作方案 K03" in " ".join(re.sub("<[^>]+>", "", answer.text).split()), "nothing waits any more"
    before = len(await _reports(intake))
    stale = await _post(intake, "/signing", {"csrf": fields["csrf"], "chosen": [made["id"]], "act": "sign"})
    assert "已被签发、退回或收回" in stale.text, "a page of before the return signs nothing"
    assert len(await _reports(intake)) == before
    mine = await intake.http.get("/items", headers=await intake.cookie("u-fagai-2"))
    assert "请写明数据来源" in mine.text
    form = await _form(intake, prepared=made["id"])
    assert (form["narrative"], form["period"], form["replaces"]) == ("太简单", "2024Q4", made["id"])
    changed = {**form, "claim": "in_progress", "narrative": "据统计局口径", "act": "prepare"}
    assert (await _post(intake, FORM, changed)).status_code == 202
    waiting = await intake.dependencies.sign_off.open(_stand_in())
    assert [(one.state, one.body["data"]["narrative"]) for one in waiting] == [("waiting", "据统计局口径")]


async def test_without_a_database_filing_goes_on_and_preparing_says_why(
    kafka: str, topic_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bare")
    make_topics(kafka, topic_prefix)
    async with running(settings_for(kafka, topic_prefix, folder), folder) as bare:
        await bare.publish_and_rule()
        body = {"type": "progress.reported", "data": {"period": "2024Q1", "claim": "in_progress"}}
        assert (await bare.submit("u-fagai-2", "K01", body, "k")).status_code == 202
        refused = await bare.http.post(API, json=body, headers=bare.headers("u-fagai-2", "k"))
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:liangdeng:problem:prepared_unavailable")
        assert await bare.dependencies.held.read() == frozenset()
        with pytest.raises(IntakeProblem):
            await bare.dependencies.sign_off.open(_stand_in())


def _stand_in() -> Identity:
    return Identity("u-fagai-2", "unit", "fagai", (WHERE,))


def _head() -> Identity:
    return Identity("u-fagai-1", "unit", "fagai", (WHERE,), head=True)


async def _head_is_away(intake: RunningIntake) -> None:
    """The directory knows the head, away today, and who stands in."""
    today = intake.dependencies.clock.now().astimezone(LOCAL).date()
    away = Absence(first_on=today, last_on=today + timedelta(days=3), stand_in="u-fagai-2")
    persons = tuple(
        Person(id=id_, jurisdiction=WHERE, name=name, role="unit", unit="fagai", head=head, absences=absences)
        for id_, name, head, absences in (
            ("u-fagai-2", "科长", False, ()),
            ("u-fagai-9", "局长", True, (away,)),
        )
    )
    async with pool_of(intake.settings.database_url) as pool:
        unit = Unit(id="fagai", name="区发展改革局", kind="department")
        await DirectoryStore(pool).write(
            Changes(jurisdictions=((WHERE, "源城区"),), units=((WHERE, unit),), persons=persons)
        )


async def test_what_waits_for_its_signature_is_not_asked_for_again_by_a_table(intake: RunningIntake) -> None:
    tables = "/tables/441602-2024"

    async def asked() -> int:
        page = await intake.http.get(tables, headers=await intake.cookie("u-fagai-2"))
        return int(page.text.partition("目标安排表（附件4、5） <small>")[2].partition("<")[0])

    before = await asked()
    body = {"type": "plan.submitted", "data": {"nodes": {"2024Q1": {"text": "开工", "targets": []}}}}
    led = sorted(one.id for one in intake.dependencies.roster.items.values() if one.lead_unit == "fagai")
    path = f"/v1/programmes/441602-2024/items/{led[-1]}/prepared"
    kept = await intake.http.post(path, json=body, headers=_bearer(intake, "plan-once"))
    assert kept.status_code == 201, kept.text
    assert await asked() == before - 1


async def test_the_rulings_on_all_that_is_signed_at_once_are_waited_for_together(
    intake: RunningIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody rules here: each is waited for as long as may be, and all together no longer than one."""
    for item in (one.id for one in _led(intake)[:5]):
        body = {"type": "plan.submitted", "data": {"nodes": {}}}
        path = f"/v1/programmes/441602-2024/items/{item}/prepared"
        kept = await intake.http.post(path, json=body, headers=_bearer(intake, f"at-once-{item}"))
        assert kept.status_code == 201, kept.text
    monkeypatch.setattr(intake.settings, "max_wait", 2.0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await _signed_or_taken_back(intake, "sign")
    assert answer.text.count("已报送，正在裁定") >= 5, answer.text
    assert 2.0 <= loop.time() - began < 4.0


async def test_what_was_prepared_about_an_item_that_is_handed_over_is_returned_to_whoever_takes_over(
    intake: RunningIntake,
) -> None:
    await intake.rating.rule()
    item, office = _led(intake)[1].id, {"Accept": "text/html", **await intake.cookie("o1")}
    sha256 = await intake.upload("u-fagai-2", b"%PDF-1.7 of the former unit")
    cited = {"sha256": sha256, "name": "原稿.pdf", "size": 27, "media_type": "application/pdf"}
    plan = {
        "type": "plan.submitted",
        "data": {"nodes": {"2024Q3": {"text": "开工", "targets": []}}, "evidence": [cited]},
    }
    path = f"/v1/programmes/441602-2024/items/{item}/prepared"
    kept = await intake.http.post(path, json=plan, headers=_bearer(intake, "before-hand-over"))
    assert kept.status_code == 201, kept.text
    lodged = {"appeal": "a-1", "against": {"light": "2024Q1"}, "reason": "数据有误"}
    appeal = {"type": "appeal.lodged", "data": lodged}
    assert (await intake.http.post(path, json=appeal, headers=_bearer(intake, "appeal"))).status_code == 201

    here = "/programmes/441602-2024"
    fields = {"lead_unit": "caizheng", "leader": "leader-1", "reason": "机构改革", "item": item}
    fields |= {"giver": "unit:fagai", "taker": "unit:caizheng"}
    for name, told in (("hands", "尚未签发的 1 件（报送工作方案）"), ("all-hands", "报送工作方案")):
        form = dict(Page((await intake.http.get(f"{here}/{name}?item={item}", headers=office)).text).fields)
        preview = await intake.http.post(f"{here}/{name}", data=form | fields, headers=office)
        assert told in preview.text, preview.text
        assert "提出申诉" not in preview.text, "an appeal stays with the unit that led"
        assert "核对、修改后再交签" in preview.text
    confirmed = dict(Page(preview.text).fields) | fields | {"act": "confirm"}
    carried = {name: value for name, value in confirmed.items() if not name.startswith("row:") or name == f"row:{item}"}
    sent = await intake.http.post(f"{here}/all-hands", data=carried, headers=office)
    assert sent.text.count('data-outcome="waiting"') == 1, sent.text
    known = intake.dependencies.roster.items["441602-2024", item]
    roster = intake.dependencies.roster
    roster.caught_up = False
    await intake.rating.rule(ItemTransferred(lead_unit="caizheng", cooperating=(), leader="leader-1"))
    await until(lambda: known.lead_unit == "caizheng", "the roster does not know of the hand-over")
    await intake.dependencies.queue_sizes.read()
    assert kept.json()["id"] in [str(one.id) for one in await intake.dependencies.sign_off.open(_stand_in())], (
        "it may have been handed back since"
    )
    roster.caught_up = True

    old = (await _queue(intake))[0]
    assert "报送工作方案" not in old.partition(f"<code>{item}</code>")[0].rpartition("<li")[2]
    assert "提出申诉" in old
    theirs = {"Accept": "text/html", **await intake.cookie("u-caizheng-1")}
    taken = (await intake.http.get("/signing", headers=theirs)).text
    assert "这是原牵头单位拟的稿，请核对后再交签" in taken
    assert "提出申诉" not in taken
    opened = await intake.http.get(
        f"/items/441602-2024/{item}/plan.submitted?prepared={kept.json()['id']}", headers=theirs
    )
    assert dict(Page(opened.text).fields)["kept"].startswith(sha256), "its evidence passes on with it"
    assert (await intake.http.get(f"/evidence/{sha256}", headers=theirs)).status_code == 200
    given_up = {"csrf": dict(Page(taken).fields)["csrf"], "chosen": kept.json()["id"], "act": "take_back"}
    assert "已收回" in (await _post(intake, "/signing", given_up, **await intake.cookie("u-caizheng-1"))).text


def _led(intake: RunningIntake) -> list[KnownItem]:
    """The items that the unit leads and on which nothing else here is prepared."""
    led = [one for one in intake.dependencies.roster.items.values() if one.lead_unit == "fagai" and one.id != "K01"]
    return sorted(led, key=lambda one: one.id)
