"""Which pages there are, read off the applications, and which of them a role may open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from supervision.right import Asker
from supervision.rights import role_answer
from tests.services.applications import applications
from web.gate import operations_of

SERVICES: Final = {"query": "", "intake": "/intake"}
"""Where each service's pages lie below people's one address."""
NO_PAGES: Final = (
    "/v1/",
    "/openapi.json",
    "/style.css",
    "/form.js",
    ".xlsx",
    ".yaml",
    "/pages/{number}",
    "/tables/{programme}/{file}",
    "/sign-in",
    "/notices/{notice}/document",
)
"""What an address begins or ends with that is for programs, a file, a picture, or the sign-in's way back and forth."""
ELSEWHERE: Final = {"/intake/", "/intake/tables"}
"""Addresses that lead on to a page."""


def page_routes(folder: Path) -> dict[str, list[str]]:
    """The operations by the path of every page, such as `/intake/items/{programme}/{item}`."""
    served = applications(folder)
    return {path: kinds for name, root in SERVICES.items() for path, kinds in _pages(served[name].routes, root)}


def opened_by(asker: Asker, routes: dict[str, list[str]]) -> set[str]:
    """The pages that a role may open, as the table of rights says."""
    return {path for path, kinds in routes.items() if any(role_answer(kind, asker).allowed for kind in kinds)}


def _pages(routes: Sequence[BaseRoute], root: str) -> Iterator[tuple[str, list[str]]]:
    for found in iter_route_contexts(routes):
        route = found.original_route
        path = str(found.path or getattr(route, "path", ""))
        if "GET" not in (getattr(route, "methods", None) or ()) or path.startswith(NO_PAGES) or path.endswith(NO_PAGES):
            continue
        if root + path not in ELSEWHERE:
            yield root + path, operations_of(route.endpoint)  # type: ignore[attr-defined]
