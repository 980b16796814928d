"""A head finds in the inbox and in the header of query's pages how much waits for a signature at intake."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.values import Unit
from directory.persons import LOCAL, Absence, Person
from directory.store import Changes, DirectoryStore, pool_of
from eventlog.clock import SystemClock
from sandbox.people import Account
from services.intake.prepared.submissions import Prepared, PreparedSubmissions
from services.intake.prepared.tables import PreparedTables
from tests.services.query.feed import Feed
from tests.services.query.house import House, house

pytestmark = [pytest.mark.services, pytest.mark.asyncio]
HERE, P = "441602", "441602-2024"
PAPER = Prepared(
    id=uuid.uuid4(), jurisdiction=HERE, unit="nongye", programme=P, item="K01", type="plan.submitted",
    body={"type": "plan.submitted", "data": {"nodes": {}}}, prepared_by="u-nongye-2",
)  # fmt: skip


async def told(built: House, person: str, unit: str, *, head: bool) -> tuple[list[str], list[str]]:
    """The numbers in the header, and in the inbox, of somebody."""
    token = built.tokens.mint(Account(person, "unit", unit, "", "", (HERE,), head=head))
    answer = await built.client.get("/inbox", headers={"Accept": "text/html", "Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return (
        re.findall(r'待签 <b class="number">(\d+)<', answer.text),
        re.findall(r'/signing">待我签发 <b>(\d+)<', answer.text),
    )


async def test_a_head_finds_what_waits_for_a_signature_in_the_inbox_and_nobody_else_does(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    url, feed = postgres(), Feed()
    feed.publish(P, items=("K01",))
    async with house(url, feed, tmp_path) as built, pool_of(url) as pool:
        assert await told(built, "u-1", "nongye", head=True) == ([], []), "intake has made no table yet"
        prepared = PreparedSubmissions(PreparedTables(pool, SystemClock()))
        for _ in range(2):
            await prepared.add(replace(PAPER, id=uuid.uuid4()))
        await prepared.add(PAPER)
        assert await told(built, "u-1", "nongye", head=True) == (["3"], ["3"])
        assert await prepared.decide(PAPER.id, "u-1", "returned", reason="请补充")
        assert await told(built, "u-1", "nongye", head=True) == (["2"], ["2"]), "what is returned waits for the clerk"
        assert await told(built, "u-2", "nongye", head=False) == ([], [])
        assert await told(built, "u-3", "caizheng", head=True) == ([], []), "another unit's"

        today = SystemClock().now().astimezone(LOCAL).date()
        away = Absence(first_on=today, last_on=today + timedelta(days=1), stand_in="u-2")
        persons = tuple(
            Person(id=id_, jurisdiction=HERE, name=id_, role="unit", unit="nongye", head=head, absences=absences)
            for id_, head, absences in (("u-1", True, (away,)), ("u-2", False, ()))
        )
        units = ((HERE, Unit(id="nongye", name="区农业农村局", kind="department")),)
        await DirectoryStore(pool).write(Changes(jurisdictions=((HERE, "源城区"),), units=units, persons=persons))
        await built.app.state.copy.refresh()
        assert await told(built, "u-2", "nongye", head=False) == (["2"], ["2"]), "the head is away today"
