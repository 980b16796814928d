"""`liangdeng up`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import typer

from cli.output import print_json, say
from embedded.state import home_from_environment
from embedded.supervisor import Stack

PAGES = {
    "query": "页面与查询 API · pages and query API",
    "intake": "提交入口 · intake",
    "issuer": "登录（选择用户）· sign in (choose a user)",
    "mail": "邮箱 · mailbox",
    "rating": "评定 · rating",
    "notify": "通知 · notify",
}


def run(*, as_json: bool) -> int:
    """Start everything, tell the addresses, serve until Ctrl-C."""
    # A state that a demo left has the clock that its year drove.
    clock = home_from_environment() / "clock"
    stack = Stack(say=say, clock=clock if clock.exists() else None)
    with ended_by_signals(), suppress(KeyboardInterrupt), stack:
        if as_json:
            print_json({"urls": stack.urls, "env": stack.env})
        else:
            tell_addresses(stack)
        serve_until_ended()
    return 0


def tell_addresses(stack: Stack) -> None:
    """Print where to look."""
    for name, meaning in PAGES.items():
        if name in stack.urls:
            typer.echo(f"  {stack.urls[name]}  {meaning}")
    typer.echo(f"  {stack.home}  状态与日志 · state and logs")


def serve_until_ended() -> None:
    """Wait for Ctrl-C; the supervisor does the rest."""
    typer.echo("按 Ctrl-C 结束 · Ctrl-C ends it")
    threading.Event().wait()


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
