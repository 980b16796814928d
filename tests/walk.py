"""`make walk`: what takes minutes, a process per file, since a browser's own loop leaves none to the next file.

With arguments it is pytest with these arguments, in one process.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
_MARKED = re.compile(r"\bmark\.walk\b|^pytestmark = WALK$", re.MULTILINE)


def files() -> list[Path]:
    """Files of tests with something to walk through."""
    found = sorted((PROJECT / "tests").rglob("test_*.py"))
    return [file for file in found if _MARKED.search(file.read_text(encoding="utf-8"))]


def main(arguments: list[str]) -> int:
    """Run them one after the other; 0 only if all passed."""
    command = [sys.executable, "-m", "pytest", "-m", "walk", "-p", "no:cacheprovider"]
    runs = [arguments] if arguments else [[str(file)] for file in files()]
    return max(abs(subprocess.run([*command, *run], check=False, cwd=PROJECT).returncode) for run in runs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
