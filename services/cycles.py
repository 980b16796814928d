"""How often the interpreter looks for cycles in a process that folds a log: what it keeps lives long and holds none."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Final

FOLDING: Final = (100_000, 50, 100)
"""Thresholds of `gc`: with fewer looks rating rules on a fifth more, and notify catches up in two thirds the time."""


def seldom() -> None:
    """From now on as long as a log is folded."""
    gc.set_threshold(*FOLDING)


@contextlib.contextmanager
def seldom_within(young: int = FOLDING[0], middle: int = FOLDING[1], old: int = FOLDING[2]) -> Iterator[None]:
    """The same, or with other thresholds, while something else is folded in this process; then as before."""
    before = gc.get_threshold()
    gc.set_threshold(young, middle, old)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def for_requests(young: int, middle: int, old: int) -> None:
    """From now on, with thresholds of a service's own: what was folded until now is looked through no more."""
    gc.freeze()
    gc.set_threshold(young, middle, old)
