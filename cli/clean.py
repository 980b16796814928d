"""`liangdeng clean`."""

from __future__ import annotations

from cli.output import say
from embedded.state import StateFolder, home_from_environment


def run() -> int:
    """Remove the state folder. Raises `MachineError` while an instance uses it."""
    home = home_from_environment()
    StateFolder(home).remove()
    say(f"已删除 {home} · removed")
    return 0
