"""Policies and calendars as their files say them."""

from __future__ import annotations

from typing import Any

import yaml

from programmes import FOLDER as PROGRAMMES

_LOADED: dict[str, Any] = {}


def read_file(name: str) -> Any:
    if name not in _LOADED:
        _LOADED[name] = yaml.safe_load((PROGRAMMES / name).read_text())
    return _LOADED[name]


DEFAULTS = {
    "signed": [],
    "complete_plans": False,
    "inspection_approval": "declared",
    "report_move_days": 10,
    "extensions": 1,
    "extension_days": 15,
    "minutes_days": 3,
}
"""What a policy of before version 3 leaves out (rulebook: Policy)."""


def policy_of(name: str) -> Any:
    """A policy by its name."""
    return {**DEFAULTS, **read_file(f"policies/{name}.yaml")}
