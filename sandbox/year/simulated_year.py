"""The programmes of a demo and their plans: the real catalogue, whole or a share of its units, and the small one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from programmes import FOLDER
from programmes.programme import ProgrammeFile
from programmes.programme_file import load_programme
from sandbox.year.plan import YearPlan, as_published, plan

PROGRAMMES = FOLDER
CATALOGUE, SMALL = PROGRAMMES / "yuancheng-2024.yaml", PROGRAMMES / "shili-2024.yaml"


@dataclass(frozen=True, slots=True)
class SimulatedYear:
    """A programme and what is planned for it."""

    programme: ProgrammeFile
    plan: YearPlan

    @property
    def body(self) -> bytes:
        """The programme as it is published: JSON, policy in it, and the calendar as far as it was known."""
        return as_published(self.programme).model_dump_json(by_alias=True, exclude_none=True).encode()


def simulated_years(
    seed: str, share: float = 1.0, files: Sequence[Path] = (CATALOGUE, SMALL), *, by_hand: bool = True
) -> list[SimulatedYear]:
    """The years of these programme files: the first one's people use pages, the others' systems the API.

    Of the first one only a `share` of the units take part. Without `by_hand` systems do everything there, too: what
    asks for a log that is filled and not for how, has it in less time.
    """
    found = []
    for index, file in enumerate(files):
        programme = load_programme(file, simulated=True)
        if index == 0 and share < 1.0:
            programme = of_some_units(programme, share)
        found.append(SimulatedYear(programme, plan(programme, seed, by_hand=by_hand and index == 0)))
    return found


def of_some_units(programme: ProgrammeFile, share: float) -> ProgrammeFile:
    """The same programme with the items of some units only, evenly spread over the file's order."""
    leading = [unit.id for unit in programme.units if any(item.lead_unit == unit.id for item in programme.items)]
    kept = {unit for index, unit in enumerate(leading) if int((index + 1) * share) > int(index * share)}
    items = tuple(item for item in programme.items if item.lead_unit in kept)
    return programme.model_copy(update={"items": items})
