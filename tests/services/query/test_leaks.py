"""Nothing leaks on the side: what two answers, an id, a sheet or the work of PostgreSQL tell of what is hidden."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import pytest_asyncio
from psycopg import AsyncCursor

from contracts.submissions import ItemCorrected
from tests.services.districts import HERE, NEIGHBOURS_PROGRAMME, PROGRAMME, person
from tests.services.query.feed import LOG, event_id
from tests.services.query.house import House, house
from tests.services.query.test_every_right import two_districts

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
V1 = f"/v1/programmes/{PROGRAMME}"
CLERK, OTHER_CLERK, OTHER_LEADER = ("unit", "lead"), ("unit", "other"), ("leader", "other")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    feed = two_districts()
    for item in ("K01", "K02"):
        feed.deadline(PROGRAMME, item, "2024Q2", "none", "red")
    async with house(postgres(), feed, tmp_path_factory.mktemp("leaks")) as built:
        yield built


async def asked(told: House, path: str, who: tuple[str, str] = ("public", "other")) -> Any:
    somebody = person(*who)  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {told.tokens.mint(somebody)}"} if somebody else {}
    return await told.client.get(path, headers=headers)


@pytest.mark.parametrize("path", ["/v1/programmes", f"{V1}/lights", "/v1/progress", f"/programmes/{PROGRAMME}"])
async def test_two_answers_do_not_tell_whether_anything_was_written_between_them(told: House, path: str) -> None:
    first, second = await asked(told, path), await asked(told, path)
    token = first.headers["Liangdeng-Position"]
    assert token.startswith("~")
    assert token != second.headers["Liangdeng-Position"], "though nothing was"
    lengths = {len(one.headers["Liangdeng-Position"]) for one in (first, second)}
    told.feed.green(told.feed.report(NEIGHBOURS_PROGRAMME, "K02", "2024Q4"), "2024Q4")
    await told.settled()
    third = await asked(told, path)
    assert lengths == {len(third.headers["Liangdeng-Position"])}
    assert len(third.content) == len(second.content)
    assert (await asked(told, f"/v1/progress?min_position={token}")).status_code == 200, "it is waited for as ever"


async def test_no_id_that_the_public_or_a_unit_is_shown_is_made_of_a_place_on_the_log(told: House) -> None:
    paths = (f"{V1}/items/K01/timeline", f"{V1}/evaluation?unit=fagai", f"{V1}/notices", "/v1/inbox")
    guessed = {event_id(part, cause, ordinal) for part in range(12) for cause in range(40) for ordinal in range(8)}
    plain = (await asked(told, paths[0], ("office", "other"))).text
    assert guessed & set(re.findall(r"[0-9a-f-]{36}", plain)), f"ids of the log {LOG} are made so"
    for who in (("public", "other"), CLERK, ("leader", "own_leader")):
        for path in paths:
            text = (await asked(told, path, who)).text
            assert not guessed & set(re.findall(r"[0-9a-f-]{36}", text)), (who, path)
    timeline = (await asked(told, paths[0], CLERK)).json()["timeline"]
    named = {event["id"]: event for entry in timeline for event in entry["events"]}
    causes = {cause for event in named.values() for notice in event["notices"] for cause in notice["causes"]}
    assert causes
    assert causes <= named.keys(), "what belongs together is still found"


async def test_a_unit_is_shown_no_plain_place_of_what_waits(told: House) -> None:
    told.feed.submit(f"{PROGRAMME}/K01", ItemCorrected(title="新名", reason="更正"))
    await told.settled()
    (waiting,) = (await asked(told, f"{V1}/lights", CLERK)).json()["not_ruled_yet"]
    assert waiting.keys() == {"id", "item", "type", "unit", "received_at", "position"}
    assert waiting["position"].startswith("~")


async def test_a_leader_is_told_of_internal_items_of_others_that_points_were_deducted_and_no_more(told: House) -> None:
    whole = (await asked(told, f"{V1}/evaluation", ("office", "other"))).json()["sheets"]
    seen = (await asked(told, f"{V1}/evaluation", OTHER_LEADER)).json()["sheets"]
    assert [(one["unit"], one["score"], one["counts"]) for one in seen] == [
        (one["unit"], one["score"], one["counts"]) for one in whole
    ]
    (sheet,), (shown,) = whole, seen
    assert {one["item"] for one in sheet["deductions"]} == {"K01", "K02"}
    assert {one["item"] for one in shown["deductions"]} == {"K01", ""}
    assert (sheet["periods_pending"], shown["periods_pending"]) == (4, 2)
    for one in shown["deductions"]:
        if one["item"] == "":
            assert (one["about"], one["events"], one["why"]["zh"]) == ("", [], "内部事项")
    address = f"/programmes/{PROGRAMME}/units/fagai/evaluation"
    page = (await asked(told, address, OTHER_LEADER)).text
    assert "K02" not in re.sub(r"~[\w-]+", "", page)
    assert "内部事项" in page
    assert "K02" in (await asked(told, address, CLERK)).text
    assert "an internal item" in (await asked(told, f"{address}?lang=en", OTHER_LEADER)).text


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of PostgreSQL about it, in order; not what the application asks by itself now and then."""
    found: list[str] = []
    real = AsyncCursor.execute

    async def execute(self: Any, query: Any, *args: Any, **more: Any) -> Any:
        if str(query) and "directory." not in str(query) and "sessions." not in str(query):
            found.append(str(query))
        return await real(self, query, *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AsyncCursor, "execute", execute)
        yield found


async def test_what_is_hidden_costs_postgresql_the_same_as_what_does_not_exist(told: House) -> None:
    entry = (await asked(told, f"{V1}/items/K02/timeline", ("office", "other"))).json()["timeline"][1]
    notice = next(
        one["notice"] for one in (await asked(told, f"{V1}/notices", ("office", "other"))).json()["notices"]
        if one["item"] == "K02"
    )  # fmt: skip
    nothing = "00000000-0000-5000-8000-000000000000"
    pairs = {
        f"{V1}/items/K02": f"{V1}/items/K97",
        f"/programmes/{PROGRAMME}/items/K02": f"/programmes/{PROGRAMME}/items/K97",
        f"{V1}/items/K02/timeline": f"{V1}/items/K97/timeline",
        f"/v1/submissions/{entry['id']}": f"/v1/submissions/{nothing}",
        f"/submissions/{entry['id']}": f"/submissions/{nothing}",
        f"/v1/notices/{notice}": f"/v1/notices/{HERE}-2024-n0",
        f"/notices/{notice}/document": f"/notices/{HERE}-2024-n0/document",
    }
    for hidden, missing in pairs.items():
        for who in (OTHER_CLERK, OTHER_LEADER, ("unit", "foreign")):
            with statements() as one:
                first = await asked(told, hidden, who)
            with statements() as other:
                second = await asked(told, missing, who)
            assert (first.status_code, second.status_code) == (404, 404), (hidden, who)
            assert one == other, (hidden, who)
            assert len(first.content) == len(second.content), hidden
