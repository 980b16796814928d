"""What if, on a real log: the same reader as the replay's, and the same differences as from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from contracts.topics import PARTITIONS, TOPIC_CONFIG, TOPICS, partition_of
from eventlog.log import provisioning
from eventlog.log.kafka import KafkaLog
from services.settings import SharedSettings
from tests.services.audit.recorded_year import PROGRAMME, STORIES, recording


@pytest.mark.services
async def test_a_year_on_kafka_differs_as_its_file_does(
    kafka: str, topic_prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "LIANGDENG_TOPIC_PREFIX": topic_prefix, "LIANGDENG_LOG": "scenarios"}
    for name, value in {**env, "LIANGDENG_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    provisioning.apply(kafka, provisioning.specs(TOPICS, PARTITIONS, TOPIC_CONFIG, prefix=topic_prefix))
    # simulated: the receipts tell the time, the log itself is written today
    shelf = recording(STORIES["P03"]).shelf
    log = KafkaLog(SharedSettings.model_validate(env).kafka)
    subject = f"{PROGRAMME}/S00"
    for records in shelf.partitions.values():
        for record in records:
            await log.append("submissions", partition_of(subject), subject.encode(), [record.value or b""])
    await log.close()
    file = tmp_path / "P03.jsonl"
    file.write_bytes(shelf.lines())
    command = ["policy", "compare", "yuancheng-2024", "ouhai-like", "--programme", PROGRAMME, "--json"]
    from_log = CliRunner().invoke(app, command)
    assert from_log.exit_code == 0, from_log.stderr
    from_file = CliRunner().invoke(app, [*command, "--from", str(file)])
    assert json.loads(from_log.stdout) == json.loads(from_file.stdout)
    assert json.loads(from_log.stdout)["compared"] == 1
