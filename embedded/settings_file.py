"""The settings of one server: `liangdeng.toml` in its state folder, written with the defaults at the first start."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from embedded.machine_error import MachineError
from embedded.ports import DEMO_ORIGIN, ORIGIN, PRETENDING_PORTS, SERVER_PORTS, SETTINGS, port_of
from embedded.realm import PASSWORD_POLICY, ROLES, WITH_SECOND_FACTOR
from web.cookies import cookies_of

Port = Annotated[int, Field(ge=1, le=65535)]

TEMPLATE: Final = """\
# 亮灯的设置，启动时读取。密钥不在此处，而在同一文件夹的 secrets/ 中。
# Settings of Liangdeng, read when it starts. Secrets are not here but in secrets/ beside this file.

# 人们使用的唯一地址：https；仅供本机使用时可为 http://localhost。
# The one address that people use: https, or http://localhost for this machine alone.
origin = "{origin}"

# 演示的地址，仅限本机。The address of `liangdeng demo`, on this machine alone.
demo_origin = "{demo_origin}"

[certificate]
# 证书链与私钥（PEM 文件）。留空：由本机自己的证书机构签发，浏览器须先信任其根证书（启动时显示位置）。
# Files of the certificate's chain and its key (PEM). Empty: one of an authority of this machine's own, whose root
# certificate browsers are to trust first; the start tells where it lies.
chain = ""
key = ""

[sign_in]
# 口令规则，写法同 Keycloak。The rule for passwords, as Keycloak writes it.
password_policy = "{password_policy}"
# 口令不得由常见词加数字、年份、符号组成，名单随系统而来；这里补充本地的词，如区名、单位名的拼音。
# Passwords made of common words, years and digits are refused; words of this place, such as its names, are added here.
refused_words = []
# 必须用动态口令（两步登录）的身份；office 和 auditor 总是必须。可加 chief、leader、unit。
# Roles that must use a second factor, office and auditor always; chief, leader, unit may be added.
second_factor = {second_factor}
# 统一身份认证、LDAP 等（JSON 文件，见 docs/operations.md）。A government sign-on, LDAP (a JSON file).
additions = ""

[mail]
# 邮件中继。留空：通知留在日志中，等到设置后再发出。口令：secrets/smtp-password。
# The mail relay. Empty: notices wait on the log until there is one. Its password: secrets/smtp-password.
host = ""
port = 587
security = "starttls"  # starttls | tls | none
username = ""
from = ""

# 以下端口仅限本机访问。These ports are reached from this machine alone.
[ports]
{ports}
"""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CertificateFiles(_Table):
    """Where a certificate lies; both empty: Liangdeng makes its own."""

    chain: str = ""
    key: str = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> "CertificateFiles":
        if bool(self.chain) != bool(self.key):
            raise ValueError("chain and key belong together")
        return self

    @property
    def files(self) -> tuple[Path, Path] | None:
        """The chain and the key."""
        return (Path(self.chain).expanduser(), Path(self.key).expanduser()) if self.chain else None


class SignInRules(_Table):
    """What an installation asks of passwords, and who else signs people in."""

    password_policy: str = PASSWORD_POLICY
    refused_words: tuple[str, ...] = ()
    second_factor: tuple[str, ...] = WITH_SECOND_FACTOR
    additions: str = ""

    @field_validator("second_factor")
    @classmethod
    def _roles_and_at_least_these(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(told) - ROLES.keys()):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(ROLES)}")
        if missing := [role for role in WITH_SECOND_FACTOR if role not in told]:
            raise ValueError(f"always with a second factor: {', '.join(missing)}")
        return told


class MailRelay(_Table):
    """Where notices go by mail."""

    host: str = ""
    port: Port = 587
    security: str = Field(default="starttls", pattern="^(starttls|tls|none)$")
    username: str = ""
    sender: str = Field(default="", alias="from")


class ServerSettings(_Table):
    """The whole file."""

    origin: str = ORIGIN
    demo_origin: str = DEMO_ORIGIN
    certificate: CertificateFiles = CertificateFiles()
    sign_in: SignInRules = SignInRules()
    mail: MailRelay = MailRelay()
    ports: dict[str, Port] = Field(default_factory=dict, validate_default=True)

    @field_validator("origin", "demo_origin")
    @classmethod
    def _an_address(cls, origin: str) -> str:
        cookies_of(origin)
        return origin

    @field_validator("ports")
    @classmethod
    def _known_and_apart(cls, told: dict[str, int]) -> dict[str, int]:
        known = {**SERVER_PORTS, **PRETENDING_PORTS}
        if unknown := sorted(told.keys() - known.keys()):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
        ports = {**known, **told}
        seen: dict[int, str] = {}
        for name, port in ports.items():
            if port in seen:
                raise ValueError(f"{seen[port]} and {name} are both {port}")
            seen[port] = name
        return ports

    @model_validator(mode="after")
    def _front_apart(self) -> "ServerSettings":
        for origin in (self.origin, self.demo_origin):
            if port_of(origin) in self.ports.values():
                raise ValueError(f"{origin}: that port is one of [ports]")
        return self

    @property
    def additions(self) -> Mapping[str, Any]:
        """What the realm has besides. Raises `MachineError` for a file that cannot be read."""
        if not self.sign_in.additions:
            return {}
        path = Path(self.sign_in.additions).expanduser()
        try:
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise MachineError(f"无法读取 {path}", f"{path} cannot be read: {error}") from None
        return told


def read_settings(home: Path) -> ServerSettings:
    """Read the settings of the installation in `home`, written with their defaults where they are missing.

    Raises `MachineError` naming what is wrong with them.
    """
    path = home / SETTINGS
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        path.write_text(default_text(), encoding="utf-8")
    try:
        return ServerSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise MachineError(f"{path} 有误：{_first(error)}", f"{path} is wrong: {_first(error)}") from None


def default_text() -> str:
    """The file as it is written first."""
    table = {**SERVER_PORTS, **PRETENDING_PORTS}
    return TEMPLATE.format(
        origin=ORIGIN,
        demo_origin=DEMO_ORIGIN,
        password_policy=PASSWORD_POLICY,
        second_factor=json.dumps(WITH_SECOND_FACTOR),
        ports="\n".join(f"{name} = {port}" for name, port in table.items()),
    )


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    told = error.errors()[0]
    where = ".".join(map(str, told["loc"]))
    return f"{where}: {told['msg'].removeprefix('Value error, ')}".removeprefix(": ")
