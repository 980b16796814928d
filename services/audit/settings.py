"""Settings of audit, from the environment: only what all services share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the log is."""

    model_config = SettingsConfigDict(env_prefix="AUDIT_", populate_by_name=True)

    bootstrap_servers: Annotated[str, Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS")]
    log: Annotated[str, Field(validation_alias="LIANGDENG_LOG")] = "1"
    topic_prefix: Annotated[str, Field(validation_alias="LIANGDENG_TOPIC_PREFIX")] = ""
    wait_seconds: float = 10.0
    """How long submissions that have no ruling yet are given for it, on a log that is in use."""
