"""The realm as code: whom it lets in how, and that its claims are what the services read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from embedded.realm import (
    AFTER_SIGN_ON,
    FLOW,
    FLOWS,
    PASSWORD_POLICY,
    ROLES,
    USER_PROFILE,
    WITH_SECOND_FACTOR,
    FlowStep,
    RealmSettings,
    realm,
    with_refused_passwords,
)
from embedded.realm_clients import CLAIMS, DIRECTORY_CLIENT, WEB_CLIENT, clients, program_client
from web.identity import PERSON, ClaimMapping, Identity

SETTINGS = RealmSettings(
    origin="https://liangdeng.example", services="http://127.0.0.1:8004", web_secret="w" * 43, directory_secret="d" * 43
)
CLIENTS = {client["clientId"]: client for client in clients(SETTINGS)}


def steps(of: Sequence[FlowStep]) -> Iterator[FlowStep]:
    for step in of:
        yield step
        yield from steps(step.steps)


def fixed_claims(client: dict[str, Any]) -> dict[str, Any]:
    kinds: dict[str, Callable[[str], Any]] = {"String": str, "boolean": "true".__eq__, "JSON": json.loads}
    fixed = [one["config"] for one in client["protocolMappers"] if "claim.value" in one["config"]]
    return {one["claim.name"]: kinds[one["jsonType.label"]](one["claim.value"]) for one in fixed}


def test_people_register_nowhere_and_no_password_comes_by_mail() -> None:
    told = realm(SETTINGS)
    assert not told["registrationAllowed"]
    assert not told["resetPasswordAllowed"]
    assert told["bruteForceProtected"]
    assert told["passwordPolicy"] == PASSWORD_POLICY
    assert (told["displayName"], told["defaultLocale"]) == ("亮灯", "zh-CN")


def test_the_pages_sign_people_in_by_a_code_with_a_proof_and_in_no_other_way() -> None:
    web = CLIENTS[WEB_CLIENT]
    assert web["standardFlowEnabled"]
    for other in ("implicitFlowEnabled", "directAccessGrantsEnabled", "serviceAccountsEnabled", "publicClient"):
        assert not web[other], other
    assert web["attributes"]["pkce.code.challenge.method"] == "S256"
    assert web["redirectUris"] == ["https://liangdeng.example/sign-in/callback"]
    assert web["attributes"]["backchannel.logout.url"] == "http://127.0.0.1:8004/sign-in/back-channel-logout"


def test_no_client_has_every_role_in_its_tokens_and_none_a_secret_of_the_code() -> None:
    for client in CLIENTS.values():
        assert not client.get("fullScopeAllowed", False), client["clientId"]
    assert CLIENTS[WEB_CLIENT]["secret"] == SETTINGS.web_secret
    assert CLIENTS[DIRECTORY_CLIENT]["secret"] == SETTINGS.directory_secret
    assert "secret" not in program_client("nongye", "441602")


@pytest.mark.parametrize("flow", [FLOW, AFTER_SIGN_ON])
def test_who_decides_for_everybody_needs_a_second_factor_however_they_came(flow: str) -> None:
    assert set(WITH_SECOND_FACTOR) == {"office", "auditor"} < set(ROLES)
    (by_role, *_) = [step for step in steps(FLOWS[flow]) if step.requirement == "CONDITIONAL"]
    condition, factor = by_role.steps
    assert condition.config == {"condUserRole": "second-factor", "negate": "false"}
    assert factor == FlowStep("REQUIRED", "auth-otp-form")


def test_nobody_comes_in_without_a_password_or_another_sign_on() -> None:
    password = next(step for step in steps(FLOWS[FLOW]) if step.name == "auth-username-password-form")
    assert password.requirement == "REQUIRED"


def test_the_list_of_refused_passwords_belongs_to_every_rule_that_names_none() -> None:
    assert with_refused_passwords("length(14)") == "length(14) and passwordBlacklist(liangdeng.txt)"
    assert with_refused_passwords("") == "passwordBlacklist(liangdeng.txt)"
    assert with_refused_passwords("passwordBlacklist(own.txt)") == "passwordBlacklist(own.txt)"


def test_people_cannot_change_who_they_are() -> None:
    attributes = {one["name"]: one for one in USER_PROFILE["attributes"]}
    for name in ("username", "person", "unit", "jurisdiction", "head"):
        assert attributes[name]["permissions"]["edit"] == ["admin"]
    assert attributes["person"]["validations"]["pattern"]["pattern"] == f"^{PERSON.pattern}$"
    assert USER_PROFILE["unmanagedAttributePolicy"] == "ADMIN_EDIT"


@pytest.mark.parametrize("unit", ["nongye", "jiaoyu"])
def test_the_system_of_a_unit_acts_for_its_unit_there_and_is_no_head(unit: str) -> None:
    client = program_client(unit, "441602")
    assert client["serviceAccountsEnabled"]
    assert not client["standardFlowEnabled"]
    told = ClaimMapping(CLAIMS).identity(fixed_claims(client))
    assert told == Identity(f"system-441602-{unit}", "unit", unit, ("441602",), head=False, program=True)


def test_every_token_is_meant_for_the_services() -> None:
    for client in (CLIENTS[WEB_CLIENT], program_client("nongye", "441602")):
        (audience,) = (one for one in client["protocolMappers"] if one["protocolMapper"] == "oidc-audience-mapper")
        assert audience["config"]["included.custom.audience"] == "liangdeng"
        assert re.fullmatch(r"[a-z-]+", audience["name"])
