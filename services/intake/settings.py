"""Settings of intake, from the environment."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.directory_settings import DirectorySettings
from services.limit_settings import LimitSettings
from services.settings import ClockSettings, PositionSettings, ServingSettings
from services.sign_in_settings import SessionSettings
from web.ports import OPS_PORTS, PORTS


class IntakeSettings(
    ServingSettings, LimitSettings, ClockSettings, PositionSettings, SessionSettings, DirectorySettings
):
    """`INTAKE_…`, and what all services share."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_")
    client_id: ClassVar[str] = "intake"

    jwks: str = Field(min_length=1, validation_alias="LIANGDENG_JWKS")
    """Required here: no program submits without a token."""
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    """Where the sessions of people and the directory are. Empty: programs alone; without PostgreSQL those go on."""
    port: int = PORTS["intake"]
    ops_port: int = OPS_PORTS["intake"]
    evidence_folder: Path
    """Uploaded files lie here, by SHA-256; shared by all instances. With a bucket: drafts alone, one folder each."""
    evidence_bucket: str = ""
    """A bucket of an S3-compatible store, where files lie instead."""
    evidence_endpoint: str = ""
    """Where that store is, such as `https://s3.example.gov.cn`; empty: that of the region."""
    evidence_region: str = "cn"
    evidence_key_id: str = ""
    evidence_key_secret: SecretStr = SecretStr("")
    """The key to the bucket: it may read, write, list and delete."""
    evidence_kept_free: int = Field(default=512 * 1024 * 1024, ge=0)
    """Bytes of the folder's disk that uploads leave free: the log or PostgreSQL may lie on the same."""
    evidence_citable_hours: float = Field(default=24.0, gt=0)
    """How long a file that was brought may be cited; what no submission cites goes an hour later."""
    evidence_scanner: str = ""
    """clamd, as `host:port` or the path of its socket. Empty: files are not scanned."""
    evidence_scan_within: float = Field(default=60.0, gt=0)
    """Seconds that clamd may take for a file; then it was not taken, and may be sent again."""
    library: Path = Path("programmes")
    """Calendars and policies that a posted programme may name."""

    receipt_key: SecretStr = Field(min_length=32)
    """A secret that receipts are signed with (Ed25519). Whoever has it can forge receipts."""
    receipt_former_keys: Path | None = None
    """Public keys that receipts were signed with before (a JSON Web Key Set): published beside the present one."""
    max_wait: float = Field(default=30.0, gt=0, le=60)
    """Seconds that a request may wait for the ruling (`Prefer: wait=`): below the front's own time-out."""
    max_ruling_waits: int = Field(default=1000, ge=0)
    """Requests that may wait for a ruling at a time, some 10 KB each; the others get the receipt alone."""
    bulk_rows: int = Field(default=200, ge=1, le=1000)
    """Submissions in one request: a district's 108 items fit twice."""
    bulk_limit: int = Field(default=1024 * 1024, ge=1)
    """Bytes of such a request; a report has about 1 KB."""

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
    quota_submissions: int = Field(default=500, ge=1)
    """Submissions of one unit about one item in a day: people send a few, a system that reports anew each minute of a
    working day about that many; a program gone wild is stopped."""
    quota_bytes: int = Field(default=8 * 1024 * 1024, ge=1)
    """Bytes of those: 128 of the largest."""
    quota_evidence_bytes: int = Field(default=4 * 1024 * 1024 * 1024, ge=1)
    """Bytes of evidence that one unit uploads in a day: 64 of the largest files, so that none fills the disk alone."""
    programmes_at_a_time: int = Field(default=2, ge=1, le=16)
    """Programme files that are checked at a time, and ledgers; some times a year, each takes a core for a second."""
    programme_within: float = Field(default=20.0, gt=0, le=60)
    """Seconds that checking one may take: a thousand items need about three."""

    @property
    def evidence_citable_for(self) -> timedelta:
        """The same as a span."""
        return timedelta(hours=self.evidence_citable_hours)

    @model_validator(mode="after")
    def _a_bucket_has_a_key(self) -> Self:
        if self.evidence_bucket and not (self.evidence_key_id and self.evidence_key_secret.get_secret_value()):
            raise ValueError("INTAKE_EVIDENCE_KEY_ID, INTAKE_EVIDENCE_KEY_SECRET: the bucket needs a key")
        return self

    @model_validator(mode="after")
    def _people_have_sessions(self) -> Self:
        if self.origin and not self.database_url:
            raise ValueError("LIANGDENG_ORIGIN: the sessions of people are in DATABASE_URL")
        return self
