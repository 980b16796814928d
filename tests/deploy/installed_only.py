"""Run by path: `installed_only.py <folder> <code> [argument …]` runs code as an installed wheel in `folder` would.

Only that folder and what the project depends on without its extras and groups can be imported.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement


def depended_on() -> set[str]:
    """The distributions that come with the project."""
    found: set[tuple[str, str]] = set()
    waiting = {("liangdeng", "")}
    while waiting:
        name, extra = waiting.pop()
        found.add((name, extra))
        for requirement in map(Requirement, distribution(name).requires or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting |= {(requirement.name, one) for one in ("", *requirement.extras)} - found
    return {distribution(name).name for name, _ in found}


class Hidden(MetaPathFinder):
    """Finds none of these modules, so that nobody does."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname.split(".", maxsplit=1)[0] in self._names:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


def main() -> None:
    folder, code, *arguments = sys.argv[1:]
    known = depended_on()
    others = {module for module, names in packages_distributions().items() if not known & set(names)}
    project = Path(__file__).resolve().parents[2]
    elsewhere = [path for path in sys.path if Path(path).resolve() not in (project, Path(__file__).resolve().parent)]
    sys.path[:] = [folder, *elsewhere]
    sys.meta_path.insert(0, Hidden(others))
    for name in [name for name in sys.modules if name.split(".")[0] in others]:
        del sys.modules[name]
    sys.argv = ["liangdeng", *arguments]
    exec(code, {"__name__": "__main__"})


if __name__ == "__main__":
    main()
