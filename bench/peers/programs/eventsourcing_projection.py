"""The `eventsourcing` library on the same submissions: kept by its application, folded by its ProjectionRunner.

`fill` copies the submissions from Kafka into its store, `follow` folds them and prints what that took, as JSON.
Run by the peers' Python.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from confluent_kafka import Consumer, TopicPartition
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL

BATCH = 500
FIRST_VERSION = 1


@dataclass(frozen=True)
class Submitted(DomainEvent):
    """A submission as it lies on the log."""

    said: dict[str, Any]


class Submissions(Application[UUID]):
    """Where they are kept: one sequence, an aggregate per subject."""


class MemoryCounts(POPOTrackingRecorder):
    """How many there are about each subject, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def count(self, subject: str, tracking: Tracking) -> None:
        """One more, and how far it was read."""
        with self._database_lock:
            self._assert_tracking_uniqueness(tracking)
            self._insert_tracking(tracking)
            self.counts[subject] += 1

    def total(self) -> int:
        """How many were counted."""
        return self.counts.total()


class TableCounts(PostgresTrackingRecorder):
    """The same in a table, with how far it was read in one transaction."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        table = SQL("CREATE TABLE IF NOT EXISTS counts (subject text PRIMARY KEY, count bigint)")
        self.sql_create_statements.append(table)

    def count(self, subject: str, tracking: Tracking) -> None:
        """One more, and how far it was read."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO counts VALUES (%s, 1) ON CONFLICT (subject) DO UPDATE SET count = counts.count + 1",
                (subject,),
            )

    def total(self) -> int:
        """How many were counted."""
        with self.datastore.transaction() as cursor:
            cursor.execute("SELECT sum(count) AS total FROM counts")
            return int(cursor.fetchone()["total"])


class SubjectCounts(Projection[Any]):
    """The trivial fold, as the library's documentation writes one."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Count it."""
        self.view.count(domain_event.said["subject"], tracking)


def environment(view: str) -> dict[str, str]:
    """Where events are kept, and where the view is."""
    url = conninfo_to_dict(os.environ["DATABASE_URL"])
    names = {"dbname": "DBNAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {
        **{f"POSTGRES_{names[name]}": str(value) for name, value in url.items() if name in names},
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "SUBJECTCOUNTS_PERSISTENCE_MODULE": "eventsourcing.popo" if view == "memory" else "eventsourcing.postgres",
    }


def values(source: str, number: int) -> Iterator[bytes]:
    """So many submissions from Kafka."""
    consumer = Consumer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"], "group.id": "eventsourcing"})
    partitions = consumer.list_topics(source).topics[source].partitions
    consumer.assign([TopicPartition(source, partition, 0) for partition in partitions])
    while number:
        for message in consumer.consume(min(BATCH, number), 10):
            if message.error():
                raise RuntimeError(message.error())
            number -= 1
            yield message.value()
    consumer.close()


def fill(source: str, number: int) -> None:
    """Keep so many submissions as its events."""
    app, versions, batch = Submissions(environment("memory")), Counter[UUID](), []
    for value in values(source, number):
        said = json.loads(value)
        originator = uuid5(NAMESPACE_OID, said["subject"])
        versions[originator] += FIRST_VERSION
        event = Submitted(originator, versions[originator], Submitted.create_timestamp(), said)
        batch.append(app.mapper.to_stored_event(event))
        if len(batch) == BATCH:
            app.recorder.insert_events(batch)
            batch = []
    if batch:
        app.recorder.insert_events(batch)
    app.close()


def follow(view: str, warm: int, number: int) -> dict[str, float]:
    """Fold all of them; what those behind the first `warm` took."""
    viewed = MemoryCounts if view == "memory" else TableCounts
    with ProjectionRunner(
        application_class=Submissions, projection_class=SubjectCounts, view_class=viewed, env=environment(view)
    ) as runner:
        runner.wait(warm, timeout=3600)
        # Nearly `warm`: the runner goes on while we wake up, so how far it is now is asked of it, not assumed.
        began, cpu, first = time.perf_counter(), time.process_time(), runner.view.max_tracking_id("Submissions")
        runner.wait(number, timeout=3600)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        counted = runner.view.total()
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "folded": number - first, "counted": counted}


def main() -> None:
    """As told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["fill", "memory", "table"])
    parser.add_argument("--source", default="")
    parser.add_argument("--warm", type=int, default=1)
    parser.add_argument("--number", type=int, required=True)
    told = parser.parse_args()
    if told.what == "fill":
        fill(told.source, told.number)
    else:
        print(json.dumps(follow(told.what, told.warm, told.number)))  # noqa: T201


if __name__ == "__main__":
    main()
