"""Settings of query, from the environment."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from eventlog.log.settings import KafkaSettings
from services.directory_settings import AccountsSettings, DirectorySettings
from services.limit_settings import LimitSettings
from services.settings import ClockSettings, PositionSettings, ServingSettings
from services.sign_in_settings import SignInSettings
from web.ports import OPS_PORTS, PORTS


class QuerySettings(
    ServingSettings,
    LimitSettings,
    ClockSettings,
    PositionSettings,
    SignInSettings,
    DirectorySettings,
    AccountsSettings,
):
    """`QUERY_…`, and what all services share."""

    model_config = SettingsConfigDict(env_prefix="QUERY_")
    client_id: ClassVar[str] = "liangdeng-query"

    database_url: str = Field(validation_alias="DATABASE_URL")
    port: int = PORTS["query"]
    ops_port: int = OPS_PORTS["query"]
    sql_schema: str = Field(default="query", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    """The PostgreSQL schema of the read model; a rebuild swaps it."""
    connections: int = Field(default=8, ge=2, le=100)
    """Requests that view at the read model at the same time; each holds a connection for some milliseconds."""
    max_waits_each: int = Field(default=20, ge=1)
    """Requests of one account or address that wait for `min_position` at a time: a page's tabs, or a program's 20."""
    max_waits: int = Field(default=400, ge=1)
    """Such requests at a time; each looks again whenever the log moves."""
    max_streams_each: int = Field(default=20, ge=1)
    """Streams of changes of one account or address at a time: a page has one, an office behind one address several."""
    max_streams: int = Field(default=400, ge=1)
    """Streams at a time; each asks the read model when something changes, five times a second at most."""
    fetch_wait: float = Field(default=0.1, gt=0, le=5)
    """Seconds that the broker holds a fetch without data while records come: what a partition may wait whose records
    were not taken yet when it was sent. At rest there are none, and fetches stand longer."""

    @property
    def kafka(self) -> KafkaSettings:
        """As `SharedSettings.kafka`, with this service's own `fetch_wait`."""
        return replace(super().kafka, fetch_wait_seconds=self.fetch_wait)
