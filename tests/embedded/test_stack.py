"""Everything that the supervisor starts ends with it, and a crash of one part is reported and mended."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from embedded.child_process import alive
from embedded.machine_error import MachineError
from embedded.parts import Launch, Part, python_module
from embedded.stack import Stack
from embedded.state import StateFolder
from embedded.supervisor import Child
from tests.child import started

pytestmark = pytest.mark.services

SMALL = Part(name="small", module="tests.embedded.small_server")


def until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for: {what}"
        time.sleep(0.02)


@pytest.fixture
def home(servers_folder: Path, request: pytest.FixtureRequest) -> Path:
    return servers_folder / str(request.node.name)[:40]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stack(home: Path, said: list[str]) -> Iterator[Stack]:
    with Stack(home, parts=(), servers=(), say=said.append) as stack:
        stack.add(SMALL)
        yield stack


def test_a_part_that_crashes_is_reported_and_started_again_on_its_port(stack: Stack, said: list[str]) -> None:
    before = stack.process("small").pid
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{stack.urls['small']}/crash")
    until(lambda: stack.process("small").pid != before, "a new process")
    stack.wait_ready("small")
    assert [(end.name, end.because) for end in stack.ended] == [("small", "exit 7")]
    assert "small 意外退出" in said[0]
    assert "exit 7" in said[0]


def test_a_killed_part_names_the_signal(stack: Stack, said: list[str]) -> None:
    stack.kill("small")
    until(lambda: bool(said), "the report")
    assert "SIGKILL" in said[0]


def test_a_part_stopped_on_purpose_stays_down_until_it_is_started(stack: Stack, said: list[str]) -> None:
    stack.stop_part("small")
    with pytest.raises(httpx.ConnectError):
        httpx.get(stack.urls["small"])
    stack.start_part("small")
    assert httpx.get(stack.urls["small"]).status_code == 200
    assert said == []


def test_without_restart_a_part_that_ends_stays_down(home: Path, said: list[str]) -> None:
    with Stack(home, parts=(), servers=(), restart=False, say=said.append) as stack:
        stack.add(SMALL)
        process = stack.process("small")
        stack.kill("small")
        until(lambda: bool(said), "the report")
        assert process.poll() == -signal.SIGKILL
        assert stack.process("small") is process


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log(home: Path) -> None:
    missing = Part(name="missing", module="tests.embedded.missing")
    with Stack(home, parts=(), servers=()) as stack, pytest.raises(MachineError, match=r"(?s)missing.*No module"):
        stack.add(missing)


def test_a_part_that_is_no_python_module_makes_its_own_process(home: Path, said: list[str]) -> None:
    made: list[Launch] = []

    def process(launch: Launch) -> Child:
        made.append(launch)
        return python_module(replace(launch, part=SMALL))

    with Stack(home, parts=[replace(SMALL, name="server", process=process)], servers=(), say=said.append) as stack:
        assert httpx.get(stack.urls["server"]).status_code == 200
        stack.kill("server")
        until(lambda: "SIGKILL" in "".join(said), "the report")
        stack.wait_ready("server")
    assert [launch.part.name for launch in made] == ["server"]


def test_a_second_instance_on_the_same_state_is_refused_in_two_languages(stack: Stack, home: Path) -> None:
    with pytest.raises(
        MachineError, match=rf"(?s)正被另一个实例（进程 {os.getpid()}）使用.*in use by another instance"
    ):
        Stack(home, parts=(), servers=()).start()
    assert httpx.get(stack.urls["small"]).status_code == 200


def test_a_running_instance_tells_its_addresses_and_a_finished_one_does_not(home: Path) -> None:
    with Stack(home, parts=(), servers=(), kafka="elsewhere:9092", env={"X": "1"}) as stack:
        assert stack.state.running_addresses() == stack.env
        assert stack.env["KAFKA_BOOTSTRAP_SERVERS"] == "elsewhere:9092"
    assert StateFolder(home).running_addresses() is None


def test_a_state_folder_that_is_removed_ends_everything_and_says_so(stack: Stack, home: Path, said: list[str]) -> None:
    process = stack.process("small")
    shutil.rmtree(home)
    stack.wait()
    assert process.poll() is not None
    assert stack.ended == []
    (told,) = said
    assert re.search(r"(?s)已被删除或移走.*removed or moved away", told)


def test_a_state_folder_that_was_replaced_is_not_taken_for_ones_own(stack: Stack, home: Path, said: list[str]) -> None:
    home.rename(home.with_name("moved"))
    home.mkdir()
    (home / "lock").touch()
    stack.wait()
    assert "moved away" in said[0]


def test_a_disk_without_room_is_named_before_anything_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embedded.machine_error.FREE_BYTES_NEEDED", 10**18)
    with pytest.raises(MachineError, match=r"(?s)磁盘空间不足.*Disk full"):
        Stack(home, parts=(), servers=()).start()


SUPERVISOR = f"""
import sys, time
from pathlib import Path
from embedded.parts import Part
from embedded.stack import Stack
with Stack(Path(sys.argv[1]), parts=()) as stack:
    stack.add(Part(name="small", module="{SMALL.module}"))
    print(*(stack.process(name).pid for name in ("kafka", "postgres", "small")), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with a killed parent")
def test_nothing_outlives_a_supervisor_that_was_killed_and_its_state_is_whole(home: Path) -> None:
    with started([sys.executable, "-c", SUPERVISOR, str(home)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout
        children = [int(pid) for pid in supervisor.stdout.readline().split()]
        assert len(children) == 3
        assert all(alive(pid) for pid in children)
        supervisor.kill()
        supervisor.wait()
    with Stack(home, parts=()) as again:
        assert not any(alive(pid) for pid in children)
        with psycopg.connect(again.env["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
