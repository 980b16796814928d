"""Reads the table of behaviours: who lives how through the year, and which lights and escalations must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Category, Light
from sandbox.year.stories import disputed_quarters, key_task_quarters, livelihood_quarters, rarer_acts, whole_years
from sandbox.year.stories.key_task_quarters import Quarter
from sandbox.year.stories.story import ItemStory

_LIGHTS: Mapping[str, Light] = {"G": "green", "Y": "yellow", "R": "red", "-": "none"}
_Row = Annotated[str, Field(pattern=r"^[GYR-]{4}$")]


class Behaviour(BaseModel):
    """One row of `behaviours.yaml`, where its fields are explained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    zh: str
    en: str
    share: Annotated[int, Field(ge=0)]
    lights: _Row
    rated: _Row | None = None
    counted: bool = False
    escalations: tuple[str, ...] = ()
    quarters: dict[Literal[1, 2, 3, 4], str] = {}
    whole_year: str | None = None

    def light(self, index: int) -> Light:
        """The light of quarter `index` (0 to 3) at the end of the year."""
        return _LIGHTS[self.lights[index]]

    def first_rated(self, index: int) -> Light:
        """The light of quarter `index` as it first settled."""
        return _LIGHTS[(self.rated or self.lights)[index]]

    def play(self, story: ItemStory) -> None:
        """Fill a story with this behaviour's acts."""
        if self.whole_year is not None:
            whole_year: Callable[[ItemStory], None] = getattr(whole_years, self.whole_year)
            whole_year(story)
            return
        key_task_quarters.opening(story)
        livelihood = story.assigned.category == "livelihood"
        usual = livelihood_quarters.in_time if livelihood else key_task_quarters.in_time
        special = {number - 1: _quarter(name, livelihood) for number, name in self.quarters.items()}
        key_task_quarters.through(story, special, usual=usual)


def _quarter(name: str, livelihood: bool) -> Quarter:
    places = (livelihood_quarters,) if livelihood else (key_task_quarters, disputed_quarters, rarer_acts)
    found: Quarter = next(getattr(place, name) for place in places if hasattr(place, name))
    return found


@cache
def table() -> Mapping[Category, tuple[Behaviour, ...]]:
    """All behaviours by category, in the file's order."""
    rows = yaml.safe_load(Path(__file__).with_name("behaviours.yaml").read_text(encoding="utf-8"))
    return {category: tuple(Behaviour.model_validate(row) for row in rows[category]) for category in rows}
