"""What a ledger would change in a draft: counts, every problem at its cell, and the draft as it would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from exact.workbook import UnreadableWorkbook
from programmes.ledger.comparison import DraftComparison, compared
from programmes.ledger.draft import DraftFrame, draft_of, misplaced, year_of
from programmes.ledger.model import LedgerProblem, OfficeLedger
from programmes.ledger.names import is_person, leaders_of
from programmes.ledger.reading import read_ledger
from programmes.programme import ProgrammeFile
from services.intake.programme_drafts.draft import ProgrammeDraft, draft_of_file

_NOTHING: Final = DraftComparison(new=(), changed={}, unchanged=(), gone=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPreview:
    """What was found in a ledger; `content` is the draft with it, None while anything is wrong.

    `persons` are the leaders that the ledger names as persons, with the role that stands for each in the draft.
    """

    ledger: str
    rows: int
    wrong: int
    problems: Sequence[LedgerProblem]
    notes: Sequence[LedgerProblem]
    comparison: DraftComparison
    persons: Sequence[tuple[str, str]]
    content: ProgrammeDraft | None


def preview_of(content: bytes, draft: ProgrammeDraft) -> LedgerPreview:
    """What the bytes of an .xlsx would make of a draft."""
    digest = sha256(content).hexdigest()
    try:
        ledger = read_ledger(content)
    except UnreadableWorkbook as error:
        unreadable = LedgerProblem("", "", f"不能读取：{error.why.zh}", f"cannot be read: {error.why.en}")
        return LedgerPreview(
            ledger=digest, rows=0, wrong=0, problems=[unreadable], notes=(), comparison=_NOTHING, persons=(),
            content=None,
        )  # fmt: skip
    made = _made(ledger, draft) if ledger.items else None
    contradictions = misplaced(ledger, made, year_of(draft)) if made else []
    # What is in no cell is the draft's own, such as a calendar that is too short: its own page tells it.
    problems = [*ledger.problems, *(one for one in contradictions if one.cell)]
    places = {(one.sheet, one.cell) for one in problems}
    return LedgerPreview(
        ledger=digest,
        rows=ledger.rows,
        wrong=len(ledger.wrong) + sum((one.sheet, one.cell) in places for one in ledger.items),
        problems=problems,
        notes=ledger.notes,
        comparison=_compared(ledger, draft, made) if made else _NOTHING,
        persons=_persons(ledger, made, draft) if made else (),
        content=draft_of_file(made) if made and not problems else None,
    )


def _made(ledger: OfficeLedger, draft: ProgrammeDraft) -> ProgrammeFile:
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
    made = draft_of(ledger, frame, draft)
    if any(one.predecessor for one in ledger.items):
        return made
    before = {one.id: one.predecessor for one in draft.items}
    items = tuple(one.model_copy(update={"predecessor": before.get(one.id)}) for one in made.items)
    return made.model_copy(update={"items": items})


def _compared(ledger: OfficeLedger, draft: ProgrammeDraft, made: ProgrammeFile) -> DraftComparison:
    found = compared(draft, made)
    wrong = {one.id for one in ledger.wrong}
    gone = tuple(one for one in found.gone if one not in wrong)
    return DraftComparison(new=found.new, changed=found.changed, unchanged=found.unchanged, gone=gone)


def _persons(ledger: OfficeLedger, made: ProgrammeFile, draft: ProgrammeDraft) -> list[tuple[str, str]]:
    labels = {one.id: one.label for one in made.leaders}
    return [(text, labels[id_]) for text, id_ in leaders_of(ledger, draft)[1].items() if is_person(text)]
