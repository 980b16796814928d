"""A deputy sees what their principal sees, on the days of the naming and on no others, by the service's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.rulings import DeputyAppointed, DeputyReleased
from contracts.submissions import DeputyEnded, DeputyNamed
from eventlog.clock import set_driven
from sandbox.people import Account
from tests.services.districts import HERE, NEIGHBOUR, PROGRAMME
from tests.services.query.feed import Feed
from tests.services.query.house import House, house
from tests.services.query.test_every_right import two_districts

pytestmark = pytest.mark.services
FIRST, LAST = date(2024, 5, 6), date(2024, 5, 10)
MIDNIGHT = datetime(2024, 5, 5, 16, tzinfo=UTC)
"""When the first day begins in the district, eight hours before it does in Greenwich."""
PATHS = ("/v1/programmes/441602-2024/items/K02", "/programmes/441602-2024/items/K02")


def name(feed: Feed, item: str, principal: str, deputy: str) -> None:
    data = DeputyNamed(principal=principal, deputy=deputy, from_on=FIRST, until_on=LAST)
    named = DeputyAppointed(principal=principal, deputy=deputy, from_on=FIRST, until_on=LAST, reason="")
    feed.rule(feed.submit(f"{PROGRAMME}/{item}", data), named)


def end(feed: Feed, item: str, principal: str, deputy: str) -> None:
    released = DeputyReleased(principal=principal, deputy=deputy)
    feed.rule(feed.submit(f"{PROGRAMME}/{item}", DeputyEnded(principal=principal, deputy=deputy)), released)


async def sees(told: House, who: Account) -> bool:
    """Whether somebody sees the internal item, on the page as by the API."""
    headers = {"Authorization": f"Bearer {told.tokens.mint(who)}"}
    (status,) = {(await told.client.get(path, headers=headers)).status_code for path in PATHS}
    assert status in (200, 404)
    return status == 200


async def test_a_deputy_sees_an_item_in_full_on_the_days_of_the_naming(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    clock, feed = tmp_path / "clock", two_districts()
    set_driven(clock, MIDNIGHT - timedelta(seconds=1))
    name(feed, "K02", "leader:leader-1", "leader:leader-4")
    name(feed, "K02", "chief", "leader:leader-5")
    deputies = [Account(id_, "leader", None, "", "", (HERE,)) for id_ in ("leader-4", "leader-5")]
    others = [
        Account("leader-6", "leader", None, "", "", (HERE,)),
        Account("leader-4", "leader", None, "", "", (NEIGHBOUR,)),
        Account("u-jiaoyu-1", "unit", "jiaoyu", "", "", (HERE,)),
    ]
    async with house(postgres(), feed, tmp_path, clock=str(clock)) as told:
        days = ((0, True), (4 * 24 + 23.99, True), (5 * 24, False))
        assert [await sees(told, one) for one in deputies] == [False, False], "the day before"
        for hours, seen in days:
            set_driven(clock, MIDNIGHT + timedelta(hours=hours))
            assert [await sees(told, one) for one in deputies] == [seen, seen], hours
            assert not any([await sees(told, one) for one in others]), hours


async def test_a_naming_that_was_ended_shows_nothing_any_more_also_as_of_an_earlier_day(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    clock, feed = tmp_path / "clock", two_districts()
    set_driven(clock, MIDNIGHT + timedelta(days=1))
    name(feed, "K02", "leader:leader-1", "leader:leader-4")
    deputy = Account("leader-4", "leader", None, "", "", (HERE,))
    headers: dict[str, str] = {}
    async with house(postgres(), feed, tmp_path, clock=str(clock)) as told:
        headers["Authorization"] = f"Bearer {told.tokens.mint(deputy)}"
        early = f"{PATHS[0]}?as_of=2024-04-11"
        assert (await told.client.get(early, headers=headers)).status_code == 200, "who may see now, may look back"
        listed = await told.client.get(f"/programmes/{PROGRAMME}", headers=headers)
        assert "K02" in listed.text
        end(feed, "K02", "leader:leader-1", "leader:leader-4")
        await told.settled()
        assert not await sees(told, deputy)
        assert (await told.client.get(early, headers=headers)).status_code == 404
