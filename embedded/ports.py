"""Where everything of one server listens unless its settings file says otherwise: one table."""

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from embedded.child_process import LOOPBACK, free_port
from embedded.machine_error import MachineError
from web.ports import OPS_PORTS, PORTS

SETTINGS: Final = "liangdeng.toml"
"""The settings file, in the state folder."""

SERVER_PORTS: Final[dict[str, int]] = {
    **PORTS,
    "keycloak": 8005,
    "kafka": 8092,
    "kafka-controller": 8093,
    "postgres": 8032,
    **{f"{service}-ops": port for service, port in OPS_PORTS.items()},
    "keycloak-ops": 9005,
}
"""By the name of a part, or `<part>-ops` for its operator's door. All of them on this machine's loopback alone.

Kafka and PostgreSQL are not at their usual ports: those may be another installation's.
"""
PRETENDING_PORTS: Final[dict[str, int]] = {"issuer": 8089, "mail": 8025, "smtp": 8026}
"""Of what a demo runs besides."""
ORIGIN: Final = "https://localhost:8443"
DEMO_ORIGIN: Final = "http://localhost:8080"


def port_of(origin: str) -> int:
    """The port of an address that people use. Raises `MachineError` for what is none."""
    try:
        parts = urlsplit(origin)
        usual = {"http": 80, "https": 443}[parts.scheme]
        return parts.port or usual
    except (KeyError, ValueError):
        raise MachineError(f"地址无效：{origin}", f"No address of a web page: {origin}") from None


class StackPorts:
    """The ports of one stack by name: told ones, else the environment's <NAME>_PORT, else free ones."""

    def __init__(self, told: Mapping[str, int]) -> None:
        self._told = dict(told)
        self._known = dict(told)

    def of(self, name: str) -> int:
        """The port called `name`, the same one each time."""
        wished = os.environ.get(f"{name.upper().replace('-', '_')}_PORT", "")
        return self._known.setdefault(name, int(wished) if wished.isdigit() else free_port())

    def require_free(self, names: Iterable[str]) -> None:
        """Raise `MachineError` where somebody listens on a port that was told, naming its setting."""
        for name in names:
            if name in self._told:
                _require_free(name, self._told[name])


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        # A port whose connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise _not_ours(name, port, error) from error


def _not_ours(name: str, port: int, error: OSError) -> MachineError:
    zh = en = f"[ports] {name}"
    if name == "front":
        zh, en = "origin（演示为 demo_origin）", "origin (of a demo: demo_origin)"
    if error.errno == errno.EACCES:
        return MachineError(
            f"没有权限使用端口 {port}。请在 {SETTINGS} 中更改 {zh}，或允许普通用户使用低端口。",
            f"Port {port} needs privileges: change {en} in {SETTINGS}, or let users bind low ports.",
        )
    return MachineError(
        f"端口 {port} 已被其他程序占用。请结束该程序，或在 {SETTINGS} 中更改 {zh}。",
        f"Port {port} is taken by another program: end that one, or change {en} in {SETTINGS}.",
    )
