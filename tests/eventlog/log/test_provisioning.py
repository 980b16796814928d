"""Topics are created as specified, and drift is told."""

from __future__ import annotations

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from eventlog.log.log import LogUnavailable
from eventlog.log.provisioning import TopicDrift, apply, check, require, specs

pytestmark = pytest.mark.services

CONFIG = {"retention.ms": "-1", "message.timestamp.type": "LogAppendTime", "max.message.bytes": "1000000"}


def test_missing_topics_are_created_as_specified_and_again_nothing_is_done(kafka: str, topic_prefix: str) -> None:
    wanted = specs(["submissions", "rulings"], 3, CONFIG, prefix=topic_prefix)
    assert check(kafka, wanted) == [f"{topic_prefix}{name}: does not exist" for name in ("submissions", "rulings")]
    assert apply(kafka, wanted) == [
        f"{topic_prefix}{name}: created with 3 partitions" for name in ("submissions", "rulings")
    ]
    assert check(kafka, wanted) == []
    assert apply(kafka, wanted) == []


def test_a_value_that_drifted_is_told_and_put_right(kafka: str, topic_prefix: str) -> None:
    wanted = specs(["submissions"], 1, CONFIG, prefix=topic_prefix)
    apply(kafka, wanted)
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    drifted = {"retention.ms": "1000", "segment.bytes": "2097152"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{topic_prefix}submissions", drifted)])
    admin.close()
    assert check(kafka, wanted) == [f"{topic_prefix}submissions: retention.ms is 1000, must be -1"]
    assert apply(kafka, wanted) == [f"{topic_prefix}submissions: retention.ms 1000 -> -1"]
    assert check(kafka, wanted) == []


def test_another_number_of_partitions_is_never_put_right(kafka: str, topic_prefix: str) -> None:
    apply(kafka, specs(["submissions"], 2, CONFIG, prefix=topic_prefix))
    with pytest.raises(TopicDrift, match="2 partitions, must be 12"):
        apply(kafka, specs(["submissions"], 12, CONFIG, prefix=topic_prefix))
    assert check(kafka, specs(["submissions"], 2, CONFIG, prefix=topic_prefix)) == []


def test_too_few_replicas_are_told(kafka: str, topic_prefix: str) -> None:
    apply(kafka, specs(["submissions"], 1, CONFIG, prefix=topic_prefix))
    with pytest.raises(TopicDrift, match="1 replicas, must be 3"):
        apply(kafka, specs(["submissions"], 1, CONFIG, prefix=topic_prefix, replication_factor=3))


async def test_a_service_refuses_to_start_on_drift(kafka: str, topic_prefix: str) -> None:
    wanted = specs(["submissions"], 1, CONFIG, prefix=topic_prefix)
    with pytest.raises(TopicDrift, match="does not exist"):
        await require(kafka, wanted)
    apply(kafka, wanted)
    await require(kafka, wanted)


def test_a_broker_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(LogUnavailable):
        check("127.0.0.1:1,[::1]:1", specs(["submissions"], 1, CONFIG))
