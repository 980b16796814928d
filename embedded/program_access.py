"""Access of units' systems: one client of the sign-in server each, whose tokens say for which unit it acts where."""

import re
from pathlib import Path

from embedded.keycloak import SETUP_CLIENT
from embedded.keycloak_admin import KeycloakAdmin
from embedded.keycloak_part import SETUP_SECRET
from embedded.machine_error import MachineError
from embedded.realm import REALM
from embedded.realm_clients import program_client, program_id
from embedded.realm_setup import ensure_client
from embedded.secret_files import secret
from web.identity import PERSON


def grant_program(home: Path, url: str, unit: str, jurisdiction: str, *, renew: bool) -> tuple[str, str]:
    """Make the client of a unit's system; return its id and its secret, which is told this once.

    `url` is the running sign-in server's address on this machine. With `renew` one that is there gets a new secret,
    and the old one ends. Raises `MachineError`.
    """
    name = program_id(unit, jurisdiction)
    if not (PERSON.fullmatch(unit) and PERSON.fullmatch(name) and re.fullmatch(r"[0-9]{6}", jurisdiction)):
        raise MachineError(
            f"单位编号或行政区划代码无效：{unit} {jurisdiction}",
            f"A unit has letters, digits, dots, dashes, a jurisdiction six digits: {unit} {jurisdiction}",
        )
    with _administrator(home, url) as admin:
        known = admin.find(f"/{REALM}/clients", clientId=name)
        if known and not renew:
            raise MachineError(
                f"{name} 已存在；--renew 会换发密钥，旧密钥随即失效。",
                f"{name} is there already; --renew gives it a new secret, and the old one ends.",
            )
        client = ensure_client(admin, program_client(unit, jurisdiction))
        given = f"/{REALM}/clients/{client}/client-secret"
        if known:
            admin.make(given, {})
        return name, str(admin.find(given)["value"])


def set_program_enabled(home: Path, url: str, name: str, enabled: bool) -> None:
    """Let a unit's system get tokens, or no longer. Raises `MachineError`."""
    with _administrator(home, url) as admin:
        (known,) = admin.find(f"/{REALM}/clients", clientId=name) or [None]
        if known is None:
            raise MachineError(f"登录服务中没有 {name}。", f"The sign-in server has no {name}.")
        admin.put(f"/{REALM}/clients/{known['id']}", {**known, "enabled": enabled})


def remove_program(home: Path, url: str, name: str) -> None:
    """Take the credentials of a unit's system away; one that is gone is no error. Raises `MachineError`."""
    with _administrator(home, url) as admin:
        for known in admin.find(f"/{REALM}/clients", clientId=name):
            admin.remove(f"/{REALM}/clients/{known['id']}")


def _administrator(home: Path, url: str) -> KeycloakAdmin:
    return KeycloakAdmin(url, (SETUP_CLIENT, secret(home, SETUP_SECRET)))
