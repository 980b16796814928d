"""One Keycloak, the sign-in server that comes along: fetched when asked for, built once, on our PostgreSQL."""

import hashlib
import os
import re
import signal
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from embedded.child_process import LOOPBACK, spawn, stop
from embedded.jars import maven_folder, read_lock, verified_files
from embedded.kafka import find_java
from embedded.machine_error import MachineError, require_room
from embedded.realm import REFUSED

LOCK: Final = Path(__file__).with_name("keycloak.lock")
PATH: Final = "/identity"
"""Where it lies below the one address that people know."""
THEMES: Final = Path(__file__).with_name("themes")
SETUP_CLIENT: Final = "liangdeng-setup"
CONSOLE_USER: Final = "liangdeng-console"
HEAP_MEGABYTES: Final = 400
STOP_SECONDS: Final = 20
BUILD_SECONDS: Final = 600
BUILD: Final = ("build", "--db=postgres", "--health-enabled=true", f"--http-relative-path={PATH}")

# As bin/kc.sh starts it; without the script nothing is left behind when the parent is killed.
_JAVA: Final = (
    "-XX:MetaspaceSize=96M",
    "-XX:MaxMetaspaceSize=256m",
    "-XX:+UseSerialGC",
    # Without the second compiler it starts with 7.6 s of a core instead of 12.7, on 10 % less memory.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Duser.language=en",
    "-Duser.country=US",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory"
    "=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Dpicocli.disable.closures=true",
    "-Dquarkus-log-max-startup-records=10000",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)


class Keycloak:
    """A sign-in server on loopback, reached by people below `origin`.

    `database_url` names a PostgreSQL database of its own. At its very first start two administrators are made: the
    client `SETUP_CLIENT` with `secret`, for programs, and the user `CONSOLE_USER` with `password`, for the console,
    which is on this machine's loopback alone. `refused` gives the passwords of the list `realm.REFUSED`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        management_port: int,
        origin: str,
        database_url: str,
        secret: str,
        password: str,
        refused: Callable[[], Iterable[str]] = tuple,
        log: Path | None = None,
        say: Callable[[str], None] = lambda _: None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.folder = folder
        self.port = port
        self.log = log or folder / "keycloak.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._management_port = management_port
        self._origin = origin.rstrip("/")
        self._database_url = database_url
        self._secret = secret
        self._password = password
        self._refused = refused
        self._say = say
        self._keep_open = tuple(keep_open)

    @property
    def url(self) -> str:
        """Its address on this machine, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}{PATH}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it; the first time it is fetched, unpacked and built.

        Raises `MachineError` on a full disk, a failed download or build, or a Java that is missing.
        """
        require_room(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        java = find_java()
        distribution = built(java, self._say)
        home = self._home(distribution)
        self.process = spawn(
            [*_command(java, home), "start", "--optimized", *self._options()],
            log=self.log,
            env={**self._secrets(), "PATH": os.environ.get("PATH", "")},
            last_signal=signal.SIGKILL,
            keep_open=self._keep_open,
        )
        return self.process

    def ready(self) -> bool:
        """Tell whether its health, the database included, is up."""
        address = f"http://{LOOPBACK}:{self._management_port}{PATH}/health/ready"
        try:
            return httpx.get(address, timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End it, politely first."""
        if self.process is not None:
            stop(self.process, signal.SIGTERM, STOP_SECONDS)
            self.process = None

    def _home(self, distribution: Path) -> Path:
        """A home of our own whose programs are those of the built distribution and whose data is ours."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        targets = {name: distribution / name for name in ("lib", "conf", "providers")}
        for name, target in {**targets, "themes": THEMES}.items():
            link = home / name
            link.unlink(missing_ok=True)
            link.symlink_to(target)
        lists = home / "data" / "password-blacklists"
        lists.mkdir(parents=True, exist_ok=True)
        (lists / REFUSED).write_text("\n".join(self._refused()), encoding="utf-8")
        return home

    def _options(self) -> list[str]:
        return [
            "--http-enabled=true",
            f"--http-host={LOOPBACK}",
            f"--http-port={self.port}",
            f"--http-management-port={self._management_port}",
            f"--http-management-host={LOOPBACK}",
            f"--hostname={self._origin}{PATH}",
            # Services ask at the address on loopback, where no certificate stands in between.
            "--hostname-backchannel-dynamic=true",
            f"--hostname-admin={self.url}",
            "--proxy-headers=xforwarded",
            "--cache=local",
            "--log-level=warn,org.keycloak.events:info",
        ]

    def _secrets(self) -> dict[str, str]:
        database = urlsplit(self._database_url)
        return {
            "KC_DB_URL": f"jdbc:postgresql://{database.hostname}:{database.port}{database.path}",
            "KC_DB_USERNAME": database.username or "",
            "KC_DB_PASSWORD": database.password or "",
            "KC_BOOTSTRAP_ADMIN_CLIENT_ID": SETUP_CLIENT,
            "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET": self._secret,
            "KC_BOOTSTRAP_ADMIN_USERNAME": CONSOLE_USER,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self._password,
        }


def built(java: Path, say: Callable[[str], None]) -> Path:
    """Return the folder of the built distribution, fetching, unpacking and building it the first time.

    It lies beside the archive in the Maven repository, so that several state folders share it.
    """
    (pinned,) = read_lock(LOCK)
    known = hashlib.sha256("\n".join((pinned.sha256, *BUILD)).encode()).hexdigest()[:12]
    target = pinned.path_below(maven_folder()).with_name(f"liangdeng-{known}")
    if target.exists():
        return target
    (archive,) = verified_files(say, LOCK, of="Keycloak")
    require_room(archive.parent)
    say("准备 Keycloak（仅第一次，约一分钟）· preparing Keycloak, the first time only, about a minute")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".liangdeng-") as scratch:
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        (unpacked,) = Path(scratch).iterdir()
        _build(java, unpacked)
        try:
            unpacked.rename(target)
        except OSError:
            if not target.exists():  # another process was faster, with the same content
                raise
    return target


def _build(java: Path, home: Path) -> None:
    done = subprocess.run(
        [*_command(java, home), *BUILD],
        capture_output=True,
        check=False,
        text=True,
        timeout=BUILD_SECONDS,
        env={"PATH": os.environ.get("PATH", "")},
    )
    if not re.search(r"Server configuration updated and persisted", done.stdout):
        raise MachineError(
            "Keycloak 构建失败。",
            f"Building Keycloak failed ({done.returncode}):\n{(done.stdout + done.stderr)[-2000:]}",
        )


def _command(java: Path, home: Path) -> list[str]:
    return [
        str(java),
        f"-Xmx{HEAP_MEGABYTES}m",
        *_JAVA,
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home / 'conf'}",
        "-cp",
        str(home / "lib" / "quarkus-run.jar"),
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
    ]
