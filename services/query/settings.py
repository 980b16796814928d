"""Query's settings, from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class QuerySettings(BaseSettings):
    """QUERY_… for its own, the plain names for what all services share."""

    model_config = SettingsConfigDict(env_prefix="QUERY_", populate_by_name=True, extra="ignore")

    bootstrap_servers: str = Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    database_url: str = Field(validation_alias="DATABASE_URL")
    topic_prefix: str = Field(default="", validation_alias="LIANGDENG_TOPIC_PREFIX")
    jwks: Path | None = Field(default=None, validation_alias="LIANGDENG_JWKS")
    """File with the public keys of whoever signs tokens; without it everybody is the public."""
    issuer: str | None = None
    """Where given, the only `iss` that a token may name."""

    host: str = "127.0.0.1"
    port: int = 8082
    sql_schema: str = Field(default="query", pattern=r"^[a-z][a-z0-9_]{0,40}$")
    """The PostgreSQL schema of the read model; a rebuild swaps it."""
    connections: int = Field(default=8, ge=2, le=100)
    """Requests that look at the read model at the same time; each holds a connection for some milliseconds."""
    fetch_wait: float = Field(default=0.1, gt=0, le=5)
    """Seconds that the broker holds a fetch without data: what a quiet partition's first record may wait."""

    intake_url: str = ""
    """Where intake's pages are; empty: no link to them."""
    sign_in_url: str = ""
    """The issuer, with its doors /sign-in and /sign-out; empty: no links to them."""
