"""The parts that only pretend, and the stack of a demo: the services with them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from embedded.child_process import LOOPBACK
from embedded.parts import INTAKE, NOTIFY, QUERY, SERVICES, Addresses, Part

ISSUER_NAME: Final = "liangdeng-sandbox"
DIRECTORY: Final = Path(__file__).with_name("directory.yaml")
SMTP: Final = "smtp"


def _signed_in(prefix: str, at: Addresses) -> dict[str, str]:
    return {
        "LIANGDENG_JWKS": str(at.home / "issuer" / "jwks.json"),
        f"{prefix}_ISSUER": ISSUER_NAME,
        f"{prefix}_SIGN_IN_URL": at.url("issuer"),
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
    about="登录（选择用户）· sign in (choose a user)",
    settings=lambda at: {
        "ISSUER_FOLDER": str(at.home / "issuer"),
        "ISSUER_NAME": ISSUER_NAME,
        "ISSUER_QUERY_URL": at.url("query"),
    },
    tells={
        INTAKE.module: lambda at: _signed_in(INTAKE.prefix, at),
        QUERY.module: lambda at: _signed_in(QUERY.prefix, at),
    },
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
