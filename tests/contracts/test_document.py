"""The committed schemas and the AsyncAPI document say what the code says."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from contracts import document
from contracts.topics import TOPICS


def test_the_committed_schemas_do_not_drift_from_the_code() -> None:
    assert document.drift() == [], "run: python -m contracts.document"


def test_a_changed_schema_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(document.EXTENSIONS["rulings"], "at", {"type": "integer"})
    assert "rulings/liangdeng.light.changed.v1.json" in document.drift()


@pytest.mark.parametrize("path", sorted(path for path in document.files() if path != "asyncapi.json"))
def test_every_schema_is_a_valid_json_schema(path: str) -> None:
    Draft202012Validator.check_schema(json.loads((document.FOLDER / path).read_text()))


def test_the_asyncapi_document_names_every_topic_its_key_and_its_retention() -> None:
    told = json.loads((document.FOLDER / "asyncapi.json").read_text())
    assert set(told["channels"]) == set(TOPICS)
    for channel in told["channels"].values():
        kafka = channel["bindings"]["kafka"]
        assert kafka["partitions"] == 12
        assert kafka["topicConfiguration"]["retention.ms"] == -1
        assert "Key: " in channel["description"]


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    told = json.loads((document.FOLDER / "asyncapi.json").read_text())
    references: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                references.append(node["$ref"])
            for value in node.values():
                walk(value)

    walk(told)
    assert len(references) > 100
    for reference in references:
        if reference.startswith("./"):
            assert (document.FOLDER / reference).is_file(), reference
            continue
        at: object = told
        for step in reference.removeprefix("#/").split("/"):
            assert isinstance(at, dict)
            assert step in at, reference
            at = at[step]
