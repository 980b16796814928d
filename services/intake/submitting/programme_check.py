"""`python -m services.intake.submitting.programme_check`: reads one programme file from standard input, with limits."""

from __future__ import annotations

import sys
from pathlib import Path

from services.intake.submitting.programme_reader import checked_programme
from services.limited_process import answer, body_within_limits


def main() -> None:
    """Write what was read to standard output, for `ProgrammeReader` alone."""
    body = body_within_limits()
    library, *options = sys.argv[1:]
    answer(checked_programme(body, Path(library), json="--json" in options, simulated="--simulated" in options))


if __name__ == "__main__":
    main()
