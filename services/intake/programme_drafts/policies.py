"""The policies that a draft may choose from: those in the library, under the names of their files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from contracts.policy import Policy
from programmes.policy_file import FaultyFile, read_policy


def policies_in(library: Path) -> Mapping[str, Policy]:
    """By the name of the file; what cannot be read is left out."""
    found: dict[str, Policy] = {}
    for file in sorted((library / "policies").glob("*.yaml")):
        try:
            found[file.stem] = read_policy(file)
        except (FaultyFile, OSError):
            continue
    return found
