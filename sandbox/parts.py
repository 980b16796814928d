"""The parts that only pretend, and the stack of a demo: the services with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from embedded.child_process import LOOPBACK
from embedded.front import front
from embedded.parts import FRONT, INTAKE, KAFKA, NOTIFY, QUERY, SERVICES, Addresses, Part
from embedded.settings_file import ServerSettings
from embedded.stack import Stack

ISSUER_NAME: Final = "liangdeng-sandbox"
DIRECTORY: Final = Path(__file__).with_name("directory.yaml")
SMTP: Final = "smtp"
CHOOSE: Final = "/choose"
"""Where people choose who to be, below a demo's one address."""


def _signed_in(at: Addresses) -> dict[str, str]:
    return {
        "LIANGDENG_JWKS": str(at.home / "issuer" / "jwks.json"),
        "LIANGDENG_ISSUER": ISSUER_NAME,
        "LIANGDENG_ORIGIN": at.origin,
        "LIANGDENG_OIDC_DISCOVERY": f"{at.url('issuer')}/.well-known/openid-configuration",
        # Nobody is kept out here: the issuer asks no client for a secret.
        "LIANGDENG_OIDC_CLIENT_SECRET": ISSUER_NAME,
    }


def _mailed(at: Addresses) -> dict[str, str]:
    return {
        "NOTIFY_DIRECTORY": str(DIRECTORY),
        "NOTIFY_MAIL_FROM": "ducha@yuancheng.example.test",
        "NOTIFY_SMTP_HOST": LOOPBACK,
        "NOTIFY_SMTP_PORT": str(at.ports[SMTP]),
        "NOTIFY_SMTP_SECURITY": "none",
        # A mail server next door answers at once: what a crash leaves open is resolved within seconds.
        "NOTIFY_SMTP_TIMEOUT": "5",
        "NOTIFY_LEASE": "12",
        "NOTIFY_RETRY_FIRST": "1",
    }


ISSUER: Final = Part(
    name="issuer",
    module="sandbox.issuer",
    needs=(KAFKA,),
    paths=(CHOOSE,),
    settings=lambda at: {
        "ISSUER_FOLDER": str(at.home / "issuer"),
        "ISSUER_NAME": ISSUER_NAME,
        "ISSUER_ADDRESS": f"{at.origin}{CHOOSE}" if at.url(FRONT) else "",
    },
    tells={INTAKE.module: _signed_in, QUERY.module: _signed_in},
)
MAIL: Final = Part(
    name="mail",
    module="sandbox.mail",
    about="邮箱 · mailbox",
    more_ports=(SMTP,),
    settings=lambda at: {"MAIL_FOLDER": str(at.home / "mail"), "MAIL_SMTP_PORT": str(at.ports[SMTP])},
    tells={NOTIFY.module: _mailed},
)
PRETENDING: Final = (ISSUER, MAIL)
EVERYTHING: Final = (*SERVICES, *PRETENDING)


def demonstration(home: Path, settings: ServerSettings, clock: Path | None, say: Callable[[str], None]) -> Stack:
    """The stack for trying out, on this machine alone, not started yet; `clock` is the file of a driven clock."""
    parts = (front(), *EVERYTHING)
    return Stack(home, parts=parts, ports=settings.ports, origin=settings.demo_origin, clock=clock, say=say)
