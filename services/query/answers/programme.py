"""Programmes as answers show them, and the list of all of them, kept until it changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from contracts.topics import jurisdiction_of
from services.query.answers.access import Viewer
from services.query.read_model.columns import LeaderColumn, UnitColumn
from services.query.read_model.snapshot import Snapshot
from services.query.read_model.tables import ProgrammeRow

_KEPT: Final = 8
"""Times at which the list is looked at: now, and some past days."""


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All programmes of an installation, whoever asks: by id, and by jurisdiction in the order of their ids."""

    by_id: Mapping[str, ProgrammeAnswer] = field(default_factory=dict)
    by_jurisdiction: Mapping[str, Sequence[ProgrammeAnswer]] = field(default_factory=dict)

    def seen_by(self, viewer: Viewer) -> list[ProgrammeAnswer]:
        """All programmes that a viewer may see, by id: a right to one is a right to those of its jurisdiction."""
        every = self.by_jurisdiction
        own = [every[one] for one in (every if viewer.unknown else viewer.jurisdictions) if one in every]
        shown = [listed for listed in own if viewer.may("programme.read", listed[0].id)]
        return sorted((one for listed in shown for one in listed), key=lambda one: one.id)


class _KeptCatalogue(NamedTuple):
    epoch: int
    listing: int
    catalogue: Catalogue


class Catalogues:
    """The list of programmes, read again when one was published or enlarged; of past days the ones asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _KeptCatalogue] = OrderedDict()

    async def of(self, seen: Snapshot) -> Catalogue:
        """The programmes as they are in a snapshot."""
        key, versions = seen.as_of.text, seen.versions
        kept = self._kept.get(key)
        if kept is None or (kept.epoch, kept.listing) != (versions.epoch, versions.listing):
            kept = _KeptCatalogue(versions.epoch, versions.listing, _catalogue(await seen.programmes()))
            self._kept[key] = kept
        self._kept.move_to_end(key)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return kept.catalogue


def _catalogue(rows: Iterable[ProgrammeRow]) -> Catalogue:
    found = [programme_from(row) for row in sorted(rows, key=lambda row: row.programme)]
    by_jurisdiction: dict[str, list[ProgrammeAnswer]] = {}
    for one in found:
        by_jurisdiction.setdefault(jurisdiction_of(one.id), []).append(one)
    return Catalogue({one.id: one for one in found}, by_jurisdiction)


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


def notes_of(programmes: Sequence[ProgrammeAnswer]) -> list[str]:
    """What must be said of any of these: codes of `supervision.words.NOTE`."""
    simulated, derived = any(one.simulated for one in programmes), any(one.derived for one in programmes)
    return ["simulated"] * simulated + ["derived"] * derived
