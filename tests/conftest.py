"""One Kafka and one PostgreSQL for the whole run; tests keep apart by topic prefix and database."""

import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from embedded.child_process import free_port
from embedded.front import front
from embedded.kafka import KafkaServer
from embedded.keycloak_part import keycloak_part
from embedded.parts import INTAKE, KAFKA, QUERY
from embedded.postgres import PostgresServer, forget_private_place
from embedded.realm import PASSWORD_POLICY
from embedded.stack import Stack

# How long an example takes says how busy the machine is.
settings.register_profile("liangdeng", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("liangdeng")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder for servers of this run, reachable for the unprivileged user that PostgreSQL runs as under root."""
    folder = Path(tempfile.mkdtemp(prefix="liangdeng-tests-"))
    folder.chmod(0o711)
    yield folder
    forget_private_place(folder / "postgres")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kafka(servers_folder: Path) -> Iterator[str]:
    """Bootstrap servers of a real Kafka: KAFKA_BOOTSTRAP_SERVERS, or one that is started for this run."""
    existing = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if existing:
        yield existing
        return
    server = KafkaServer(servers_folder / "kafka", say=_say)
    yield server.start()
    if server.process is not None:  # its folder goes with it, so it need not close some thousand partitions
        server.process.kill()
    server.stop()


@pytest.fixture
def topic_prefix() -> str:
    """A topic prefix of this test's own."""
    return f"t{uuid.uuid4().hex[:10]}-"


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[Callable[[], str]]:
    """A function returning the URL of a fresh, empty database, on DATABASE_URL's server or on one of this run."""
    existing = os.environ.get("DATABASE_URL")
    server = None if existing else PostgresServer(servers_folder / "postgres", say=_say)
    administration = existing or (server.start() if server else "")
    made: list[str] = []

    def fresh() -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        _administer(administration, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        made.append(name)
        return urlunsplit(urlsplit(administration)._replace(path=f"/{name}"))

    yield fresh
    if server:
        server.stop()
    else:
        for name in [known for one in made for known in (one, f"{one}_keycloak")]:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            _administer(administration, statement)


@pytest.fixture(scope="session")
def keycloak(servers_folder: Path, kafka: str, postgres: Callable[[], str]) -> Iterator[Stack]:
    """A real sign-in server with the realm, and query and intake behind the front over https; one for the whole run."""
    stack = Stack(
        servers_folder / "keycloak",
        parts=(QUERY, INTAKE, keycloak_part(PASSWORD_POLICY, {}), front()),
        servers=(KAFKA,),
        kafka=kafka,
        database_url=postgres(),
        origin=f"https://localhost:{free_port()}",
        env={"LIANGDENG_TOPIC_PREFIX": f"k{uuid.uuid4().hex[:10]}-"},
        say=_say,
    )
    with stack:
        yield stack


@pytest.fixture
def own_postgres(servers_folder: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL of one test's own, which it may stop."""
    folder = servers_folder / f"postgres-{uuid.uuid4().hex[:8]}"
    server = PostgresServer(folder, say=_say)
    server.start()
    yield server
    server.stop()
    forget_private_place(folder)


def _administer(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
