"""`liangdeng people grant --client`: access for a unit's system."""

from __future__ import annotations

import getpass
import uuid

import typer
from prometheus_client import CollectorRegistry

from cli.output import print_json
from embedded.machine_error import MachineError
from embedded.program_access import grant_program
from embedded.state import StateFolder, home_from_environment
from web.security_events import SecurityLog, lines_on_stderr


def grant(unit: str, *, jurisdiction: str, renew: bool, as_json: bool) -> int:
    """Make the client of a unit's system at the sign-in server of the running installation, print its secret once."""
    home = home_from_environment()
    running = StateFolder(home).running_addresses() or {}
    realm = running.get("LIANGDENG_ACCOUNTS_URL", "")
    if not realm:
        raise MachineError(
            "登录服务没有在运行：请先执行 liangdeng up。", "No sign-in server is running: start `liangdeng up` first."
        )
    lines_on_stderr()
    client, secret = grant_program(home, realm.partition("/realms/")[0], unit, jurisdiction, renew=renew)
    SecurityLog("people", CollectorRegistry()).tell(
        "right_granted",
        request_id=uuid.uuid4().hex,
        operator=getpass.getuser(),
        about=client,
        granted="unit",
        jurisdiction=jurisdiction,
    )
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
