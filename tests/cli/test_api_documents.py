"""The committed OpenAPI documents are what the code says, whole, and of the routes that there are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from cli.api_documents import drift
from programmes import FOLDER
from programmes.programme_file import read_programme
from services.intake.api.routes import api_router as intake_routes
from services.intake.api.routes import busiest
from services.intake.description import examples
from services.intake.description import operations as intake
from services.intake.submitting.body import posted_data
from services.query.description import operations as query
from services.query.web.api import router as query_routes
from supervision.rights import SUBMITTED_ABOUT_ITEMS, SUBMITTED_ABOUT_PROGRAMMES
from web.gate import operations_of

SERVICES = {"intake": (intake, [*intake_routes.routes, busiest]), "query": (query, query_routes.routes)}


def test_the_documents_are_those_that_are_committed() -> None:
    assert drift() == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_is_described_and_nothing_else(service: str) -> None:
    described, routes = SERVICES[service]
    found = {(method, route.path) for route in _routes(routes) for method in _methods(route)}
    assert {(one.method, one.path) for one in described.OPERATIONS} == found | {("GET", "/openapi.json")}


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_is_described_by_the_right_that_its_handler_declares(service: str) -> None:
    described, routes = SERVICES[service]
    rights = {(method, route.path): _right(route) for route in _routes(routes) for method in _methods(route)}
    for one in described.OPERATIONS[:-1]:
        assert rights[one.method, one.path] == one.right


def _routes(routes: list[BaseRoute]) -> list[Route]:
    return [route for route in routes if isinstance(route, APIRoute | Route)]


def _methods(route: Route) -> set[str]:
    return (route.methods or set()) - ({"HEAD"} if "GET" in (route.methods or ()) else set())


def _right(route: Route) -> str:
    (right,) = operations_of(route.endpoint)
    return right


@pytest.mark.parametrize("service", SERVICES)
def test_every_schema_is_one_and_every_reference_leads_somewhere(service: str) -> None:
    made = SERVICES[service][0].description()
    for schema in made["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for target in _references(made):
        found: Any = made
        for part in target.removeprefix("#/").split("/"):
            found = found[part]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for entry in part.values():
            yield from _references(entry)
    elif isinstance(part, list):
        for entry in part:
            yield from _references(entry)


@pytest.mark.parametrize("service", SERVICES)
def test_everything_is_said_in_chinese_first(service: str) -> None:
    made = SERVICES[service][0].description()
    texts = [made["info"]["title"], made["info"]["description"], *(tag["description"] for tag in made["tags"])]
    for path in made["paths"].values():
        for operation in path.values():
            texts += [operation["summary"], operation["description"]]
            texts += [parameter["description"] for parameter in operation.get("parameters", [])]
    for schema in made["components"]["schemas"].values():
        texts += [field["description"] for field in schema.get("properties", {}).values() if "description" in field]
    assert [text for text in texts if not any("\u4e00" <= one <= "\u9fff" for one in text[:6])] == []


def test_there_is_a_valid_example_of_everything_that_is_sent() -> None:
    made = intake.description()
    for name in (*SUBMITTED_ABOUT_ITEMS, *SUBMITTED_ABOUT_PROGRAMMES, *_SPREAD):
        posted_data(name, examples.DATA[name])
    for operation in (one for path in made["paths"].values() for one in path.values() if "requestBody" in one):
        for media in operation["requestBody"]["content"].values():
            given = [one["value"] for one in media.get("examples", {}).values()]
            given += [media["example"]] if "example" in media else []
            assert given or media["schema"].get("format") == "binary"
            for one in given:
                _validate(made, media["schema"], one)
    assert read_programme(_json(examples.PROGRAMME), FOLDER, json=True).title == examples.PROGRAMME["title"]


_SPREAD = ("item.assigned", "programme.extended", "calendar.extended", "deputy.named", "deputy.ended")


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _validate(made: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": made["components"]}
    jsonschema.validate(value, whole, jsonschema.Draft202012Validator)
