"""Finds the servers that a command works on: told ones, those of a running instance, else the state folder's own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cli.output import say
from embedded.state import StateFolder, home_from_environment
from embedded.supervisor import Stack


@contextmanager
def reach(*parts: str) -> Iterator[Mapping[str, str]]:
    """Yield the environment of a client; `parts` (`kafka`, `postgres`) are started for as long where none runs.

    Raises `SandboxTrouble` when they cannot be.
    """
    needed = {"kafka": "KAFKA_BOOTSTRAP_SERVERS", "postgres": "DATABASE_URL"}
    running = StateFolder(home_from_environment()).running_addresses()
    told = {**(running or {}), **os.environ}
    if all(needed[part] in told for part in parts):
        yield told
        return
    with Stack(parts=parts, say=say) as stack:
        yield {**os.environ, **stack.env}
