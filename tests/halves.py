"""`make test`: what needs no server runs beside what does, since the latter mostly waits; one table of coverage.

With arguments it is pytest with these arguments, in one process.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PURE = ("architecture", "contracts", "exact", "liangdeng_client", "programmes", "rules", "supervision")
"""Folders whose tests start no server, but for those of `SERVED`."""
SERVED = ("architecture/test_walks.py",)
PYTEST = (sys.executable, "-m", "pytest", "--cov", "--cov-report=")
NICE = "5"
"""What starts servers has the processor first: its tests wait for one another, the pure ones for nobody."""


def halves() -> tuple[list[str], list[str]]:
    """The arguments of both: with servers, and without."""
    others = sorted(f"tests/{at.name}" for at in (PROJECT / "tests").iterdir() if (at / "__init__.py").exists())
    served = [folder for folder in others if folder.removeprefix("tests/") not in PURE]
    ignored = [f"--ignore=tests/{file}" for file in SERVED]
    return served + [f"tests/{file}" for file in SERVED], [f"tests/{folder}" for folder in PURE] + ignored


def main(arguments: list[str]) -> int:
    """Run both, the one with servers aloud, and tell the other's result after it; 0 only if both passed."""
    if arguments:
        return subprocess.run([*PYTEST, "--cov-report=term", *arguments], check=False, cwd=PROJECT).returncode
    served, pure = halves()
    with tempfile.TemporaryDirectory(prefix="liangdeng-halves-") as folder:
        told, data = Path(folder) / "told", [Path(folder) / name for name in ("coverage-served", "coverage-pure")]
        env = [{**os.environ, "COVERAGE_FILE": str(file)} for file in data]
        with told.open("wb") as output:
            niced = ["nice", "-n", NICE, *PYTEST, "-p", "no:cacheprovider", *pure]
            beside = subprocess.Popen(niced, cwd=PROJECT, env=env[1], stdout=output, stderr=subprocess.STDOUT)
            try:
                codes = [subprocess.run([*PYTEST, *served], check=False, cwd=PROJECT, env=env[0]).returncode]
                codes.append(beside.wait())
            finally:
                beside.kill()
        sys.stdout.write(f"\n不需要服务器的测试 · tests without servers:\n{told.read_text(errors='replace')}\n")
        sys.stdout.flush()
        coverage = (sys.executable, "-m", "coverage")
        subprocess.run([*coverage, "combine", "-q", *map(str, data)], check=False, cwd=PROJECT)
        subprocess.run([*coverage, "report"], check=False, cwd=PROJECT)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
