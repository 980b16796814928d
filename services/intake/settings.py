"""Settings of intake, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.settings import PORTS, ClockSettings, ServingSettings, TokenSettings


class IntakeSettings(ServingSettings, ClockSettings, TokenSettings):
    """`INTAKE_…`, and what all services share."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_")
    client_id: ClassVar[str] = "intake"

    jwks: Path = Field(validation_alias="LIANGDENG_JWKS")
    """Required here: nobody submits without a token."""
    port: int = PORTS["intake"]
    evidence_folder: Path
    """Uploaded files lie here, by SHA-256; shared by all instances."""
    library: Path = Path("programmes")
    """Calendars and policies that a posted programme may name."""
    query_url: str = ""
    """Where query answers, e.g. http://localhost:8004; rulings are read there."""
    sign_in_url: str = ""
    """Where a browser without a token is sent; empty: told to sign in, without a link."""

    answer_within: float = Field(default=10.0, gt=0, le=60)
    """Seconds until an append without an answer becomes a 503; the append itself goes on."""
    retry_after: int = Field(default=5, ge=1)
    """Seconds that a 503 asks its caller to wait."""
    max_waiting: int = Field(default=5000, ge=1)
    """Appends without an answer beyond which new ones get a 503 at once: about 320 MB at 64 KiB each."""
    linger_ms: int = Field(default=2, ge=0, le=100)
    """How long a batch waits for company: 2 ms costs a lone request little and lets a crowd share batches."""
    evidence_limit: int = Field(default=64 * 1024 * 1024, ge=1)
    """Bytes of one evidence file."""
    programme_limit: int = Field(default=2 * 1024 * 1024, ge=1)
    """Bytes of a programme file; the real one has 40 KB."""
