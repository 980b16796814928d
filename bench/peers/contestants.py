"""Who reads the same submissions: rating itself and its peers, how each is started, and in what they differ."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from bench.peers.installation import PROJECT, peers_python, streams_command
from contracts.topics import RULINGS, SUBMISSIONS
from embedded.child_process import free_port

OURS: Final = "rating"
SHARED: Final = "peers-"
"""Prefix of the topic that all peers read; rating's topics have its run's prefix."""


class Run(NamedTuple):
    """One run: where Kafka is, a folder and a name of its own, the file of a clock that stands before the year."""

    bootstrap: str
    folder: Path
    name: str
    clock: Path
    say: Callable[[str], None]

    @property
    def answers(self) -> str:
        """The topic that it answers on."""
        return f"{self.name}-{RULINGS}"


class Started(NamedTuple):
    """What is run, and with which environment."""

    command: Sequence[str | Path]
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One row: `rule` is `full`, `own` (rating's rules inside a peer) or `trivial`; `note` says in what it differs."""

    name: str
    rule: str
    guarantee: str
    note: str
    aim: float = 0.0
    """How many times as much rating is to do by CPU time."""
    start: Callable[[Run], Started]

    @property
    def key(self) -> str:
        """Its name in topics, folders and results."""
        return "-".join((self.name, self.rule, self.guarantee)).lower().replace(" ", "-")


def _rating(run: Run) -> Started:
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": run.bootstrap,
        "LIANGDENG_TOPIC_PREFIX": f"{run.name}-",
        "LIANGDENG_CLOCK": str(run.clock),
        "RATING_QUARANTINE": str(run.folder / "quarantine"),
        "RATING_GROUP": run.name,
        "RATING_OPS_PORT": str(free_port()),
    }
    return Started([sys.executable, "-m", "services.rating"], {**os.environ, **env})


def _quix(rule: str, guarantee: str) -> Callable[[Run], Started]:
    def start(run: Run) -> Started:
        told = {
            "bootstrap": run.bootstrap,
            "source": SHARED + SUBMISSIONS,
            "answers": run.answers,
            "guarantee": guarantee,
            "rule": rule,
            "group": run.name,
            "folder": str(run.folder),
        }
        options = [part for name, value in told.items() for part in (f"--{name}", value)]
        program = ("-m", "bench.peers.programs.quix_rating", *options)
        return Started([peers_python(run.say), *program], {**os.environ, "PYTHONPATH": str(PROJECT)})

    return start


def _streams(guarantee: str) -> Callable[[Run], Started]:
    def start(run: Run) -> Started:
        told = (run.bootstrap, SHARED + SUBMISSIONS, run.answers, guarantee, run.name, str(run.folder))
        return Started([*streams_command(run.say), *told], os.environ)

    return start


_ONCE: Final = "exactly once"
_AT_LEAST: Final = "at least once"
_QUIX_STORE: Final = "state in its RocksDB with a changelog on Kafka; commits every 5 s, its default"
_QUIX_MEMORY: Final = "rating's decide, fold and encoding; states in a dict, lost at a restart; commits every 5 s"
_STREAMS: Final = "state in its RocksDB with cache and a changelog on Kafka; one thread; commits every {}, its default"

CONTESTANTS: Final = (
    Contestant(
        name=OURS,
        rule="full",
        guarantee=_ONCE,
        note="the service as it runs; states in memory, folded again from its rulings at a restart; `at` rule",
        start=_rating,
    ),
    *(
        Contestant(name="Quix Streams", rule=rule, guarantee=guarantee, note=note, aim=aim, start=_quix(rule, told))
        for rule, note, aim in (("own", _QUIX_MEMORY, 1.3), ("trivial", _QUIX_STORE, 0.0))
        for guarantee, told in ((_AT_LEAST, "at-least-once"), (_ONCE, "exactly-once"))
    ),
    *(
        Contestant(
            name="Kafka Streams",
            rule="trivial",
            guarantee=guarantee,
            note=_STREAMS.format(commits),
            aim=aim,
            start=_streams(told),
        )
        for guarantee, told, commits, aim in (
            (_AT_LEAST, "at_least_once", "30 s", 0.0),
            (_ONCE, "exactly_once_v2", "100 ms", 1.0),
        )
    ),
)
