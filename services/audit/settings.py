"""Settings of audit, from the environment."""

from __future__ import annotations

from pydantic_settings import SettingsConfigDict

from services.settings import SharedSettings


class AuditSettings(SharedSettings):
    """`AUDIT_…`, and what all services share."""

    model_config = SettingsConfigDict(env_prefix="AUDIT_")

    wait_seconds: float = 10.0
    """How long submissions that have no ruling yet are given for it, on a log that is in use."""
