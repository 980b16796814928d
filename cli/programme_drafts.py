"""`liangdeng programme check`, `import`, `export`, `template`, `next`: ledgers and drafts as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import typer
from pydantic import ValidationError

from cli.output import NO_RESULT_EXIT, print_json, say
from contracts.policy import Policy
from contracts.values import Calendar
from exact.faults import faults_of
from exact.workbook import UnreadableWorkbook
from programmes import FOLDER
from programmes.ledger.comparison import compared
from programmes.ledger.draft import (
    TO_FILL_IN,
    DraftFrame,
    calendar_span,
    draft_of,
    misplaced,
    next_year,
    remarks,
    year_of,
)
from programmes.ledger.model import LedgerProblem, OfficeLedger
from programmes.ledger.names import leaders_of
from programmes.ledger.persons import is_person
from programmes.ledger.reading import read_ledger
from programmes.ledger.writing import template, write_ledger
from programmes.policy_file import FaultyFile, read_policy
from programmes.programme import ProgrammeFile
from programmes.programme_file import FaultyProgramme, read_programme
from programmes.programme_text import programme_text
from services.intake.programme_drafts.holidays import NotAnnounced, known_part

_NAMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command says about a programme."""

    year: int
    jurisdiction: str
    policy: str
    name: str
    title: str
    document: str
    issued_on: date | None


def programme_in(file: Path) -> ProgrammeFile:
    """The programme in a file; the policies and calendars that it names lie beside it, else among those shipped.

    Raises FaultyProgramme, OSError.
    """
    return read_programme(file.read_bytes(), _library(file), json=file.suffix == ".json")


def check_ledger(file: Path, *, as_json: bool) -> int:
    """Print counts and problems; 1 where something is wrong, as a file that is no workbook is."""
    try:
        ledger = read_ledger(file.read_bytes())
    except UnreadableWorkbook as error:
        problem = LedgerProblem("", "", *_unreadable(error))
        if as_json:
            print_json({"items": 0, "units": 0, "leaders": 0, "indicators": 0, "problems": [problem._asdict()]})
        else:
            _tell([problem])
        return 1
    if as_json:
        print_json(ledger.as_dict())
    else:
        _summary(ledger)
        _tell(ledger.problems)
    return 1 if ledger.problems else 0


def write_template(output: Path, *, force: bool) -> int:
    """Write the empty ledger."""
    return _write(output, template(), force=force)


def import_ledger(file: Path, output: Path, asked: Asked, *, known: Path | None, force: bool) -> int:
    """Write the draft of a ledger and say what it would change; nothing while anything is wrong."""
    try:
        ledger = read_ledger(file.read_bytes())
        before = programme_in(known) if known else None
        policy = _policy(asked.policy)
        calendar = known_part(*calendar_span(asked.year))
    except (UnreadableWorkbook, FaultyProgramme, FaultyFile, NotAnnounced, OSError) as error:
        _tell([LedgerProblem("", "", *_unreadable(error))])
        return NO_RESULT_EXIT
    _summary(ledger)
    if ledger.problems:
        _tell(ledger.problems)
        return 1
    own = before if before and year_of(before) == asked.year else None
    frame = DraftFrame(
        year=asked.year, jurisdiction=asked.jurisdiction, policy=policy, calendar=own.calendar if own else calendar,
        issued_on=asked.issued_on or _today(), name=asked.name, title=asked.title, document=asked.document,
    )  # fmt: skip
    try:
        draft = draft_of(ledger, frame, before)
    except ValidationError as error:
        _tell([LedgerProblem("", "", f"{one.field}：{one.zh}", f"{one.field}: {one.en}") for one in faults_of(error)])
        return 1
    if problems := misplaced(ledger, draft, asked.year):
        _tell(problems)
        return 1
    for note in remarks(ledger, asked.year)[:_SHOWN]:
        say(f"  注 note {_where(note)}  {note.zh} · {note.en}")
    found = compared(own, draft)
    say(
        f"新增 new {len(found.new)}，变更 changed {len(found.changed)}，不变 unchanged {len(found.unchanged)}，"
        f"不再列入 gone {len(found.gone)}"
    )
    for text, id_ in leaders_of(ledger, before)[1].items():
        if is_person(text):
            say(f"{text} → {id_}：草稿中没有姓名，请记入人员目录 · no name in the draft: it is for the directory")
    return _write_draft(output, draft, force=force)


def export_ledger(programme: Path, output: Path, *, force: bool) -> int:
    """Write a programme as a ledger."""
    try:
        return _write(output, write_ledger(programme_in(programme)), force=force)
    except FaultyProgramme as error:
        say(str(error))
        return NO_RESULT_EXIT


def next_year_of(programme: Path, output: Path, *, issued_on: date | None, force: bool) -> int:
    """Write next year's draft."""
    try:
        before = programme_in(programme)
        calendar = known_part(*calendar_span(year_of(before) + 1))
    except (FaultyProgramme, NotAnnounced) as error:
        _tell([LedgerProblem("", "", *_unreadable(error))])
        return NO_RESULT_EXIT
    return _write_draft(output, next_year(before, calendar, issued_on or _today()), force=force)


def _write_draft(output: Path, draft: ProgrammeFile, *, force: bool) -> int:
    """Write a draft that the publisher takes, with what is open in it said above and to the reader."""
    remarks = ["草稿，尚未发布 · a draft, not published", *_provisional(draft, draft.calendar)]
    if draft.document == TO_FILL_IN:
        remarks.append("请填写 document（文号）· fill in `document`, the number of the paper")
    if draft.jurisdiction.name == draft.jurisdiction.code:
        remarks.append("请填写 jurisdiction 的 name（区划名称）· fill in the jurisdiction's name")
    text = programme_text(draft, remarks)
    try:
        read_programme(text.encode(), _library(output))
    except FaultyProgramme as error:
        say(f"草稿不能发布 · the draft could not be published:\n{error}")
        return 1
    for remark in remarks:
        say(remark)
    return _write(output, text.encode(), force=force)


def _provisional(draft: ProgrammeFile, calendar: Calendar) -> list[str]:
    months = draft.provisional
    if not months:
        return []
    until = calendar.last_on
    return [
        f"{until} 之后的节假日尚未公布：{'、'.join(months)} 的报送期限是暂定的（只除周六周日），公布后以日历增补",
        f"holidays after {until} are not announced: reports of {', '.join(months)} have provisional deadlines",
    ]


def _library(file: Path) -> Path:
    return file.parent if (file.parent / "policies").is_dir() else FOLDER


def _policy(named: str) -> Policy:
    if _NAMED.fullmatch(named):
        return read_policy(FOLDER / "policies" / f"{named}.yaml")
    return read_policy(Path(named))


def _unreadable(error: Exception) -> tuple[str, str]:
    if isinstance(error, UnreadableWorkbook):
        return f"不能读取：{error.why.zh}", f"cannot be read: {error.why.en}"
    if isinstance(error, NotAnnounced):
        return error.zh, error.en
    return f"不能读取：{error}", f"cannot be read: {error}"


def _summary(ledger: OfficeLedger) -> None:
    counts: Mapping[str, object] = ledger.as_dict()
    say(
        f"事项 items {counts['items']}，单位 units {counts['units']}，领导 leaders {counts['leaders']}，"
        f"指标 indicators {counts['indicators']}，问题 problems {len(ledger.problems)}"
    )
    for note in ledger.notes[:_SHOWN]:
        say(f"  注 note {_where(note)}  {note.zh} · {note.en}")


def _tell(problems: Iterable[LedgerProblem]) -> None:
    for one in problems:
        typer.echo(f"{_where(one)}  {one.zh} · {one.en}".strip())


def _where(one: LedgerProblem) -> str:
    return f"{one.sheet}!{one.cell}" if one.cell else one.sheet


def _write(output: Path, content: bytes, *, force: bool) -> int:
    if output.exists() and not force and output.read_bytes() != content:
        say(f"{output} 已存在，内容不同（--force 覆盖）· is there already and differs; --force overwrites it")
        return NO_RESULT_EXIT
    output.write_bytes(content)
    say(f"已写入 written: {output}")
    return 0


def _today() -> date:
    return date.today()  # noqa: DTZ011
