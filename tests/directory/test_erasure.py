"""Erasing a person takes away who they were and leaves the log and its proof as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.topics import RULINGS, SUBMISSIONS
from contracts.values import Actor
from directory.administration import Administration
from directory.persons import new_id
from services.audit.finding import AuditVerdict
from tests.directory.people import HERE, clerk, stored
from tests.services.rating.acts import at, report, subjects
from tests.services.rating.running_rating import RunningRating

pytestmark = pytest.mark.services
NAME = "赵某某"


async def test_the_log_is_proved_the_same_before_and_after_and_has_nothing_of_the_person_but_the_id(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    (subject,) = subjects(3)
    person = clerk(new_id(), NAME, channels={"mail": "zhao@units.test", "phone": "13800138000"})
    async with stored(postgres(), person) as store:
        running = RunningRating(tmp_path)
        await running.start(3)
        await running.open(subject)
        await running.say(
            subject, report("2024Q1"), Actor(role="unit", id=person.actor, unit="nongye"), at("2024-04-09 10:00")
        )
        await running.live_until(at("2024-04-11 00:10"))
        await running.ruled()
        await running.close()
        before, log = proof(running), raw(running)
        assert before["exit_code"] == AuditVerdict.PROVED
        await Administration(store, None).erase((await store.load()).persons[person.id])
        assert (proof(running), raw(running)) == (before, log)
        gone = (await store.load()).actor(HERE, person.id)
    assert gone is not None
    assert gone.shown == ("已离任人员", "former member")
    assert person.id.encode() in log
    assert not any(word.encode() in log for word in (NAME, "zhao", "13800138000"))


def proof(running: RunningRating) -> dict[str, Any]:
    """What the replay says, but for how long it took."""
    return {name: value for name, value in running.audit().as_dict().items() if name != "seconds"}


def raw(running: RunningRating) -> bytes:
    """Every byte of the log."""
    records = [one for topic in (SUBMISSIONS, RULINGS) for one in running.topics.records(topic, 3)]
    return b"\n".join(one.value or b"" for one in records)
