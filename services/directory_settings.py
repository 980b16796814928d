"""What services are told about the directory, under plain names."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from directory.accounts import Accounts
from directory.keycloak import KeycloakAccounts
from services.settings import SharedSettings


class DirectorySettings(SharedSettings):
    """For a service that needs to know who people are."""

    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    """PostgreSQL, with the directory in the schema `directory`. Empty: no directory."""
    home: Path | None = Field(default=None, validation_alias="LIANGDENG_HOME")
    """Where the service's copy of the directory is kept, for a start while PostgreSQL is down. None: nowhere."""

    @property
    def directory_copy(self) -> Path | None:
        """The file of the copy, one for each service."""
        service = str(self.model_config["env_prefix"]).strip("_").lower()
        return self.home / "directory" / f"{service}.json" if self.home else None


class AccountsSettings(BaseSettings):
    """For whoever gives people accounts: the sign-in provider's own administration."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    accounts_url: str = Field(default="", validation_alias="LIANGDENG_ACCOUNTS_URL")
    """A realm of Keycloak as it is reached from here, such as http://…/identity/realms/liangdeng. Empty: accounts are
    given elsewhere."""
    accounts_client_id: str = Field(default="liangdeng-directory", validation_alias="LIANGDENG_ACCOUNTS_CLIENT_ID")
    accounts_client_secret: SecretStr | None = Field(default=None, validation_alias="LIANGDENG_ACCOUNTS_CLIENT_SECRET")
    """Of a service account that may manage users and nothing else."""

    @model_validator(mode="after")
    def _who_asks(self) -> Self:
        if self.accounts_url and self.accounts_client_secret is None:
            raise ValueError("LIANGDENG_ACCOUNTS_URL needs LIANGDENG_ACCOUNTS_CLIENT_SECRET")
        return self

    @property
    def accounts(self) -> Accounts | None:
        """The accounts at the provider, where they are ours to give."""
        if not self.accounts_url or self.accounts_client_secret is None:
            return None
        return KeycloakAccounts(
            self.accounts_url, self.accounts_client_id, self.accounts_client_secret.get_secret_value()
        )
