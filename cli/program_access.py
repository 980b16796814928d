"""Access of units' systems: given by `liangdeng people grant --client`, ended as a person's by `people disable`."""

from __future__ import annotations

import asyncio
import getpass
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import typer
from prometheus_client import CollectorRegistry

from cli.output import print_json, say
from cli.people import with_directory
from directory.administration import Administration
from directory.register import Program
from directory.store import Changes, DirectoryStore
from embedded.machine_error import MachineError
from embedded.program_access import grant_program, remove_program, set_program_enabled
from embedded.state import StateFolder, home_from_environment
from web.security_events import SecurityEvent, SecurityLog, lines_on_stderr

_ACTS: Mapping[str, tuple[Callable[[Path, str, str], None], bool, SecurityEvent]] = {
    "disable": (lambda home, url, id_: set_program_enabled(home, url, id_, False), False, "person_disabled"),
    "enable": (lambda home, url, id_: set_program_enabled(home, url, id_, True), True, "person_changed"),
    "revoke": (remove_program, False, "right_revoked"),
}
"""By command: what is done at the sign-in server, whether the services let it in then, and how it is told."""


def grant(unit: str, *, jurisdiction: str, renew: bool, as_json: bool) -> int:
    """Make the client of a unit's system at the sign-in server of the running installation, print its secret once."""
    home, running = _running()
    url = _server(running)

    async def act(store: DirectoryStore, _: Administration, _url: str) -> tuple[str, str]:
        if (jurisdiction, unit) not in (await store.load()).units:
            raise MachineError(
                f"目录中没有 {jurisdiction} 的单位 {unit}，请先导入其方案。",
                f"The directory has no unit {unit} in {jurisdiction}: import its programme first.",
            )
        client, secret = await asyncio.to_thread(grant_program, home, url, unit, jurisdiction, renew=renew)
        await store.write(Changes(programs=(Program(id=client, jurisdiction=jurisdiction, unit=unit),)))
        return client, secret

    client, secret = with_directory(act)
    _tell("right_granted", client, jurisdiction)
    told = {
        "token_url": f"{running['LIANGDENG_ISSUER']}/protocol/openid-connect/token",
        "client_id": client,
        "client_secret": secret,
    }
    if as_json:
        print_json(told)
    else:
        for name, value in told.items():
            typer.echo(f"  {name}  {value}")
        typer.echo("密钥只显示这一次 · the secret is shown this once")
    return 0


async def do(command: str, program: Program, store: DirectoryStore, *, as_json: bool) -> int:
    """Do something to a unit's system: in the directory, which counts at once, then at the sign-in server.

    Returns 1 where the sign-in server did not do its part. Raises MachineError.
    """
    if command not in _ACTS:
        raise MachineError(
            f"{program.id} 是单位的业务系统：换发密钥请用 people grant --client {program.unit} --renew。",
            f"{program.id} is a unit's system: for a new secret there is people grant --client {program.unit} --renew.",
        )
    at_server, active, event = _ACTS[command]
    await store.write(Changes(programs=(replace(program, active=active),)))
    home, running = _running()
    trouble = ""
    try:
        await asyncio.to_thread(at_server, home, _server(running), program.id)
    except MachineError as error:
        trouble = str(error)
    _tell(event, program.id, program.jurisdiction, "at the sign-in server nothing was changed" if trouble else "done")
    if trouble:
        say(trouble)
    if as_json:
        print_json({"id": program.id, "active": active, "outcome": trouble or "done"})
    else:
        typer.echo(program.id)
    return 1 if trouble else 0


def _running() -> tuple[Path, Mapping[str, str]]:
    home = home_from_environment()
    return home, StateFolder(home).running_addresses() or {}


def _server(running: Mapping[str, str]) -> str:
    realm = running.get("LIANGDENG_ACCOUNTS_URL", "")
    if not realm:
        raise MachineError(
            "登录服务没有在运行：请先执行 liangdeng up。", "No sign-in server is running: start `liangdeng up` first."
        )
    return realm.partition("/realms/")[0]


def _tell(event: SecurityEvent, about: str, jurisdiction: str, outcome: str = "done") -> None:
    lines_on_stderr()
    SecurityLog("people", CollectorRegistry()).tell(
        event,
        request_id=uuid.uuid4().hex,
        operator=getpass.getuser(),
        about=about,
        granted="unit",
        jurisdiction=jurisdiction,
        outcome=outcome,
    )
