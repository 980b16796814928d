"""`liangdeng scenarios`."""

from __future__ import annotations

from pathlib import Path

import typer

from cli.output import print_json
from services.rating.scenario_book.book import BadBook
from services.rating.scenario_book.runner import BookResult, run_book


def run(book: Path, *, as_json: bool) -> int:
    """Run a book: a line per failure, then `N passed, M failed`; 1 on any failure."""
    try:
        result = run_book(book)
    except BadBook as error:
        result = BookResult(0, 1, (str(error),))
    if as_json:
        print_json(result._asdict())
    else:
        for line in result.failures:
            typer.echo(line)
        typer.echo(f"{result.passed} passed, {result.failed} failed")
    return 1 if result.failed else 0
