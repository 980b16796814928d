"""Accounts at Keycloak, by its Admin REST API, as a service account that may manage users and nothing else."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

import httpx

from directory.accounts import (
    SECOND_FACTOR,
    AccountsUnavailable,
    IssuedAccount,
    UsernameTaken,
    claims_of,
    temporary_password,
)
from directory.persons import ROLES_OF_PERSONS, Person

SECONDS: Final = 10.0
_EARLIER: Final = 10.0
"""Seconds by which a token is renewed before it ends."""


class KeycloakAccounts:
    """Accounts of one realm.

    `realm_url` is the realm's address as this process reaches it, such as `http://…/identity/realms/liangdeng`; the
    client needs a service account with the role `manage-users` of `realm-management`.
    """

    def __init__(self, realm_url: str, client_id: str, client_secret: str) -> None:
        self._realm = realm_url.rstrip("/")
        root, _, name = self._realm.rpartition("/realms/")
        self._admin = f"{root}/admin/realms/{name}"
        self._client = (client_id, client_secret)
        self._token, self._until = "", 0.0

    async def make(self, person: Person, username: str) -> IssuedAccount:
        """As `Accounts.make`."""
        password = temporary_password()
        wanted = {
            "username": username,
            "enabled": person.active,
            "attributes": {name: [value] for name, value in claims_of(person).items()},
            "credentials": [_password(password)],
            "requiredActions": _first_steps(person),
        }
        async with self._asking() as http:
            answer = await http.post(f"{self._admin}/users", json=wanted)
            if answer.status_code == httpx.codes.CONFLICT:
                raise UsernameTaken(username)
            _require(answer)
            account = answer.headers["location"].rpartition("/")[2]
            try:
                await self._give_role(http, account, person)
            except (AccountsUnavailable, httpx.HTTPError):
                # Without its role the account is of no use, and its name would be taken.
                await http.delete(self._user(account))
                raise
        return IssuedAccount(account, username, password)

    async def describe(self, person: Person) -> None:
        """As `Accounts.describe`."""
        if person.account is None:
            return
        async with self._asking() as http:
            found = await self._get(http, person.account)
            kept = {
                name: values
                for name, values in found.get("attributes", {}).items()
                if name not in ("person", "jurisdiction", "unit", "head")
            }
            told = {name: [value] for name, value in claims_of(person).items()}
            await self._put(http, person.account, {**found, "attributes": {**kept, **told}})
            await self._give_role(http, person.account, person)

    async def set_enabled(self, account: str, enabled: bool) -> None:
        """As `Accounts.set_enabled`."""
        async with self._asking() as http:
            await self._put(http, account, {**await self._get(http, account), "enabled": enabled})
            if not enabled:
                _require(await http.post(f"{self._user(account)}/logout"))

    async def reset(self, person: Person) -> IssuedAccount:
        """As `Accounts.reset`."""
        account, password = person.account or "", temporary_password()
        async with self._asking() as http:
            found = await self._get(http, account)
            _require(await http.put(f"{self._user(account)}/reset-password", json=_password(password)))
            for credential in _require(await http.get(f"{self._user(account)}/credentials")).json():
                if credential["type"] != "password":
                    _require(await http.delete(f"{self._user(account)}/credentials/{quote(credential['id'], safe='')}"))
            await self._put(http, account, {**found, "requiredActions": _first_steps(person)})
            _require(await http.post(f"{self._user(account)}/logout"))
        return IssuedAccount(account, str(found["username"]), password)

    async def remove(self, account: str) -> None:
        """As `Accounts.remove`."""
        async with self._asking() as http:
            await http.post(f"{self._user(account)}/logout")
            answer = await http.delete(self._user(account))
            if answer.status_code != httpx.codes.NOT_FOUND:
                _require(answer)

    async def _give_role(self, http: httpx.AsyncClient, account: str, person: Person) -> None:
        """Exactly one of our roles."""
        place = f"{self._user(account)}/role-mappings/realm"
        held = {role["name"]: role for role in _require(await http.get(place)).json()}
        others = [role for name, role in held.items() if name in ROLES_OF_PERSONS and name != person.role]
        if others:
            _require(await http.request("DELETE", place, json=others))
        if person.role not in held:
            known = {role["name"]: role for role in _require(await http.get(f"{place}/available")).json()}
            if person.role not in known:
                raise AccountsUnavailable(f"the realm has no role {person.role}")
            _require(await http.post(place, json=[known[person.role]]))

    async def _get(self, http: httpx.AsyncClient, account: str) -> dict[str, Any]:
        found: dict[str, Any] = _require(await http.get(self._user(account))).json()
        return found

    async def _put(self, http: httpx.AsyncClient, account: str, user: Mapping[str, Any]) -> None:
        _require(await http.put(self._user(account), json=dict(user)))

    def _user(self, account: str) -> str:
        return f"{self._admin}/users/{quote(account, safe='')}"

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[httpx.AsyncClient]:
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as http:
                http.headers["Authorization"] = f"Bearer {await self._own_token(http)}"
                yield http
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise AccountsUnavailable(type(error).__name__) from error

    async def _own_token(self, http: httpx.AsyncClient) -> str:
        if time.monotonic() >= self._until:
            answer = await http.post(
                f"{self._realm}/protocol/openid-connect/token",
                data={"grant_type": "client_credentials"},
                auth=self._client,
            )
            told = _require(answer).json()
            self._token = told["access_token"]
            self._until = time.monotonic() + float(told["expires_in"]) - _EARLIER
        return self._token


def _require(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        request = answer.request
        raise AccountsUnavailable(
            f"{request.method} {request.url.path.rpartition('/realms/')[2]}: {answer.status_code}"
        )
    return answer


def _password(password: str) -> dict[str, Any]:
    return {"type": "password", "value": password, "temporary": True}


def _first_steps(person: Person) -> list[str]:
    return ["UPDATE_PASSWORD", *(["CONFIGURE_TOTP"] if person.role in SECOND_FACTOR else [])]
