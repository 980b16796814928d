"""The whole house on one machine: every part its own process, ended with this one."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from subprocess import Popen
from types import TracebackType
from typing import Self

from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS
from embedded.child_process import LOOPBACK, free_port
from embedded.kafka import Kafka
from embedded.keeper import Ended, Keeper
from embedded.parts import DATABASE, EVERYTHING, FIRST, MODULES, SERVERS, own_settings, shared_settings
from embedded.postgres import Postgres
from embedded.service import Service
from embedded.state import StateFolder, home_from_environment
from embedded.trouble import SandboxTrouble, log_unreachable
from eventlog.log import provisioning
from eventlog.log.log import LogUnavailable

READY_SECONDS = 90
BOOTSTRAP_MILLISECONDS = 10_000


class Stack:
    """Starts, watches and ends the parts; `urls` and `env` say how to reach them.

    `parts` is a selection of `EVERYTHING`; `settings` adds environment variables per part, `env` for all of them;
    `ports` fixes a part's port (also the environment's <NAME>_PORT), the others are free ones.
    `kafka` and `database_url` (also KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL) name existing servers to be used instead.
    `clock` is the file of a driven clock. Without `restart` a part that ends is reported and stays down.
    """

    def __init__(
        self,
        home: Path | None = None,
        *,
        parts: Sequence[str] = EVERYTHING,
        ports: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
        settings: Mapping[str, Mapping[str, str]] | None = None,
        clock: Path | None = None,
        kafka: str | None = None,
        database_url: str | None = None,
        restart: bool = True,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.state = StateFolder(home or home_from_environment())
        self.env: dict[str, str] = {}
        self.urls: dict[str, str] = {}
        self._parts = tuple(name for name in EVERYTHING if name in parts)
        self._ports = dict(ports or {})
        self._extra = dict(env or {})
        self._settings = dict(settings or {})
        self.clock = clock
        self._kafka = kafka or os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
        self._database_url = database_url or os.environ.get("DATABASE_URL")
        self._say = say
        self._keeper = Keeper(say=say, restart=restart)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.state.path

    @property
    def ended(self) -> list[Ended]:
        """Ends that nobody asked for, oldest first."""
        return self._keeper.ended

    def start(self) -> Self:
        """Start everything, wait until it is ready. Raises `SandboxTrouble` saying what is wrong; then nothing runs."""
        self.state.take()
        try:
            names = [name for name in self._parts if name in MODULES]
            first = [name for name in names if name in FIRST]
            self.urls = {name: f"http://{LOOPBACK}:{self._port(name)}" for name in names}
            kafka = self._kafka or (f"{LOOPBACK}:{self._port('kafka')}" if "kafka" in self._parts else "")
            self.env = shared_settings(self.home, kafka=kafka, clock=self.clock) | self._extra
            self._add_all(first)
            self._launch_servers()
            self._prepare_servers()
            self._add_all([name for name in names if name not in first])
            self.wait_ready()
            self.state.tell_addresses(self.env)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End everything: the services together, then PostgreSQL and Kafka."""
        running = self._keeper.names()
        self._keeper.stop(*(name for name in running if name not in SERVERS))
        self._keeper.close()
        self.state.release()

    def add(self, name: str, module: str, *, env: Mapping[str, str] | None = None, wait: bool = True) -> str:
        """Start one more process of `module` (a second instance of a service, say); return its URL."""
        port = self._port(name)
        own = own_settings(module, self.home, self.urls, smtp_port=self._port("smtp"))
        own[f"{module.rpartition('.')[2].upper()}_PORT"] = str(port)
        told = {**self._extra, **self._settings.get(name, {}), **(env or {})}
        service = Service(
            module,
            port=port,
            env={**os.environ, **self._known_to(module), **own, **told},
            log=self.home / "logs" / f"{name}.log",
            keep_open=[self.state.lock],
        )
        self.urls[name] = service.url
        self._keeper.start(name, service)
        if wait:
            self.wait_ready(name)
        return service.url

    def process(self, name: str) -> Popen[bytes]:
        """Return the running process of a part. Raises `SandboxTrouble` while it is down."""
        process = self._keeper.part(name).process
        if process is None:
            raise SandboxTrouble(f"{name} 没有在运行。", f"{name} is not running.")
        return process

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self._keeper.part(name).log

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a part's process; if that ends it, it is reported and started again."""
        self.process(name).send_signal(number)

    def stop_part(self, name: str) -> None:
        """End one part for good (until `start_part`)."""
        self._keeper.stop(name)

    def start_part(self, name: str, *, wait: bool = True) -> None:
        """Start a part that was stopped, on its old port."""
        self._keeper.start(name)
        if wait:
            self.wait_ready(name)

    def wait_ready(self, *names: str, seconds: float = READY_SECONDS) -> None:
        """Return when the named parts (none: all) are ready. Raises `SandboxTrouble` with a log's end otherwise."""
        self._keeper.wait_ready(*(names or self._keeper.names()), seconds=seconds)

    def _add_all(self, names: Sequence[str]) -> None:
        for name in names:
            self.add(name, MODULES[name], wait=False)

    def _launch_servers(self) -> None:
        inherited = [self.state.lock]
        if self._database_url:
            self.env["DATABASE_URL"] = self._database_url
        elif "postgres" in self._parts:
            server = Postgres(self.home / "postgres", port=self._port("postgres"), say=self._say, keep_open=inherited)
            self._keeper.start("postgres", server)
            self.env["DATABASE_URL"] = server.url(DATABASE)
        if "kafka" in self._parts and not self._kafka:
            broker = Kafka(self.home / "kafka", port=self._port("kafka"), say=self._say, keep_open=inherited)
            self._keeper.start("kafka", broker)

    def _prepare_servers(self) -> None:
        self.wait_ready()
        for part in map(self._keeper.part, self._keeper.names()):
            if isinstance(part, Postgres):
                part.ensure_database(DATABASE)
        if "kafka" in self._parts:
            self._provision(self.env["KAFKA_BOOTSTRAP_SERVERS"])

    def _provision(self, kafka: str) -> None:
        wanted = provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=self.env["LIANGDENG_TOPIC_PREFIX"])
        try:
            provisioning.apply(kafka, wanted, bootstrap_timeout_ms=BOOTSTRAP_MILLISECONDS)
        except LogUnavailable as error:
            raise log_unreachable(kafka, error) from error
        except provisioning.TopicDrift as error:
            raise SandboxTrouble(f"{kafka} 上的主题不符合要求。", f"Topics at {kafka} are wrong: {error}") from error

    def _known_to(self, module: str) -> dict[str, str]:
        # Only query has a database.
        return {key: value for key, value in self.env.items() if key != "DATABASE_URL" or module == "services.query"}

    def _port(self, name: str) -> int:
        told = os.environ.get(f"{name.upper().replace('-', '_')}_PORT", "")
        return self._ports.setdefault(name, int(told) if told.isdigit() else free_port())
