"""The house in one picture, drawn from the import graph; `python -m tests.architecture.picture` prints it.

A package stands above what it imports. An arrow that follows from two others is left out.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import grimp

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "rating", "notify", "query", "audit")


def packages() -> list[str]:
    """The top-level packages that import-linter holds, each service apart."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    plain = [package for package in settings["root_packages"] if package != "services"]
    return [*plain, *(f"services.{service}" for service in SERVICES)]


def imports() -> dict[str, set[str]]:
    """Which package imports which, directly."""
    known = packages()
    graph = grimp.build_graph(*{package.split(".")[0] for package in known}, cache_dir=None)
    found: dict[str, set[str]] = {package: set() for package in known}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            above, below = _package(module, known), _package(imported, known)
            if above and below and above != below:
                found[above].add(below)
    return found


def _package(module: str, known: list[str]) -> str | None:
    return next((one for one in known if module == one or module.startswith(f"{one}.")), None)


def reduced(above: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same order with the fewest arrows."""

    def reaches(start: str, end: str) -> bool:
        return any(one == end or reaches(one, end) for one in above[start])

    return {
        package: {one for one in below if not any(other != one and reaches(other, one) for other in below)}
        for package, below in above.items()
    }


def drawn() -> str:
    """The picture as mermaid."""
    lines = ["flowchart TD"]
    for package, below in sorted(reduced(imports()).items()):
        lines += [f"  {_named(package)} --> {_named(one)}" for one in sorted(below)]
    return "\n".join(lines)


def _named(package: str) -> str:
    short = package.removeprefix("services.")
    return f"{short}[services/{short}]" if short != package else package


if __name__ == "__main__":
    sys.stdout.write(drawn() + "\n")
