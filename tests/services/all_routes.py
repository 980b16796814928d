"""Every address of an application, asked as a program and as a browser: what each answer must say, and must not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount, Route

STRANGE = "%E2%80%AE"
"""A right-to-left override, as an address spells it."""


def addresses(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and address of every route; what an address names does not exist."""
    for found in iter_route_contexts(app.routes):
        route = found.original_route
        if isinstance(route, Mount):
            yield "GET", f"{route.path}/nothing"
        elif isinstance(route, Route):
            for method in route.methods or ():
                yield method, re.sub(r"\{[^}]*\}", "nothing", found.path or route.path)


async def told_safely(app: FastAPI, client: httpx.AsyncClient, headers: dict[str, str]) -> int:
    """How many answers were looked at. Fails where one does not say what a browser may do with it."""
    number = 0
    for method, address in [*addresses(app), ("GET", "/no/such/address"), ("BREW", "/")]:
        if address.endswith("/v1/changes"):
            continue  # a stream that has no end of its own
        for accept in ("application/json", "text/html"):
            for query in ("", f"?as_of={STRANGE}"):
                sent = {**headers, "Accept": accept}
                answer = await client.request(method, address + query, headers=sent)
                _check(answer)
                assert not query or answer.status_code == 400, f"{method} {address}{query} {answer.status_code}"
                number += 1
    return number


def _check(answer: httpx.Response) -> None:
    told = f"{answer.request.method} {answer.request.url} {answer.status_code} {answer.headers}"
    assert answer.status_code < 500, told
    assert answer.headers["x-content-type-options"] == "nosniff", told
    assert "unsafe" not in answer.headers["content-security-policy"], told
    assert answer.headers["content-security-policy"].startswith(("default-src 'none'", "sandbox")), told
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), told
    assert answer.headers["cache-control"], told
    assert answer.headers["x-request-id"], told
    assert "server" not in answer.headers, told
    if answer.status_code >= 400 and answer.content:
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in ("application/problem+json", "text/html"), told
        if media_type.endswith("json"):
            assert answer.json()["request_id"] == answer.headers["x-request-id"], told
            assert answer.json()["title"], told
            assert answer.json()["title_en"], told
