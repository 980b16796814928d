"""Whatever shows an internal item or a plan before the visit is on record, once a request, for auditors alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.services.districts import HERE, NEIGHBOURS_PROGRAMME, PROGRAMME, person
from tests.services.query.house import House, house
from tests.services.query.test_every_right import two_districts

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
V1, PAGES = f"/v1/programmes/{PROGRAMME}", f"/programmes/{PROGRAMME}"
OFFICE, LEADER, CLERK, AUDITOR = ("office", "other"), ("leader", "own_leader"), ("unit", "lead"), ("auditor", "other")
INTERNAL = ("internal_item", "K02", "")
PLAN = ("inspection_plan", "K02", f"visit-{HERE}-K02")
DOORS = {
    f"{V1}/lights": {INTERNAL},
    f"{V1}/items": {INTERNAL},
    f"{V1}/items/K02": {INTERNAL},
    f"{V1}/items/K02/timeline": {INTERNAL, PLAN},
    f"{V1}/escalations": {INTERNAL},
    f"{V1}/evaluation": {INTERNAL},
    f"{V1}/notices": {INTERNAL},
    PAGES: {INTERNAL},
    f"{PAGES}?view=wall": {INTERNAL},
    f"{PAGES}/units/fagai": {INTERNAL},
    f"{PAGES}/items/K02": {INTERNAL, PLAN},
    f"{PAGES}/items/K01": {("inspection_plan", "K01", f"visit-{HERE}-K01")},
    f"{PAGES}/escalations": {INTERNAL},
    f"{PAGES}/units/fagai/evaluation": {INTERNAL},
}
NOTHING_OPENED = ("/", "/v1/programmes", f"{V1}/items/K01", f"{PAGES}/evaluation", "/v1/progress", "/inbox")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def told(postgres: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(postgres(), two_districts(), tmp_path_factory.mktemp("reads")) as built:
        yield built


async def asked(told: House, path: str, who: tuple[str, str], **headers: str) -> httpx.Response:
    somebody = person(*who)  # type: ignore[arg-type]
    token = {"Authorization": f"Bearer {told.tokens.mint(somebody)}"} if somebody else {}
    return await told.client.get(path, headers={**token, **headers})


async def recorded(told: House, request: str) -> list[dict[str, Any]]:
    """What is on record of a request."""
    found = (await asked(told, "/v1/privileged-reads", AUDITOR)).json()["privileged_reads"]
    return [one for one in found if one["request_id"] == request]


@pytest.mark.parametrize("path", DOORS)
async def test_every_door_that_opens_something_of_the_kind_is_on_record_once(told: House, path: str) -> None:
    for who in (OFFICE, LEADER):
        answer = await asked(
            told, path, who, **{"X-Request-Id": f"{who[0]}-{path.translate({47: 46, 63: 46, 61: 46})}"}
        )
        assert answer.status_code == 200
        reads = await recorded(told, f"{who[0]}-{path.translate({47: 46, 63: 46, 61: 46})}")
        assert [(one["kind"], one["item"], one["about"]) for one in reads] == sorted(DOORS[path], key=_by_kind), who
        somebody = person(*who)  # type: ignore[arg-type]
        assert somebody is not None
        assert {(one["person"], one["role"], one["programme"]) for one in reads} == {(somebody.id, who[0], PROGRAMME)}


def _by_kind(read: tuple[str, str, str]) -> str:
    return read[0].replace("internal", "a")


async def test_a_desk_is_on_record_with_what_its_queue_shows(told: House) -> None:
    plans = ("inspection_plan", "", f"K01/visit-{HERE}-K01,K02/visit-{HERE}-K02")
    for who, path, shown in (
        (OFFICE, "/desk?queue=inspections", {INTERNAL, plans}),
        (OFFICE, "/desk?queue=appeals", set()),
        (LEADER, "/desk?as_of=2024-04-12", {INTERNAL}),
    ):
        id_ = f"{who[0]}-{path[-6:]}"
        assert (await asked(told, path, who, **{"X-Request-Id": id_})).status_code == 200
        reads = await recorded(told, id_)
        assert {(one["kind"], one["item"], one["about"]) for one in reads} == shown, path


async def test_what_opens_nothing_of_the_kind_is_not_on_record(told: House) -> None:
    for path in NOTHING_OPENED:
        await asked(told, path, OFFICE, **{"X-Request-Id": "nothing"})
    for path in DOORS:
        await asked(told, path, ("unit", "other"), **{"X-Request-Id": "nothing"})
        await asked(told, path, ("public", "other"), **{"X-Request-Id": "nothing"})
    assert await recorded(told, "nothing") == []


async def test_submissions_and_notices_of_an_internal_item_are_on_record_to_the_unit_too(told: House) -> None:
    entries = (await asked(told, f"{V1}/items/K02/timeline", OFFICE)).json()["timeline"]
    planned = next(one["id"] for one in entries if one["type"] == "inspection.planned")
    notices = (await asked(told, f"{V1}/notices", OFFICE)).json()["notices"]
    notice = next(one["notice"] for one in notices if one["item"] == "K02")
    for who, path, kinds in (
        (OFFICE, f"/v1/submissions/{planned}", {INTERNAL, PLAN}),
        (OFFICE, f"/submissions/{planned}", {INTERNAL, PLAN}),
        (CLERK, f"/v1/notices/{notice}", {INTERNAL}),
        (CLERK, f"/notices/{notice}", {INTERNAL}),
        (CLERK, f"/notices/{notice}/document", {INTERNAL}),
        (CLERK, f"{V1}/items/K02/timeline", {INTERNAL}),
    ):
        id_ = f"{who[0]}{path.replace('/', '.')}"[-60:]
        assert (await asked(told, path, who, **{"X-Request-Id": id_})).status_code == 200, path
        assert {(one["kind"], one["item"], one["about"]) for one in await recorded(told, id_)} == kinds, path


async def test_auditors_look_at_the_record_of_their_own_jurisdiction_and_nobody_else(told: House) -> None:
    await asked(told, f"{V1}/items/K02", LEADER, **{"X-Request-Id": "looked-at"})
    await asked(told, f"/v1/programmes/{NEIGHBOURS_PROGRAMME}/items/K02", ("leader", "foreign"))
    page = await asked(told, "/privileged-reads", AUDITOR)
    assert page.status_code == 200
    for text in ("looked-at", "leader-1", "K02", "内部事项"):
        assert text in page.text, text
    assert NEIGHBOURS_PROGRAMME not in page.text
    assert 'href="/privileged-reads"' in (await asked(told, "/", AUDITOR)).text
    assert "an internal item" in (await asked(told, "/privileged-reads?lang=en", AUDITOR)).text
    for who, status in ((CLERK, 403), (OFFICE, 403), (LEADER, 403), (("public", "other"), 401)):
        assert (await asked(told, "/privileged-reads", who)).status_code == status
        assert (await asked(told, "/v1/privileged-reads", who)).status_code == status
        assert "privileged-reads" not in (await asked(told, "/", who)).text
    for wrong in ("x", "-1", "9" * 30):
        assert (await asked(told, f"/privileged-reads?before={wrong}", AUDITOR)).status_code == 400, wrong
