"""Who takes part in an item: the unit that leads, those that cooperate, the leader, as offices write them in a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from exact.workbook import ListCell
from programmes.ledger import cells
from programmes.ledger.cells import EMPTY, UnfitCell, is_blank
from programmes.ledger.persons import is_office, is_person, names_person_beside
from programmes.ledger.spelling import same_name
from supervision.words import Word

if TYPE_CHECKING:
    from programmes.ledger.item_rows import ItemRows

_NOBODY: Final[tuple[str, ...]] = ()
_PERSON: Final = Word("单位栏里有姓名：只写单位", "names a unit and a person: units alone stand here")
_SEVERAL_LEADS: Final = Word("牵头单位只能有一个，其余列入配合单位", "one unit leads: the others are cooperating units")
_SEVERAL_LEADERS: Final = Word("分管领导只能有一位", "one leader is in charge")
_LEADS: Final = Word("牵头单位又列为配合单位", "leads it already")
_LEAD: Final = r"牵头|主办|主责|主要责任"
_WITH: Final = r"配合|协办|协助|参与|协同"
_LED_BY: Final = re.compile(rf"({_LEAD}|责任)(单位|部门)?[:：]\s*(.*)", re.DOTALL)
_TOGETHER: Final = re.compile(rf"({_WITH})(单位|部门)?[:：]\s*(.*)", re.DOTALL)
_MARKED: Final = re.compile(rf"(.+?)\s*[（(]((?P<lead>{_LEAD})|{_WITH})(单位|部门)?[)）]", re.DOTALL)
_NUMBERED: Final = re.compile(r"\d{1,2}(?:[.．)）]\s*(?=\D)|$)")
_TITLED: Final = re.compile(r"(分管|责任|牵头|主管)?[区县市]?领导[:：]\s*")


_AS_IT_IS: Final = re.compile(r"〔(.+)〕", re.DOTALL)
"""How a name is written that would be read as something else."""


def units(rows: ItemRows) -> tuple[str, tuple[str, ...]]:
    """The unit that leads, and the others: each cell may say for itself which is which."""
    cell = rows.own.get("lead")
    names = _names(rows, cell)
    leads, others = _told(names, leading=True)
    if not leads and (names or not cell or (not cell.computed and not cell.text.strip("、,，;；/ "))):
        rows.wrong(cell.place if cell else rows.sheet.place("lead", rows.row), EMPTY)
    with_them = "cooperating" in rows.sheet.columns.values()
    if len(leads) > 1 and with_them:
        rows.wrong(rows.place("lead"), _SEVERAL_LEADS)
    for cell in (rows.own.get("cooperating"), *rows.more_units):
        more, cooperating = _told(_names(rows, cell), leading=False)
        if cell and any(same_name(one) == same_name(lead) for one in (*more, *cooperating) for lead in leads[:1]):
            rows.wrong(cell.place, _LEADS)
        others = (*others, *more, *cooperating)
    lead, rest = (leads[0], leads[1:]) if leads else ("", ())
    return lead, tuple({same_name(one): one for one in reversed((*rest, *others))}.values())[::-1]


def leader(rows: ItemRows) -> str:
    """The leader in charge; empty where the cell is wrong."""
    cell = rows.own.get("leader")
    if cell is None:
        rows.wrong(rows.sheet.place("leader", rows.row), EMPTY)
        return ""
    return rows.checked(cell, leader_in, "")


def leader_in(text: str) -> str:
    """The one leader that a text names; several titles, 区委常委、副区长, are one leader's. Raises UnfitCell."""
    found = cells.names(text)
    if not found:
        raise UnfitCell(*EMPTY)
    if len(found) == 1 and (match := _AS_IT_IS.fullmatch(found[0])):
        return match[1]
    found = (_TITLED.sub("", found[0]) or found[0], *found[1:])
    if len(found) > 1 and sum(not is_office(one) for one in found) <= 1:
        found = ("、".join(found),)
    persons = found[0].replace("/", " ").split()
    if len(found) > 1 or (len(persons) > 1 and all(len(one) > 1 and is_person(one) for one in persons)):
        raise UnfitCell(*_SEVERAL_LEADERS)
    return found[0]


def unit_as_written(name: str) -> str:
    """A unit's name as a cell says it, so that it is read as this one name."""
    plain = not is_blank(name) and cells.names(name) == (name,) and _told((name,), leading=True) == ((name,), ())
    plain = plain and not names_person_beside(name)
    return name if plain else f"〔{name}〕"


def leader_as_written(label: str) -> str:
    """The same of a leader."""
    try:
        plain = not is_blank(label) and leader_in(label) == label
    except UnfitCell:
        plain = False
    return label if plain else f"〔{label}〕"


def _told(names: tuple[str, ...], *, leading: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who leads and who cooperates by one cell; a mark, 区交通局（牵头） or 配合单位：, counts more than the column."""
    leads: list[str] = []
    others: list[str] = []
    marked = False
    for written in names:
        if match := _AS_IT_IS.fullmatch(written):
            (leads if leading and not marked else others).append(match[1])
            continue
        name = _NUMBERED.sub("", written, count=1) if _NUMBERED.match(written) else written
        for pattern, leads_now in ((_LED_BY, True), (_TOGETHER, False)):
            if match := pattern.fullmatch(name):
                leading, name = leads_now, match[3]
        leads_it = leading
        if match := _MARKED.fullmatch(name):
            name, leads_it = match[1], bool(match["lead"])
            if leads_it and not marked:
                marked, others, leads = True, [*leads, *others], []
        elif marked:
            leads_it = False
        if name:
            (leads if leads_it else others).append(name)
    return tuple(leads), tuple(others)


def _names(rows: ItemRows, cell: ListCell | None) -> tuple[str, ...]:
    """The units that a cell names; where nothing but a space tells them apart that is noted."""
    if cell is None:
        return ()
    found = rows.checked(cell, cells.names, _NOBODY)
    if any(names_person_beside(one) for one in found if not _AS_IT_IS.fullmatch(one)):
        rows.wrong(cell.place, _PERSON)
    for apart in cells.split_at_gaps(cell.text) if found else ():
        zh, en = f"按空格或斜线读作 {len(apart)} 个单位：", f"read as {len(apart)} units, by a space or a stroke: "
        rows.ledger.note(rows.sheet.name, cell.place, Word(zh + "、".join(apart), en + ", ".join(apart)))
    return found
