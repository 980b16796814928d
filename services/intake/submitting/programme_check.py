"""`python -m services.intake.submitting.programme_check`: reads one programme file from standard input, with limits."""

from __future__ import annotations

import pickle
import resource
import sys
from pathlib import Path
from typing import Final

from services.intake.submitting.programme_reader import checked_programme

_MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Of addresses: 2 MiB of the worst YAML takes some 300 MB."""
_CPU_SECONDS: Final = 60
"""Whoever asked has given up long before."""


def main() -> None:
    """Write what was read to standard output, for `ProgrammeReader` alone."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    library, *options = sys.argv[1:]
    body = sys.stdin.buffer.read()
    checked = checked_programme(body, Path(library), json="--json" in options, simulated="--simulated" in options)
    sys.stdout.buffer.write(pickle.dumps(checked))


if __name__ == "__main__":
    main()
