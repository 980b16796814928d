"""The sign-in server as a part of the stack: its realm, its secrets, and what the services are told of it."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from embedded.keycloak import PATH, SETUP_CLIENT, Keycloak
from embedded.keycloak_admin import KeycloakAdmin
from embedded.parts import INTAKE, POSTGRES, QUERY, Addresses, Launch, Part
from embedded.postgres import ensure_database
from embedded.realm import REALM, WITH_SECOND_FACTOR, RealmSettings, with_refused_passwords
from embedded.realm_clients import CLAIMS, DIRECTORY_CLIENT, WEB_CLIENT
from embedded.realm_setup import add, set_up
from embedded.refused_passwords import refused_passwords
from embedded.secret_files import secret

NAME: Final = "keycloak"
FIRST_START_SECONDS: Final = 300
"""A minute on an idle machine with two cores, where its database is made; a busy one takes its time."""
WEB_SECRET: Final = "web-client"
DIRECTORY_SECRET: Final = "directory-client"
SETUP_SECRET: Final = "keycloak-setup"
CONSOLE_PASSWORD: Final = "keycloak-console"


def keycloak_part(
    password_policy: str,
    additions: Mapping[str, Any],
    *,
    second_factor: Collection[str] = WITH_SECOND_FACTOR,
    refused_words: Sequence[str] = (),
) -> Part:
    """The part; `additions` are sign-on services and directories that the realm has besides (`realm_setup.add`).

    `second_factor` are the roles that must use one, `refused_words` what passwords are not made of here besides.
    """

    def process(launch: Launch) -> Keycloak:
        return _process(launch, refused_words)

    def prepare(launch: Launch) -> None:
        launch.say("应用登录域设置 · setting up the realm")
        with administrator(launch.at) as admin:
            set_up(admin, _realm_settings(launch.at, password_policy, second_factor))
            add(admin, additions)

    return Part(
        name=NAME,
        module=NAME,
        process=process,
        about="登录服务的管理控制台（仅限本机）· console of the sign-in server, on this machine alone",
        operated=True,
        needs=(POSTGRES,),
        # It takes longest; the services ask for its keys until it answers, and are ready then.
        awaited=False,
        tells={INTAKE.module: _told, QUERY.module: _told_web},
        client_settings=_told_clients,
        # Of all that it answers people need two paths: not the administrators' realm, nor their API and console.
        paths=(f"{PATH}/realms/{REALM}", f"{PATH}/resources"),
        prepare=prepare,
        patience=FIRST_START_SECONDS,
    )


def administrator(at: Addresses) -> KeycloakAdmin:
    """A session of the installation's own administrator. Raises `MachineError`."""
    return KeycloakAdmin(_address(at), (SETUP_CLIENT, secret(at.home, SETUP_SECRET)))


def _process(launch: Launch, refused_words: Sequence[str]) -> Keycloak:
    url = launch.env["DATABASE_URL"]
    # Beside the services' own database: several installations may share a server.
    database_url = ensure_database(url, f"{urlsplit(url).path[1:]}_{NAME}")
    return Keycloak(
        launch.at.home / NAME,
        port=launch.port,
        management_port=launch.ops_port,
        origin=launch.at.origin,
        database_url=database_url,
        secret=secret(launch.at.home, SETUP_SECRET),
        password=secret(launch.at.home, CONSOLE_PASSWORD),
        refused=lambda: refused_passwords(refused_words),
        log=launch.log,
        say=launch.say,
        keep_open=launch.keep_open,
    )


def _realm_settings(at: Addresses, password_policy: str, second_factor: Collection[str]) -> RealmSettings:
    return RealmSettings(
        origin=at.origin,
        services=at.url(QUERY.name),
        web_secret=secret(at.home, WEB_SECRET),
        directory_secret=secret(at.home, DIRECTORY_SECRET),
        password_policy=with_refused_passwords(password_policy),
        second_factor=second_factor,
    )


def _told(at: Addresses) -> dict[str, str]:
    return {
        "LIANGDENG_ORIGIN": at.origin,
        "LIANGDENG_ISSUER": _issuer(at),
        "LIANGDENG_JWKS": f"{_address(at)}/realms/{REALM}/protocol/openid-connect/certs",
        "LIANGDENG_CLAIMS": json.dumps(CLAIMS),
    }


def _told_clients(at: Addresses) -> dict[str, str]:
    return {**_told_accounts(at), "LIANGDENG_ISSUER": _issuer(at)}


def _told_accounts(at: Addresses) -> dict[str, str]:
    return {
        "LIANGDENG_ACCOUNTS_URL": f"{_address(at)}/realms/{REALM}",
        "LIANGDENG_ACCOUNTS_CLIENT_ID": DIRECTORY_CLIENT,
        "LIANGDENG_ACCOUNTS_CLIENT_SECRET": secret(at.home, DIRECTORY_SECRET),
    }


def _told_web(at: Addresses) -> dict[str, str]:
    return {
        **_told(at),
        # Here the office gives people their accounts.
        **_told_accounts(at),
        "LIANGDENG_OIDC_DISCOVERY": f"{_address(at)}/realms/{REALM}/.well-known/openid-configuration",
        "LIANGDENG_OIDC_CLIENT_ID": WEB_CLIENT,
        "LIANGDENG_OIDC_CLIENT_SECRET": secret(at.home, WEB_SECRET),
    }


def _issuer(at: Addresses) -> str:
    return f"{at.origin}{PATH}/realms/{REALM}"


def _address(at: Addresses) -> str:
    return f"{at.url(NAME)}{PATH}"
