"""The rows of a list as persons, units and leaders; what is wrong with them, each at its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from contracts.values import Leader, Unit
from directory import plain_text
from directory.people_list.headings import Column, SheetKind, role_of, sheet_kind, status_of
from directory.persons import WAYS
from directory.plain_text import Unfit
from directory.register import SharedContact
from exact.workbook import ListCell, ListSheet
from supervision.words import Word

_HEADING_ROWS: Final = 10
"""Above the headings there may be a title; further down nobody looks for them."""


class ListProblem(NamedTuple):
    """What is wrong with one cell, or with a sheet where `cell` is empty."""

    sheet: str
    cell: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A row of persons: what its columns say, and the place of each; a column that the list lacks is not among them."""

    sheet: str
    row: str
    values: Mapping[Column, Any]
    places: Mapping[Column, str]

    def problem(self, column: Column, why: Word) -> ListProblem:
        """A problem of one of its cells, of its name's where the list has no such column."""
        place = self.places.get(column) or self.places.get("name") or self.row
        return ListProblem(self.sheet, place, why.zh, why.en)


@dataclass(slots=True)
class PeopleList:
    """Everything that a file says, and what is wrong with it; units and leaders come with their jurisdiction."""

    jurisdictions: list[tuple[str, str]] = field(default_factory=list)
    units: list[tuple[str, Unit]] = field(default_factory=list)
    leaders: list[tuple[str, Leader]] = field(default_factory=list)
    persons: list[ListedPerson] = field(default_factory=list)
    shared: list[SharedContact] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)
    problems: list[ListProblem] = field(default_factory=list)
    wrong: int = 0
    """Rows of persons with a problem."""


_EMPTY: Final = Word("不能为空", "must not be empty")
_COMPUTED: Final = Word("是公式或错误值，请粘贴为数值", "is a formula or its error: paste it as a value")


def _known_role(text: str) -> Any:
    found = role_of(text)
    if found is None:
        raise Unfit(
            "身份应为 经办人、主要负责人、督查室、分管区领导、区政府主要领导、审计 之一",
            "the role must be one of clerk, head, office, leader, chief, auditor",
        )
    return found


def _known_status(text: str) -> Any:
    found = status_of(text)
    if found is None:
        raise Unfit("状态应为 在岗 或 停用", "the status must be active or disabled")
    return found


_CHECKS: Final[Mapping[Column, Callable[[str], Any]]] = {
    "name": plain_text.person_name,
    "unit": plain_text.label,
    "role": _known_role,
    "leader": plain_text.identifier,
    "jurisdiction": plain_text.jurisdiction,
    "status": _known_status,
    "id": plain_text.identifier,
    "unit_id": plain_text.identifier,
    "unit_name": plain_text.label,
    "kind": plain_text.label,
    "leader_id": plain_text.identifier,
    "label": plain_text.label,
}


def read_sheets(sheets: list[ListSheet], jurisdiction: str) -> PeopleList:
    """What sheets say; rows without a jurisdiction of their own are of the one given (empty: each must name one)."""
    found = PeopleList()
    known = 0
    for sheet in sheets:
        begun = _headings(sheet)
        if begun is None:
            continue
        kind, columns, rest, twice = begun
        known += 1
        found.problems += twice
        for row in rest:
            _row(found, sheet.name, kind, columns, row, jurisdiction)
    if not known:
        why = Word("没有找到表头：人员表须有“姓名”一列", "no headings found: a list of people has a column `Name`")
        found.problems.append(ListProblem(sheets[0].name if sheets else "", "", *why))
    return found


def _headings(
    sheet: ListSheet,
) -> tuple[SheetKind, dict[str, Column], tuple[tuple[ListCell, ...], ...], list[ListProblem]] | None:
    """What kind of sheet it is, its columns by letter, the rows below, and headings that stand there twice."""
    for index, row in enumerate(sheet.rows[:_HEADING_ROWS]):
        kind = sheet_kind({_letter(cell): cell.text for cell in row})
        if kind is not None:
            why = Word("表头重复", "this heading stands there twice")
            seen: set[Column] = set()
            twice = []
            for cell in row:
                column = kind[1].get(_letter(cell))
                if column in seen:
                    twice.append(ListProblem(sheet.name, cell.place, *why))
                if column:
                    seen.add(column)
            return *kind, sheet.rows[index + 1 :], twice
    return None


def _row(
    found: PeopleList,
    sheet: str,
    kind: SheetKind,
    columns: Mapping[str, Column],
    row: tuple[ListCell, ...],
    jurisdiction: str,
) -> None:
    cells = {columns[_letter(cell)]: cell for cell in row if _letter(cell) in columns}
    if not any(cell.text for cell in cells.values()):
        return
    number = "".join(filter(str.isdigit, row[0].place))
    letters = {column: letter for letter, column in columns.items()}
    places = {column: f"{letters[column]}{number}" for column in letters}
    values: dict[Column, Any] = {}
    problems = []
    for column, place in places.items():
        try:
            values[column] = _value(column, cells.get(column))
        except Unfit as error:
            problems.append(ListProblem(sheet, place, *error.why))
    where = values.get("jurisdiction") or jurisdiction
    if not where:
        why = Word("须指明行政区划代码", "a jurisdiction must be named")
        problems.append(ListProblem(sheet, places.get("jurisdiction", f"A{number}"), *why))
    problems += _missing(sheet, kind, values, places)
    found.problems += problems
    if problems:
        found.wrong += kind == "persons"
        return
    if kind == "units":
        found.units.append(
            (where, Unit(id=values["unit_id"], name=values["unit_name"], kind=values.get("kind") or "department"))
        )
    elif kind == "leaders":
        found.leaders.append((where, Leader(id=values["leader_id"], label=values["label"])))
    else:
        values["jurisdiction"] = where
        found.persons.append(ListedPerson(sheet=sheet, row=f"A{number}", values=values, places=places))


def _missing(
    sheet: str, kind: SheetKind, values: Mapping[Column, Any], places: Mapping[Column, str]
) -> Iterator[ListProblem]:
    needed: dict[SheetKind, tuple[Column, ...]] = {
        "persons": ("name",),
        "units": ("unit_id", "unit_name"),
        "leaders": ("leader_id", "label"),
    }
    for column in needed[kind]:
        if column in values and values[column] is None:
            yield ListProblem(sheet, places[column], *_EMPTY)


def _value(column: Column, cell: ListCell | None) -> Any:
    """What a cell says, None for an empty one. Raises Unfit."""
    if cell is None or (not cell.text and not cell.computed):
        return None
    if cell.computed:
        raise Unfit(*_COMPUTED)
    if column in WAYS:
        return plain_text.address(column, cell.text)
    return _CHECKS[column](cell.text)


def _letter(cell: ListCell) -> str:
    return cell.place.rstrip("0123456789")
