"""Programmes, policies, calendars and scenario books as files, and the readers of them beside the files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent
"""Where the files lie that come along."""
