"""Finds the servers that a command works on: told ones, those of a running instance, else the state folder's own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cli.output import say
from embedded.state import StateFolder, home_from_environment


@contextmanager
def reach(*servers: str) -> Iterator[Mapping[str, str]]:
    """Yield the environment of a client; `servers` (`kafka`, `postgres`) are started for as long where none runs.

    Raises `MachineError` when they cannot be.
    """
    needed = {"kafka": "KAFKA_BOOTSTRAP_SERVERS", "postgres": "DATABASE_URL"}
    running = StateFolder(home_from_environment()).running_addresses()
    told = {**(running or {}), **os.environ}
    if all(needed[server] in told for server in servers):
        yield told
        return
    # Its Kafka and PostgreSQL are of an extra, which an image does not have.
    from embedded.stack import Stack  # noqa: PLC0415

    with Stack(parts=(), servers=servers, say=say) as stack:
        yield {**os.environ, **stack.env}
