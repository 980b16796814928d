"""Every right at query's doors, cell by cell over HTTP: role, tie, classification, this district and the next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date

import httpx
import pytest
import pytest_asyncio

from contracts.rulings import InspectionAuthorized
from contracts.submissions import InspectionPlanned
from contracts.values import Unit
from supervision.right import Cell, Operation
from supervision.rights import OPERATIONS
from tests.services.districts import HERE, ITEMS, NEIGHBOUR, PROGRAMME, UNITS, person
from tests.services.query.feed import Feed
from tests.services.query.house import House, house
from tests.services.rights_walk import walked

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
    "inbox.read": ("/v1/inbox", "/inbox"),
    "progress.read": ("/v1/progress",),
    "privileged_reads.list": ("/v1/privileged-reads",),
}


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


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(postgres(), two_districts(), tmp_path_factory.mktemp("rights")) as built:
        yield built


def headers(told: House, cell: Cell) -> dict[str, str]:
    who = person(*cell[:2])
    return {} if who is None else {"Authorization": f"Bearer {told.tokens.mint(who)}"}


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in PATHS.items() for path in paths])
async def test_every_cell_is_as_the_table_says(told: House, name: str, path: str) -> None:
    async def ask(_: Operation, cell: Cell, programme: str, item: str) -> httpx.Response:
        return await told.client.get(path.format(programme=programme, item=item), headers=headers(told, cell))

    assert await walked(OPERATIONS[name], ask) > 0


async def test_an_inspection_plan_is_seen_before_the_visit_by_whom_the_table_says(told: House) -> None:
    for cell in OPERATIONS["inspection_plans.see"].possible:
        path = f"/v1/programmes/{PROGRAMME}/items/{ITEMS[cell[2]]}/timeline"
        answer = await told.client.get(path, headers=headers(told, cell))
        seen = f"visit-{HERE}-{ITEMS[cell[2]]}" in answer.text
        assert seen == (cell in OPERATIONS["inspection_plans.see"].cells), cell
