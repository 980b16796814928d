"""A story of the model as the scenario book reads it."""

from __future__ import annotations

from typing import Any

from programmes import FOLDER
from services.rating.scenario_book import book
from services.rating.scenario_book.book import Scenario
from tests.rules.model.days import Json

_BESIDE = FOLDER / "scenarios.yaml"


def scenario_of(told: Json) -> Scenario:
    """The scenario, read as from a book."""
    return book.read_scenario(_texts(told), told["policy"], _BESIDE)


def _texts(value: Any) -> Any:
    """Keys are text in a book."""
    if isinstance(value, dict):
        return {str(name): _texts(one) for name, one in value.items()}
    return [_texts(one) for one in value] if isinstance(value, list) else value
