"""The version of the rules: every ruling names it."""

from __future__ import annotations

from typing import Final

RULES: Final = "3"
