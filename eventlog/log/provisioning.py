"""Topics as data: create what is missing, set what differs, tell drift; services refuse to start on it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError as ClientError
from kafka.errors import TopicAlreadyExistsError

from eventlog.log.log import LogUnavailable

KNOCK_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """What a topic (named as on the broker) must be like."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)
    replication_factor: int = 1
    """Used when the topic is created; a topic that has more replicas has not drifted."""


class TopicDrift(Exception):
    """The topics on the broker are not what they must be; `findings` says how, one sentence each."""

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = list(findings)


def specs(
    names: Sequence[str],
    partitions: int,
    config: Mapping[str, str],
    *,
    prefix: str = "",
    replication_factor: int = 1,
    min_insync_replicas: int | None = None,
) -> list[TopicSpec]:
    """Specs of topics that share everything but their names."""
    wanted = dict(config)
    if min_insync_replicas is not None:
        wanted["min.insync.replicas"] = str(min_insync_replicas)
    return [
        TopicSpec(name=prefix + name, partitions=partitions, config=wanted, replication_factor=replication_factor)
        for name in names
    ]


def apply(bootstrap_servers: str, wanted: Sequence[TopicSpec], **options: Any) -> list[str]:
    """Create missing topics and set differing values; returns what was done, a sentence each.

    Raises:
        TopicDrift: what cannot be put right: another number of partitions, too few replicas.
        LogUnavailable: the broker does not answer.
    """
    with _admin(bootstrap_servers, options) as admin:
        done = []
        for spec in [spec for spec in wanted if spec.name not in _described(admin, wanted)]:
            done.extend(_create(admin, spec))
        for name, values in _differing(admin, wanted).items():
            changes = {key: expected for key, (expected, _) in values.items()}
            answers = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, changes)])
            if answers["topic"][name] != "OK":
                raise TopicDrift([f"{name}: {changes} refused: {answers['topic'][name]}"])
            done.extend(f"{name}: {key} {found} -> {expected}" for key, (expected, found) in values.items())
        if findings := _findings(admin, wanted):
            raise TopicDrift(findings)
        return done


def check(bootstrap_servers: str, wanted: Sequence[TopicSpec], **options: Any) -> list[str]:
    """Everything in which the broker's topics differ, a sentence each; changes nothing. Raises LogUnavailable."""
    with _admin(bootstrap_servers, options) as admin:
        return _findings(admin, wanted)


async def require(bootstrap_servers: str, wanted: Sequence[TopicSpec], **options: Any) -> None:
    """Refuse to start on drift, without blocking the loop. Raises TopicDrift, LogUnavailable."""
    findings = await asyncio.to_thread(check, bootstrap_servers, wanted, **options)
    if findings:
        raise TopicDrift(findings)


@contextlib.contextmanager
def _admin(bootstrap_servers: str, options: Mapping[str, Any]) -> Iterator[KafkaAdminClient]:
    try:
        # The client leaves its socket open when nobody answers its first call.
        _knock(bootstrap_servers)
        admin = KafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="liangdeng-topics", **options)
        try:
            yield admin
        finally:
            admin.close()
    except (ClientError, OSError) as error:
        raise LogUnavailable(f"{bootstrap_servers}: {error!r}") from error


def _knock(bootstrap_servers: str) -> None:
    refused: OSError | None = None
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_SECONDS).close()
        except OSError as error:
            refused = error
        else:
            return
    raise refused or OSError("no server was named")


def _described(admin: KafkaAdminClient, wanted: Sequence[TopicSpec]) -> dict[str, list[dict[str, Any]]]:
    topics = admin.describe_topics([spec.name for spec in wanted])
    return {topic["name"]: topic["partitions"] for topic in topics if topic["error_code"] == 0}


def _create(admin: KafkaAdminClient, spec: TopicSpec) -> list[str]:
    options = {
        "num_partitions": spec.partitions,
        "replication_factor": spec.replication_factor,
        "configs": dict(spec.config),
    }
    try:
        admin.create_topics({spec.name: options})
    except TopicAlreadyExistsError:
        return []
    finally:
        admin.wait_for_topics([spec.name])
    return [f"{spec.name}: created with {spec.partitions} partitions"]


def _differing(admin: KafkaAdminClient, wanted: Sequence[TopicSpec]) -> dict[str, dict[str, tuple[str, str | None]]]:
    """Per topic and key: (expected, found)."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, spec.name) for spec in wanted]
    found = admin.describe_configs(resources, config_filter="all").get("topic", {}) if resources else {}
    differing = {}
    for spec in wanted:
        values = {key: entry["value"] for key, entry in found.get(spec.name, {}).items()}
        wrong = {key: (want, values.get(key)) for key, want in spec.config.items() if values.get(key) != want}
        if wrong:
            differing[spec.name] = wrong
    return differing


def _findings(admin: KafkaAdminClient, wanted: Sequence[TopicSpec]) -> list[str]:
    described = _described(admin, wanted)
    there = [spec for spec in wanted if spec.name in described]
    findings = [f"{spec.name}: does not exist" for spec in wanted if spec.name not in described]
    for spec in there:
        partitions = described[spec.name]
        if len(partitions) != spec.partitions:
            findings.append(f"{spec.name}: {len(partitions)} partitions, must be {spec.partitions}")
        replicas = min((len(partition["replica_nodes"]) for partition in partitions), default=0)
        if replicas < spec.replication_factor:
            findings.append(f"{spec.name}: {replicas} replicas, must be {spec.replication_factor}")
    for name, values in _differing(admin, there).items():
        findings.extend(f"{name}: {key} is {found}, must be {want}" for key, (want, found) in values.items())
    return findings
