"""What every service with a public door is told about how much may be asked of it, under plain names."""

from __future__ import annotations

from pydantic import Field, field_validator

from services.settings import SharedSettings
from web.connections import ConnectionLimits
from web.request_limits import Allowance, networks_of


class LimitSettings(SharedSettings):
    """The limits that all public doors have (docs/operations.md lists every limit)."""

    proxies: str = Field(default="", validation_alias="LIANGDENG_PROXIES")
    """Networks or addresses of the front, separated by commas: only of a request from there X-Forwarded-For is
    believed. Empty: nobody's; behind a front the public is then one address."""
    account_a_minute: int = Field(default=3000, ge=1, validation_alias="LIANGDENG_ACCOUNT_A_MINUTE")
    """Requests of one account, so many at once: a unit's system that sends its year again needs some hundreds."""
    address_a_minute: int = Field(default=3000, ge=1, validation_alias="LIANGDENG_ADDRESS_A_MINUTE")
    """Requests of one address that no account is known for: an office behind one address opens 500 pages a minute."""
    under_way_each: int = Field(default=100, ge=1, validation_alias="LIANGDENG_UNDER_WAY_EACH")
    """Requests of one account, or of one such address, at a time: a program with 64 connections fits."""
    under_way: int = Field(default=1000, ge=1, validation_alias="LIANGDENG_UNDER_WAY")
    """Requests at a time: some 100 KB each, 100 MB in all."""
    max_connections: int = Field(default=2000, ge=1, validation_alias="LIANGDENG_CONNECTIONS")
    """Connections at a time: some 30 KB each, below the 4096 files that a service may usually open."""
    header_seconds: float = Field(default=10.0, gt=0, validation_alias="LIANGDENG_HEADER_SECONDS")
    """Until a request's headers must be there: as long as the front waits."""
    body_seconds: float = Field(default=15.0, gt=0, validation_alias="LIANGDENG_BODY_SECONDS")
    """How long a body may be waited for, beside a second for every `body_a_second` bytes."""
    body_a_second: int = Field(default=8192, ge=1, validation_alias="LIANGDENG_BODY_A_SECOND")
    """Bytes: a slow line of 64 kbit/s."""

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_of(text)
        return text

    @property
    def allowance(self) -> Allowance:
        """How much may be asked for."""
        return Allowance(
            account_a_minute=self.account_a_minute,
            address_a_minute=self.address_a_minute,
            under_way_each=self.under_way_each,
            under_way=self.under_way,
            proxies=networks_of(self.proxies),
        )

    @property
    def connection_limits(self) -> ConnectionLimits:
        """Of the public door."""
        return ConnectionLimits(self.max_connections, self.header_seconds)
