"""Trouble is told when it begins, changes and ends; a client's own warnings once."""

from __future__ import annotations

import logging

import pytest

from eventlog.log.client_logs import limit_client_logs
from eventlog.trouble_log import TroubleLog

logger = logging.getLogger(__name__)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def test_trouble_is_told_once_when_it_begins_when_its_kind_changes_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    troubles = TroubleLog(logger)
    with caplog.at_level(logging.INFO):
        troubles.over("rulings-3")
        for number in range(100):
            troubles.trouble("rulings-3", ConnectionError(f"try {number}"))
        troubles.trouble("rulings-4", ConnectionError("another one"))
        troubles.trouble("rulings-3", ValueError("of another kind"))
        troubles.over("rulings-3")
        troubles.over("rulings-3")
    assert told(caplog) == [
        "rulings-3: ConnectionError: try 0",
        "rulings-4: ConnectionError: another one",
        "rulings-3: ValueError: of another kind",
        "rulings-3 works again",
    ]


def test_trouble_that_lasts_is_told_again_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    troubles = TroubleLog(logger, remind_seconds=0)
    for _ in range(2):
        troubles.trouble("rulings-3", ConnectionError("refused"))
    assert told(caplog) == ["rulings-3: ConnectionError: refused", "rulings-3: still ConnectionError: refused"]


def test_the_same_warning_of_the_client_is_told_once_another_one_and_what_is_no_warning_always(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(2):
        limit_client_logs()
    client = logging.getLogger("aiokafka.cluster")
    name = object()
    with caplog.at_level(logging.INFO):
        for _ in range(100):
            client.error("Topic %s not found in cluster metadata", name)
        client.error("Topic %s not found in cluster metadata", object())
        for _ in range(2):
            client.info("Joined group %s", name)
    assert len(caplog.records) == 4
