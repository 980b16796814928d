"""Programmes as answers show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.query.answers.problem import QueryProblem
from services.query.answers.request_view import RequestView
from services.query.read_model.columns import LeaderColumn, UnitColumn
from services.query.read_model.tables import ProgrammeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeAnswer:
    """A programme as it was published last."""

    id: str
    title: str
    jurisdiction: str
    document: str
    issued_on: date
    simulated: bool
    derived: bool
    units: list[UnitColumn]
    leaders: list[LeaderColumn]

    @property
    def names(self) -> dict[str, str]:
        """The names of its units and leaders by their ids."""
        units = {unit["id"]: unit["name"] for unit in self.units}
        return {**units, **{leader["id"]: leader["label"] for leader in self.leaders}}


async def programmes(view: RequestView) -> list[ProgrammeAnswer]:
    """All programmes that the viewer may see, by id."""
    rows = await view.snapshot.programmes()
    return [programme_from(row) for row in rows if view.viewer.may("programme.read", row.programme)]


async def find_programme(view: RequestView, id_: str) -> ProgrammeAnswer:
    """One programme. Raises QueryProblem: there is none, or it is not the viewer's to see."""
    rows = await view.snapshot.programmes(id_)
    if not rows or not view.viewer.may("programme.read", id_):
        raise QueryProblem("not-found")
    return programme_from(rows[0])


def programme_from(row: ProgrammeRow) -> ProgrammeAnswer:
    """The answer that a publication makes."""
    return ProgrammeAnswer(
        id=row.programme,
        title=row.title,
        jurisdiction=row.jurisdiction,
        document=row.document,
        issued_on=row.issued_on,
        simulated=row.simulated,
        derived=row.derived,
        units=row.units,
        leaders=row.leaders,
    )


def notes_of(programmes: list[ProgrammeAnswer]) -> list[str]:
    """What must be said of any of these: codes of `supervision.words.NOTE`."""
    simulated, derived = any(one.simulated for one in programmes), any(one.derived for one in programmes)
    return ["simulated"] * simulated + ["derived"] * derived
