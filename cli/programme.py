"""`liangdeng programme`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from cli.calendar_composition import NotComposable, compose
from cli.output import NO_RESULT_EXIT, say
from services.intake.programme_drafts.holidays import NotAnnounced


def compose_calendar(file: Path, *, until: date | None, write: bool) -> int:
    """Print the composed calendar, or write it to where the programme has it; 2 when it cannot be composed."""
    try:
        done = compose(file, until)
        if write and done.changed:
            done.write()
    except NotAnnounced as error:
        say(f"{error.zh}。\n{error.en}.")
        return NO_RESULT_EXIT
    except (NotComposable, OSError) as error:
        say(f"无法编制日历 · the calendar cannot be composed: {error}")
        return NO_RESULT_EXIT
    calendar = done.calendar
    if not write:
        typer.echo(done.text, nl=False)
    if not done.changed:
        outcome = "与文件一致，无需改动 · the file says the same already"
    elif write:
        outcome = "已写入，请复核后发布 · written; review it, then publish"
    else:
        outcome = "与文件不同，未写入（--write）· not what the file says; --write writes it"
    counted = (
        f"放假 {len(calendar.holidays)} 天 days off, 调休 {len(calendar.working_weekends)} 天 working weekend days"
    )
    say(f"{done.file.name}: {calendar.first_on}–{calendar.last_on}, {counted}：{outcome}")
    return 0
