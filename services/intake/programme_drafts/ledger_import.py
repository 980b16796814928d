"""What a ledger would change in a draft: counts, every problem at its cell, and the draft as it would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from contracts.values import Leader, Unit
from directory.copy import DirectoryCopy
from exact.faults import faults_of
from exact.workbook import ListSheet
from programmes.ledger.comparison import DraftComparison, compared
from programmes.ledger.draft import DraftFrame, draft_of, misplaced, remarks, year_of
from programmes.ledger.model import LedgerProblem, OfficeLedger
from programmes.ledger.names import leaders_of, similar
from programmes.ledger.persons import is_person
from programmes.ledger.reading import read_sheets
from programmes.programme import LeaderEntry, ProgrammeFile, UnitEntry
from services.intake.programme_drafts.draft import ProgrammeDraft, draft_of_file
from supervision.words import Word

_NOTHING: Final = DraftComparison(new=(), changed={}, unchanged=(), gone=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPreview:
    """What was found in a ledger; `content` is the draft with it, None while anything is wrong.

    `persons` are the leaders that the ledger names as persons, with the role that stands for each in the draft;
    `new_units` the units that neither the draft nor the directory has, each with one of a similar name.
    """

    ledger: str
    rows: int
    wrong: int
    problems: Sequence[LedgerProblem]
    notes: Sequence[LedgerProblem]
    comparison: DraftComparison
    persons: Sequence[tuple[str, str]]
    new_units: Sequence[tuple[str, str]]
    content: ProgrammeDraft | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """The units and leaders of the directory: what a ledger names like one of them gets its id."""

    units: Sequence[Unit] = ()
    leaders: Sequence[Leader] = ()

    def beside(self, draft: ProgrammeDraft) -> ProgrammeDraft:
        """The draft with those that it does not have, by id and name, to be found by their names."""
        ids, names = {one.id for one in draft.units}, {one.name for one in draft.units}
        units = [UnitEntry(id=one.id, name=one.name, kind=one.kind) for one in self.units]
        labels = {one.id for one in draft.leaders}, {one.label for one in draft.leaders}
        leaders = [LeaderEntry(id=one.id, label=one.label, aspects=()) for one in self.leaders]
        return draft.model_copy(
            update={
                "units": (*draft.units, *(one for one in units if one.id not in ids and one.name not in names)),
                "leaders": (
                    *draft.leaders,
                    *(one for one in leaders if one.id not in labels[0] and one.label not in labels[1]),
                ),
            }
        )


def known_names_of(copy: DirectoryCopy | None, jurisdiction: str) -> KnownNames:
    """Those of a jurisdiction; none where there is no directory."""
    if copy is None:
        return KnownNames()
    units = [one for (where, _), one in sorted(copy.register.units.items()) if where == jurisdiction]
    leaders = [one for (where, _), one in sorted(copy.register.leaders.items()) if where == jurisdiction]
    return KnownNames(units=units, leaders=leaders)


def preview_of(
    digest: str, sheets: list[ListSheet], draft: ProgrammeDraft, directory: KnownNames | None = None
) -> LedgerPreview:
    """What the sheets of an .xlsx with this SHA-256 would make of a draft."""
    ledger = read_sheets(sheets)
    known = directory or KnownNames()
    problems = list(ledger.problems)
    made = None
    try:
        made = _made(ledger, draft, known) if ledger.items else None
    except ValidationError as error:  # with the draft's own, more units or leaders than a programme has
        faults = faults_of(error)
        problems = problems or [LedgerProblem("", "", f"{x.field}：{x.zh}", f"{x.field}: {x.en}") for x in faults]
    if made:
        # What is in no cell is the draft's own, such as a calendar that is too short: its own page tells it.
        # A cell that has its problem already, an id that stands there twice, is not told again in other words.
        told = {(one.sheet, one.cell) for one in problems}
        contradictions = misplaced(ledger, made, year_of(draft))
        problems += [one for one in contradictions if one.cell and (one.sheet, one.cell) not in told]
    places = {(one.sheet, one.cell) for one in problems}
    return LedgerPreview(
        ledger=digest,
        rows=ledger.rows,
        wrong=len(ledger.wrong) + sum((one.sheet, one.cell) in places for one in ledger.items),
        problems=problems,
        notes=[*remarks(ledger, year_of(draft)), *ledger.notes],
        comparison=_compared(ledger, draft, made) if made else _NOTHING,
        persons=_persons(ledger, made, draft) if made else (),
        new_units=_new_units(made, draft, known) if made else (),
        content=draft_of_file(made) if made and not problems else None,
    )


def _made(ledger: OfficeLedger, draft: ProgrammeDraft, directory: KnownNames) -> ProgrammeFile:
    """The items that are right, as the draft would have them.

    A ledger without any predecessor has no column for it: what the draft knows of the year before stays.
    """
    frame = DraftFrame(
        year=year_of(draft),
        jurisdiction=draft.jurisdiction.code,
        policy=draft.policy,
        calendar=draft.calendar,
        issued_on=draft.issued_on,
    )
    made = _own_parts(draft_of(ledger, frame, directory.beside(draft)), draft)
    if any(one.predecessor for one in ledger.items):
        return made
    before = {one.id: one.predecessor for one in draft.items}
    items = tuple(one.model_copy(update={"predecessor": before.get(one.id)}) for one in made.items)
    return made.model_copy(update={"items": items})


def _own_parts(made: ProgrammeFile, draft: ProgrammeDraft) -> ProgrammeFile:
    """Without the units and leaders of the directory that no item names."""
    named = {unit for item in made.items for unit in (item.lead_unit, *item.cooperating_units)}
    leading = {made.leader_of(item) for item in made.items}
    units, leaders = {one.id for one in draft.units} | named, {one.id for one in draft.leaders} | leading
    return made.model_copy(
        update={
            "units": tuple(one for one in made.units if one.id in units),
            "leaders": tuple(one for one in made.leaders if one.id in leaders),
        }
    )


def _new_units(made: ProgrammeFile, draft: ProgrammeDraft, directory: KnownNames) -> list[tuple[str, str]]:
    """A name that is nearly another one may be the same unit, written otherwise."""
    known = {one.name for one in draft.units} | {one.name for one in directory.units}
    new = [one.name for one in made.units if one.name not in known]
    return [(name, similar(name, (*known, *new))) for name in new]


def _compared(ledger: OfficeLedger, draft: ProgrammeDraft, made: ProgrammeFile) -> DraftComparison:
    found = compared(draft, made)
    wrong = {one.id for one in ledger.wrong}
    gone = tuple(one for one in found.gone if one not in wrong)
    return DraftComparison(new=found.new, changed=found.changed, unchanged=found.unchanged, gone=gone)


def _persons(ledger: OfficeLedger, made: ProgrammeFile, draft: ProgrammeDraft) -> list[tuple[str, str]]:
    labels = {one.id: one.label for one in made.leaders}
    return [(text, labels[id_]) for text, id_ in leaders_of(ledger, draft)[1].items() if is_person(text)]


def unreadable(digest: str, why: Word) -> LedgerPreview:
    """Of a file that is no ledger at all."""
    problem = LedgerProblem("", "", f"不能读取：{why.zh}", f"cannot be read: {why.en}")
    return LedgerPreview(
        ledger=digest, rows=0, wrong=0, problems=[problem], notes=(), comparison=_NOTHING, persons=(),
        new_units=(), content=None,
    )  # fmt: skip
