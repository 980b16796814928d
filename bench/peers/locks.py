"""What the peers are made of, pinned: `python -m bench.peers.locks` resolves it anew and writes both locks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from embedded.jars import write_lock
from embedded.versions import KAFKA

FOLDER: Final = Path(__file__).parent
PYTHON_LOCK: Final = FOLDER / "requirements.lock"
JARS_LOCK: Final = FOLDER / "jars.lock"
COMPILER: Final = "org.eclipse.jdt:ecj"
"""A Java compiler that runs on a JRE: the one that comes along has none."""
ROOTS: Final = (f"org.apache.kafka:kafka-streams:{KAFKA}", "org.slf4j:slf4j-simple:1.7.36", f"{COMPILER}:3.46.100")
UV: Final = Path(sys.executable).with_name("uv")
OPTIONS: Final = ("--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11", "-q")


def versions() -> dict[str, str]:
    """Of the peers, as they are pinned."""
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", PYTHON_LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    named = {name: pinned[name] for name in ("quixstreams", "eventsourcing", "confluent-kafka", "msgspec")}
    return {"Kafka Streams": KAFKA, **named, "pydantic inside Quix": pinned["pydantic"]}


def main() -> None:
    """Write both."""
    files = ("bench/peers/requirements.in", "-o", "bench/peers/requirements.lock")
    subprocess.run([str(UV), "pip", "compile", *OPTIONS, *files], check=True, cwd=FOLDER.parent.parent)
    sys.stdout.write(f"{write_lock(JARS_LOCK, ROOTS, 'bench.peers.locks')} jars -> {JARS_LOCK}\n")


if __name__ == "__main__":
    main()
