"""What a ledger says: items with their indicators, what is wrong at which cell, and what was understood otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from contracts.values import Category, Classification, Comparator
from supervision.words import Word


class LedgerProblem(NamedTuple):
    """What is wrong with one cell, or with a sheet where `cell` is empty."""

    sheet: str
    cell: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerIndicator:
    """A countable goal; `milestones` by period of the year (`Q1`, `03`, `year`)."""

    name: str
    comparator: Comparator
    target: Decimal
    unit: str = ""
    note: str = ""
    milestones: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """An item under its id, with names of units and the leader as they stand there; `aspect` may be empty."""

    sheet: str
    cell: str
    id: str
    category: Category
    aspect: str
    task: str
    lead: str
    cooperating: tuple[str, ...]
    leader: str
    classification: Classification = "public"
    source: str = ""
    note: str = ""
    due: date | None = None
    predecessor: tuple[str, str] | None = None
    indicators: tuple[LedgerIndicator, ...] = ()
    milestones: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class OfficeLedger:
    """The items of a file in its order; with problems it is not complete."""

    items: list[LedgerItem] = field(default_factory=list)
    problems: list[LedgerProblem] = field(default_factory=list)
    notes: list[LedgerProblem] = field(default_factory=list)
    """What was read otherwise than it is written; nothing is wrong with it."""
    years: dict[tuple[str, str], int] = field(default_factory=dict)
    """The year that a heading names, by sheet and cell."""
    titled: dict[str, int] = field(default_factory=dict)
    """The one year that the title of a sheet names."""
    wrong: list[LedgerItem] = field(default_factory=list)
    """Items with a problem, by what could be read of them."""
    _told: set[LedgerProblem] = field(default_factory=set)

    @property
    def rows(self) -> int:
        """How many items there are, the wrong ones included."""
        return len(self.items) + len(self.wrong)

    @property
    def units(self) -> tuple[str, ...]:
        """The names of units, each once, in the order of the rows."""
        return _distinct(name for item in self._all() for name in (item.lead, *item.cooperating))

    @property
    def leaders(self) -> tuple[str, ...]:
        """What stands there for leaders, each once, in the order of the rows."""
        return _distinct(item.leader for item in self._all())

    @property
    def aspects(self) -> tuple[str, ...]:
        """The names of aspects and chapters, each once, in the order of the rows."""
        return _distinct(item.aspect for item in self._all())

    def problem(self, sheet: str, cell: str, why: Word) -> None:
        """Add one, unless it is known already (merged cells are read once per row)."""
        self._tell(self.problems, LedgerProblem(sheet, cell, *why))

    def note(self, sheet: str, cell: str, why: Word) -> None:
        """Add what was read otherwise than it is written."""
        self._tell(self.notes, LedgerProblem(sheet, cell, *why))

    def _tell(self, among: list[LedgerProblem], found: LedgerProblem) -> None:
        if found not in self._told:
            self._told.add(found)
            among.append(found)

    def as_dict(self) -> dict[str, Any]:
        """For scripts: how many of each, and every problem at its cell."""
        return {
            "items": self.rows,
            "units": len(self.units),
            "leaders": len(self.leaders),
            "indicators": sum(len(item.indicators) for item in self._all()),
            "problems": [one._asdict() for one in self.problems],
        }

    def _all(self) -> Iterator[LedgerItem]:
        yield from self.items
        yield from self.wrong


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))
