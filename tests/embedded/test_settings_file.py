"""One settings file: written with its defaults, read strictly, and every fault in it named in two languages."""

from __future__ import annotations

import socket
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.front import front
from embedded.machine_error import MachineError
from embedded.ports import DEMO_ORIGIN, ORIGIN, PRETENDING_PORTS, SERVER_PORTS, SETTINGS, port_of
from embedded.secret_files import secret
from embedded.settings_file import ServerSettings, default_text, read_settings
from embedded.stack import Stack
from tests.embedded.test_stack import SMALL


def test_a_first_start_writes_the_defaults_and_reads_them(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "new")
    assert settings == ServerSettings()
    assert (settings.origin, settings.demo_origin) == (ORIGIN, DEMO_ORIGIN)
    assert settings.ports == {**SERVER_PORTS, **PRETENDING_PORTS}
    assert (tmp_path / "new" / SETTINGS).read_text(encoding="utf-8") == default_text()


def test_the_file_that_is_written_names_every_port_and_every_setting() -> None:
    told = tomllib.loads(default_text())
    assert told["ports"] == {**SERVER_PORTS, **PRETENDING_PORTS}
    fields = {name: field.alias or name for name, field in ServerSettings.model_fields.items()}
    assert set(told) == set(fields.values())
    assert set(told["mail"]) == {"host", "port", "security", "username", "from"}


def test_what_was_set_is_kept(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text('origin = "https://l.example"\n[ports]\nquery = 7004\n', encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.origin == "https://l.example"
    assert settings.ports == {**SERVER_PORTS, **PRETENDING_PORTS, "query": 7004}


def test_no_two_ports_are_the_same_by_default() -> None:
    ports = [*SERVER_PORTS.values(), *PRETENDING_PORTS.values(), port_of(ORIGIN), port_of(DEMO_ORIGIN)]
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('origin = "http://liangdeng.example"', "over https"),
        ('origin = "https://l.example/"', "without a slash"),
        ("[ports]\nqwery = 1", "unknown: qwery"),
        ("[ports]\nquery = 8001", "intake and query are both 8001"),
        ("[ports]\nquery = 8443", "one of \\[ports\\]"),
        ("[ports]\nquery = 70000", "ports.query"),
        ('[certificate]\nchain = "/c.pem"', "belong together"),
        ('orgin = "https://l.example"', "orgin"),
        ("origin = ", "Invalid value"),
    ],
)
def test_a_fault_is_named_with_its_file(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / SETTINGS).write_text(text, encoding="utf-8")
    with pytest.raises(MachineError, match=rf"(?s)liangdeng.toml 有误.*{named}.*liangdeng.toml is wrong.*{named}"):
        read_settings(tmp_path)


def test_additions_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text(f'[sign_in]\nadditions = "{tmp_path / "no.json"}"', encoding="utf-8")
    with pytest.raises(MachineError, match=r"no\.json"):
        _ = read_settings(tmp_path).additions


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_is_taken_is_named_with_its_setting_before_anything_starts(
    taken: int, servers_folder: Path
) -> None:
    stack = Stack(servers_folder / "taken", parts=[SMALL], servers=(), ports={"small": taken, "other": taken})
    with pytest.raises(
        MachineError, match=rf"(?s)端口 {taken} 已被.*\[ports\] small.*{taken} is taken.*\[ports\] small"
    ):
        stack.start()
    without = Stack(servers_folder / "taken", parts=(), servers=(), origin=f"http://localhost:{taken}")
    without.start()
    without.stop()


def test_the_address_that_is_taken_is_named_with_both_of_its_settings(taken: int, servers_folder: Path) -> None:
    parts = (front(), SMALL)
    stack = Stack(servers_folder / "taken", parts=parts, servers=(), origin=f"http://localhost:{taken}")
    with pytest.raises(MachineError, match=rf"(?s)端口 {taken} 已被.*demo_origin.*{taken} is taken.*demo_origin"):
        stack.start()


def test_a_secret_is_made_once_for_its_user_alone(tmp_path: Path) -> None:
    made = secret(tmp_path, "web-client")
    assert len(made) == 43
    assert secret(tmp_path, "web-client") == made
    assert secret(tmp_path, "another") != made
    file = tmp_path / "secrets" / "web-client"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in sorted(file.parent.iterdir())] == ["another", "web-client"]
