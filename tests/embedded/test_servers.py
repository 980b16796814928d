"""The Kafka and PostgreSQL that come along are real, empty where a test asks, and remember across a restart."""

import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import UnknownTopicOrPartitionError

from embedded.kafka import KafkaServer
from embedded.postgres import PostgresServer, others_can_reach, private_place
from embedded.versions import POSTGRES

pytestmark = pytest.mark.services


def test_a_record_is_still_there_after_the_broker_was_restarted(servers_folder: Path) -> None:
    folder = servers_folder / "kafka-restarted"
    first = KafkaServer(folder)
    servers = first.start()
    admin = KafkaAdminClient(bootstrap_servers=servers)
    admin.create_topics([NewTopic("kept", 1, 1)])
    admin.close()
    producer = KafkaProducer(bootstrap_servers=servers)
    assert producer.send("kept", b"light", partition=0).get(10).offset == 0
    producer.close()
    first.stop()

    second = KafkaServer(folder)
    consumer = KafkaConsumer(bootstrap_servers=second.start(), auto_offset_reset="earliest")
    consumer.assign([TopicPartition("kept", 0)])
    assert next(consumer).value == b"light"
    consumer.close()
    second.stop()


def test_kafka_makes_no_topic_by_itself(kafka: str, topic_prefix: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    [answer] = admin.describe_topics([f"{topic_prefix}nobody-made-me"])
    admin.close()
    assert answer["error_code"] == UnknownTopicOrPartitionError.errno


def test_every_database_asked_for_is_a_fresh_one(postgres: Callable[[], str]) -> None:
    for _ in range(2):
        with psycopg.connect(postgres()) as connection:
            connection.execute("CREATE TABLE lights (colour text)")


def test_postgres_is_the_version_that_is_named_and_turns_away_a_wrong_password(postgres: Callable[[], str]) -> None:
    with psycopg.connect(postgres()) as connection:
        assert connection.info.server_version // 10_000 == POSTGRES
        where = connection.info.dsn
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(where, password="wrong")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step aside")
def test_as_root_postgres_leaves_the_permissions_of_a_closed_folder_alone(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "postgres")
    server.start()
    try:
        assert server.location == private_place(closed / "postgres")
        assert closed.stat().st_mode & 0o777 == 0o700
        assert not others_can_reach(closed / "postgres")
    finally:
        server.stop()
        server.forget()
    assert not server.location.exists()
