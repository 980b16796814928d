"""Answers over HTTP held against the OpenAPI document of the service: status, headers, media type, schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema


class Described:
    """A service's document, and which of its documented successes were seen."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.seen: set[tuple[str, int]] = set()

    def operations(self) -> Iterator[tuple[str, str, str]]:
        """Id, method and path of every operation."""
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield operation["operationId"], method.upper(), path

    def successes(self) -> set[tuple[str, int]]:
        """Every success that is documented."""
        return {
            (operation["operationId"], int(status))
            for methods in self.document["paths"].values()
            for operation in methods.values()
            for status in operation["responses"]
            if int(status) < 400
        }

    def told_by(self, page: str) -> None:
        """Fails unless a page tells of every operation, schema and code, and each of its links leads somewhere."""
        places, links = (
            set(re.findall(rf'{name}="{mark}([^"]+)"', page)) for name, mark in (("id", ""), ("href", "#"))
        )
        schemas = {f"schema-{name}" for name in self.document["components"]["schemas"]}
        assert {id_ for id_, _, _ in self.operations()} | schemas <= places
        assert links <= places, links - places
        for type_ in self.document["components"]["schemas"]["Problem"]["properties"]["type"]["enum"]:
            assert type_ in page, type_
        assert "<script" not in page

    def check(self, id_: str, answer: httpx.Response) -> None:
        """Fails where an answer is not as the document says. Raises KeyError for what it does not have."""
        operation = next(
            one for methods in self.document["paths"].values() for one in methods.values() if one["operationId"] == id_
        )
        told = f"{id_} {answer.status_code} {answer.text[:400]}"
        assert str(answer.status_code) in operation["responses"], f"not documented: {told}"
        described = operation["responses"][str(answer.status_code)]
        for name, header in described.get("headers", {}).items():
            assert not header["required"] or name in answer.headers, f"{name} is missing: {told}"
            if name in answer.headers:
                self._validate(header["schema"], answer.headers[name])
        if "content" in described and answer.request.method != "HEAD":
            media_type = answer.headers["content-type"].partition(";")[0]
            assert media_type in described["content"], f"{media_type}: {told}"
            if media_type.endswith("json"):
                self._validate(described["content"][media_type]["schema"], answer.json())
        if answer.status_code < 400:
            self.seen.add((id_, answer.status_code))

    def _validate(self, schema: dict[str, Any], value: Any) -> None:
        whole = {**schema, "components": self.document["components"]}
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole).iter_errors(value))
        assert error is None, f"{error.json_path}: {error.message[:300]}"
