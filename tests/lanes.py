"""`make test`: three lanes side by side, since tests with servers mostly wait.

What starts servers is in two lanes, each with a Kafka and a PostgreSQL of its own; what starts none is in the third.
With arguments it is pytest with these arguments, in one process.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
PURE = ("architecture", "contracts", "exact", "liangdeng_client", "programmes", "rules", "supervision")
"""Folders whose tests start no server, but for those of `SERVED`."""
SERVED = ("architecture/test_walks.py",)
SERVICES = ("services/intake", "services/notify", "services/query", "services/rating", "web")
"""What takes as long as the other tests with servers together: those are years lived through, faults, installations."""
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
NICE = ("nice", "-n", "5")
"""What starts servers has the processor first: its tests wait for one another, the pure ones for nobody."""


class Lane(NamedTuple):
    """Tests of one process: what it is called, the arguments that select them, and what runs pytest."""

    name: str
    tests: tuple[str, ...]
    before: tuple[str, ...] = ()


def lanes() -> tuple[Lane, ...]:
    """Every test, each in one lane."""
    folders = sorted(at.name for at in (PROJECT / "tests").iterdir() if (at / "__init__.py").exists())
    whole = tuple(f"tests/{folder}" for folder in folders if folder not in (*PURE, *SERVICES))
    return (
        Lane(
            "全年、故障与安装 · years, faults and installations",
            (*whole, *(f"--ignore=tests/{one}" for one in SERVICES)),
        ),
        Lane("各服务 · the services", tuple(f"tests/{one}" for one in (*SERVICES, *SERVED))),
        Lane(
            "不需要服务器 · without servers",
            (*(f"tests/{folder}" for folder in PURE), *(f"--ignore=tests/{file}" for file in SERVED)),
            NICE,
        ),
    )


def main(arguments: list[str]) -> int:
    """Run all lanes, the first one aloud, and tell the others' results after it; 0 only if all passed."""
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False, cwd=PROJECT).returncode
    with tempfile.TemporaryDirectory(prefix="liangdeng-lanes-") as folder, ExitStack() as stack:
        running = []
        for number, lane in enumerate(lanes()):
            told = None if number == 0 else stack.enter_context((Path(folder) / f"told-{number}").open("w+b"))
            command = [*lane.before, *PYTEST, *lane.tests]
            process = subprocess.Popen(command, cwd=PROJECT, stdout=told, stderr=told and subprocess.STDOUT)
            stack.callback(process.kill)
            running.append((lane, process, told))
        codes = []
        for lane, process, told in running:
            codes.append(process.wait())
            if told is not None:
                told.seek(0)
                sys.stdout.write(f"\n{lane.name}:\n{told.read().decode(errors='replace')}\n")
                sys.stdout.flush()
    return max(map(abs, codes))  # one that a signal ended tells a negative one


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
