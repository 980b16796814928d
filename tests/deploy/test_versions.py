"""Versions of servers and the services' ports stand in one place; compose, Kubernetes and the locks name the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded.front import PRIVATE
from embedded.jars import read_lock
from embedded.keycloak import LOCK as KEYCLOAK_LOCK
from embedded.versions import CADDY, KAFKA, KAFKA_BY_STRIMZI, KEYCLOAK, POSTGRES, STRIMZI
from web.ports import OPS_PORTS, PORTS

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy/k8s/base"
OPERATOR = (ROOT / "deploy/k8s/README.md").read_text(encoding="utf-8")
COMPOSED = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]


CADDYFILE = (ROOT / "deploy/compose/Caddyfile").read_text(encoding="utf-8")


def resource(file: str, kind: str) -> dict[str, Any]:
    (found,) = (one for one in yaml.safe_load_all((BASE / file).read_text(encoding="utf-8")) if one["kind"] == kind)
    return dict(found)


def test_kafka_is_one_version_in_the_lock_of_the_jars_and_in_compose() -> None:
    assert {jar.version for jar in read_lock() if jar.group == "org.apache.kafka"} == {KAFKA}
    assert COMPOSED["kafka"]["image"] == f"apache/kafka:{KAFKA}"


def test_kafka_on_kubernetes_is_the_newest_that_its_operator_runs() -> None:
    assert resource("kafka.yaml", "Kafka")["spec"]["kafka"]["version"] == KAFKA_BY_STRIMZI
    assert f"Strimzi ≥ {STRIMZI}," in OPERATOR
    assert f"(Kafka {KAFKA_BY_STRIMZI})" in OPERATOR


def test_postgres_is_one_major_version_everywhere() -> None:
    assert COMPOSED["postgres"]["image"] == f"postgres:{POSTGRES}"
    catalog = resource("postgres.yaml", "Cluster")["spec"]["imageCatalogRef"]
    assert catalog["major"] == POSTGRES
    assert re.search(rf"\| `{catalog['name']}` \| {catalog['kind']} \| .*`major: {POSTGRES}`", OPERATOR)


def test_the_sign_in_server_and_the_front_are_one_version_in_the_locks_and_in_compose() -> None:
    assert [jar.version for jar in read_lock(KEYCLOAK_LOCK)] == [KEYCLOAK]
    assert COMPOSED["keycloak"]["image"].endswith(f"/keycloak:{KEYCLOAK}")
    assert f"\ncaddy-bin=={CADDY} " in (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert COMPOSED["front"]["image"] == f"caddy:{CADDY}"


def test_compose_publishes_the_front_alone_and_no_secret_has_a_default() -> None:
    assert [name for name, one in COMPOSED.items() if "ports" in one] == ["front"]
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    told = re.findall(r"\$\{([A-Z_]*(?:SECRET|PASSWORD))(:?[-?])", text)
    assert {name for name, kind in told if kind != ":?"} == {"SMTP_PASSWORD"}
    assert {"KEYCLOAK_ADMIN_CLIENT_SECRET", "POSTGRES_PASSWORD"} <= {name for name, _ in told}


def test_the_front_of_compose_keeps_back_what_the_front_of_one_machine_does() -> None:
    assert f"path {' '.join(PRIVATE)}\n" in CADDYFILE
    assert "/identity/realms/liangdeng/*" in CADDYFILE
    assert "/identity/*" not in CADDYFILE


@pytest.mark.parametrize(("service", "port"), OPS_PORTS.items())
def test_the_operator_finds_a_service_at_its_port_which_nothing_publishes(service: str, port: int) -> None:
    composed = COMPOSED[service]
    assert composed["environment"][f"{service.upper()}_OPS_PORT"] == str(port)
    assert not any(str(port) in published for published in composed.get("ports", []))
    pod = resource(f"{service}.yaml", "Deployment")["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert {"name": f"{service.upper()}_OPS_PORT", "value": str(port)} in container["env"]
    assert {"name": "ops", "containerPort": port} in container["ports"]
    assert pod["metadata"]["annotations"]["prometheus.io/port"] == str(port)
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] == "ops"
    services = [one for one in yaml.safe_load_all((BASE / f"{service}.yaml").read_text()) if one["kind"] == "Service"]
    assert [one["spec"]["ports"] for one in services] == (
        [[{"name": "http", "port": 80, "targetPort": "http"}]] if service in PORTS else []
    )


@pytest.mark.parametrize(("service", "port"), PORTS.items())
def test_people_and_programs_find_a_service_at_its_port(service: str, port: int) -> None:
    composed = COMPOSED[service]
    assert composed["environment"][f"{service.upper()}_PORT"] == str(port)
    assert "ports" not in composed, "people come by the front alone"
    assert f"reverse_proxy {service}:{port}" in CADDYFILE
    (container,) = resource(f"{service}.yaml", "Deployment")["spec"]["template"]["spec"]["containers"]
    assert {"name": f"{service.upper()}_PORT", "value": str(port)} in container["env"]
    assert {"name": "http", "containerPort": port} in container["ports"]


def test_no_two_doors_share_a_port() -> None:
    assert len({*PORTS.values(), *OPS_PORTS.values()}) == len(PORTS) + len(OPS_PORTS)
