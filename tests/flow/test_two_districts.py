"""Two districts with the same ids of units, leaders and items, and the same keys: neither sees or moves the other."""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_string
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from bench.recorded import record
from contracts.ruling import RulingEvent
from contracts.rulings import LightChanged
from contracts.submission import SUBMISSION_TYPES, encode_submission, new_submission
from contracts.topics import SUBMISSIONS, partition_of, subject_of
from contracts.values import Role
from embedded.stack import Stack
from eventlog.clock import set_driven
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from programmes.programme_file import load_programme
from sandbox.mint import Issuer
from sandbox.parts import EVERYTHING, ISSUER_NAME
from sandbox.people import Account
from sandbox.year.driver import Driver
from sandbox.year.journal import begin
from sandbox.year.plan import ENDS_AT, PUBLISHED_AT
from sandbox.year.simulated_year import CATALOGUE, SMALL, of_some_units
from services.audit import evaluation, replay
from services.audit.finding import AuditVerdict
from services.audit.reader import KafkaReader
from services.query.follow.rebuild import rebuild
from supervision.evaluation.sheets import Sheet
from tests.flow.districts import CODES, District, DistrictsClient, Doors, contacts_file, district, mint
from tests.services.rating.acts import at, until
from tests.services.rating.counted import counted_events

pytestmark = [pytest.mark.flow, pytest.mark.services, pytest.mark.timeout(600)]

NOWHERE = "990003-2024"
"""A programme that is not there."""
QUIET: tuple[Role, ...] = ("unit", "leader", "office", "chief", "auditor")
SEEDS = ("1", "2")
Told = dict[str, list[tuple[datetime, Any]]]


@dataclass(frozen=True)
class Lived:
    """The two, after the same time, with everything still running."""

    stack: Stack
    first: District
    second: District
    ends_at: datetime
    doors: Doors
    told: dict[str, Told]
    """What rulings told of each programme by the end of that time: by subject."""

    @property
    def both(self) -> tuple[tuple[District, District], tuple[District, District]]:
        """Each with the other one."""
        return (self.first, self.second), (self.second, self.first)

    @property
    def bootstrap(self) -> str:
        return self.stack.env["KAFKA_BOOTSTRAP_SERVERS"]

    @property
    def prefix(self) -> str:
        return self.stack.env["LIANGDENG_TOPIC_PREFIX"]

    def log(self) -> KafkaLog:
        """A client of the log; close it."""
        return KafkaLog(KafkaSettings(bootstrap_servers=self.bootstrap, topic_prefix=self.prefix))

    def ruling_on(self, submission: str) -> Any:
        """The verdict and the reasons, as an auditor of both is shown them; None while it waits."""
        answer = self.doors.get(self.first.person("auditor", where=CODES), f"/v1/submissions/{submission}")
        return answer.json()["submission"]["ruling"] if answer.is_success else None


@pytest.fixture(scope="module", params=["two quarters", pytest.param("a year", marks=pytest.mark.walk)])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]
) -> Iterator[Lived]:
    """Two quarters of a few items; `make walk` lives through a whole year of a quarter of the catalogue."""
    whole = request.param == "a year"
    ends_at = ENDS_AT if whole else at("2024-07-19 18:00")
    file = load_programme(CATALOGUE if whole else SMALL, simulated=True)
    programme = of_some_units(file, 0.25) if whole else file
    first, second = (district(code, programme, seed, ends_at) for code, seed in zip(CODES, SEEDS, strict=True))
    home = tmp_path_factory.mktemp("districts")
    start = begin(home, [first.year.plan, second.year.plan])
    name = "districts-year" if whole else "districts"
    stack = Stack(
        home,
        parts=EVERYTHING,
        clock=start.clock,
        kafka=kafka,
        database_url=postgres(),
        env={"LIANGDENG_TOPIC_PREFIX": f"{name}-", "RATING_GROUP": name},
        settings={"notify": {"NOTIFY_DIRECTORY": str(contacts_file(home, (first, second)))}},
    )

    async def live() -> None:
        async with DistrictsClient(stack) as client:
            driver = Driver(client, start.clock)
            set_driven(start.clock, PUBLISHED_AT)
            for one in (first, second):
                driver.remember(await client.publish_of(one))
            await driver.catch_up(PUBLISHED_AT)
            acts = sorted((act for one in (first, second) for act in one.year.plan.acts), key=lambda act: act.at)
            await driver.live(acts, ends_at=ends_at)
            await client.wait_until_notified()

    with ExitStack() as open_until_the_end:
        open_until_the_end.enter_context(stack)
        asyncio.run(live())
        events = counted_events(stack.env["KAFKA_BOOTSTRAP_SERVERS"], stack.env["LIANGDENG_TOPIC_PREFIX"])
        known = told(events, ends_at)
        yield Lived(stack, first, second, ends_at, open_until_the_end.enter_context(Doors(stack)), known)


def told(events: Iterable[RulingEvent], ends_at: datetime) -> dict[str, Told]:
    """What rulings tell of each programme up to an instant."""
    found: dict[str, Told] = {}
    for event in events:
        if event.time <= ends_at:
            of = found.setdefault(event.subject.partition("/")[0], {})
            of.setdefault(event.subject, []).append((event.time, event.data))
    return found


def test_both_use_the_same_names_and_keys_and_live_different_lives(lived: Lived) -> None:
    acts = [{(act.item, act.key, act.type) for act in one.year.plan.acts} for one in (lived.first, lived.second)]
    keys = [{(item, key) for item, key, _ in told} for told in acts]
    assert len(keys[0] & keys[1]) > 20
    assert acts[0] != acts[1]
    assert _lights(lived.told[lived.first.programme]) != _lights(lived.told[lived.second.programme])


def test_each_is_ruled_on_as_if_it_were_alone(lived: Lived) -> None:
    for one, _ in lived.both:
        alone = told(record([(one.year.programme, one.year.plan)]).events, lived.ends_at)[one.programme]
        beside = lived.told[one.programme]
        assert beside.keys() == alone.keys()
        for subject, events in alone.items():
            assert beside[subject] == events, subject
    assert lived.stack.ended == []


def test_the_replay_proves_both_and_a_rebuilt_read_model_equals_the_live_one(lived: Lived) -> None:
    report = replay.run(lived.bootstrap, lived.prefix)
    assert report.verdict is AuditVerdict.PROVED, report.as_dict()

    async def again() -> Any:
        log = lived.log()
        try:
            return await rebuild(log, lived.stack.env["DATABASE_URL"], swap=False)
        finally:
            await log.close()

    outcome = asyncio.run(again())
    assert (outcome.compared, outcome.difference) == (True, None)


def test_lights_and_sheets_that_are_shown_are_the_districts_own(lived: Lived) -> None:
    for one, _ in lived.both:
        auditor, base = one.person("auditor"), f"/v1/programmes/{one.programme}"
        shown = lived.doors.get(auditor, f"{base}/lights").json()["lights"]
        lit = {(t["item"], t["period"]): t["light"] for t in shown if t["light"] != "none"}
        assert lit == _lights(lived.told[one.programme])
        exported = lived.doors.get(auditor, f"{base}/evaluation").json()["sheets"]
        with KafkaReader(lived.bootstrap, lived.prefix) as reader:
            derived: list[Sheet] = evaluation.derive(reader, one.programme).sheets
        assert evaluation.differences(derived, exported) == []
        yellow = Counter(t["unit"] for t in shown if t["light"] == "yellow")
        assert {s["unit"]: s["counts"]["yellow"] for s in exported if s["counts"]["yellow"]} == yellow


def test_inboxes_and_mails_are_the_districts_own(lived: Lived) -> None:
    mails = lived.doors.ask(None, "GET", "mail", "/messages.json", params={"limit": "10000"}).json()["mails"]
    seen = 0
    for one, _ in lived.both:
        notices = lived.doors.get(one.person("office"), f"/v1/programmes/{one.programme}/notices").json()["notices"]
        sent = Counter(n["notice"] for n in notices for message in n["deliveries"] if message["channel"] == "mail")
        came = Counter(_notice_of(lived, mail) for mail in mails if f"@d{one.code}." in mail["recipient"])
        assert came == sent
        seen += came.total()
        ids = {n["notice"] for n in notices}
        for role in ("unit", "leader", "office", "chief"):
            inbox = lived.doors.get(one.person(role), "/v1/inbox").json()["inbox"]
            assert {n["programme"] for n in inbox} <= {one.programme}, role
            assert {n["notice"] for n in inbox} <= ids, role
    assert seen == len(mails) > 0


def _notice_of(lived: Lived, mail: dict[str, Any]) -> str:
    raw = lived.doors.ask(None, "GET", "mail", f"/mails/{mail['id']}/raw").text
    return str(message_from_string(raw)["X-Liangdeng-Notice"])


def test_lists_name_no_other_programme(lived: Lived) -> None:
    for one, other in lived.both:
        for role in QUIET:
            listed = lived.doors.get(one.person(role), "/v1/programmes")
            assert [p["id"] for p in listed.json()["programmes"]] == [one.programme]
            assert other.programme not in lived.doors.get(one.person(role), "/").text
            if role == "unit":
                mine = lived.doors.ask(one.person(role), "GET", "intake", "/items").text
                assert other.programme not in mine
                assert one.programme in mine


@pytest.mark.parametrize("role", QUIET)
def test_what_is_another_districts_is_as_if_it_were_not_there(lived: Lived, role: Role) -> None:
    for one, other in lived.both if role == "unit" else lived.both[:1]:
        who, item = one.person(role), one.year.programme.items[0].id
        paths = ["", "/lights", "/items", f"/items/{item}", f"/items/{item}/timeline", "/escalations", "/evaluation"]
        paths += ["/notices", f"/evaluation?unit={one.unit}", f"/lights?unit={one.unit}"]
        asked: list[tuple[str, str, str, dict[str, Any] | None]] = []
        asked += [("GET", "query", f"/v1/programmes/{{}}{path}", None) for path in paths]
        asked += [("GET", "query", f"/programmes/{{}}{path}", None) for path in ("", f"/items/{item}", "/escalations")]
        asked += [("GET", "query", f"/programmes/{{}}/units/{one.unit}/evaluation", None)]
        asked += [("GET", "intake", f"/items/{{}}/{item}", None)] if role != "auditor" else []
        asked += [("POST", "intake", f"/v1/programmes/{{}}/items/{item}/submissions", body) for body in ACTS[role]]
        if role == "office":
            asked += [("POST", "intake", f"/v1/programmes/{{}}/{what}", {}) for what in ("calendar", "deputies")]
        for method, part, path, body in asked:
            there, missing = (
                _request(lived.doors, who, method, part, path.format(programme), body)
                for programme in (other.programme, NOWHERE)
            )
            assert there.status_code == missing.status_code == 404, (role, path, there.text)
            assert _text(there).replace(other.programme, NOWHERE) == _text(missing), (role, path)
            assert _headers(there) == _headers(missing), (role, path)


REPORT = {"type": "progress.reported", "data": {"period": "2024Q2", "claim": "in_progress"}}
ACTS: dict[Role, list[dict[str, Any]]] = {
    "unit": [REPORT, {"type": "appeal.lodged", "data": {"appeal": "a", "against": {"light": "2024Q1"}}}],
    "leader": [{"type": "plan.decided", "data": {"decision": "confirmed"}}],
    "office": [{"type": "progress.reviewed", "data": {"period": "2024Q1", "finding": "overturned"}}],
    "chief": [{"type": "withdrawal.decided", "data": {"decision": "approved"}}],
    "auditor": [],
}
"""What a role may do in its own district."""


def _request(
    doors: Doors, who: Account, method: str, part: str, path: str, body: dict[str, Any] | None
) -> httpx.Response:
    more: dict[str, Any] = {"headers": {"Idempotency-Key": "k"}, "json": body} if body is not None else {}
    return doors.ask(who, method, part, path, **more)


def _text(answer: httpx.Response) -> str:
    """The body without the request's own id, of which there are no two."""
    return answer.text.replace(answer.headers["x-request-id"], "")


def _headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in ("date", "x-request-id")}


def test_a_jurisdiction_that_is_claimed_elsewhere_than_in_a_signed_token_counts_for_nothing(
    lived: Lived, tmp_path: Path
) -> None:
    for one, other in lived.both:
        clerk, doors = one.person("unit"), lived.doors
        about = f"{other.programme}/{one.year.programme.items[0].id}"
        path = f"/v1/programmes/{other.programme}/lights"
        for name in ("Jurisdiction", "X-Jurisdiction", "Liangdeng-Jurisdiction", "X-Forwarded-User"):
            assert doors.ask(clerk, "GET", "query", path, headers={name: other.code}).status_code == 404, name
        assert doors.get(clerk, path, jurisdiction=other.code).status_code == 404
        own = f"{one.programme}/{one.year.programme.items[0].id}"
        for body in ({**REPORT, "jurisdiction": other.code}, {**REPORT, "actor": {"jurisdiction": other.code}}):
            assert doors.submit(clerk, own, body, "k").status_code == 422
            assert doors.submit(clerk, about, body, "k").status_code in (404, 422)
        data = {**REPORT["data"], "jurisdiction": other.code}  # type: ignore[dict-item]
        assert doors.submit(clerk, own, {**REPORT, "data": data}, "k").status_code == 422
        for token in _forged(lived.stack, one, other, tmp_path):
            assert doors.get(token, f"/v1/programmes/{other.programme}/escalations").status_code == 401, token
            assert doors.submit(token, about, REPORT, "k").status_code == 401


def _decoded(part: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(part)).decode().rstrip("=")


def _forged(stack: Stack, one: District, other: District, folder: Path) -> Iterator[str]:
    """Tokens that name the other district: by a key of one's own, with a changed claim, without a signature."""
    yield Issuer(folder / one.code, ISSUER_NAME).mint(other.person("unit"))
    head, claims, signature = mint(stack, one.person("unit")).split(".")
    changed = _encoded({**_decoded(claims), "jurisdiction": [other.code]})
    yield f"{head}.{changed}.{signature}"
    unsigned = _encoded({"alg": "none", "typ": "JWT"})
    yield f"{unsigned}.{changed}."
    yield mint(stack, replace(one.person("unit"), jurisdictions=(f"{one.code},{other.code}",)))
    yield mint(stack, replace(one.person("unit"), jurisdictions=("*",)))


def test_positions_of_another_district_open_nothing(lived: Lived) -> None:
    for one, other in lived.both:
        item = other.year.programme.items[0].id
        offset = f"rulings-{partition_of(subject_of(other.programme, item))}@0"
        theirs = lived.doors.get(other.person("unit"), f"/v1/programmes/{other.programme}/lights").json()["position"]
        for role in ("unit", "leader"):
            who, own = one.person(role), f"/v1/programmes/{one.programme}/lights"
            for name in ("as_of", "min_position"):
                assert lived.doors.get(who, own, **{name: offset}).status_code == 400, name
                foreign = lived.doors.get(who, f"/v1/programmes/{other.programme}/lights", **{name: theirs})
                assert foreign.status_code == 404, name
                mine = lived.doors.get(who, own, **{name: theirs})
                assert mine.status_code == 200
                assert other.programme not in mine.text
        with lived.doors.http.stream(
            "GET",
            f"{lived.stack.urls['query']}/v1/changes",
            headers={"Authorization": f"Bearer {mint(lived.stack, one.person('unit'))}"},
        ) as changes:
            event = next(chunk for chunk in changes.iter_text() if "data:" in chunk)
        assert event.startswith("event: position\ndata: ~")
        assert other.code not in event


def test_notices_and_submissions_are_not_opened_by_their_ids(lived: Lived) -> None:
    for one, other in lived.both:
        notices = lived.doors.get(other.person("office"), f"/v1/programmes/{other.programme}/notices").json()["notices"]
        ids = [f"/v1/notices/{notice['notice']}" for notice in notices[:3]]
        act = next(done for done in other.year.plan.acts if done.actor.role == "unit" and not done.about)
        made = new_submission(
            "1",
            act.actor,
            act.key,
            subject_of(act.programme, act.item),
            SUBMISSION_TYPES.validate(SUBMISSION_TYPES.by_short_name(act.type), act.data),
            act.at,
        )
        ids.append(f"/v1/submissions/{made.id}")
        for path in ids:
            assert lived.doors.get(other.person("office"), path).status_code == 200, path
            for role in QUIET:
                answer = lived.doors.get(one.person(role), path)
                nothing = lived.doors.get(one.person(role), path.rpartition("/")[0] + f"/{'0' * 36}")
                assert (answer.status_code, _text(answer)) == (404, _text(nothing)), (role, path)


def test_who_acts_in_several_sees_them_and_who_names_none_sees_no_more_than_the_public(lived: Lived) -> None:
    both = lived.first.person("auditor", where=CODES)
    ids = [one.programme for one, _ in lived.both]
    assert [p["id"] for p in lived.doors.get(both, "/v1/programmes").json()["programmes"]] == ids
    for one, _ in lived.both:
        item = f"/v1/programmes/{one.programme}/items/{one.internal}"
        assert lived.doors.get(both, item).status_code == 200
        assert lived.doors.get(None, item).status_code == 404
        assert lived.doors.get(one.person("office", where=()), item).status_code == 404
        own_leader = one.year.programme.leader_of(one.year.programme.items[-1]) or ""
        assert lived.doors.get(one.person("leader", own_leader), item).status_code == 200
        assert lived.doors.get(one.person("leader", own_leader, where=()), item).status_code == 404
        other = lived.second if one is lived.first else lived.first
        assert lived.doors.get(other.person("leader", own_leader), item).status_code == 404


def test_what_is_written_past_intake_is_refused_and_takes_nobodys_key(lived: Lived) -> None:
    """Whoever may write to the log but names the own district, with the very keys of the other one's acts."""

    async def write() -> list[tuple[str, str]]:
        log, found = lived.log(), []
        for one, other in lived.both:
            act = next(act for act in other.year.plan.acts if act.actor.role == "unit" and not act.about)
            subject = subject_of(act.programme, act.item)
            data = SUBMISSION_TYPES.validate(SUBMISSION_TYPES.by_short_name(act.type), act.data)
            foreign = new_submission("1", replace(act.actor, jurisdiction=one.code), act.key, subject, data, act.at)
            own = new_submission("1", act.actor, act.key, subject, data, act.at)
            assert foreign.id != own.id
            for made in (foreign, own):
                await log.append(SUBMISSIONS, partition_of(subject), subject.encode(), [encode_submission(made)])
            found.append((foreign.id, own.id))
            for made in (foreign, own):
                await until(partial(lived.ruling_on, made.id), "a verdict", 120)
        await log.close()
        return found

    for foreign, own in asyncio.run(write()):
        refused, first = lived.ruling_on(foreign), lived.ruling_on(own)
        assert (refused["verdict"], refused["codes"]) == ("rejected", ["wrong_jurisdiction"])
        assert first["verdict"] == "accepted", "the first ruling on it stands"


def test_a_deputy_acts_on_the_named_days_of_the_districts_own_clock_and_in_no_other_district(lived: Lived) -> None:
    """The days are those of the policy's UTC offset: shortly after midnight there it is still the day before in UTC."""
    if lived.ends_at == ENDS_AT:
        pytest.skip("after the year nothing is adjusted any more; two quarters show it")
    one, other = lived.first, lived.second
    item = one.year.programme.items[0]
    deputy = next(leader.id for leader in one.year.programme.leaders if leader.id != one.leader)
    start = (lived.ends_at + timedelta(days=2)).replace(hour=10, minute=0)
    day = start.date()
    midnight = start.replace(hour=0)

    def said(answer: httpx.Response) -> str:
        """`accepted`, the reason why rating refuses, or the status with which intake does."""
        if answer.status_code != 202:
            return str(answer.status_code)
        id_ = answer.json()["submission_id"]
        asyncio.run(until(partial(lived.ruling_on, id_), f"a ruling on {id_}", 120))
        ruling = lived.ruling_on(id_)
        return "accepted" if ruling["verdict"] == "accepted" else str(ruling["codes"])

    def move(instant: datetime) -> None:
        set_driven(Path(lived.stack.env["LIANGDENG_CLOCK"]), instant)

    def decide(who: Account, district_: District, adjustment: str) -> str:
        body = {"type": "adjustment.decided", "data": {"adjustment": adjustment, "decision": "refused"}}
        body["on_behalf_of"] = f"leader:{one.leader}"
        return said(lived.doors.submit(who, f"{district_.programme}/{item.id}", body, f"decide-{adjustment}"))

    move(start)
    for number, district_ in ((1, one), (2, one), (3, one), (4, one), (1, other)):
        node = {"text": "调整后的节点"}
        data = {"adjustment": f"n{number}", "period": item_period(district_), "node": node, "reason": "情况变化"}
        asked = {"type": "adjustment.requested", "data": data}
        about = f"{district_.programme}/{item.id}"
        assert said(lived.doors.submit(district_.person("unit"), about, asked, f"ask-{number}")) == "accepted"
    named = {
        "principal": f"leader:{one.leader}",
        "deputy": f"leader:{deputy}",
        "from_on": str(day + timedelta(days=2)),
        "until_on": str(day + timedelta(days=3)),
        "reason": "出差",
    }
    path, key = f"/v1/programmes/{one.programme}/deputies", {"Idempotency-Key": "naming"}
    naming = lived.doors.ask(one.person("office"), "POST", "intake", path, json=named, headers=key)
    assert naming.status_code == 202, naming.text
    for receipt in naming.json()["receipts"]:
        asyncio.run(until(partial(lived.ruling_on, receipt["submission_id"]), "a ruling on the naming", 120))

    acting = one.person("leader", deputy)
    move(midnight + timedelta(days=2, minutes=-1))
    assert decide(acting, one, "n1") in REFUSED
    move(midnight + timedelta(days=2, minutes=1))
    assert decide(acting, one, "n2") == "accepted"
    assert decide(acting, other, "n1") == "404"
    assert decide(other.person("leader", deputy), other, "n1") in REFUSED, "named in the other district alone"
    assert decide(other.person("leader", deputy), one, "n3") == "404"
    move(midnight + timedelta(days=4, minutes=-1))
    assert decide(acting, one, "n3") == "accepted"
    move(midnight + timedelta(days=4, minutes=1))
    assert decide(acting, one, "n4") in REFUSED


def item_period(one: District) -> str:
    """The last period of the first item."""
    return max(one.year.programme.schedule.key_task.report_due_on)


REFUSED = frozenset({"403", "['not_own_leader']"})


def _lights(told: Told) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for subject, events in told.items():
        for _, data in events:
            if isinstance(data, LightChanged):
                found[subject.partition("/")[2], data.period] = data.to
    return found
