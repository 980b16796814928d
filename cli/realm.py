"""`liangdeng realm …`: bring a sign-in server of one's own, such as one in a container, to the realm as code."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from cli.output import say
from embedded.keycloak_admin import KeycloakAdmin
from embedded.machine_error import MachineError
from embedded.realm import PASSWORD_POLICY, RealmSettings
from embedded.realm_setup import set_up
from embedded.refused_passwords import refused_passwords


class _Environment(BaseSettings):
    url: str = Field(validation_alias="KEYCLOAK_URL")
    client: str = Field(validation_alias="KEYCLOAK_ADMIN_CLIENT_ID")
    secret: SecretStr = Field(validation_alias="KEYCLOAK_ADMIN_CLIENT_SECRET")
    origin: str = Field(validation_alias="LIANGDENG_ORIGIN")
    services: str = Field(validation_alias="LIANGDENG_QUERY_URL")
    web_secret: SecretStr = Field(validation_alias="LIANGDENG_OIDC_CLIENT_SECRET")
    directory_secret: SecretStr = Field(validation_alias="LIANGDENG_ACCOUNTS_CLIENT_SECRET")
    password_policy: str = Field(default=PASSWORD_POLICY, validation_alias="LIANGDENG_PASSWORD_POLICY")


def apply() -> int:
    """Apply the realm to the server that the environment names. Raises `MachineError`."""
    try:
        told = _Environment()  # type: ignore[call-arg]  # the environment gives them
    except ValidationError as error:
        missing = ", ".join(str(one["loc"][0]) for one in error.errors())
        raise MachineError(
            f"缺少或无效的环境变量：{missing}", f"Missing or wrong in the environment: {missing}"
        ) from None
    settings = RealmSettings(
        origin=told.origin,
        services=told.services,
        web_secret=told.web_secret.get_secret_value(),
        directory_secret=told.directory_secret.get_secret_value(),
        password_policy=told.password_policy,
    )
    with KeycloakAdmin(told.url.rstrip("/"), (told.client, told.secret.get_secret_value())) as admin:
        set_up(admin, settings)
    say(f"已应用 {told.url} · applied")
    return 0


def write_refused(file: Path) -> int:
    """Write the list of refused passwords, one a line. Raises `MachineError` where the file cannot be written."""
    try:
        file.write_text("\n".join(refused_passwords()), encoding="utf-8")
    except OSError as error:
        raise MachineError(f"无法写入 {file}", f"{file} cannot be written: {error.strerror}") from None
    say(f"已写入 {file} · written")
    return 0
