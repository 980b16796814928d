"""Reads the table of behaviours: who lives how through the year, and which lights and escalations must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from contracts.values import Category, Light
from sandbox.year import disputes, months, scripts, turns
from sandbox.year.story import Story

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
    turns: dict[Literal[1, 2, 3, 4], str] = {}
    script: str | None = None

    def standing(self, index: int) -> Light:
        """The light of quarter `index` (0 to 3) at the end of the year."""
        return _LIGHTS[self.lights[index]]

    def first_rated(self, index: int) -> Light:
        """The light of quarter `index` as it first settled."""
        return _LIGHTS[(self.rated or self.lights)[index]]

    def play(self, story: Story) -> None:
        """Fill a story with this behaviour's acts."""
        if self.script is not None:
            script: Callable[[Story], None] = getattr(scripts, self.script)
            script(story)
            return
        turns.opening(story)
        livelihood = story.assigned.category == "livelihood"
        found = {index - 1: _turn(name, livelihood) for index, name in self.turns.items()}
        turns.through(story, found, usual=months.in_time if livelihood else turns.in_time)


def _turn(name: str, livelihood: bool) -> turns.Turn:
    places = (months,) if livelihood else (turns, disputes)
    found: turns.Turn = next(getattr(place, name) for place in places if hasattr(place, name))
    return found


@cache
def table() -> Mapping[Category, tuple[Behaviour, ...]]:
    """All behaviours by category, in the file's order."""
    rows = yaml.safe_load(Path(__file__).with_name("behaviours.yaml").read_text(encoding="utf-8"))
    return {category: tuple(Behaviour.model_validate(row) for row in rows[category]) for category in rows}
