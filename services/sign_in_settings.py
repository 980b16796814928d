"""What services with doors for people and programs are told about who signs in, under plain names."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.settings import SharedSettings
from web.cookies import cookies_of
from web.entrance import host_names
from web.identity import ClaimMapping
from web.sessions import SessionLimits
from web.tokens import AUDIENCE


class TokenSettings(SharedSettings):
    """For a service that asks who somebody is: whose tokens count, and what they say."""

    jwks: str = Field(default="", validation_alias="LIANGDENG_JWKS")
    """Public keys of whoever signs tokens: a file, read again when it changes, or an http(s) address. Empty: no token
    counts."""
    issuer: str = Field(default="", validation_alias="LIANGDENG_ISSUER")
    """The only `iss` that a token may name; also what people's sign-in calls itself."""
    audience: str = Field(default=AUDIENCE, validation_alias="LIANGDENG_AUDIENCE")
    """What an access token must be meant for."""
    claims: dict[str, str] = Field(default_factory=dict, validation_alias="LIANGDENG_CLAIMS")
    """Where the parts of an identity stand among the claims, as JSON, where it is not as in `DEFAULT_CLAIMS`, such as
    `{"role": "realm_access.roles"}`."""
    jurisdiction: str = Field(default="", validation_alias="LIANGDENG_JURISDICTION")
    """The six digits that this installation serves, several separated by commas: what holds for whom the claims name
    none. Empty: nobody is given any."""

    @model_validator(mode="after")
    def _whose_tokens(self) -> Self:
        if self.jwks and not self.issuer:
            raise ValueError("LIANGDENG_ISSUER: a token of anybody else must not count")
        _ = self.mapping
        return self

    @property
    def mapping(self) -> ClaimMapping:
        """How claims become an identity."""
        return ClaimMapping(self.claims, tuple(filter(None, self.jurisdiction.replace(" ", "").split(","))))


class SessionSettings(TokenSettings):
    """For a service with pages: at which address people find them, and how long they stay signed in."""

    origin: str = Field(default="", validation_alias="LIANGDENG_ORIGIN")
    """People's one address, such as https://liangdeng.example, no slash at the end. Empty: no person signs in."""
    intake_root_path: str = Field(default="/intake", pattern=r"^/[a-z0-9-]+$", validation_alias="INTAKE_ROOT_PATH")
    """Where intake is below it; query is at its root."""
    hosts: str = Field(default="", validation_alias="LIANGDENG_HOSTS")
    """Further names, separated by commas, by which programs ask this service, such as `intake` inside a cluster. Beside
    them count that of people's address and this machine's own; where there is no such address any name is taken."""
    session_idle_ms: int = Field(default=30 * 60_000, ge=100, validation_alias="LIANGDENG_SESSION_IDLE_MS")
    """A browser that was left alone for so long is signed out: half an hour, as one leaves a desk for."""
    session_absolute_ms: int = Field(default=10 * 3_600_000, ge=100, validation_alias="LIANGDENG_SESSION_ABSOLUTE_MS")
    """No session is longer than a working day: on the next one everybody signs in again."""

    @model_validator(mode="after")
    def _people_come_safely(self) -> Self:
        if self.origin:
            cookies_of(self.origin)
        return self

    @property
    def host_names(self) -> frozenset[str]:
        """The names by which this service may be asked; empty: by any."""
        return host_names(self.origin, filter(None, self.hosts.lower().replace(" ", "").split(",")))

    @property
    def limits(self) -> SessionLimits:
        """When a session ends that nobody ended."""
        return SessionLimits(
            timedelta(milliseconds=self.session_idle_ms), timedelta(milliseconds=self.session_absolute_ms)
        )


class SignInSettings(SessionSettings):
    """For the service where people sign in: which client of the provider it is."""

    oidc_client_id: str = Field(default="liangdeng-web", validation_alias="LIANGDENG_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr | None = Field(default=None, validation_alias="LIANGDENG_OIDC_CLIENT_SECRET")
    """Required where people sign in."""
    oidc_discovery: str = Field(default="", validation_alias="LIANGDENG_OIDC_DISCOVERY")
    """Where the provider's discovery document is, as this service reaches it. Empty: below the issuer."""

    @model_validator(mode="after")
    def _people_need_a_provider(self) -> Self:
        if self.origin and not (self.issuer and self.oidc_client_secret):
            raise ValueError("LIANGDENG_ORIGIN: people sign in at LIANGDENG_ISSUER with LIANGDENG_OIDC_CLIENT_SECRET")
        return self
