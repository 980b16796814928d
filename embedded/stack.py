"""One server's processes: Kafka, PostgreSQL and the parts, started in order, watched, ended with this process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from subprocess import Popen
from typing import Self

from embedded.child_process import LOOPBACK
from embedded.kafka import KafkaServer, provide_topics
from embedded.machine_error import MachineError
from embedded.parts import (
    CONTROLLER,
    FRONT,
    KAFKA,
    POSTGRES,
    READY_SECONDS,
    SERVERS,
    Addresses,
    Launch,
    Part,
    needs,
    port_names,
    settings_of,
)
from embedded.ports import StackPorts, port_of
from embedded.postgres import PostgresServer
from embedded.state import StateFolder, home_from_environment
from embedded.supervisor import Supervisor, UnexpectedEnd

DATABASE = "liangdeng"
DATABASE_URL = "DATABASE_URL"


class Stack:
    """Starts, watches and ends what it is given; `urls` and `env` say how to reach it.

    `parts` are the processes to run, `servers` which of Kafka and PostgreSQL. `settings` adds environment variables
    per part, `env` for all of them; `ports` fixes ports by name (`StackPorts`), `origin` people's one address, where a
    part is the front. `kafka` and `database_url` (also KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL) name existing servers to
    be used instead. `clock` is the file of a driven clock. Without `restart` a part that ends is reported and stays
    down.
    """

    def __init__(
        self,
        home: Path | None = None,
        *,
        parts: Iterable[Part],
        servers: Iterable[str] = SERVERS,
        ports: Mapping[str, int] | None = None,
        origin: str = "",
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
        self.clock = clock
        self._parts = {part.name: part for part in parts}
        self._servers = tuple(servers)
        self._origin = origin
        self._ports = StackPorts({**(ports or {}), **({FRONT: port_of(origin)} if origin else {})})
        self._launches: dict[str, Launch] = {}
        self._extra = dict(env or {})
        self._settings = dict(settings or {})
        self._kafka = kafka or os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
        self._database_url = database_url or os.environ.get(DATABASE_URL)
        self._say = say
        self._supervisor = Supervisor(say=say, restart=restart, fatal=self.state.lost)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def home(self) -> Path:
        """The state folder."""
        return self.state.path

    @property
    def parts(self) -> Sequence[Part]:
        """The parts, as they were given, and those that were added."""
        return tuple(self._parts.values())

    @property
    def ended(self) -> list[UnexpectedEnd]:
        """Ends that nobody asked for, oldest first."""
        return self._supervisor.ended

    def start(self) -> Self:
        """Start everything, wait until it is ready. Raises `MachineError` saying what is wrong; then nothing runs."""
        self.state.take()
        try:
            told = {KAFKA: self._kafka, POSTGRES: self._database_url}
            self._ports.require_free(port_names(self.parts, (name for name in self._servers if not told[name])))
            self.urls = {part.name: self._url(part) for part in self.parts}
            self.env = self._shared_settings() | self._extra
            order = TopologicalSorter(needs(self.parts, self._servers))
            order.prepare()
            patience, starting = max(READY_SECONDS, *(part.patience for part in self.parts), 0), list[str]()
            while order.is_active():
                # A server's first launch takes seconds: what only has to be started is started before.
                for name in sorted(order.get_ready(), key=lambda name: name in SERVERS):
                    self._launch(name)
                    starting.append(name)
                ready = self._supervisor.wait_first(*starting, seconds=patience)
                self._prepare(ready)
                starting.remove(ready)
                order.done(ready)
            for_clients = [part.client_settings(self._addresses()) for part in self.parts]
            self.state.tell_addresses(self.env | dict(item for told in for_clients for item in told.items()))
        except BaseException:
            self.stop()
            raise
        return self

    def wait(self) -> None:
        """Wait for ever; return only when the state folder is gone, after that was told and everything was ended."""
        self._supervisor.wait()

    def stop(self) -> None:
        """End everything: the parts together, then PostgreSQL and Kafka."""
        self._supervisor.stop(*(name for name in self._supervisor.names() if name not in SERVERS))
        self._supervisor.close()
        self.state.release()

    def add(self, part: Part, *, env: Mapping[str, str] | None = None, wait: bool = True) -> str:
        """Start one more process; return its URL."""
        self._parts[part.name] = part
        self.urls[part.name] = self._url(part)
        self._add(part, env or {})
        if wait:
            self.wait_ready(part.name)
        return self.urls[part.name]

    def add_instance(self, name: str, of: str, *, env: Mapping[str, str] | None = None) -> str:
        """Start a second process like the part `of` under another name; return its URL."""
        return self.add(replace(self._parts[of], name=name), env=env)

    def ops_url(self, name: str) -> str:
        """Return where the operator asks a part: /metrics, /healthz, /readyz."""
        return f"http://{LOOPBACK}:{self._ports.of(f'{name}-ops' if self._parts[name].operated else name)}"

    def process(self, name: str) -> Popen[bytes]:
        """Return the running process of a part. Raises `MachineError` while it is down."""
        process = self._supervisor.child(name).process
        if process is None:
            raise MachineError(f"{name} 没有在运行。", f"{name} is not running.")
        return process

    def log(self, name: str) -> Path:
        """Return the log file of a part."""
        return self._supervisor.child(name).log

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a part's process; if that ends it, it is reported and started again."""
        self.process(name).send_signal(number)

    def stop_part(self, name: str) -> None:
        """End one part for good (until `start_part`)."""
        self._supervisor.stop(name)

    def start_part(self, name: str, *, wait: bool = True) -> None:
        """Start a part that was stopped, on its old port."""
        self._supervisor.start(name)
        if wait:
            self.wait_ready(name)

    def wait_ready(self, *names: str, seconds: float = READY_SECONDS) -> None:
        """Return when the named parts (none: all) are ready. Raises `MachineError` with a log's end otherwise."""
        self._supervisor.wait_ready(*(names or self._supervisor.names()), seconds=seconds)

    def _shared_settings(self) -> dict[str, str]:
        """What every service reads, and any client that wants to reach the same log."""
        kafka = self._kafka or (f"{LOOPBACK}:{self._ports.of(KAFKA)}" if KAFKA in self._servers else "")
        return {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "LIANGDENG_HOME": str(self.home),
            "LIANGDENG_LOG": os.environ.get("LIANGDENG_LOG", "1"),
            "LIANGDENG_TOPIC_PREFIX": os.environ.get("LIANGDENG_TOPIC_PREFIX", ""),
            "LIANGDENG_CLOCK": str(self.clock or ""),
            **({DATABASE_URL: self._database_url} if self._database_url else {}),
        }

    def _launch(self, name: str) -> None:
        inherited = [self.state.lock]
        if name == POSTGRES and not self._database_url:
            server = PostgresServer(self.home / name, port=self._ports.of(name), say=self._say, keep_open=inherited)
            self._supervisor.start(name, server)
            self.env[DATABASE_URL] = server.url(DATABASE)
        elif name == KAFKA and not self._kafka:
            ports = {"port": self._ports.of(name), "controller_port": self._ports.of(CONTROLLER)}
            broker = KafkaServer(self.home / name, **ports, say=self._say, keep_open=inherited)
            self._supervisor.start(name, broker)
        elif name in self._parts:
            self._add(self._parts[name], {})

    def _prepare(self, name: str) -> None:
        if name == KAFKA:
            provide_topics(self.env["KAFKA_BOOTSTRAP_SERVERS"], self.env["LIANGDENG_TOPIC_PREFIX"])
        elif name == POSTGRES and not self._database_url:
            server = self._supervisor.child(name)
            assert isinstance(server, PostgresServer)
            server.ensure_database(DATABASE)
        elif name in self._launches:
            self._parts[name].prepare(self._launches[name])

    def _add(self, part: Part, env: Mapping[str, str]) -> None:
        at = self._addresses()
        told = {**os.environ, **self.env}
        if POSTGRES not in part.needs:
            told.pop(DATABASE_URL, None)
        # The port goes before the surroundings' own <PREFIX>_PORT, and is fixed by `ports` alone.
        for own in ("PORT", "OPS_PORT"):
            told.pop(f"{part.prefix}_{own}", None)
        told |= settings_of(part, self.parts, at) | self._extra | {**self._settings.get(part.name, {}), **env}
        launch = Launch(
            part=part,
            at=at,
            port=self._ports.of(part.name) if part.public else 0,
            ops_port=self._ports.of(f"{part.name}-ops") if part.operated else 0,
            env=told,
            keep_open=[self.state.lock],
            say=self._say,
        )
        self._launches[part.name] = launch
        self._supervisor.start(part.name, part.process(launch))

    def _addresses(self) -> Addresses:
        ports = {port: self._ports.of(port) for part in self.parts for port in part.more_ports}
        routes = {path: self._ports.of(part.name) for part in self.parts for path in part.paths}
        return Addresses(self.home, self.urls, ports, routes)

    def _url(self, part: Part) -> str:
        if part.name == FRONT and self._origin:
            return self._origin
        return f"http://{LOOPBACK}:{self._ports.of(part.name)}" if part.public else self.ops_url(part.name)
