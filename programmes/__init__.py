"""Programmes, policies, calendars and scenario books as files, and their readers beside them.

*.yaml          the programmes that come along, their calendars and scenario books; policies/ holds the policies
programme       the model of a programme file, and the submissions that it expands into
programme_file  reads a programme file; the calendar and policy that it names are filled in
programme_text  a programme as the text of such a file
policy_file     reads a policy or a calendar on its own
consistency     what contradicts itself in a programme file whose parts are each well-formed
ledger/         an office's ledger as .xlsx: read, made into a draft, written
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
"""Where the files lie that come along."""
