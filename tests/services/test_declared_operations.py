"""Every door of every service declares what it does, and every operation of the table has a door or a reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from supervision.rights import OPERATIONS
from tests.services.applications import applications
from tests.services.intake import test_every_right as intake_walk
from tests.services.query import test_every_right as query_walk
from web.gate import GuardedRoute, OpenMount, Undeclared, does, operations_served

ROOT = Path(__file__).resolve().parents[2]
PARTS_OF_ANSWERS = {
    "findings.see",
    "appeals.see",
    "inspection_plans.see",
    "escalations.see",
    "waiting.see",
    "positions.see",
}
"""No door of their own: what an answer holds for whom. Each is asked for by name where the answer is made."""

TESTED_APART = {
    # What a party sent it can only have sent while it led the item.
    "receipt.read": "tests/services/intake/test_submitting.py",
    # A person to do it to is made for each cell there.
    **{
        f"people.{name}": "tests/services/query/test_people.py"
        for name in ("list", "add", "change", "disable", "reset", "hand_over", "import")
    },
    "units.add": "tests/services/query/test_people.py",
}


@pytest.fixture(name="applications")
def built(tmp_path: Path) -> dict[str, FastAPI]:
    return applications(tmp_path)


def served(applications: dict[str, FastAPI]) -> dict[str, set[str]]:
    """The operations by application. Raises Undeclared."""
    return {
        name: {one for _, operations in operations_served(app.routes) for one in operations}
        for name, app in applications.items()
    }


def test_every_route_of_every_application_declares_its_operation(applications: dict[str, FastAPI]) -> None:
    found = served(applications)
    assert sum(len(list(operations_served(app.routes))) for app in applications.values()) > 70
    for name, operations in found.items():
        for operation in operations:
            assert operation.startswith("ops.") == name.endswith("operator"), (name, operation)


def test_every_operation_of_the_table_is_what_some_door_does_or_a_part_of_answers(
    applications: dict[str, FastAPI],
) -> None:
    behind_doors = set().union(*served(applications).values())
    assert OPERATIONS.keys() - behind_doors == PARTS_OF_ANSWERS
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("web/*.py")]
    )
    assert [one for one in PARTS_OF_ANSWERS if f'"{one}"' not in source] == []


async def slipped_in(*_: Any) -> Response:
    return Response()


@pytest.mark.parametrize(
    "route",
    [
        Route("/slipped", slipped_in),
        WebSocketRoute("/slipped", slipped_in),
        Mount("/slipped", StaticFiles(directory="/")),
        Mount("/slipped", routes=[Route("/in", slipped_in)]),
    ],
    ids=["plain", "websocket", "files", "mounted"],
)
def test_a_route_that_slipped_by_the_gate_is_found(applications: dict[str, FastAPI], route: BaseRoute) -> None:
    for app in applications.values():
        before = list(app.router.routes)
        app.router.routes.append(route)
        with pytest.raises(Undeclared, match="slipped"):
            list(operations_served(app.routes))
        app.router.routes[:] = before


def test_a_plain_router_with_handlers_is_found(applications: dict[str, FastAPI]) -> None:
    router = APIRouter(prefix="/slipped")
    router.get("/in")(slipped_in)
    app = applications["query"]
    app.include_router(router)
    with pytest.raises(Undeclared, match="slipped"):
        list(operations_served(app.routes))


def test_what_asks_who_comes_is_no_mount_which_would_not_ask() -> None:
    with pytest.raises(Undeclared):
        OpenMount("/files", StaticFiles(directory="/"), "evidence.read")


def test_the_gate_stays_before_a_handler_of_a_router_that_is_included_in_another() -> None:
    inner = APIRouter(route_class=GuardedRoute)
    inner.get("/in")(does("api.describe")(slipped_in))
    outer = APIRouter(prefix="/out")
    outer.include_router(inner)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(outer)
    assert list(operations_served(app.routes)) == [("/out/in", ["api.describe"])]


def test_every_operation_that_asks_who_comes_is_walked_cell_by_cell_or_has_a_test_of_its_own() -> None:
    walked = {*intake_walk.SERVED, *query_walk.PATHS, *query_walk.SEEN, "positions.see", "changes.follow"}
    asking = {name for name, operation in OPERATIONS.items() if not operation.open}
    assert asking - walked == TESTED_APART.keys()
    for name, place in TESTED_APART.items():
        assert name.partition(".")[0] in (ROOT / place).read_text(encoding="utf-8"), name
