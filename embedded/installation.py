"""The stack of one server that is used for real: the services, the sign-in server and the front."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from embedded.front import front
from embedded.keycloak import CONSOLE_USER
from embedded.keycloak_part import CONSOLE_PASSWORD, keycloak_part
from embedded.machine_error import MachineError
from embedded.parts import NOTIFY, SERVICES
from embedded.ports import SETTINGS
from embedded.secret_files import FOLDER
from embedded.settings_file import ServerSettings
from embedded.stack import Stack

SMTP_PASSWORD: Final = "smtp-password"


def installation(home: Path, settings: ServerSettings, say: Callable[[str], None]) -> Stack:
    """The stack, not started yet. Raises `MachineError` where the state folder is that of a demo."""
    if (home / "clock").exists():
        raise MachineError(
            f"{home} 中是演示数据，不能用于正式运行。请用 LIANGDENG_HOME 指定其他文件夹。",
            f"{home} is the state of a demo, which nothing real may stand on. Point LIANGDENG_HOME elsewhere.",
        )
    rules = settings.sign_in
    sign_in = keycloak_part(
        rules.password_policy,
        settings.additions,
        second_factor=rules.second_factor,
        refused_words=rules.refused_words,
    )
    return Stack(
        home,
        parts=(*SERVICES, sign_in, front(settings.certificate.files)),
        ports=settings.ports,
        origin=settings.origin,
        settings={NOTIFY.name: _mail(home, settings)},
        say=say,
    )


def what_to_know(stack: Stack, settings: ServerSettings) -> Sequence[str]:
    """What the operator of a started installation is told, a line each."""
    home = stack.home
    lines = [f"{settings.origin}  人们使用的地址 · the address that people use"]
    if settings.origin.startswith("https:") and settings.certificate.files is None:
        root = home / "front" / "pki" / "authorities" / "local" / "root.crt"
        lines += [
            f"{root}  根证书，请先导入浏览器或系统（docs/operations.md）· root certificate, for browsers to trust"
        ]
    lines += [
        f"{stack.urls['keycloak']}/identity/admin  登录服务的控制台，仅限本机 · console of the sign-in server",
        f"{home / FOLDER / CONSOLE_PASSWORD}  其口令，用户 {CONSOLE_USER} · its password and user",
        f"{home / SETTINGS}  设置 · settings",
    ]
    if not settings.mail.host:
        lines += ["未设置邮件中继，通知将等待 · no mail relay is set: notices wait"]
    return lines


def _mail(home: Path, settings: ServerSettings) -> dict[str, str]:
    """What notify is told; without a relay it finds none at its port, and what is to be sent waits."""
    mail, password = settings.mail, home / FOLDER / SMTP_PASSWORD
    told = {
        "NOTIFY_SMTP_HOST": mail.host or "127.0.0.1",
        "NOTIFY_SMTP_PORT": str(mail.port),
        "NOTIFY_SMTP_SECURITY": mail.security,
        "NOTIFY_MAIL_FROM": mail.sender or "liangdeng@localhost",
    }
    if mail.username:
        told["NOTIFY_SMTP_USERNAME"] = mail.username
    if password.exists():
        told["NOTIFY_SMTP_PASSWORD"] = password.read_text(encoding="utf-8").strip()
    return told
