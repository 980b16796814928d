"""`liangdeng up`."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time
from pathlib import Path
from types import FrameType
from typing import Final

import typer

from cli.output import NO_RESULT_EXIT, print_json, say
from embedded.installation import installation, what_to_know
from embedded.machine_error import MachineError
from embedded.parts import FRONT, KAFKA, Part
from embedded.settings_file import ServerSettings, read_settings
from embedded.stack import Stack
from embedded.state import home_from_environment
from eventlog.clock import set_driven

_NINE: Final = time(9)


def run(*, as_json: bool, sandbox: bool, day: date | None = None) -> int:
    """Start everything, tell the addresses, serve until Ctrl-C; with the sandbox anybody may sign in as anybody.

    `day` is where the sandbox's clock stands.
    """
    home = home_from_environment()
    settings = read_settings(home)
    if day is not None:
        stand_at(home, day)
    stack = _to_try_out(home, settings) if sandbox else installation(home, settings, say)
    say("启动中，首次约需一两分钟 · starting; the first time it takes a minute or two")
    with ended_by_signals(), suppress(KeyboardInterrupt), stack:
        if as_json:
            print_json({"urls": stack.urls, "env": stack.env})
        else:
            tell_addresses(stack, [] if sandbox else what_to_know(stack, settings))
        serve_until_ended(stack)
        return NO_RESULT_EXIT
    return 0


def tell_addresses(stack: Stack, first: Sequence[str] = ()) -> None:
    """Print where to look: what comes first, else what a person can open; then the state folder."""
    for line in first or (f"{url}  {about}" for url, about in to_open(stack.parts, stack.urls)):
        typer.echo(f"  {line}")
    typer.echo(f"  {stack.home}  状态与日志 · state and logs")


def to_open(parts: Iterable[Part], urls: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a person can open of these parts at these URLs, and what is there; an API's root is for programs alone."""
    for part in parts:
        if part.about:
            at = urls[FRONT] if part.paths and FRONT in urls else urls[part.name]
            yield f"{at}{part.opened}", part.about


def serve_until_ended(stack: Stack) -> None:
    """Wait for Ctrl-C, which raises KeyboardInterrupt; return only when the stack had to give up."""
    typer.echo("按 Ctrl-C 结束 · Ctrl-C ends it")
    stack.wait()


def stand_at(home: Path, day: date) -> None:
    """Let the clock of a state folder stand at 9 o'clock of a day. Raises MachineError where that would be earlier."""
    from sandbox.year.days import SHANGHAI  # noqa: PLC0415 - no image holds the sandbox
    from sandbox.year.journal import CLOCK_FILE  # noqa: PLC0415

    clock, asked = home / CLOCK_FILE, datetime.combine(day, _NINE, SHANGHAI)
    if not clock.exists() and (home / KAFKA).exists():
        raise MachineError(
            f"{home} 用的是本机的时钟，不能改用别的日期：请另选状态文件夹（LIANGDENG_HOME）。",
            f"{home} goes by this machine's clock, and by no other day: choose another state folder (LIANGDENG_HOME).",
        )
    if clock.exists() and (stands := datetime.fromisoformat(clock.read_text().strip())) > asked:
        raise MachineError(f"时钟已到 {stands}，不能倒退。", f"The clock stands at {stands} and goes no way back.")
    home.mkdir(parents=True, exist_ok=True)
    set_driven(clock, asked)


def _to_try_out(home: Path, settings: ServerSettings) -> Stack:
    from sandbox.parts import demonstration  # noqa: PLC0415 - no image holds the sandbox
    from sandbox.year.journal import CLOCK_FILE  # noqa: PLC0415

    # A state that a demo left has the clock that its year drove.
    clock = home / CLOCK_FILE
    return demonstration(home, settings, clock if clock.exists() else None, say)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Within, SIGINT (Ctrl-C), SIGTERM and SIGHUP raise KeyboardInterrupt, so that everything started is stopped.

    SIGINT too: Python installs no handler of its own where it was started with SIGINT ignored, as a shell starts
    what runs in the background.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
