"""What a part of the stack is: a process that is told where the others are; and the services' own parts.

A stack takes its parts as an argument. To add one, describe it as a `Part` and put it beside the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from embedded.secret_files import secret
from embedded.service_process import ServiceProcess
from embedded.supervisor import Child

KAFKA: Final = "kafka"
CONTROLLER: Final = "kafka-controller"
"""Kafka's second port."""
POSTGRES: Final = "postgres"
POSITION_KEY: Final = "QUERY_POSITION_KEY"
FRONT: Final = "front"
READY_SECONDS: Final = 90
SERVERS: Final = (KAFKA, POSTGRES)
"""What comes along beside the parts; a stack runs them unless it is told existing ones."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything of one stack is: its state folder, each part's URL, and further ports by name.

    `routes` are the ports behind the paths of people's one address.
    """

    home: Path
    urls: Mapping[str, str]
    ports: Mapping[str, int]
    routes: Mapping[str, int] = field(default_factory=dict)

    def url(self, part: str) -> str:
        """The URL of a part, without a slash at the end; empty where this stack has no such part."""
        return self.urls.get(part, "")

    @property
    def origin(self) -> str:
        """People's one address: that of the front, where this stack has one."""
        return self.url(FRONT) or self.url("query")


Environment = Callable[[Addresses], Mapping[str, str]]
"""Environment variables that follow from where everything is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What a part's process is made from; it inherits the file descriptors in `keep_open`, the state folder's lock."""

    part: Part
    at: Addresses
    port: int
    ops_port: int
    env: Mapping[str, str]
    keep_open: Sequence[int]
    say: Callable[[str], None]

    @property
    def log(self) -> Path:
        """Its log file."""
        return self.at.home / "logs" / f"{self.part.name}.log"


def python_module(launch: Launch) -> Child:
    """`python -m <module>`, told its ports as `<PREFIX>_PORT` and `<PREFIX>_OPS_PORT`, ready when /readyz says 200."""
    part, env = launch.part, dict(launch.env)
    if part.public:
        env[f"{part.prefix}_PORT"] = str(launch.port)
    if part.operated:
        env[f"{part.prefix}_OPS_PORT"] = str(launch.ops_port)
    port = launch.ops_port if part.operated else launch.port
    return ServiceProcess(part.module, port=port, env=env, log=launch.log, keep_open=launch.keep_open)


def _nothing(_: Addresses) -> Mapping[str, str]:
    return {}


def _as_it_is(_: Launch) -> None:
    return


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of process that answers by HTTP: a Python module, or what `process` makes."""

    name: str
    module: str
    """What is run, and by what other parts know its kind."""
    process: Callable[[Launch], Child] = python_module
    about: str = ""
    """What a person can open there, in Chinese and English; empty where a browser has nothing to show."""
    opened: str = ""
    """Where that is, below people's one address where the part has a place there, else below its URL."""
    public: bool = True
    """Whether people and programs have a door of it; without one its URL is the operator's."""
    operated: bool = False
    """Whether the operator has a port of their own, where /readyz is."""
    needs: tuple[str, ...] = ()
    """Servers and parts that must be ready before it starts, where the stack has them.

    Only a part that needs PostgreSQL is told DATABASE_URL.
    """
    more_ports: tuple[str, ...] = ()
    """Names of ports that it listens on beside the one for HTTP."""
    settings: Environment = _nothing
    """Its own environment."""
    tells: Mapping[str, Environment] = field(default_factory=dict)
    """By module: what other parts are told because this one is there."""
    awaited: bool = True
    """Whether those whom it tells something start only when it is ready."""
    client_settings: Environment = _nothing
    """What a client of the running stack is told of it, such as the command line."""
    paths: tuple[str, ...] = ()
    """Where people find it below their one address, in a stack with a front."""
    prepare: Callable[[Launch], None] = _as_it_is
    """What is done once it is ready, before the others start."""
    patience: float = READY_SECONDS
    """How many seconds its start may take."""

    @property
    def prefix(self) -> str:
        """What the names of its own settings begin with: RATING for `services.rating`."""
        return self.module.rpartition(".")[2].upper()


def needs(parts: Sequence[Part], servers: Iterable[str]) -> dict[str, set[str]]:
    """By name: the servers and parts that must be ready before it starts, of those that are there."""
    found: dict[str, set[str]] = {name: set() for name in (*servers, *(part.name for part in parts))}
    for part in parts:
        tellers = {other.name for other in parts if other.awaited and part.module in other.tells}
        found[part.name] = {name for name in part.needs if name in found} | tellers
        if part.name == FRONT:
            found[part.name] |= {other.name for other in parts if other.paths}
    return found


def port_names(parts: Iterable[Part], servers: Iterable[str]) -> list[str]:
    """Names of the ports that these listen on, such as `query`, `query-ops`, `kafka`."""
    names = [name for part in parts for name in (part.name, f"{part.name}-ops", *part.more_ports)]
    return names + [name for server in servers for name in ((server, CONTROLLER) if server == KAFKA else (server,))]


def settings_of(part: Part, parts: Iterable[Part], at: Addresses) -> dict[str, str]:
    """A part's environment: its own settings, and what the others tell it."""
    told = dict(part.settings(at))
    for other in parts:
        if part.module in other.tells:
            told |= other.tells[part.module](at)
    return told


QUERY: Final = Part(
    name="query",
    module="services.query",
    operated=True,
    about="查询 API 的文档 · documents of the API for reading",
    opened="/docs",
    needs=(KAFKA, POSTGRES),
    paths=("/",),
    settings=lambda at: {POSITION_KEY: secret(at.home, "position-key")},
)
INTAKE: Final = Part(
    name="intake",
    module="services.intake",
    operated=True,
    about="报送 API 的文档 · documents of the API for filing",
    opened="/intake/docs",
    needs=(KAFKA, POSTGRES),
    paths=("/intake",),
    settings=lambda at: {
        "INTAKE_EVIDENCE_FOLDER": str(at.home / "evidence"),
        POSITION_KEY: secret(at.home, "position-key"),
        "INTAKE_RECEIPT_KEY": secret(at.home, "receipt-key"),
    },
)
RATING: Final = Part(
    name="rating",
    module="services.rating",
    public=False,
    operated=True,
    needs=(KAFKA,),
    settings=lambda at: {"RATING_QUARANTINE": str(at.home / "quarantine")},
)
NOTIFY: Final = Part(
    name="notify",
    module="services.notify",
    public=False,
    operated=True,
    # PostgreSQL for the directory alone; once it was read, notify goes on without.
    needs=(KAFKA, POSTGRES),
    # One machine has one clock.
    settings=lambda _: {"NOTIFY_SKEW": "1"},
)
SERVICES: Final = (QUERY, INTAKE, RATING, NOTIFY)
"""What every stack runs. Who signs people in and who takes mails, their environment says or a part that `tells` it."""
