"""The realm's clients as code: the pages, the directory, the systems of units; and the claims of their tokens."""

import json
from collections.abc import Mapping
from typing import Any, Final

from embedded.realm import RealmSettings
from web.addresses import BACK_CHANNEL, CALLBACK
from web.tokens import AUDIENCE

WEB_CLIENT: Final = "liangdeng-web"
DIRECTORY_CLIENT: Final = "liangdeng-directory"
CLAIMS: Final = {"person": "person"}
"""What LIANGDENG_CLAIMS says: `sub` is the server's own id of an account; the directory's is in `person`."""
_ACCOUNT: Final = (
    ("person", "String", False),
    ("unit", "String", False),
    ("jurisdiction", "String", True),
    ("head", "boolean", False),
)
_CONFIDENTIAL: Final[dict[str, Any]] = {
    "protocol": "openid-connect",
    "enabled": True,
    "publicClient": False,
    "bearerOnly": False,
    "clientAuthenticatorType": "client-secret",
    "implicitFlowEnabled": False,
    "directAccessGrantsEnabled": False,
    "serviceAccountsEnabled": False,
    "consentRequired": False,
    "frontchannelLogout": False,
    "fullScopeAllowed": False,
    "webOrigins": [],
    "defaultClientScopes": ["basic"],  # `sub` and `auth_time`; no name, no address
    "optionalClientScopes": [],
}


def clients(settings: RealmSettings) -> list[dict[str, Any]]:
    """The clients, as ClientRepresentations; what Keycloak brings along and nobody needs is switched off."""
    web = {
        "clientId": WEB_CLIENT,
        "name": "亮灯",
        "secret": settings.web_secret,
        "baseUrl": f"{settings.origin}/",
        "standardFlowEnabled": True,
        "redirectUris": [f"{settings.origin}{CALLBACK}"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{settings.origin}/",
            "backchannel.logout.url": f"{settings.services}{BACK_CHANNEL}",
            "backchannel.logout.session.required": "true",
        },
        "protocolMappers": [audience(), role_claim(), *(from_account(*one) for one in _ACCOUNT)],
    }
    directory = {
        "clientId": DIRECTORY_CLIENT,
        "name": "人员目录 · directory",
        "secret": settings.directory_secret,
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "defaultClientScopes": ["basic", "roles"],
    }
    return [{**_CONFIDENTIAL, **web}, {**_CONFIDENTIAL, **directory}, {"clientId": "admin-cli", "enabled": False}]


def audience() -> dict[str, Any]:
    """Access tokens are meant for the services."""
    config = {"included.custom.audience": AUDIENCE, "access.token.claim": "true", "id.token.claim": "false"}
    return _mapper("audience", "oidc-audience-mapper", config)


def role_claim() -> dict[str, Any]:
    """The roles of an account; which ones a client may see is its scope."""
    return _mapper("role", "oidc-usermodel-realm-role-mapper", {**_claim("role", "String"), "multivalued": "true"})


def from_account(name: str, kind: str, several: bool) -> dict[str, Any]:
    """A claim that is an attribute of the account."""
    config = {**_claim(name, kind), "user.attribute": name, "multivalued": str(several).lower()}
    return _mapper(name, "oidc-usermodel-attribute-mapper", config)


def fixed_claim(name: str, value: str, kind: str = "String") -> dict[str, Any]:
    """A claim that every token of a client has."""
    return _mapper(name, "oidc-hardcoded-claim-mapper", {**_claim(name, kind), "claim.value": value})


def program_client(unit: str, jurisdiction: str) -> dict[str, Any]:
    """The client of a unit's system, which asks for its tokens itself (client credentials); a program is no head."""
    fixed = {"person": program_id(unit, jurisdiction), "role": "unit", "unit": unit}
    return {
        **_CONFIDENTIAL,
        "clientId": program_id(unit, jurisdiction),
        "name": f"{jurisdiction} {unit}",
        "serviceAccountsEnabled": True,
        "standardFlowEnabled": False,
        "protocolMappers": [
            audience(),
            *(fixed_claim(name, value) for name, value in fixed.items()),
            fixed_claim("jurisdiction", json.dumps([jurisdiction]), "JSON"),
            fixed_claim("program", "true", "boolean"),
        ],
    }


def program_id(unit: str, jurisdiction: str) -> str:
    """The id of a unit's system, as a client and as an actor."""
    return f"system-{jurisdiction}-{unit}"


def _claim(name: str, kind: str) -> dict[str, str]:
    everywhere = {"access.token.claim": "true", "id.token.claim": "true", "introspection.token.claim": "true"}
    return {"claim.name": name, "jsonType.label": kind, "userinfo.token.claim": "false", **everywhere}


def _mapper(name: str, kind: str, config: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": dict(config)}
