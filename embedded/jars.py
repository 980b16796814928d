"""Kafka's jars: resolved from Maven coordinates, pinned by a committed lock of SHA-256 sums, verified before every run.

`python -m embedded.jars` resolves the coordinates anew and writes the lock.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import requests
from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext

from embedded.machine_error import MachineError, download_failed
from embedded.versions import KAFKA

ROOTS = (f"org.apache.kafka:kafka_2.13:{KAFKA}", "org.slf4j:slf4j-simple:1.7.36")
LOCK = Path(__file__).with_name("jars.lock")
TIMEOUT_SECONDS = 60
DOWNLOADS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """One line of a lock: Maven coordinate, kind of file and its SHA-256."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    packaging: str = "jar"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read `group:artifact:version[:classifier][@packaging] sha256`."""
        named, sha256 = line.split()
        coordinate, _, packaging = named.partition("@")
        group, artifact, version, *rest = coordinate.split(":")
        return cls(
            group=group,
            artifact=artifact,
            version=version,
            classifier=rest[0] if rest else "",
            sha256=sha256,
            packaging=packaging or "jar",
        )

    @property
    def coordinate(self) -> str:
        """`group:artifact:version[:classifier]`."""
        return ":".join(part for part in (self.group, self.artifact, self.version, self.classifier) if part)

    def path_below(self, repository: Path) -> Path:
        """Where the file lies in a Maven repository folder."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        folder = repository.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}{suffix}.{self.packaging}"


def read_lock(lock: Path = LOCK) -> list[Jar]:
    """Return the pinned jars in the lock's order."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [Jar.parse(line) for line in lines if line and not line.startswith("#")]


def verified_files(say: Callable[[str], None], lock: Path = LOCK, *, of: str = f"Kafka {KAFKA}") -> list[Path]:
    """Return the verified files of a lock, downloading what is missing or differs from the lock.

    Raises `MachineError` naming network, proxy, CA or disk, or a jar whose bytes contradict the lock.
    """
    repository = maven_folder()
    jars = read_lock(lock)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        sums = list(pool.map(lambda jar: _sha256(jar.path_below(repository)), jars))
        missing = [jar for jar, found in zip(jars, sums, strict=True) if found != jar.sha256]
        if missing:
            say(f"下载 {of}（{len(missing)} 个文件）到 {repository} · downloading {of}, {len(missing)} files")
            _download(missing, repository, pool)
    return [jar.path_below(repository) for jar in jars]


def maven_folder() -> Path:
    """The folder of Maven's files: M2_REPO, else what jgo is configured to use."""
    configured = os.environ.get("M2_REPO") or GlobalSettings.load().repo_cache
    return Path(configured).expanduser()


def _remotes() -> dict[str, str]:
    mirror = os.environ.get("LIANGDENG_MAVEN_MIRROR")
    if mirror:
        return {"mirror": mirror.rstrip("/")}
    return {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}


def _download(jars: Sequence[Jar], repository: Path, pool: ThreadPoolExecutor) -> None:
    # jgo writes in place and checks nothing: so it writes into a folder of this process,
    # and only a verified file is moved, in one step, to where others look.
    try:
        repository.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=repository, prefix=".liangdeng-") as scratch:
            context = MavenContext(repo_cache=Path(scratch), remote_repos=_remotes(), timeout=TIMEOUT_SECONDS)
            for future in [pool.submit(_download_one, context, jar, repository) for jar in jars]:
                future.result()
    except OSError as error:  # requests' errors are OSErrors too
        raise download_failed(str(repository), error) from error


def _download_one(context: MavenContext, jar: Jar, repository: Path) -> None:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        fetched = component.artifact(jar.classifier, jar.packaging).resolve()
    except (RuntimeError, requests.RequestException) as error:
        raise download_failed(jar.coordinate, error) from error
    found = _sha256(fetched)
    if found != jar.sha256:
        raise MachineError(
            f"校验失败：{jar.coordinate} 的内容与 embedded/jars.lock 不符（{found}），已拒绝使用。请检查镜像或代理。",
            f"Checksum mismatch: {jar.coordinate} is not what embedded/jars.lock pins ({found}); refused. "
            "Check your mirror or proxy.",
        )
    target = jar.path_below(repository)
    target.parent.mkdir(parents=True, exist_ok=True)
    fetched.replace(target)


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lock(lock: Path = LOCK, roots: Sequence[str] = ROOTS, by: str = "embedded.jars") -> int:
    """Resolve the roots with jgo and write the lock, which says by which module; return the number of jars."""
    context = MavenContext(repo_cache=maven_folder(), remote_repos=_remotes(), timeout=TIMEOUT_SECONDS)
    inputs, transitive = context.resolver.resolve([context.create_dependency(root) for root in roots])
    lines = set()
    for dependency in (*inputs, *transitive):
        artifact = dependency.artifact
        parts = (artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier)
        lines.add(":".join(part for part in parts if part) + f" {_sha256(artifact.resolve())}")
    head = f"# Maven coordinate, SHA-256 of the jar; written by `python -m {by}`\n"
    lock.write_text(head + "\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return len(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{write_lock()} jars -> {LOCK}\n")
