"""What an image holds: the services and the command line, nothing that pretends, and every command works with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from cli.output import errors_reported
from embedded.child_process import free_port

PROJECT = Path(__file__).resolve().parents[2]
DESCRIBED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGES = set(DESCRIBED["uv"]["build-backend"]["module-name"])
FOR_DEVELOPERS = {"sandbox", "bench"}
COMMAND = "from cli.main import main; main()"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installed wheel; the build backend comes with uv, so no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--offline", "-q", "-o", folder, PROJECT], check=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run code with nothing but the wheel and what it depends on."""
    script = Path(__file__).with_name("installed_only.py")

    def run(code: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        own = ("LIANGDENG_", "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")
        around = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        around |= {"LIANGDENG_HOME": str(tmp_path / "home"), **env}
        command = [sys.executable, str(script), str(installed), code, *arguments]
        return subprocess.run(command, cwd=tmp_path, env=around, capture_output=True, check=False, text=True)

    return run


Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_wheel_holds_every_package_but_those_for_developers(installed: Path) -> None:
    found = {path.name for path in installed.iterdir() if path.is_dir() and not path.name.endswith(".dist-info")}
    assert found == PACKAGES == set(DESCRIBED["importlinter"]["root_packages"]) - FOR_DEVELOPERS


def test_the_image_is_built_of_the_packages_of_the_wheel_alone() -> None:
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1:] for line in lines if line.startswith("COPY ") and "--from" not in line]
    sources = {source for *names, _ in copied for source in names}
    assert sources == PACKAGES | {"requirements.lock", "pyproject.toml", "README.md"}


def test_the_image_holds_compiled_code_since_it_writes_none() -> None:
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    assert "PYTHONDONTWRITEBYTECODE=1" in text
    assert text.count("uv pip install --compile-bytecode ") == text.count("uv pip install ") == 2


@pytest.mark.parametrize("hidden", ["sandbox.parts", "bench.figures", "tests.conftest", "jgo", "aiosmtpd", "pytest"])
def test_what_the_image_lacks_is_hidden_here(run: Run, hidden: str) -> None:
    done = run(f"import {hidden}")
    assert f"No module named '{hidden.split('.', maxsplit=1)[0]}" in done.stderr, done.stderr


@pytest.mark.parametrize("service", ["intake", "rating", "notify", "query", "audit"])
def test_every_service_can_be_imported(run: Run, service: str) -> None:
    done = run(f"import services.{service}.__main__")
    assert (done.returncode, done.stderr) == (0, "")


def test_help_and_what_needs_no_log_work(run: Run, tmp_path: Path) -> None:
    assert "亮灯" in run(COMMAND, "--help").stdout
    book = PROJECT / "programmes/scenarios.yaml"
    assert re.fullmatch(r"\d+ passed, 0 failed\n", run(COMMAND, "scenarios", str(book)).stdout)
    for file in ("shili-2024.yaml", "calendar-2024.yaml"):
        shutil.copy(PROJECT / "programmes" / file, tmp_path)
    composed = run(COMMAND, "programme", "compose", str(tmp_path / "shili-2024.yaml"))
    assert (composed.returncode, "holidays:" in composed.stdout) == (0, True), composed.stderr
    (tmp_path / "none.jsonl").touch()
    compare = ("policy", "compare", "yuancheng-2024", "ouhai-like", "--programme", "1-2024", "--from", "none.jsonl")
    compared = run(COMMAND, *compare)
    assert (compared.returncode, "无法比较" in compared.stderr) == (2, True), compared.stderr


@pytest.mark.services
def test_what_reads_the_log_works(run: Run, kafka: str, topic_prefix: str, postgres: Callable[[], str]) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "LIANGDENG_TOPIC_PREFIX": topic_prefix, "DATABASE_URL": postgres()}
    applied = run(COMMAND, "topics", "apply", **env)
    assert applied.returncode == 0, applied.stderr
    replayed = run(COMMAND, "audit", "replay", "--json", "--wait", "0", **env)
    assert json.loads(replayed.stdout)["verdict"] == "proved", replayed.stderr
    derived = run(COMMAND, "audit", "evaluation", "441602-2024", **env)
    assert (derived.returncode, "Traceback" in derived.stderr) == (2, False), derived.stderr
    rebuilt = run(COMMAND, "rebuild", "--json", **env)
    assert rebuilt.returncode == 0, rebuilt.stderr


@pytest.mark.parametrize(
    "command",
    ["up", "demo", "topics check"],
)
def test_what_needs_servers_that_come_along_says_that_the_image_has_none(run: Run, command: str) -> None:
    done = run(COMMAND, *command.split())
    assert done.returncode == 2
    assert "liangdeng[embedded]" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_needs_the_sandbox_says_that_the_image_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, errors_reported():
        raise ModuleNotFoundError(name="sandbox.parts")
    assert ended.value.code == 2
    assert "come with the source only" in capsys.readouterr().err


def test_a_log_that_cannot_be_reached_is_named(run: Run) -> None:
    done = run(COMMAND, "topics", "check", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert (done.returncode, "无法连接 Kafka" in done.stderr) == (2, True), done.stderr


def _commands() -> list[list[str]]:
    """What compose and Kubernetes let a container of ours run."""
    composed = yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))["services"].values()
    found = [service["command"] for service in composed if service["image"] == "liangdeng"]
    for file in sorted((PROJECT / "deploy/k8s/base").glob("*.yaml")):
        for resource in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            pod = resource.get("spec", {}).get("template", {}).get("spec", {})
            found += [container["args"] for container in pod.get("containers", [])]
    return found


def test_every_command_that_a_container_is_given_is_one() -> None:
    given = _commands()
    assert len(given) == 11
    for program, *arguments in given:
        if program == "python":
            assert (PROJECT / arguments[1].replace(".", "/") / "__main__.py").is_file(), arguments
        else:
            assert program == "liangdeng"
            parsed = CliRunner().invoke(app, [*arguments, "--help"])
            assert parsed.exit_code == 0, parsed.output
