"""Inside a unit, before anything is filed: forms are kept and checked, the clerk prepares, the head signs."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from contracts.rulings import PlanAdopted, PolicyChanged
from contracts.submission import Submission
from contracts.submissions import ProgressReported
from contracts.values import Unit
from directory.persons import LOCAL, Absence, Person
from directory.store import Changes, DirectoryStore, pool_of
from liangdeng_client import AsyncClient
from sandbox.people import Account
from services.intake.problem import IntakeProblem
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for, until
from tests.services.intake.test_forms import NODE, Page
from tests.services.intake.test_submitting import Bearer
from tests.web.desk import desk
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
    prefix, folder = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("signing")
    make_topics(kafka, prefix)
    async with (
        desk(folder / "issuer", postgres()) as people,
        running(settings_for(kafka, prefix, folder, max_wait=0.05, **people.settings), folder, desk=people) as made,
    ):
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


async def test_a_row_of_a_table_that_the_head_must_sign_is_given_to_the_head(intake: RunningIntake) -> None:
    address, before = "/tables/441602-2024", len(await _reports(intake))
    page = await intake.http.get(address, headers={"Accept": "text/html", **await intake.cookie("u-fagai-2")})
    row = {"item": "K01", "type": "progress.reported", "data": {"period": "2024Q2", "claim": "in_progress"}}
    sent = {"csrf": dict(Page(page.text).fields)["csrf"], "act": "file", "row:0": orjson.dumps(row).decode()}
    answer = await _post(intake, address, sent)
    assert "待负责人签发，尚未报送" in answer.text
    assert [one.item for one in await intake.dependencies.signing.open(_stand_in())] == ["K01"]
    assert len(await _reports(intake)) == before
    await _signed_or_taken_back(intake, "take_back")


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


async def test_what_the_head_returns_comes_back_with_its_reason_and_is_changed(intake: RunningIntake) -> None:
    made = await _prepared(intake, "2024Q4", "to-return", narrative="太简单")
    unreasoned = await _signed_or_taken_back(intake, "return")
    assert "退回须写明理由" in unreasoned.text
    answer = await _signed_or_taken_back(intake, "return", reason="请写明数据来源")
    assert "已退回" in answer.text
    mine = await intake.http.get("/items", headers=await intake.cookie("u-fagai-2"))
    assert "请写明数据来源" in mine.text
    form = await _form(intake, prepared=made["id"])
    assert (form["narrative"], form["period"], form["replaces"]) == ("太简单", "2024Q4", made["id"])
    changed = {**form, "claim": "in_progress", "narrative": "据统计局口径", "act": "prepare"}
    assert (await _post(intake, FORM, changed)).status_code == 202
    waiting = await intake.dependencies.signing.open(_stand_in())
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
            await bare.dependencies.signing.open(_stand_in())


def _stand_in() -> Identity:
    return Identity("u-fagai-2", "unit", "fagai", (WHERE,))


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
