"""The realm of the sign-in server as code: roles, passwords, the second factor, sessions, accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

REALM: Final = "liangdeng"
PASSWORD_POLICY: Final = "length(12) and maxLength(128) and notUsername(undefined) and passwordHistory(5)"
"""Long, of whatever characters; where the server has the list those of `refused_passwords` are not taken either."""
REFUSED: Final = "liangdeng.txt"
"""The list's file, in the server's folder of such lists."""
SECOND_FACTOR: Final = "second-factor"
ROLES: Final[Mapping[str, str]] = {
    "office": "督查室 · supervision office",
    "unit": "承办单位 · unit",
    "head": "单位主要负责人 · head of a unit",
    "leader": "分管领导 · leader in charge",
    "chief": "主要领导 · chief leader",
    "auditor": "审计 · auditor",
}
WITH_SECOND_FACTOR: Final = ("office", "auditor")
"""Who sees everything or decides for everybody: these roles contain the role `second-factor`, and others on demand."""
FLOW: Final = "liangdeng sign-in 1"
"""Carries a version: a flow in use is not changed, another one takes its place."""
AFTER_SIGN_ON: Final = "liangdeng after a sign-on 1"
"""What follows whenever another sign-on, such as the government's, let somebody in."""
FIRST_SIGN_ON: Final = "liangdeng first sign-on 1"
"""What follows when it did so for the first time."""
IDLE_SECONDS: Final = 30 * 60
LONGEST_SECONDS: Final = 10 * 3600
"""As long as the pages' own sessions."""
TOKEN_SECONDS: Final = 5 * 60


class FlowStep(NamedTuple):
    """A step of the sign-in: an authenticator with its settings, or further steps under a name."""

    requirement: str
    name: str
    steps: Sequence["FlowStep"] = ()
    config: Mapping[str, str] = {}


def _factors(flow: str) -> tuple[FlowStep, ...]:
    """The second factor: who has the role `second-factor` and none yet sets one up here; nobody of them gets past."""
    return (
        _factor(f"{flow} required", _by_role("false")),
        _factor(f"{flow} chosen", _by_role("true"), FlowStep("REQUIRED", "conditional-user-configured")),
    )


def _factor(name: str, *conditions: FlowStep) -> FlowStep:
    return FlowStep("CONDITIONAL", name, (*conditions, FlowStep("REQUIRED", "auth-otp-form")))


def _by_role(negated: str) -> FlowStep:
    return FlowStep("REQUIRED", "conditional-user-role", config={"condUserRole": SECOND_FACTOR, "negate": negated})


FLOWS: Final[Mapping[str, Sequence[FlowStep]]] = {
    FLOW: (
        FlowStep("ALTERNATIVE", "auth-cookie"),
        FlowStep("ALTERNATIVE", "identity-provider-redirector"),
        FlowStep("ALTERNATIVE", f"{FLOW} form", (FlowStep("REQUIRED", "auth-username-password-form"), *_factors(FLOW))),
    ),
    # A flow of conditions alone would let nobody pass to whom none applies.
    AFTER_SIGN_ON: (FlowStep("REQUIRED", "allow-access-authenticator"), *_factors(AFTER_SIGN_ON)),
    # Nobody gets an account by it, and whoever has one shows by its password that it is theirs.
    FIRST_SIGN_ON: (
        FlowStep("REQUIRED", "idp-detect-existing-broker-user"),
        FlowStep("REQUIRED", "idp-username-password-form"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmSettings:
    """What differs from one installation to another.

    `origin` is people's address, `services` the one at which this server reaches query, for ending sessions.
    """

    origin: str
    services: str
    web_secret: str
    directory_secret: str
    password_policy: str = PASSWORD_POLICY
    second_factor: Collection[str] = WITH_SECOND_FACTOR


def with_refused_passwords(policy: str) -> str:
    """A rule for passwords with the list of the refused ones, unless it names one itself."""
    if "passwordBlacklist(" in policy:
        return policy
    return " and ".join(filter(None, (policy.strip(), f"passwordBlacklist({REFUSED})")))


def realm(settings: RealmSettings) -> dict[str, Any]:
    """The realm's own settings, as a RealmRepresentation."""
    return {
        "realm": REALM,
        "enabled": True,
        "displayName": "亮灯",
        "loginTheme": REALM,
        "internationalizationEnabled": True,
        "supportedLocales": ["zh-CN", "en"],
        "defaultLocale": "zh-CN",
        "sslRequired": "external",
        "registrationAllowed": False,
        "resetPasswordAllowed": False,
        "rememberMe": False,
        "loginWithEmailAllowed": False,
        "duplicateEmailsAllowed": True,
        "editUsernameAllowed": False,
        "passwordPolicy": settings.password_policy,
        # Too many failures: a minute for each further one, at most a quarter of an hour.
        "bruteForceProtected": True,
        "permanentLockout": False,
        "failureFactor": 5,
        "waitIncrementSeconds": 60,
        "maxFailureWaitSeconds": 15 * 60,
        "maxDeltaTimeSeconds": 12 * 3600,
        "quickLoginCheckMilliSeconds": 1000,
        "minimumQuickLoginWaitSeconds": 60,
        "otpPolicyType": "totp",
        "otpPolicyAlgorithm": "HmacSHA1",  # the one that every authenticator application knows
        "otpPolicyDigits": 6,
        "otpPolicyPeriod": 30,
        "otpPolicyLookAheadWindow": 1,
        "otpPolicyCodeReusable": False,
        "ssoSessionIdleTimeout": IDLE_SECONDS,
        "ssoSessionMaxLifespan": LONGEST_SECONDS,
        "accessTokenLifespan": TOKEN_SECONDS,
        "accessCodeLifespanLogin": 15 * 60,
        "revokeRefreshToken": True,
        "eventsEnabled": True,
        "eventsExpiration": 180 * 24 * 3600,  # six months, as the Cybersecurity Law (art. 21) asks for logs
        "adminEventsEnabled": True,
        "adminEventsDetailsEnabled": False,
    }


USER_PROFILE: Final[dict[str, Any]] = {
    "attributes": [
        {
            "name": "username",
            "displayName": "${username}",
            "permissions": {"view": ["admin", "user"], "edit": ["admin"]},
            "validations": {"length": {"min": 2, "max": 64}, "up-username-not-idn-homograph": {}},
        },
        # Keycloak wants it to be known; nobody has one here: how people are reached lies in the directory.
        {"name": "email", "permissions": {"view": ["admin"], "edit": ["admin"]}, "validations": {"email": {}}},
        *(
            {
                "name": name,
                "multivalued": several,
                "permissions": {"view": ["admin"], "edit": ["admin"]},
                "validations": {"pattern": {"pattern": pattern}},
            }
            for name, pattern, several in (
                ("person", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", False),
                ("unit", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", False),
                ("jurisdiction", "^[0-9]{6}$", True),
                ("head", "^(true|false)$", False),
            )
        ),
    ],
    "groups": [],
    "unmanagedAttributePolicy": "ADMIN_EDIT",
}
"""Who somebody is, is set by administrators alone; people see their user name and change their credentials."""
