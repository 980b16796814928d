"""What all services are told by the environment, under plain names; each adds its own under its prefix."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from eventlog.log.settings import KafkaSettings


class SharedSettings(BaseSettings):
    """Where the log is, and how its clients call themselves."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore")

    client_id: ClassVar[str] = "liangdeng"
    """What the broker's logs and quotas know the service by."""

    bootstrap_servers: str = Field(validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    log: str = Field(default="1", validation_alias="LIANGDENG_LOG")
    """The log's generation: part of every derived id."""
    topic_prefix: str = Field(default="", validation_alias="LIANGDENG_TOPIC_PREFIX")

    @property
    def kafka(self) -> KafkaSettings:
        """How to reach the broker, for every client of the log."""
        return KafkaSettings(
            bootstrap_servers=self.bootstrap_servers, topic_prefix=self.topic_prefix, client_id=self.client_id
        )


class ServingSettings(SharedSettings):
    """For a service that answers requests: where it listens. Each has its own ports (`web.ports`)."""

    host: str = "127.0.0.1"


class ClockSettings(SharedSettings):
    """For a service that stamps, announces, or asks who stands in today."""

    clock: str = Field(default="", validation_alias="LIANGDENG_CLOCK")
    """Empty: the machine's clock; else the file of a driven one."""


class PositionSettings(SharedSettings):
    """For a service that tells people and programs of positions on the log."""

    position_key: SecretStr = Field(min_length=32, validation_alias="QUERY_POSITION_KEY")
    """A secret that intake and query share: positions are shown as tokens to whoever must not count records by them."""
