"""Query's rebuild beside the ProjectionRunner of `eventsourcing`, which folds the same submissions trivially."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg

from bench.figures import Rate
from bench.peers.contestants import SHARED
from bench.peers.installation import PROJECT, peers_python
from contracts.topics import SUBMISSIONS

PROGRAM: Final = "bench.peers.programs.eventsourcing_projection"
_LEFT_BEHIND: Final = "DROP TABLE IF EXISTS counts, subjectcounts_tracking"


class Projections:
    """So many submissions in the library's own store on PostgreSQL, folded from the first one in each run."""

    def __init__(self, bootstrap: str, database_url: str, number: int, say: Callable[[str], None]) -> None:
        self._env = {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "DATABASE_URL": database_url,
        }
        self._number = number
        self._python = peers_python(say)

    def fill(self) -> None:
        """Copy the submissions from the topic that the peers read. Raises RuntimeError."""
        self._run("fill", "--source", SHARED + SUBMISSIONS)

    def followed(self, view: str) -> Rate:
        """Fold all of them, the first tenth as a warm-up. Raises RuntimeError: it did not do its work."""
        with psycopg.connect(self._env["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(_LEFT_BEHIND)
        told = json.loads(self._run(view, "--warm", str(self._number // 10)))
        if told["counted"] != self._number:
            raise RuntimeError(f"{told['counted']} submissions were counted, {self._number} were to be")
        return Rate(told["folded"] / told["seconds"], told["folded"] / told["cpu_seconds"])

    def _run(self, *arguments: str) -> str:
        command: list[str | Path] = [self._python, "-m", PROGRAM, *arguments, "--number", str(self._number)]
        done = subprocess.run(command, env=self._env, capture_output=True, check=False, text=True, cwd=PROJECT)
        if done.returncode:
            raise RuntimeError(f"{arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout
