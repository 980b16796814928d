"""Results of a run as a file, with the machine, the versions, the day and the commit that they belong to."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from embedded.versions import KAFKA, POSTGRES

FOLDER: Final = Path(__file__).parent
_OURS: Final = ("pydantic", "aiokafka", "kafka-python", "uvicorn")


class RunConditions(NamedTuple):
    """What was measured where; `load` is the machine's at the beginning: from 1 on, something worked beside it."""

    command: str
    measured_on: str
    commit: str
    machine: str
    load: float
    versions: Mapping[str, str]

    @classmethod
    def now(cls, command: str, versions: Mapping[str, str]) -> RunConditions:
        """As it is at the beginning of a run."""
        ours = {name: version(name) for name in _OURS}
        return cls(
            command,
            f"{datetime.now(UTC):%Y-%m-%d}",
            _commit(),
            f"{os.cpu_count()} CPUs, {platform.machine()}, {_processor()}",
            round(os.getloadavg()[0], 1),
            {"Python": platform.python_version(), "Kafka": KAFKA, "PostgreSQL": str(POSTGRES), **ours, **versions},
        )

    def line(self) -> str:
        """For a reader of the table."""
        alone = "" if self.load < 1.0 else f"; load {self.load:g} when it began, so only CPU time says much"
        named = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        return f"`{self.command}`, {self.measured_on}, commit {self.commit}: {self.machine}{alone}. {named}."


def write(name: str, conditions: RunConditions, measured: Mapping[str, Any]) -> Path:
    """Write `<name>.json`."""
    file = FOLDER / f"{name}.json"
    text = json.dumps({**conditions._asdict(), **measured}, ensure_ascii=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")
    return file


def read(name: str) -> dict[str, Any]:
    """What `<name>.json` holds. Raises FileNotFoundError."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def conditions_of(results: Mapping[str, Any]) -> RunConditions:
    """The conditions that a file tells."""
    return RunConditions(**{name: results[name] for name in RunConditions._fields})


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty", "--abbrev=7"]
    done = subprocess.run(asked, cwd=FOLDER, capture_output=True, check=False, text=True)
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown processor")
