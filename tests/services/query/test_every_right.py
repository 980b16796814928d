"""Every right at query's doors, cell by cell over HTTP: role, tie, classification, this district and the next."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import AppealOpened, DeputyAppointed, InspectionAuthorized, VerificationRecorded
from contracts.submissions import (
    Appealed,
    AppealLodged,
    BlockageRaised,
    DeputyEnded,
    InspectionPlanned,
    ProgressReviewed,
)
from contracts.values import Actor as Submitter
from contracts.values import Unit
from embedded.child_process import LOOPBACK, free_port
from supervision.right import Cell, Operation
from supervision.rights import OPERATIONS
from tests.services.districts import (
    HERE,
    ITEMS,
    LEAD,
    LEADERS,
    NEIGHBOUR,
    PROGRAMME,
    UNITS,
    Actor,
    actors,
    namings,
)
from tests.services.query.feed import DUE, Feed, unit
from tests.services.query.house import House, house
from tests.services.rights_walk import walked
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
PATHS = {
    "programme.list": ("/v1/programmes", "/"),
    "programme.read": ("/v1/programmes/{programme}",),
    "lights.read": ("/v1/programmes/{programme}/lights", "/programmes/{programme}"),
    "unit.read": ("/programmes/{programme}/units/fagai",),
    "item.list": ("/v1/programmes/{programme}/items",),
    "item.read": ("/v1/programmes/{programme}/items/{item}", "/programmes/{programme}/items/{item}"),
    "timeline.read": ("/v1/programmes/{programme}/items/{item}/timeline",),
    "escalations.list": ("/v1/programmes/{programme}/escalations", "/programmes/{programme}/escalations"),
    "evaluation.list": ("/v1/programmes/{programme}/evaluation", "/programmes/{programme}/evaluation"),
    "evaluation.read": ("/programmes/{programme}/units/fagai/evaluation",),
    "notices.list": ("/v1/programmes/{programme}/notices",),
    "desk.read": ("/desk",),
    "inbox.read": ("/v1/inbox", "/inbox"),
    "progress.read": ("/v1/progress",),
    "privileged_reads.list": ("/v1/privileged-reads", "/privileged-reads"),
    "submission.read": ("/v1/submissions/{submission}", "/submissions/{submission}"),
    "notice.read": ("/v1/notices/{notice}", "/notices/{notice}", "/notices/{notice}/document"),
}
SEEN = {
    "findings.see": ("/v1/programmes/{programme}/items/{item}/timeline", '"verification.recorded"'),
    "appeals.see": ("/v1/programmes/{programme}/items/{item}/timeline", "grounds of {item}"),
    "inspection_plans.see": ("/v1/programmes/{programme}/items/{item}/timeline", f"visit-{HERE}-{{item}}"),
    "escalations.see": ("/v1/programmes/{programme}/escalations?state=all", '"item":"{item}"'),
    "waiting.see": ("/v1/programmes/{programme}/lights", '"item":"{item}","type":"blockage.raised"'),
}
"""What has no door of its own: the answer that it is a part of, and what of it shows that it is there."""
NOTHING = str(uuid.UUID(int=0, version=5))


def two_districts() -> Feed:
    feed = Feed()
    units = tuple(Unit(id=one, name=one) for one in ("fagai", *UNITS.values()))
    for district in (NEIGHBOUR, HERE):
        programme = f"{district}-2024"
        feed.publish(programme, items=(), title=f"title of {district}", units=units)
        for how, item in ITEMS.items():
            feed.open(programme, item, lead_unit="fagai", cooperating=(UNITS["cooperating"],), classification=how)
            plan, first, last = f"visit-{district}-{item}", date(2024, 4, 8), date(2024, 4, 20)
            hidden = InspectionPlanned(plan=plan, from_on=first, to_on=last, approved=True)
            planned = feed.submit(f"{programme}/{item}", hidden)
            feed.rule(planned, InspectionAuthorized(plan=plan, from_on=first, to_on=last, approved=True))
            raised = feed.deadline(programme, item, "2024Q1", "none", "yellow")[-1]
            feed.notice(programme, item, raised, escalation="rectification-1")
    return feed


def everything() -> tuple[Feed, dict[str, dict[str, dict[str, str]]]]:
    """The same with findings, appeals, deputies, what parties sent or were sent, and what waits; and the records' ids.

    They are what somebody asks for: a party its own, everybody else one of the office.
    """
    feed = two_districts()
    ids: dict[str, dict[str, dict[str, str]]] = {}
    for item in ITEMS.values():
        subject = f"{PROGRAMME}/{item}"
        for named in namings():
            values = {name: getattr(named, name) for name in ("principal", "deputy", "from_on", "until_on", "reason")}
            feed.rule(feed.submit(subject, named), DeputyAppointed(**values))
        review = feed.submit(subject, ProgressReviewed(period="2024Q1", finding="overturned"))
        found = VerificationRecorded(period="2024Q1", report=review.id, finding="overturned", by="review", person="o-7")
        raised = feed.rule(review, found)[-1]
        against = Appealed(light="2024Q1")
        lodged = feed.submit(
            subject, AppealLodged(appeal="a-1", against=against, reason=f"grounds of {item}"), unit(LEAD)
        )
        feed.rule(lodged, AppealOpened(appeal="a-1", against=against, due_at=DUE))
        names = [str(uuid.uuid4()) for _ in range(2)]
        feed.notice(PROGRAMME, item, raised, name=names[0], copy=f"leader:{LEADERS['party']}")
        feed.notice(PROGRAMME, item, raised, name=names[1])
        sent = {
            by.role: feed.submit(subject, DeputyEnded(principal="chief", deputy="leader:leader-9"), by)
            for by in (unit(UNITS["party"]), Submitter(role="leader", id=LEADERS["party"]))
        }
        for one in sent.values():
            feed.rule(one)
        ids[item] = {
            "unit": {"submission": sent["unit"].id, "notice": names[0]},
            "leader": {"submission": sent["leader"].id, "notice": names[0]},
            "": {"submission": review.id, "notice": names[1]},
        }
    for item in ITEMS.values():
        feed.submit(f"{PROGRAMME}/{item}", BlockageRaised(blockage="b-1", text="卡在资金"), unit(LEAD))
    return feed, ids


@dataclass
class Walk:
    """Query with both districts, behind a real port, too, since a stream in the same process never ends."""

    house: House
    streams: httpx.AsyncClient
    ids: Mapping[str, Mapping[str, Mapping[str, str]]]

    def headers(self, actor: Actor) -> dict[str, str]:
        """With which somebody asks."""
        if actor.person is None:
            return {}
        token = self.house.tokens.mint(actor.person, program=actor.program, head=actor.head)
        return {"Authorization": f"Bearer {token}"}

    def address(self, path: str, cell: Cell, programme: str, item: str) -> str:
        """A path about an item, or about the record of one that somebody with this tie would ask for."""
        of_item = self.ids.get(item, {}) if programme == PROGRAMME else {}
        own = of_item.get(cell[0] if cell[1] == "party" else "", {"submission": NOTHING, "notice": NOTHING})
        return path.format(programme=programme, item=item, **own)

    async def asked(self, path: str, actor: Actor, cell: Cell, programme: str, item: str) -> httpx.Response:
        """The answer."""
        return await self.house.client.get(self.address(path, cell, programme, item), headers=self.headers(actor))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def walk(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Walk]:
    feed, ids = everything()
    async with house(postgres(), feed, tmp_path_factory.mktemp("rights")) as built:
        port = free_port()
        async with (
            beside(built.app, LOOPBACK, port, lifespan="off"),
            httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as streams,
        ):
            yield Walk(built, streams, ids)


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in PATHS.items() for path in paths])
async def test_every_cell_is_as_the_table_says(walk: Walk, name: str, path: str) -> None:
    async def ask(_: Operation, actor: Actor, cell: Cell, programme: str, item: str) -> httpx.Response:
        return await walk.asked(path, actor, cell, programme, item)

    assert await walked(OPERATIONS[name], ask) > 0


@pytest.mark.parametrize("name", SEEN)
async def test_what_is_a_part_of_answers_is_in_them_for_whom_the_table_says(walk: Walk, name: str) -> None:
    path, sign = SEEN[name]
    number = 0
    for cell in OPERATIONS[name].possible:
        for actor in actors(*cell[:2], OPERATIONS[name].scope):
            item = ITEMS[cell[2]]
            answer = await walk.asked(path, actor, cell, PROGRAMME, item)
            assert answer.status_code in (200, 401, 403, 404), answer.text
            expected = cell in OPERATIONS[name].cells
            assert (sign.replace("{item}", item) in answer.text) == expected, (actor, cell, answer.text[:400])
            number += 1
    assert number > 30


async def test_plain_positions_are_seen_by_whom_the_table_says(walk: Walk) -> None:
    operation = OPERATIONS["positions.see"]
    for cell in operation.possible:
        for actor in actors(*cell[:2], operation.scope):
            answer = await walk.asked("/v1/progress", actor, cell, "", "")
            shown = answer.headers.get("Liangdeng-Position", "")
            assert ("rulings-" in shown) == (cell in operation.cells), (actor, shown)
            assert (shown != "") == (cell in OPERATIONS["progress.read"].cells), actor


async def test_changes_are_followed_by_whom_the_table_says(walk: Walk) -> None:
    operation = OPERATIONS["changes.follow"]
    for cell in operation.possible:
        for actor in actors(*cell[:2], operation.scope):
            async with walk.streams.stream("GET", "/v1/changes", headers=walk.headers(actor)) as answer:
                allowed = cell in operation.cells
                assert (answer.status_code == 200) == allowed, (actor, answer.status_code)
                if allowed:
                    assert await anext(answer.aiter_lines()) == "event: position"
