"""The OpenAPI document of a service as a page to read: made here from the document, without any script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from supervision.words import Word
from web.addresses import here_of
from web.gate import PlainGuardedRoute, description, does
from web.header import TEMPLATES, Header, in_other_language
from web.language import language_of, marked, remember_language
from web.visitor import Visitors, known_visitor

PATH: Final = "/docs"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PLACES: Final[Mapping[str, Word]] = {
    "path": Word("路径", "path"),
    "query": Word("查询", "query"),
    "header": Word("请求头", "header"),
}
_SAID: Final = ("pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
_REFERENCE: Final = "#/components/schemas/"
_environment: Final = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


class Kind(NamedTuple):
    """What a value may be, in a few words; `names` are the schemas that it refers to."""

    text: str
    names: tuple[str, ...] = ()


class Member(NamedTuple):
    """One member of an object: its name, what it may be, what it means, and whether it must be there."""

    name: str
    kind: Kind
    text: str
    required: bool


def described(document: Mapping[str, Any], intake: str, *, people_sign_in: bool) -> list[Route]:
    """Where an application describes itself: its document, and the page; `intake` is the path of intake."""
    return [description(document), _page(document, intake, people_sign_in)]


def _page(document: Mapping[str, Any], intake: str, people_sign_in: bool) -> Route:
    template = _environment.get_template("api.html")
    context = {
        "document": document,
        "tags": list(_by_tag(document)),
        "members": lambda schema: list(members(schema)),
        "kind": kind,
        "written": _written,
        "places": _PLACES,
    }

    @does("api.describe")
    async def page(request: Request) -> Response:
        visitors: Visitors = request.app.state.who.visitors
        await visitors.glance(request)
        header = Header(
            language=language_of(request),
            here=here_of(request),
            other_language=in_other_language(request),
            root=request.scope["root_path"],
            intake=intake,
            people_sign_in=people_sign_in,
            identity=known_visitor(request).identity,
        )
        text = template.render(header=header, root=header.root, **context)
        answer = HTMLResponse(marked(text, header.language), headers=_HEADERS)
        remember_language(request, answer)
        return answer

    return PlainGuardedRoute(PATH, page, methods=["GET"])


def _by_tag(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[tuple[str, str, Any]]]]:
    """Each tag with its operations: method, path, and what is said of it."""
    for tag in document["tags"]:
        yield (
            tag,
            [
                (method.upper(), path, operation)
                for path, methods in document["paths"].items()
                for method, operation in methods.items()
                if tag["name"] in operation["tags"]
            ],
        )


def members(schema: Mapping[str, Any]) -> Iterator[Member]:
    """The members of an object, in the order of the document; none for anything else."""
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        yield Member(name, kind(inner), inner.get("description", ""), name in required)


def kind(schema: Mapping[str, Any]) -> Kind:
    """What a value of this schema may be."""
    if "$ref" in schema:
        return Kind("", (schema["$ref"].removeprefix(_REFERENCE),))
    if "const" in schema or "enum" in schema:
        return Kind(" | ".join(_short(value) for value in schema.get("enum", [schema.get("const")])))
    for joined in ("oneOf", "anyOf", "allOf"):
        if joined in schema:
            kinds = [kind(one) for one in schema[joined]]
            return Kind(
                " | ".join(one.text for one in kinds if one.text), tuple(name for one in kinds for name in one.names)
            )
    if schema.get("type") == "array":
        inner = kind(schema.get("items", {}))
        return Kind(" ".join(filter(None, ("array", inner.text, *_limits(schema)))), inner.names)
    given = schema.get("type", "object" if "properties" in schema else "any")
    named = given if isinstance(given, str) else " | ".join(given)
    values = schema.get("additionalProperties")
    inner = kind(values) if isinstance(values, Mapping) else Kind("")
    return Kind(" ".join(filter(None, (named, *_limits(schema), inner.text))), inner.names)


def _limits(schema: Mapping[str, Any]) -> Iterator[str]:
    for name in _SAID:
        if name in schema:
            yield f"{name}: {schema[name]}"


def _short(value: Any) -> str:
    return orjson.dumps(value).decode()


def _written(value: Any) -> str:
    """JSON as somebody would write it."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
