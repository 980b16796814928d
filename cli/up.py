"""`liangdeng up`."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

import typer

from cli.output import NO_RESULT_EXIT, print_json, say
from embedded.parts import SERVICES, Part
from embedded.stack import Stack
from embedded.state import home_from_environment


def run(*, as_json: bool, sandbox: bool) -> int:
    """Start everything, tell the addresses, serve until Ctrl-C; with the sandbox anybody may sign in as anybody."""
    # A state that a demo left has the clock that its year drove.
    clock = home_from_environment() / "clock"
    parts = _with_sandbox() if sandbox else SERVICES
    stack = Stack(parts=parts, say=say, clock=clock if clock.exists() else None)
    with ended_by_signals(), suppress(KeyboardInterrupt), stack:
        if as_json:
            print_json({"urls": stack.urls, "env": stack.env})
        else:
            tell_addresses(stack)
        serve_until_ended(stack)
        return NO_RESULT_EXIT
    return 0


def tell_addresses(stack: Stack) -> None:
    """Print where to look."""
    for part in stack.parts:
        typer.echo(f"  {stack.urls[part.name]}  {part.about}")
    typer.echo(f"  {stack.home}  状态与日志 · state and logs")


def serve_until_ended(stack: Stack) -> None:
    """Wait for Ctrl-C, which raises KeyboardInterrupt; return only when the stack had to give up."""
    typer.echo("按 Ctrl-C 结束 · Ctrl-C ends it")
    stack.wait()


def _with_sandbox() -> Sequence[Part]:
    from sandbox.parts import EVERYTHING  # noqa: PLC0415 - no image holds the sandbox

    return EVERYTHING


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
