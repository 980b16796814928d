"""Brings a sign-in server to the realm as code: made the first time, changed where it differs, left alone otherwise."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from embedded.keycloak_admin import KeycloakAdmin
from embedded.realm import (
    AFTER_SIGN_ON,
    FIRST_SIGN_ON,
    FLOW,
    FLOWS,
    REALM,
    ROLES,
    SECOND_FACTOR,
    USER_PROFILE,
    FlowStep,
    RealmSettings,
    realm,
)
from embedded.realm_clients import DIRECTORY_CLIENT, WEB_CLIENT, clients

_FLOWS = f"/{REALM}/authentication"
_UNFINISHED = "unfinished"


def set_up(admin: KeycloakAdmin, settings: RealmSettings) -> None:
    """Let the realm be as the code says; accounts, keys and whatever the code does not name stay."""
    wanted = realm(settings)
    if admin.find(f"/{REALM}") is None:
        admin.make("", wanted)
    else:
        admin.put(f"/{REALM}", wanted)
    admin.put(f"/{REALM}/users/profile", USER_PROFILE)
    _roles(admin, settings.second_factor)
    for client in clients(settings):
        ensure_client(admin, client)
    _see_roles(admin, WEB_CLIENT)
    _manage_users(admin, DIRECTORY_CLIENT)
    for name, steps in FLOWS.items():
        _flow(admin, name, steps)
    # Only what is whole is put to use.
    admin.put(f"/{REALM}", {"browserFlow": FLOW})
    # The realm of the administrators themselves, which the front publishes nowhere.
    admin.put("/master", {"bruteForceProtected": True})


def add(admin: KeycloakAdmin, additions: Mapping[str, Any]) -> None:
    """Let the realm have what an installation brings: `identityProviders`, their mappers, `components`.

    As in a RealmRepresentation; what has the same name is changed. Whoever a provider lets in needs an account here,
    and the second factor where their role does.
    """
    providers, mappers = f"/{REALM}/identity-provider/instances", additions.get("identityProviderMappers", [])
    for told in additions.get("identityProviders", []):
        provider = {"firstBrokerLoginFlowAlias": FIRST_SIGN_ON, **told, "postBrokerLoginFlowAlias": AFTER_SIGN_ON}
        alias = provider["alias"]
        if admin.find(f"{providers}/{alias}") is None:
            admin.make(providers, provider)
        else:
            admin.merge(f"{providers}/{alias}", provider)
        own = [mapper for mapper in mappers if mapper["identityProviderAlias"] == alias]
        _by_name(admin, f"{providers}/{alias}/mappers", own)
    for component in additions.get("components", []):
        _component(admin, component)


def _component(admin: KeycloakAdmin, wanted: Mapping[str, Any], parent: str | None = None) -> None:
    own = {name: value for name, value in wanted.items() if name != "subComponents"}
    query = {"name": wanted["name"], **({"parent": parent} if parent else {})}
    above = {"parentId": parent} if parent else {}
    found = admin.find(f"/{REALM}/components", **query)
    if found:
        known = str(found[0]["id"])
        admin.put(f"/{REALM}/components/{known}", {**found[0], **own})
    else:
        known = admin.make(f"/{REALM}/components", {**own, **above})
    for below in wanted.get("subComponents", []):
        _component(admin, below, known)


def ensure_client(admin: KeycloakAdmin, wanted: dict[str, Any]) -> str:
    """Make a client or change it; return its id."""
    found = admin.find(f"/{REALM}/clients", clientId=wanted["clientId"])
    if not found:
        return admin.make(f"/{REALM}/clients", wanted)
    (known,) = found
    attributes = {**known.get("attributes", {}), **wanted.get("attributes", {})}
    admin.put(f"/{REALM}/clients/{known['id']}", {**known, **wanted, "attributes": attributes})
    _mappers(admin, known, wanted)
    return str(known["id"])


def _mappers(admin: KeycloakAdmin, known: dict[str, Any], wanted: dict[str, Any]) -> None:
    _by_name(admin, f"/{REALM}/clients/{known['id']}/protocol-mappers/models", wanted.get("protocolMappers", []))


def _by_name(admin: KeycloakAdmin, path: str, wanted: Sequence[Mapping[str, Any]]) -> None:
    """Let each of `wanted` lie at a path, known by its name; others stay."""
    there = {one["name"]: one for one in admin.find(path)}
    for one in wanted:
        found = there.get(one["name"])
        if found is None:
            admin.make(path, one)
        elif one != {name: found.get(name) for name in one}:
            admin.put(f"{path}/{found['id']}", {**found, **one})


def _roles(admin: KeycloakAdmin, with_second_factor: Collection[str]) -> None:
    known = {one["name"] for one in admin.find(f"/{REALM}/roles")}
    for name, description in {SECOND_FACTOR: "须用两步登录 · must use a second factor", **ROLES}.items():
        if name not in known:
            admin.make(f"/{REALM}/roles", {"name": name, "description": description})
    factor = admin.find(f"/{REALM}/roles/{SECOND_FACTOR}")
    for name in ROLES:
        composites = f"/{REALM}/roles/{name}/composites"
        if name in with_second_factor:
            admin.make(composites, [factor])
        else:
            admin.remove(composites, [factor])


def _see_roles(admin: KeycloakAdmin, client: str) -> None:
    """Of an account's roles a client's tokens hold these alone."""
    (known,) = admin.find(f"/{REALM}/clients", clientId=client)
    roles = [one for one in admin.find(f"/{REALM}/roles") if one["name"] in ROLES]
    admin.make(f"/{REALM}/clients/{known['id']}/scope-mappings/realm", roles)


def _manage_users(admin: KeycloakAdmin, client: str) -> None:
    (known,) = admin.find(f"/{REALM}/clients", clientId=client)
    (management,) = admin.find(f"/{REALM}/clients", clientId="realm-management")
    account = admin.find(f"/{REALM}/clients/{known['id']}/service-account-user")
    role = admin.find(f"/{REALM}/clients/{management['id']}/roles/manage-users")
    admin.make(f"/{REALM}/users/{account['id']}/role-mappings/clients/{management['id']}", [role])
    admin.make(f"/{REALM}/clients/{known['id']}/scope-mappings/clients/{management['id']}", [role])


def _flow(admin: KeycloakAdmin, name: str, steps: Sequence[FlowStep]) -> None:
    known = {one["alias"]: one["id"] for one in admin.find(f"{_FLOWS}/flows")}
    if name in known:
        return
    being_made = f"{name} {_UNFINISHED}"
    if being_made in known:
        admin.remove(f"{_FLOWS}/flows/{known[being_made]}")
    wanted = {"alias": being_made, "providerId": "basic-flow", "topLevel": True}
    top = admin.make(f"{_FLOWS}/flows", wanted)
    _steps(admin, top, steps)
    admin.put(f"{_FLOWS}/flows/{top}", {**wanted, "id": top, "alias": name})


def _steps(admin: KeycloakAdmin, flow: str, steps: Sequence[FlowStep]) -> None:
    for priority, step in enumerate(steps):
        made = {"parentFlow": flow, "requirement": step.requirement, "priority": 10 * priority}
        if step.steps:
            inner = {"alias": step.name, "providerId": "basic-flow", "topLevel": False}
            below = admin.make(f"{_FLOWS}/flows", inner)
            admin.make(f"{_FLOWS}/executions", {**made, "flowId": below, "authenticatorFlow": True})
            _steps(admin, below, step.steps)
            continue
        execution = admin.make(f"{_FLOWS}/executions", {**made, "authenticator": step.name})
        if step.config:
            config = {"alias": f"{FLOW} {execution[:8]}", "config": dict(step.config)}
            admin.make(f"{_FLOWS}/executions/{execution}/config", config)
