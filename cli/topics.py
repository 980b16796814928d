"""`liangdeng topics`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import typer

from cli.output import print_json
from cli.servers import reach
from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS
from embedded.machine_error import log_unreachable
from eventlog.log import provisioning
from eventlog.log.log import LogUnavailable

PATIENCE = {"bootstrap_timeout_ms": 10_000}


def apply(*, as_json: bool, replication_factor: int) -> int:
    """Create what is missing, set what differs; 1 when something cannot be put right."""
    with reach("kafka") as env, answered(env):
        try:
            done = provisioning.apply(env["KAFKA_BOOTSTRAP_SERVERS"], _wanted(env, replication_factor), **PATIENCE)
        except provisioning.TopicDrift as drift:
            return _tell(drift.findings, as_json=as_json, code=1)
    return _tell(done, as_json=as_json, code=0)


def check(*, as_json: bool, replication_factor: int) -> int:
    """Tell every difference; 1 when there is one."""
    with reach("kafka") as env, answered(env):
        findings = provisioning.check(env["KAFKA_BOOTSTRAP_SERVERS"], _wanted(env, replication_factor), **PATIENCE)
    return _tell(findings, as_json=as_json, code=1 if findings else 0)


@contextmanager
def answered(env: Mapping[str, str]) -> Iterator[None]:
    """Within, a broker that does not answer is a `MachineError`."""
    try:
        yield
    except LogUnavailable as error:
        raise log_unreachable(env["KAFKA_BOOTSTRAP_SERVERS"], error) from error


def _wanted(env: Mapping[str, str], replication_factor: int) -> list[provisioning.TopicSpec]:
    prefix = env.get("LIANGDENG_TOPIC_PREFIX", "")
    return provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=prefix, replication_factor=replication_factor)


def _tell(sentences: list[str], *, as_json: bool, code: int) -> int:
    if as_json:
        print_json({"exit_code": code, "sentences": sentences})
    else:
        typer.echo("\n".join(sentences) or "主题符合契约 · the topics are as the contract says")
    return code
