"""Settings of notify, from the environment; each number with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.directory_settings import DirectorySettings
from services.settings import ServingSettings
from web.ports import OPS_PORTS


class NotifySettings(ServingSettings, DirectorySettings):
    """`NOTIFY_…`, and what all services share."""

    model_config = SettingsConfigDict(env_prefix="NOTIFY_")
    client_id: ClassVar[str] = "notify"

    ops_port: int = OPS_PORTS["notify"]
    """Metrics, health and progress; nothing can be changed through it."""

    directory: Path | None = None
    """Contacts by role in a YAML file (directory/contacts_file.py), asked instead of the directory in PostgreSQL."""
    prefixes: dict[str, str] = Field(default_factory=dict)
    """Word in front of the numbers of a programme's notices, where its own document's is not wanted (JSON object)."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    mail_from_name: str = "区府办公室督查室"
    smtp_timeout: Annotated[float, Field(gt=0, le=120)] = 30.0
    """Seconds per SMTP command; RFC 5321 allows minutes, but a claim holds for `lease` only."""
    smtp_concurrency: Annotated[int, Field(ge=1, le=64)] = 4
    """Connections at a time; a relay of a district's size takes a few hundred mails a second on four."""
    smtp_backlog: Annotated[int, Field(ge=1, le=1000)] = 100
    """Claimed ahead: enough to append in batches, few enough to be sent well within `lease`."""

    lease: Annotated[int, Field(ge=1, le=3600)] = 120
    """Seconds that a claim holds: longer than the slowest try, as short as one is ready to wait after a crash."""
    skew: Annotated[int, Field(ge=0, le=3600)] = 60
    """Seconds by which the clocks of two machines may differ."""
    max_tries: Annotated[int, Field(ge=1, le=50)] = 8
    """With pauses from `retry_first`, doubling to `retry_longest`, about two hours before a delivery is abandoned."""
    retry_first: Annotated[float, Field(gt=0)] = 30.0
    retry_longest: Annotated[float, Field(gt=0)] = 3600.0

    session_timeout: Annotated[float, Field(gt=0)] = 10.0
    """Seconds without a heartbeat until another instance takes the partitions over."""
    stop_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long a stop waits for outcomes; then the process ends, and its claims lapse."""

    @model_validator(mode="after")
    def _somebody_can_be_reached(self) -> Self:
        if self.directory is None and not self.database_url:
            raise ValueError("DATABASE_URL or NOTIFY_DIRECTORY: without one nobody can be told anything")
        return self

    @model_validator(mode="after")
    def _credentials_need_tls(self) -> Self:
        if self.smtp_username and self.smtp_security == "none":
            raise ValueError("NOTIFY_SMTP_USERNAME needs NOTIFY_SMTP_SECURITY starttls or tls")
        return self
