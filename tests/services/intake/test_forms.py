"""The forms: what a browser without JavaScript sends becomes the same submission that a program would send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.rulings import (
    AdjustmentFiled,
    AppealOpened,
    DeadlineShifted,
    EscalationRaised,
    ExtensionFiled,
    InspectionAuthorized,
    PlanAdopted,
    PlanReceived,
    PolicyChanged,
    ReplyRecorded,
)
from contracts.submission import SUBMISSION_TYPES, Submission
from contracts.submissions import Appealed, PlanSubmitted, ProgressReported
from contracts.topics import partition_of
from contracts.values import Node, Target
from services.intake.pages.fields import FORMS
from supervision.rights import OPERATIONS
from tests.services.intake.evidence.files import picture
from tests.services.intake.running_intake import RunningIntake, until, with_desk

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
HERE, SECOND = "/items/441602-2024/K01", "/items/441602-2024/K03"
PEOPLE = {"unit": "u-fagai-1", "office": "o1", "leader": "leader-1", "chief": "chief"}
NODE = Node(text="增长5%", targets=(Target(indicator="地区生产总值增长", comparator=">=", value=Decimal(5), unit="%"),))
INSTANT = datetime(2024, 4, 11, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def intake(
    kafka: str, postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningIntake]:
    async with with_desk(
        kafka, postgres(), tmp_path_factory.mktemp("forms"), evidence_limit=200_000, max_wait=0.05
    ) as made:
        await made.publish_and_rule()
        plan = {"type": "plan.submitted", "data": {"nodes": {}}}
        assert (await made.submit("u-fagai-1", "K01", plan, "seed")).status_code == 202
        item = made.dependencies.roster.items[("441602-2024", "K01")]
        escalations = [
            EscalationRaised(
                escalation=f"e-{level}",
                level=level,
                state="open",
                cause="kasha-1" if level == "blockage" else "2024Q1",
                raised_at=INSTANT,
                to="unit:fagai",
                copy=(),
                rule="",
                because=(),
            )
            for level in ("rectification", "interview", "blockage")
        ]
        await made.rating.rule(
            PlanAdopted(nodes={f"2024Q{quarter}": NODE for quarter in range(1, 5)}),
            PlanReceived(nodes={"2024Q1": NODE}, late=False),
            AdjustmentFiled(adjustment="a-1", period="2024Q4", node=NODE, reason="雨季"),
            InspectionAuthorized(plan="jc-1", from_on=INSTANT.date(), to_on=INSTANT.date(), approved=True),
            ExtensionFiled(extension="yq-1", escalation="e-rectification", until_on=INSTANT.date(), reason="汛期"),
            ReplyRecorded(reply="reply-1", light="2024Q1", text="雨季", unit="fagai"),
            AppealOpened(appeal="ss-1", against=Appealed(light="2024Q1"), due_at=INSTANT),
            DeadlineShifted(
                period="2024Q4",
                before=item.opened.periods[3].due_at,
                due_at=datetime.now(UTC) + timedelta(days=30),
                ground="统计晚到",
            ),
            *escalations,
        )
        await until(lambda: len(item.escalations) == 3, "the roster does not know what waits")
        running_limit = replace(
            escalations[0], escalation="e-2", raised_at=datetime.now(UTC), due_at=datetime.now(UTC) + timedelta(days=9)
        )
        blockage = {"type": "lag.declared", "data": {"reason": "进度滞后"}}
        assert (await made.submit("o1", "K03", blockage, "seed-2")).status_code == 202
        await made.rating.rule(running_limit)
        second = made.dependencies.roster.items[("441602-2024", "K03")]
        await until(lambda: bool(second.escalations), "the roster does not know the limit that runs")
        yield made


class Page(HTMLParser):
    """The fields of a page's form as a browser would send them untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.radios: dict[str, list[str]] = {}
        self.links: list[str] = []
        self._posts = False
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._posts = given.get("method") == "post"
        elif tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option":
            self._options.append((given["value"], "selected" in given))
        elif tag == "textarea":
            self._area = given["name"]
        elif tag == "input" and self._posts and given.get("type") == "radio":
            self.radios.setdefault(given["name"], []).append(given["value"])
        elif tag == "input" and self._posts and given.get("type") not in ("file", "checkbox"):
            self.fields.append((given["name"], given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._area and data.strip():
            self.fields.append((self._area, data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select" and self._posts and self._select and self._options:
            chosen = [value for value, selected in self._options if selected] or [self._options[0][0]]
            self.fields += [(self._select, value) for value in chosen]
            self._select = None


def _place(name: str) -> str:
    """The item about which a form is offered: the second one has no plan, and a rectification whose limit runs."""
    return SECOND if name in ("plan.submitted", "extension.requested") else HERE


async def _open(intake: RunningIntake, name: str, person: str, **query: str) -> Page:
    answer = await intake.http.get(f"{_place(name)}/{name}", params=query, headers=await intake.cookie(person))
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


async def _send(
    intake: RunningIntake,
    name: str,
    person: str,
    fields: list[tuple[str, str]],
    files: Any = (),
    internal: Any = (),
    **headers: str,
) -> httpx.Response:
    parts: list[Any] = [(key, (None, value)) for key, value in fields] + [("files", file) for file in files]
    parts += [("files_internal", file) for file in internal]
    return await intake.http.post(
        f"{_place(name)}/{name}", files=parts, headers={"Accept": "text/html", **await intake.cookie(person), **headers}
    )


async def _last(intake: RunningIntake, name: str = "") -> Submission:
    partition = partition_of(_place(name).removeprefix("/items/"))
    return [s for s in await intake.rating.submissions() if partition_of(s.subject) == partition][-1]


async def test_a_report_with_evidence_goes_from_the_form_to_the_log(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    fields = [*page.fields, ("claim", "completed"), ("narrative", "按计划\r\n完成")]
    fields = [(k, "5.2" if k.startswith("measure:") else v) for k, v in fields]
    scan = ("C:\\fakepath\\../扫描件.pdf", b"%PDF-1.7 scan" * 5000, "application/pdf")
    answer = await _send(intake, "progress.reported", "u-fagai-1", fields, [scan])
    assert answer.status_code == 202, answer.text
    last = await _last(intake)
    assert last.id in answer.text
    assert isinstance(last.data, ProgressReported)
    assert last.data.period == "2024Q2"
    assert last.data.measures == {"地区生产总值增长": Decimal("5.2")}
    assert last.data.narrative == "按计划\n完成"
    assert [(e.name, e.size, e.media_type) for e in last.data.evidence] == [("扫描件.pdf", 65000, "application/pdf")]
    kept = await intake.dependencies.evidence.find(last.data.evidence[0].sha256)
    assert (kept.size if kept else 0) == 65000


async def test_a_form_sent_twice_is_one_submission(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    fields = [*page.fields, ("claim", "in_progress")]
    assert (await _send(intake, "progress.reported", "u-fagai-1", fields)).status_code == 202
    first = await _last(intake)
    assert (await _send(intake, "progress.reported", "u-fagai-1", fields)).status_code == 202
    again = await _last(intake)
    assert (again.id, again.digest) == (first.id, first.digest)


async def test_a_faulty_form_comes_back_filled_in_and_says_what_is_wrong(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    fields = [(k, "many" if k.startswith("measure:") else v) for k, v in page.fields] + [("narrative", "kept <b>text")]
    answer = await _send(intake, "progress.reported", "u-fagai-1", fields, [("a.txt", b"evidence", "text/plain")])
    assert answer.status_code == 422
    assert "应为十进制数" in answer.text
    assert "kept &lt;b&gt;text" in answer.text
    back = Page(answer.text)
    kept = [value for name, value in back.fields if name == "kept"]
    assert len(kept) == 1
    fixed = [(k, "5" if k.startswith("measure:") else v) for k, v in back.fields] + [("claim", "completed")]
    assert (await _send(intake, "progress.reported", "u-fagai-1", fixed)).status_code == 202
    data = (await _last(intake)).data
    assert isinstance(data, ProgressReported)
    assert [e.name for e in data.evidence] == ["a.txt"]


async def test_a_file_given_as_internal_stays_so_also_when_the_form_comes_back(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    faulty = [(k, "many" if k.startswith("measure:") else v) for k, v in page.fields]
    photo, ledger = ("照片.jpg", picture(format_="JPEG"), "text/html"), ("台账|1.pdf", b"%PDF-1.7", "")
    answer = await _send(intake, "progress.reported", "u-fagai-1", faulty, [photo], [ledger])
    assert answer.status_code == 422
    assert '台账|1.pdf <small>8 B</small> <span class="chip">内部</span>' in answer.text
    back = Page(answer.text)
    fixed = [(k, "5" if k.startswith("measure:") else v) for k, v in back.fields] + [("claim", "completed")]
    minutes = ("纪要.pdf", b"%PDF-minutes", "application/pdf")
    assert (await _send(intake, "progress.reported", "u-fagai-1", fixed, (), [minutes])).status_code == 202
    data = (await _last(intake)).data
    assert isinstance(data, ProgressReported)
    assert data.evidence[0].media_type == "image/jpeg", "what the browser says of a file is not taken for it"
    assert [(e.name, e.classification) for e in data.evidence] == [
        ("照片.jpg", None),
        ("台账|1.pdf", "internal"),
        ("纪要.pdf", "internal"),
    ]


async def test_a_file_that_is_not_what_its_name_says_is_named_and_not_kept(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    fields = [*page.fields, ("claim", "completed")]
    files = (
        ("说明.html", b"<html><script>alert(1)</script>", "text/html"),
        ("附件.pdf", picture(), "application/pdf"),
        ("安装.pdf", b"MZ\x90\0" + bytes(60), "application/pdf"),
        ("空白.pdf", b"", "application/pdf"),
    )
    told = {"附件.pdf": "文件名与内容不符，内容是 ", "空白.pdf": "是空文件"}
    for file in files:
        answer = await _send(intake, "progress.reported", "u-fagai-1", fields, [file])
        assert answer.status_code == 422, file[0]
        assert f"{file[0]}：{told.get(file[0], '')}" in answer.text
        assert 'name="kept"' not in answer.text


async def test_a_plan_is_a_node_per_period_with_its_targets(intake: RunningIntake) -> None:
    page = await _open(intake, "plan.submitted", "u-fagai-1")
    filled = [(k, "6.5" if k == "node:2024Q3:0:value" else v) for k, v in page.fields]
    filled.append(("node:2024Q3:text", "三季度目标"))
    answer = await _send(intake, "plan.submitted", "u-fagai-1", filled)
    assert answer.status_code == 202, answer.text
    data = (await _last(intake, "plan.submitted")).data
    assert isinstance(data, PlanSubmitted)
    assert data.nodes["2024Q3"].text == "三季度目标"
    assert data.nodes["2024Q3"].targets[0].value == Decimal("6.5")


async def test_one_sentence_is_the_goal_of_every_period_that_says_none_of_its_own(intake: RunningIntake) -> None:
    page = await _open(intake, "plan.submitted", "u-fagai-1")
    filled = [*page.fields, ("every_node", "按月推进"), ("node:2024Q3:text", "三季度目标")]
    assert (await _send(intake, "plan.submitted", "u-fagai-1", filled)).status_code == 202
    data = (await _last(intake, "plan.submitted")).data
    assert isinstance(data, PlanSubmitted)
    goals = {period: node.text for period, node in data.nodes.items()}
    assert goals == {f"2024Q{one}": "三季度目标" if one == 3 else "按月推进" for one in range(1, 5)}


@pytest.mark.parametrize(
    ("name", "role"), [("plan.submitted", "unit"), ("extension.requested", "unit"), ("interview.held", "chief")]
)
async def test_a_form_that_names_nothing_open_is_not_offered_at_its_address_either(
    intake: RunningIntake, name: str, role: str
) -> None:
    """K01 has a confirmed plan; of its rectification an extension is asked for already; the interview is no chief's."""
    answer = await intake.http.get(f"{HERE}/{name}", headers=await intake.cookie(PEOPLE[role]))
    assert "目前没有可以办理的内容" in answer.text
    assert 'method="post" enctype' not in answer.text


async def test_what_is_wrong_is_told_first_with_the_focus_and_links_to_what_can_be_typed_in(
    intake: RunningIntake,
) -> None:
    page = await _open(intake, "plan.submitted", "u-fagai-1")
    wrong = [(name, "很多" if name == "node:2024Q2:0:value" else value) for name, value in page.fields]
    told = (await _send(intake, "plan.submitted", "u-fagai-1", wrong)).text
    assert 'action="#problem"' in told, "where the page begins after it was sent, and so what has the focus"
    assert 'id="problem" role="alert" tabindex="-1"' in told
    assert 'href="#node:2024Q2:0-value"' in told
    assert 'id="node:2024Q2:0-value"' in told
    report = [*await _fields(intake)][:2]
    told = (await _send(intake, "progress.reported", "u-fagai-1", report)).text
    assert 'href="#f-claim"' in told
    assert '<input type="radio" id="f-claim"' in told


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (name, role)
        for name in sorted(FORMS)
        for role in sorted(OPERATIONS[f"submit.{name}"].roles)
        if (name, role) != ("interview.held", "chief")
    ],
)
async def test_every_form_is_shown_and_taken(intake: RunningIntake, name: str, role: str) -> None:
    person = PEOPLE[role]
    page = await _open(intake, name, person)
    texts = [f.name for f in FORMS[name] if f.kind == "text"] + (
        ["node:one:text"] if name == "adjustment.requested" else []
    )
    fields = [*page.fields, *((text, "说明") for text in texts), *((k, v[0]) for k, v in page.radios.items())]
    if name == "plan.submitted":
        fields.append(("node:2024Q1:text", "目标"))
    answer = await _send(intake, name, person, fields)
    assert answer.status_code == 202, answer.text
    assert SUBMISSION_TYPES.short_names[type((await _last(intake, name)).data)] == name
    english = await intake.http.get(
        f"{_place(name)}/{name}", params={"lang": "en"}, headers=await intake.cookie(person)
    )
    assert '<html lang="en">' in english.text


async def test_a_form_without_its_token_or_from_another_site_is_refused_and_nothing_is_appended(
    intake: RunningIntake,
) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    before = len(await intake.rating.submissions())
    fields = [*page.fields, ("claim", "in_progress")]
    without = [(k, v) for k, v in fields if k != "csrf"]
    assert (await _send(intake, "progress.reported", "u-fagai-1", without)).status_code == 403
    others = await _open(intake, "lag.declared", "o1")
    foreign = [*without, *((k, v) for k, v in others.fields if k == "csrf")]
    assert (await _send(intake, "progress.reported", "u-fagai-1", foreign)).status_code == 403
    for headers in ({"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil"}):
        assert (await _send(intake, "progress.reported", "u-fagai-1", fields, **headers)).status_code == 403
    assert len(await intake.rating.submissions()) == before


async def test_what_was_typed_before_somebody_signed_in_anew_stands_there_to_be_sent_once_more(
    intake: RunningIntake,
) -> None:
    page = await _open(intake, "rectification.reported", "u-fagai-1")
    old = [(k, v) for k, v in page.fields if k != "csrf"] + [("csrf", "of-before"), ("text", "已整改")]
    answer = await _send(intake, "rectification.reported", "u-fagai-1", old)
    assert answer.status_code == 403
    assert "请再提交一次" in answer.text
    again = Page(answer.text).fields
    assert ("text", "已整改") in again
    assert (await _send(intake, "rectification.reported", "u-fagai-1", again)).status_code == 202


async def test_a_text_that_is_too_long_is_told_in_words_and_nothing_of_it_is_cut(intake: RunningIntake) -> None:
    opened = await intake.http.get(f"{HERE}/rectification.reported", headers=await intake.cookie("u-fagai-1"))
    assert "maxlength" not in opened.text, "a browser cuts what is pasted without a word"
    page = Page(opened.text)
    for text, status, told in (("字" * 4001, 422, "至多 4000 个字符"), ("字" * 60_000, 413, "一栏至多 128 KB")):
        answer = await _send(intake, "rectification.reported", "u-fagai-1", [*page.fields, ("text", text)])
        assert answer.status_code == status
        assert told in answer.text
        assert "exceeded" not in answer.text, "the parser's own words"


async def test_a_form_beyond_the_limit_is_refused(intake: RunningIntake) -> None:
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    fields = [*page.fields, ("claim", "completed")]
    one = await _send(intake, "progress.reported", "u-fagai-1", fields, [("big", b"x" * 200_001, "text/plain")])
    assert one.status_code == 413
    whole = await _send(intake, "progress.reported", "u-fagai-1", fields, [("big", b"x" * 2_000_000, "text/plain")])
    assert whole.status_code == 413


async def test_nobody_sees_a_page_without_signing_in_nor_a_form_without_the_right(intake: RunningIntake) -> None:
    signed_out = await intake.http.get("/items", headers={"Accept": "text/html"})
    assert signed_out.status_code == 401
    assert "/sign-in?return=%2Fintake%2Fitems" in signed_out.text
    refused = await intake.http.get(f"{HERE}/plan.decided", headers=await intake.cookie("u-fagai-1"))
    assert refused.status_code == 403
    elsewhere = await intake.http.get("/items/441602-2024/K02", headers=await intake.cookie("u-nongye-1"))
    assert elsewhere.status_code == 404


async def test_a_page_of_items_shows_those_that_concern_me(intake: RunningIntake) -> None:
    mine = Page((await intake.http.get("/items", headers=await intake.cookie("u-fagai-1"))).text)
    linked = {link.split("/")[4] for link in mine.links if link.count("/") == 4 and link.startswith("/intake/items/")}
    assert linked == {
        item.id for item in intake.programme.items if item.lead_unit == "fagai" or "fagai" in item.cooperating_units
    }
    answer = await intake.http.get("/items/441602-2024/K01", headers=await intake.cookie("o1"))
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "推导稿，非官方清单" in answer.text
    assert 'href="/intake/items"' not in answer.text.partition("<main")[0], "its way is the desk"
    for person in ("o1", "leader-1", "chief"):
        answer = await intake.http.get("/items", headers=await intake.cookie(person))
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk"), person


async def test_a_signed_type_asks_its_head_who_prepared_it(intake: RunningIntake) -> None:
    item = intake.dependencies.roster.items[("441602-2024", "K01")]
    before = item.assignment.policy
    await intake.rating.rule(PolicyChanged(policy=replace(before, signed=("progress.reported",))))
    await until(lambda: bool(item.assignment.policy.signed), "the roster does not know the policy")
    page = await _open(intake, "progress.reported", "u-fagai-1", period="2024Q2")
    assert dict(page.fields)["prepared_by"] == "u-fagai-1", "a head who prepared it alone is named already"
    fields = [(k, "u-fagai-2" if k == "prepared_by" else v) for k, v in page.fields] + [("claim", "in_progress")]
    assert (await _send(intake, "progress.reported", "u-fagai-1", fields)).status_code == 202
    assert (await _last(intake)).actor.prepared_by == "u-fagai-2"
    faulty = [(k, "没有 编号" if k == "prepared_by" else v) for k, v in page.fields] + [("claim", "in_progress")]
    refused = await _send(intake, "progress.reported", "u-fagai-1", faulty)
    assert refused.status_code == 422
    assert 'href="#f-prepared_by">经办人' in refused.text
    await intake.rating.rule(PolicyChanged(policy=before))
    await until(lambda: not item.assignment.policy.signed, "the roster does not know the policy")


_NAMES = st.sampled_from(
    ["claim", "period", "narrative", "measure:地区生产总值增长", "measure:", "kept", "key", "node:2024Q1:text", "node:",
     "node:2024Q1:0:value", "node:2024Q1:0:indicator", "nodes", "evidence", "level", "notice", "against", "x"]
)  # fmt: skip
_VALUES = st.text(max_size=40) | st.sampled_from(["completed", "2024Q1", "|", "light|", "0" * 64 + "|1|a/b|x", "1e999"])


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    name=st.sampled_from(["progress.reported", "plan.submitted", "notice.acknowledged", "appeal.lodged"]),
    fields=st.lists(st.tuples(_NAMES, _VALUES), max_size=8),
    trusted=st.booleans(),
    file=st.none() | st.tuples(st.text(min_size=1, max_size=20), st.binary(max_size=50), st.sampled_from(["a/b", "x"])),
)
async def test_no_form_makes_an_internal_error(
    intake: RunningIntake, name: str, fields: list[tuple[str, str]], trusted: bool, file: Any
) -> None:
    if trusted:
        fields = [*fields, *((k, v) for k, v in (await _open(intake, name, "u-fagai-1")).fields if k == "csrf")]
    answer = await _send(intake, name, "u-fagai-1", fields, [file] if file else [])
    assert answer.status_code < 500, answer.text


async def test_a_broken_form_or_a_strange_host_is_refused_politely(intake: RunningIntake) -> None:
    headers = {**await intake.cookie("u-fagai-1"), "Accept": "text/html"}
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json"):
        sent = {**headers, "Content-Type": content_type}
        answer = await intake.http.post(f"{HERE}/lag.declared", content=b"--y\r\n\xff", headers=sent)
        assert 400 <= answer.status_code < 500
        answer = await intake.http.post(f"{HERE}/progress.reported", content=b"--x\r\n\xff", headers=sent)
        assert 400 <= answer.status_code < 500
    for host in ("[", "a b", "x" * 300, ""):
        answer = await intake.http.get("/items", headers={**headers, "Host": host})
        assert answer.status_code == 421


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("１２", "应写作 &#34;12&#34;"),
        ("１２．５", "应为十进制数"),
        ("1_200", "应写作 &#34;1200&#34;"),
        ("+5", "应写作 &#34;5&#34;"),
        ("007", "应写作 &#34;7&#34;"),
        ("1e3", "应写作 &#34;1000&#34;"),
        ("1,200", "应为十进制数"),
        ("95%", "应为十进制数"),
        ("−3", "应为十进制数"),
        ("NaN", "应为有限数"),
    ],
)
async def test_a_number_that_is_not_typed_as_it_is_written_is_refused_with_how_to_write_it(
    intake: RunningIntake, typed: str, told: str
) -> None:
    fields = [*await _fields(intake), ("measure:地区生产总值增长", typed)]
    answer = await _send(intake, "progress.reported", "u-fagai-1", fields)
    assert answer.status_code == 422, answer.text
    assert told in answer.text
    assert typed in answer.text, "what was typed stays in the field"


@pytest.mark.parametrize("name", ["narrative", "key", "kept", "of:2024Q1"])
async def test_a_field_with_a_character_that_turns_the_text_round_is_named(intake: RunningIntake, name: str) -> None:
    fields = [*await _fields(intake), (name, "a\u202eb")]
    answer = await _send(intake, "progress.reported", "u-fagai-1", fields)
    assert answer.status_code == 422, answer.text
    assert "U+202E" in answer.text


async def test_a_file_whose_name_is_shown_otherwise_than_it_is_stored_is_refused(intake: RunningIntake) -> None:
    file = ("x\u202efdp.exe", b"abc", "application/pdf")
    answer = await _send(intake, "progress.reported", "u-fagai-1", await _fields(intake), [file])
    assert answer.status_code == 422, answer.text
    assert "U+202E" in answer.text


async def _fields(intake: RunningIntake) -> list[tuple[str, str]]:
    """The form's own hidden fields and what a report needs."""
    form = await _open(intake, "progress.reported", "u-fagai-1")
    hidden = [(name, value) for name, value in form.fields if name == "csrf"]
    return [*hidden, ("period", "2024Q1"), ("claim", "in_progress")]
