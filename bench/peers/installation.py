"""The peers' own Python and their compiled Java: made from the locks the first time, kept in `.bench_cache`."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.peers.locks import COMPILER, JARS_LOCK, PYTHON_LOCK, UV
from embedded.bootstrap import run, tool_environment
from embedded.jars import read_lock, verified_files
from embedded.kafka import find_java
from embedded.machine_error import MachineError

PROJECT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = PROJECT / ".bench_cache"
PROGRAMS: Final = Path(__file__).with_name("programs")
STREAMS: Final = "StreamsCount"
_HEAP: Final = "1g"
_RELEASE: Final = "17"
"""Of the language; `--release` would need what only a JDK has."""


def peers_python(say: Callable[[str], None]) -> Path:
    """A Python with what the lock pins. Raises `MachineError`, after it was told what was missing."""
    venv = CACHE / f"python-{_digest(PYTHON_LOCK.read_bytes(), sys.version.encode())}"
    complete = venv / "complete"
    if not complete.exists():
        say("安装对照软件（仅第一次）· installing the peers, the first time only")
        try:
            run("venv", [sys.executable, "-m", "venv", "--clear", "--without-pip", venv])
            run("peers", [UV, "pip", "sync", "-q", "--require-hashes", PYTHON_LOCK], tool_environment(venv))
        except SystemExit as error:
            raise MachineError("对照软件未能安装。", "The peers' Python could not be installed.") from error
        complete.touch()
    return venv / "bin" / "python"


def streams_command(say: Callable[[str], None]) -> Sequence[str | Path]:
    """How Kafka Streams with the trivial rule is started; compiled the first time, by a compiler that needs no JDK.

    Raises `MachineError`: a download or the compiler failed, or there is no Java.
    """
    java, jars = find_java(), verified_files(say, JARS_LOCK, of="Kafka Streams")
    source = PROGRAMS / f"{STREAMS}.java"
    classes = CACHE / f"streams-{_digest(source.read_bytes(), JARS_LOCK.read_bytes())}"
    is_compiler = [f"{jar.group}:{jar.artifact}" == COMPILER for jar in read_lock(JARS_LOCK)]
    needed = [jar for jar, compiles in zip(jars, is_compiler, strict=True) if not compiles]
    if not classes.exists():
        _compile(java, jars[is_compiler.index(True)], needed, source, classes)
    path = ":".join(str(part) for part in (classes, *needed))
    return [
        java,
        f"-Xmx{_HEAP}",
        "-XX:+UseSerialGC",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        path,
        STREAMS,
    ]


def _compile(java: Path, compiler: Path, jars: Sequence[Path], source: Path, classes: Path) -> None:
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        path = ":".join(str(jar) for jar in jars)
        options = ("-source", _RELEASE, "-target", _RELEASE, "-nowarn", "-cp", path, "-d", scratch)
        command = [str(java), "-jar", str(compiler), *options, str(source)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        if done.returncode:
            raise MachineError(f"编译失败：{source}", f"{source} does not compile:\n{done.stdout}{done.stderr}")
        Path(scratch).rename(classes)
        Path(scratch).mkdir()  # the context wants something to remove


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
