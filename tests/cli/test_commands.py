"""The command line answers in two languages, with exit codes and JSON that a script can rely on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from cli.up import ended_by_signals
from embedded.child_process import alive, free_port
from embedded.state import REAL, StateFolder
from services.rating.rules.version import RULES
from tests.child import started
from tests.own_ports import write_settings

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).with_name("liangdeng"))
COMMANDS = ("up", "demo", "serve", "rebuild", "scenarios", "clean", "topics", "audit", "programme", "policy", "people")


def liangdeng(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [PROGRAM, *arguments]
    return subprocess.run(command, env=surroundings(env), capture_output=True, check=False, text=True, cwd=PROJECT)


def surroundings(env: Mapping[str, str]) -> dict[str, str]:
    own = ("LIANGDENG_", "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")
    return {key: value for key, value in os.environ.items() if not key.startswith(own)} | {"COLUMNS": "200", **env}


def test_help_names_every_command_in_chinese_and_english() -> None:
    told = liangdeng("--help").stdout
    for command in COMMANDS:
        assert re.search(rf"^\W*{command}\s+.*[\u4e00-\u9fff]", told, re.MULTILINE), command


def test_the_version_is_that_of_the_package_and_of_the_rules() -> None:
    assert liangdeng("--version").stdout == f"liangdeng {metadata.version('liangdeng')} · 规则版本 rules {RULES}\n"


def test_help_of_a_command_imports_none_of_the_services() -> None:
    lookup = "import sys, cli.main; print([m for m in sys.modules if m.startswith(('services.', 'embedded.kafka'))])"
    done = subprocess.run([sys.executable, "-c", lookup], capture_output=True, check=True, text=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


def test_a_book_that_holds_counts_its_scenarios_and_exits_0() -> None:
    done = liangdeng("scenarios", "programmes/scenarios.yaml")
    assert re.fullmatch(r"\d+ passed, 0 failed\n", done.stdout), done.stdout + done.stderr
    assert done.returncode == 0


def test_a_book_that_does_not_hold_tells_a_line_per_failure_and_exits_1(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("policy: yuancheng-2024\nscenarios:\n  - {id: S1, titel: typo}\n", encoding="utf-8")
    done = liangdeng("scenarios", str(book))
    assert done.returncode == 1
    *failures, last = done.stdout.splitlines()
    assert last == "0 passed, 1 failed"
    assert len(failures) == 1
    assert failures[0].startswith("S1")
    assert json.loads(liangdeng("scenarios", "--json", str(book)).stdout)["failed"] == 1


def test_a_book_that_is_no_book_is_told_without_a_traceback(tmp_path: Path) -> None:
    book = tmp_path / "book.yaml"
    book.write_text("not: a book\n", encoding="utf-8")
    done = liangdeng("scenarios", str(book))
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.services
def test_missing_topics_are_drift_until_they_are_applied(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "LIANGDENG_TOPIC_PREFIX": topic_prefix,
        "LIANGDENG_HOME": str(tmp_path / "h"),
    }
    before = liangdeng("topics", "check", "--json", **env)
    assert before.returncode == 1
    assert len(json.loads(before.stdout)["sentences"]) == 3
    assert liangdeng("topics", "apply", **env).returncode == 0
    after = liangdeng("topics", "check", **env)
    assert after.returncode == 0, after.stdout
    assert not (tmp_path / "h").exists()


@pytest.mark.services
def test_an_empty_log_is_proved(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "LIANGDENG_TOPIC_PREFIX": topic_prefix, "LIANGDENG_HOME": str(tmp_path)}
    liangdeng("topics", "apply", **env)
    done = liangdeng("audit", "replay", "--json", "--wait", "0", **env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "proved"


def test_a_log_that_cannot_be_reached_exits_2_with_a_cause(tmp_path: Path) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}", "LIANGDENG_HOME": str(tmp_path)}
    done = liangdeng("topics", "check", **env)
    assert done.returncode == 2
    assert "无法连接 Kafka" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_state_is_not_removed_while_somebody_uses_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    state = StateFolder(home).take()
    refused = liangdeng("clean", LIANGDENG_HOME=str(home))
    state.release()
    assert refused.returncode == 2
    assert "正被另一个实例" in refused.stderr
    assert home.exists()
    assert liangdeng("clean", LIANGDENG_HOME=str(home)).returncode == 0
    assert not home.exists()


@pytest.mark.parametrize("mark", REAL)
def test_an_installation_in_real_use_is_removed_by_its_path_alone(tmp_path: Path, mark: str) -> None:
    home = tmp_path / "home"
    (home / mark).mkdir(parents=True)
    for told in ((), ("--real", "home"), ("--real", str(tmp_path))):
        refused = liangdeng("clean", *told, LIANGDENG_HOME=str(home))
        assert refused.returncode == 2, refused.stderr
        assert "没有删除" in refused.stderr
        assert f"liangdeng clean --real {home}" in refused.stderr
        assert (home / mark).exists()
    assert liangdeng("clean", "--real", str(home), LIANGDENG_HOME=str(home)).returncode == 0
    assert not home.exists()


def test_without_an_environment_make_clean_leaves_an_installation_in_real_use_alone(tmp_path: Path) -> None:
    (tmp_path / ".liangdeng" / "keycloak").mkdir(parents=True)
    clean = ["make", "-f", str(PROJECT / "Makefile"), "clean"]
    done = subprocess.run(clean, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make setup" in done.stderr
    (tmp_path / ".liangdeng" / "keycloak").rmdir()
    assert subprocess.run(clean, cwd=tmp_path, check=False).returncode == 0
    assert not (tmp_path / ".liangdeng").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_a_command_also_where_they_were_ignored_before(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ended_by_signals():
            signal.raise_signal(number)
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)


@pytest.mark.services
def test_up_serves_other_commands_until_ctrl_c_and_leaves_nothing_behind(servers_folder: Path) -> None:
    """Started with SIGINT ignored, as a shell starts what runs in the background."""
    home = servers_folder / "up"
    env = surroundings({"LIANGDENG_HOME": str(home)})
    background = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', PROGRAM, "up", "--sandbox", "--json"]
    write_settings(home)
    with (
        (servers_folder / "up.out").open("w+") as output,
        started(background, env=env, stdout=output, stderr=output) as serving,
    ):
        state, deadline = StateFolder(home), time.monotonic() + 100
        while not (state.addresses_file.exists() or serving.poll() is not None):
            assert time.monotonic() < deadline, "still waiting for the addresses"
            time.sleep(0.1)
        assert serving.poll() is None, (servers_folder / "up.out").read_text()
        beside = liangdeng("topics", "check", LIANGDENG_HOME=str(home))
        assert beside.returncode == 0, beside.stderr
        tasks = Path(f"/proc/{serving.pid}/task").glob("*/children")
        children = [int(pid) for path in tasks for pid in path.read_text().split()]
        serving.send_signal(signal.SIGINT)
        assert serving.wait(60) == 0
    assert len(children) >= 8
    assert not any(alive(pid) for pid in children)
    assert not state.addresses_file.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
@pytest.mark.parametrize("program", ["echo $$; exec sleep 600", "sleep 600 & echo $!; wait"])
def test_what_a_test_started_ends_with_the_test_also_when_it_times_out(program: str) -> None:
    seen: list[int] = []

    def test() -> None:
        with started(["sh", "-c", program], stdout=subprocess.PIPE) as process:
            assert process.stdout
            seen.append(int(process.stdout.readline()))
            assert alive(seen[0])
            raise TimeoutError

    with pytest.raises(TimeoutError):
        test()
    deadline = time.monotonic() + 60
    while alive(seen[0]):
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.01)


def test_make_alone_lists_the_targets_with_a_line_each() -> None:
    told = subprocess.run(["make"], cwd=PROJECT, capture_output=True, check=True, text=True).stdout
    for target in ("setup", "demo", "test", "check", "up", "bench", "topics", "rebuild", "audit", "clean"):
        assert re.search(rf"^  make {target} +\S", told, re.MULTILINE), target
