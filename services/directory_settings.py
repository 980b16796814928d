"""What services are told about the directory, under plain names."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

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
