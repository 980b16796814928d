"""`liangdeng audit evaluation`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from cli.output import NO_RESULT_EXIT, print_json, say
from cli.policy import PIPED_WIDTH
from cli.progress import progress_bar
from cli.servers import reach
from services.audit.evaluation import DerivedSheets, derive, differences, ends_of
from services.audit.reader import CannotReadLog, KafkaReader
from services.audit.recorded_acts import NotRecorded
from supervision.evaluation.deduction import KINDS
from supervision.evaluation.sheets import Sheet
from supervision.light_sentences import plain
from supervision.words import DEDUCTIONS, NOTE, SAMPLE_WEIGHTS, Word


def evaluation(programme: str, *, unit: str | None, against: Path | None, as_json: bool) -> int:
    """Derive the sheets from the log and print them, or hold exported ones against them.

    0: derived, or the export is proved; 1: the export says otherwise; 2: neither can be done.
    """
    try:
        exported = None if against is None else _exported(against, programme)
        ends = None if exported is None else ends_of(str(exported["position"]))
        found = _on_the_log(programme, ends, quiet=as_json)
        shown = [sheet for sheet in found.sheets if unit in (None, sheet.unit)]
        if not shown:
            raise NotRecorded(f"单位 {unit} 没有计分表", f"the unit {unit} has no sheet")
    except (NotRecorded, CannotReadLog, OSError) as error:
        say(f"无法判定 · cannot be decided: {error}")
        return NO_RESULT_EXIT
    if exported is not None:
        sheets = [
            one for one in exported["sheets"] if unit is None or (isinstance(one, dict) and one.get("unit") == unit)
        ]
        return _judge(differences(shown, sheets), len(sheets))
    if as_json:
        print_json({"programme": programme, "notes": found.notes, "sheets": [sheet.shown() for sheet in shown]})
    else:
        _tell(found.notes, shown, details=unit is not None)
    return 0


def _exported(path: Path, programme: str) -> Mapping[str, Any]:
    """An answer of the API as it was saved. Raises NotRecorded, OSError."""
    try:
        body = json.loads(path.read_bytes())
    except ValueError as error:
        raise NotRecorded(f"{path.name} 不是 JSON：{error}", f"{path.name} is no JSON: {error}") from None
    if not isinstance(body, dict) or not isinstance(body.get("sheets"), list) or not ends_of(str(body.get("position"))):
        raise NotRecorded(
            f"{path.name} 不是计分表导出件：应有 sheets 和 position",
            f"{path.name} is no export of sheets: it must have `sheets` and `position`",
        )
    if body.get("programme") != programme or body.get("as_of"):
        raise NotRecorded(
            f"{path.name} 须为方案 {programme} 的现况导出（不带 as_of）",
            f"{path.name} must be about {programme} and exported as of now, without as_of",
        )
    return body


def _on_the_log(programme: str, ends: Mapping[int, int] | None, *, quiet: bool) -> DerivedSheets:
    with (
        reach("kafka") as env,
        KafkaReader(env["KAFKA_BOOTSTRAP_SERVERS"], env.get("LIANGDENG_TOPIC_PREFIX", "")) as reader,
        progress_bar("读取 read", quiet=quiet) as progress,
    ):
        return derive(reader, programme, ends, progress)


def _judge(found: list[Word], sheets: int) -> int:
    for difference in found:
        typer.echo(f"{difference.zh} · {difference.en}")
    if found:
        typer.echo(f"有矛盾：{len(found)} 处与日志不符 · contradicted: {len(found)} differences from the log")
        return 1
    typer.echo(f"已证实：{sheets} 张计分表均由日志推出 · proved: all {sheets} sheets follow from the log")
    return 0


def _tell(notes: list[str], sheets: list[Sheet], *, details: bool) -> None:
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    console.print(" · ".join(f"{word.zh} {word.en}" for word in (*(NOTE[note] for note in notes), SAMPLE_WEIGHTS)))
    table = Table("单位 unit", "得分 score", *(f"{word.zh} {word.en}" for word in (DEDUCTIONS[kind] for kind in KINDS)))
    table.add_column("未定灯 pending")
    for sheet in sheets:
        counts = [str(sheet.counted(kind)) for kind in KINDS]
        table.add_row(sheet.unit, plain(sheet.score), *counts, str(sheet.pending))
    console.print(table)
    for one in (one for sheet in sheets for one in sheet.deductions if details):
        appealed = "（申诉中 under appeal）" if one.under_appeal else ""
        console.print(f"{plain(one.points)}  {one.item}  {one.why.zh}{appealed} · {one.why.en}", soft_wrap=True)
        console.print(f"      ← {', '.join(source.position for source in one.sources)}  {one.policy}", soft_wrap=True)
