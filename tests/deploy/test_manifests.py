"""The Kubernetes manifests render, and what renders is valid and safe. They are not run here."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parents[2]
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"
CNPG = "github.com/cloudnative-pg/cloudnative-pg@v1.27.0"
CUSTOM = {"kafka.strimzi.io/v1", "postgresql.cnpg.io/v1"}
OPERATOR = (ROOT / "deploy/k8s/README.md").read_text()
"""What an operator is asked to provide, secrets and their keys among it."""
SERVICES = {"intake", "rating", "notify", "query"}


@pytest.fixture(scope="session")
def kustomize(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Path of kustomize; in CI it is built from its Go module, elsewhere its absence skips these tests."""
    found = shutil.which("kustomize")
    if found:
        return found
    if not os.environ.get("CI") or not shutil.which("go"):
        pytest.skip("needs kustomize (in CI it is built with go; here neither kustomize nor CI=true with go)")
    folder = tmp_path_factory.mktemp("kustomize")
    environment = {**os.environ, "GOBIN": str(folder)}
    subprocess.run(["go", "install", KUSTOMIZE], check=True, env=environment, timeout=500)
    return str(folder / "kustomize")


@pytest.fixture(scope="session")
def rendered(kustomize: str) -> list[dict[str, Any]]:
    """Every resource of the overlay for one district."""
    overlay = ROOT / "deploy/k8s/overlays/district"
    told = subprocess.run([kustomize, "build", str(overlay)], check=True, capture_output=True, text=True)
    return list(yaml.safe_load_all(told.stdout))


def of_kind(resources: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {resource["metadata"]["name"]: resource for resource in resources if resource["kind"] == kind}


@pytest.mark.timeout(600)
def test_every_resource_of_a_core_kind_is_valid(rendered: list[dict[str, Any]]) -> None:
    checked = 0
    for resource in rendered:
        if resource["apiVersion"] not in CUSTOM:
            kubernetes_validate.validate(resource, "1.31", strict=True)
            checked += 1
    assert checked >= 16


@pytest.fixture(scope="session")
def cluster_schema() -> dict[str, Any]:
    """CloudNativePG's own schema of `Cluster`, from its Go module (checked by Go's checksums), made strict."""
    if not os.environ.get("CI") or not shutil.which("go"):
        pytest.skip("needs CloudNativePG's schema (in CI it comes with its Go module; here neither CI=true nor go)")
    told = subprocess.run(
        ["go", "mod", "download", "-json", CNPG], check=True, capture_output=True, text=True, timeout=500
    )
    path = Path(json.loads(told.stdout)["Dir"]) / "config/crd/bases/postgresql.cnpg.io_clusters.yaml"
    (version,) = [one for one in yaml.safe_load(path.read_text())["spec"]["versions"] if one["name"] == "v1"]
    strict: dict[str, Any] = make_strict(version["schema"]["openAPIV3Schema"])
    return strict


def make_strict(node: Any) -> Any:
    """The schema with unknown fields refused, as the API server's strict validation does."""
    if isinstance(node, list):
        return [make_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: make_strict(value) for key, value in node.items()}
    closed = "properties" in node and node.get("type") == "object" and "additionalProperties" not in node
    if closed and not node.get("x-kubernetes-preserve-unknown-fields") and "metadata" not in node["properties"]:
        made["additionalProperties"] = False
    return made


@pytest.mark.timeout(600)
def test_the_database_cluster_is_valid_by_its_own_schema(
    rendered: list[dict[str, Any]], cluster_schema: dict[str, Any]
) -> None:
    (cluster,) = of_kind(rendered, "Cluster").values()
    jsonschema.validate(cluster, cluster_schema)
    cluster["spec"]["instance"] = 2
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cluster, cluster_schema)
    del cluster["spec"]["instance"]


def test_a_misspelt_field_is_found(rendered: list[dict[str, Any]]) -> None:
    deployment = yaml.safe_load(yaml.safe_dump(of_kind(rendered, "Deployment")["rating"]))
    deployment["spec"]["replica"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.31", strict=True)


def test_the_four_services_run_without_root_and_answer_probes(rendered: list[dict[str, Any]]) -> None:
    deployments = of_kind(rendered, "Deployment")
    assert set(deployments) == SERVICES
    for name, deployment in deployments.items():
        pod = deployment["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert container["securityContext"]["readOnlyRootFilesystem"], name
        assert container["args"] == ["python", "-m", f"services.{name}"]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"


def known(settings: type[BaseSettings]) -> set[str]:
    """The environment variables that a service's settings read."""
    prefix = settings.model_config["env_prefix"]
    return {str(field.validation_alias or prefix + name).upper() for name, field in settings.model_fields.items()}


def required(settings: type[BaseSettings]) -> set[str]:
    """Those of them without which the service does not start."""
    prefix = settings.model_config["env_prefix"]
    fields = settings.model_fields.items()
    return {str(field.validation_alias or prefix + name).upper() for name, field in fields if field.is_required()}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_told_what_it_requires_and_nothing_that_it_does_not_know(
    name: str, rendered: list[dict[str, Any]]
) -> None:
    (settings,) = (
        found
        for found in vars(importlib.import_module(f"services.{name}.settings")).values()
        if isinstance(found, type)
        and issubclass(found, BaseSettings)
        and found.__module__ == f"services.{name}.settings"
    )
    shared = next(one for title, one in of_kind(rendered, "ConfigMap").items() if title.startswith("liangdeng"))["data"]
    container = of_kind(rendered, "Deployment")[name]["spec"]["template"]["spec"]["containers"][0]
    own = {entry["name"] for entry in container["env"]}
    composed = set(yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][name]["environment"])
    everywhere = {"KAFKA_BOOTSTRAP_SERVERS", "LIANGDENG_LOG", "LIANGDENG_JWKS", "LIANGDENG_ISSUER", "LIANGDENG_ORIGIN"}
    everywhere |= {"LIANGDENG_CLAIMS", "LIANGDENG_HOSTS", "LIANGDENG_PROXIES"}
    assert own <= known(settings), own - known(settings)
    assert composed - everywhere <= known(settings), composed - known(settings)
    secrets = [entry["secretRef"]["name"] for entry in container["envFrom"] if "secretRef" in entry]
    asked_for = [line for line in OPERATOR.splitlines() if any(f"`{secret}`" in line for secret in secrets)]
    provided = set(re.findall(r"`([A-Z_]+)`", "".join(asked_for)))
    assert provided <= known(settings)
    assert required(settings) <= own | set(shared) | provided
    assert required(settings) <= composed


def test_the_log_is_replicated_and_never_elects_an_unclean_leader(rendered: list[dict[str, Any]]) -> None:
    (kafka,) = of_kind(rendered, "Kafka").values()
    (pool,) = of_kind(rendered, "KafkaNodePool").values()
    config = kafka["spec"]["kafka"]["config"]
    assert pool["spec"]["replicas"] >= 3
    assert config["default.replication.factor"] == 3
    assert config["min.insync.replicas"] == 2
    assert config["unclean.leader.election.enable"] == "false"
    assert config["auto.create.topics.enable"] == "false"


def test_people_come_by_one_host_and_the_operators_doors_have_no_way_in(rendered: list[dict[str, Any]]) -> None:
    (ingress,) = of_kind(rendered, "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    assert ingress["spec"]["tls"] == [{"hosts": [rule["host"]], "secretName": "liangdeng-tls"}]
    paths = {one["path"]: one["backend"]["service"] for one in rule["http"]["paths"]}
    assert paths == {
        "/intake": {"name": "intake", "port": {"name": "http"}},
        "/": {"name": "query", "port": {"name": "http"}},
    }
    policies = of_kind(rendered, "NetworkPolicy")
    opened = {name: policies[name]["spec"]["ingress"][0]["ports"] for name in ("people", "operator")}
    assert opened == {"people": [{"port": "http"}], "operator": [{"port": "ops"}]}
    (operated,) = policies["operator"]["spec"]["podSelector"]["matchExpressions"]
    assert set(operated["values"]) == SERVICES


def test_no_secret_lies_in_the_manifests(rendered: list[dict[str, Any]]) -> None:
    assert of_kind(rendered, "Secret") == {}
    query = of_kind(rendered, "Deployment")["query"]["spec"]["template"]["spec"]["containers"][0]
    (url,) = [entry for entry in query["env"] if entry["name"] == "DATABASE_URL"]
    assert "secretKeyRef" in url["valueFrom"]


def test_compose_starts_every_service_after_the_topics_are_there() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(services) >= SERVICES
    for name in SERVICES:
        assert services[name]["command"] == ["python", "-m", f"services.{name}"]
        assert services[name]["depends_on"]["topics"]["condition"] == "service_completed_successfully"
