"""The rulings of a log that count, read with audit's own client."""

from collections.abc import Iterator, Mapping

from contracts.ruling import RulingEvent, ruling_from
from contracts.submission import decode_submission
from contracts.submissions import DeadlinePassed
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS
from eventlog.at.at_rule import AtRule
from services.audit.reader import KafkaReader


def counted_events(bootstrap: str, prefix: str) -> Iterator[RulingEvent]:
    """Every event that counts, partition by partition, up to the ends as of now."""
    with KafkaReader(bootstrap, prefix) as reader:
        for partition in range(PARTITIONS):
            rule = AtRule()
            for record in reader.records(RULINGS, partition, 0, reader.end(RULINGS, partition)):
                for ruling in rule.fold([record]):
                    yield from (ruling_from(one.body, partition) for one in ruling.events)


def announcements(bootstrap: str, prefix: str, ends: Mapping[str, int]) -> int:
    """How many submissions are the alarm's, up to these ends, which are named as `ReplayReport.position` names them."""
    number = 0
    with KafkaReader(bootstrap, prefix) as reader:
        for partition in range(PARTITIONS):
            records = reader.records(SUBMISSIONS, partition, 0, ends[f"{SUBMISSIONS}-{partition}"])
            number += sum(isinstance(decode_submission(one.value).data, DeadlinePassed) for one in records)
    return number
