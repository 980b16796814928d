"""A quarter of the units live through 2024 on real Kafka and PostgreSQL, beside the small programme."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.main import app
from contracts.topics import PARTITIONS, RULINGS, SUBMISSIONS, split_subject
from embedded.child_process import LOOPBACK, free_port
from embedded.front import front
from embedded.stack import DATABASE_URL, Stack
from eventlog.log.kafka import KafkaLog
from eventlog.log.settings import KafkaSettings
from sandbox.parts import EVERYTHING
from sandbox.year.client import AUDITOR, ServicesClient
from sandbox.year.counts import Counts
from sandbox.year.journal import begin
from sandbox.year.observed_counts import read_counts
from sandbox.year.run import run
from sandbox.year.simulated_year import SMALL, SimulatedYear, simulated_years
from services.audit import replay
from services.audit.finding import AuditVerdict
from services.query.follow.rebuild import RebuildOutcome, rebuild

pytestmark = [pytest.mark.flow, pytest.mark.services, pytest.mark.timeout(600)]
SEED = "7"
PUBLISHED = "liangdeng.programme.published.v1"
Record = tuple[str, int, int, dict[str, Any]]
"""Its topic, partition and offset, and what it says."""
SHORT = ("yellow", "red")


@dataclass(frozen=True)
class LivedYear:
    """A stack with which a year was lived, still running."""

    stack: Stack
    years: Sequence[SimulatedYear]
    as_planned: bool
    printed: str

    @property
    def prefix(self) -> str:
        return self.stack.env["LIANGDENG_TOPIC_PREFIX"]


@pytest.fixture(scope="module")
def live(
    tmp_path_factory: pytest.TempPathFactory, kafka: str, postgres: Callable[[], str]
) -> Iterator[Callable[[str, Sequence[SimulatedYear]], LivedYear]]:
    """Lives through a year with a log and a database of its own; all stacks end with the module."""
    stacks: list[Stack] = []

    def live(name: str, programmes: Sequence[SimulatedYear]) -> LivedYear:
        home = tmp_path_factory.mktemp(name)
        start = begin(home, [year.plan for year in programmes])
        stack = Stack(
            home,
            parts=(front(), *EVERYTHING),
            origin=f"http://{LOOPBACK}:{free_port()}",
            clock=start.clock,
            kafka=kafka,
            database_url=postgres(),
            env={"LIANGDENG_TOPIC_PREFIX": f"year-{name}-", "RATING_GROUP": f"rating-{name}"},
        )
        stacks.append(stack)
        stack.start()
        with (home / "printed.txt").open("w", encoding="utf-8") as file:
            as_planned = run(stack.urls, start, programmes, Console(file=file, width=160), stack.env[DATABASE_URL])
        return LivedYear(stack, programmes, as_planned, (home / "printed.txt").read_text(encoding="utf-8"))

    yield live
    for stack in stacks:
        stack.stop()


@pytest.fixture(scope="module", params=["programs", pytest.param("people", marks=pytest.mark.walk)])
def lived(live: Callable[[str, Sequence[SimulatedYear]], LivedYear], request: pytest.FixtureRequest) -> LivedYear:
    """The same year twice: programs do everything, or people at their pages do what they would, which takes longer."""
    return live(request.param, simulated_years(SEED, share=0.25, by_hand=request.param == "people"))


def test_everything_comes_out_as_the_table_of_behaviours_says(lived: LivedYear) -> None:
    assert lived.as_planned, lived.printed
    assert "✗" not in lived.printed
    assert lived.stack.ended == []


def test_the_replay_proves_every_ruling(lived: LivedYear) -> None:
    report = replay.run(lived.stack.env["KAFKA_BOOTSTRAP_SERVERS"], lived.prefix)
    assert report.verdict is AuditVerdict.PROVED, report.as_dict()
    assert report.submissions > 700


def test_a_rebuilt_read_model_equals_the_live_one(lived: LivedYear) -> None:
    env = lived.stack.env

    async def again() -> RebuildOutcome:
        log = KafkaLog(KafkaSettings(bootstrap_servers=env["KAFKA_BOOTSTRAP_SERVERS"], topic_prefix=lived.prefix))
        try:
            return await rebuild(log, env["DATABASE_URL"], swap=False)
        finally:
            await log.close()

    outcome = asyncio.run(again())
    assert outcome.compared
    assert outcome.difference is None


def test_the_sheets_of_the_evaluation_follow_from_the_log_and_from_the_lights(
    lived: LivedYear, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme = lived.years[0].programme.programme

    async def ask(what: str) -> Any:
        async with ServicesClient(lived.stack.urls) as client:
            return await client.get(AUDITOR, f"/v1/programmes/{programme}/{what}")

    exported, lights = asyncio.run(ask("evaluation")), asyncio.run(ask("lights"))["lights"]
    counted = {(sheet["unit"], light): sheet["counts"][light] for sheet in exported["sheets"] for light in SHORT}
    shown = Counter((one["unit"], one["light"]) for one in lights if one["light"] in SHORT)
    assert +Counter(counted) == shown, "no item of this year changes hands"
    assert all(sheet["periods_pending"] == 0 for sheet in exported["sheets"])

    for name in ("KAFKA_BOOTSTRAP_SERVERS", "LIANGDENG_TOPIC_PREFIX"):
        monkeypatch.setenv(name, lived.stack.env[name])
    monkeypatch.setenv("LIANGDENG_HOME", str(tmp_path))
    file = tmp_path / "sheets.json"
    command = ["audit", "evaluation", programme, "--against", str(file)]
    file.write_bytes(orjson.dumps(exported))
    proved = CliRunner().invoke(app, command)
    assert (proved.exit_code, "已证实" in proved.stdout) == (0, True), proved.output
    exported["sheets"][0]["score"] = "120"
    file.write_bytes(orjson.dumps(exported))
    contradicted = CliRunner().invoke(app, command)
    assert (contradicted.exit_code, "有矛盾" in contradicted.stdout) == (1, True), contradicted.output
    file.write_bytes(b"{}")
    assert CliRunner().invoke(app, command).exit_code == 2


def test_every_page_of_a_simulated_programme_says_so(lived: LivedYear) -> None:
    with httpx.Client(base_url=lived.stack.urls["query"], trust_env=False) as client:
        answer = client.get(f"/v1/programmes/{lived.years[0].programme.programme}/lights")
    assert any("模拟数据" in note and "simulated data" in note for note in answer.json()["notes"])


def test_the_same_seed_writes_the_same_log(
    lived: LivedYear, live: Callable[[str, Sequence[SimulatedYear]], LivedYear], kafka: str
) -> None:
    by_hand = lived.years[0].plan.by_hand
    again = live(f"again-{by_hand}", simulated_years(SEED, share=0.25, by_hand=by_hand))
    again.stack.stop()
    first, second = (_but_log_times(asyncio.run(_everything(kafka, one.prefix))) for one in (lived, again))
    assert len(first) > 2000
    for before, after in zip(first, second, strict=True):
        assert before == after


def test_neither_programme_disturbs_the_other(
    lived: LivedYear, live: Callable[[str, Sequence[SimulatedYear]], LivedYear]
) -> None:
    (small,) = simulated_years(SEED, files=[SMALL], by_hand=False)
    alone = live(f"alone-{lived.years[0].plan.by_hand}", [small])
    assert _seen(alone, small) == _seen(lived, lived.years[1])
    alone.stack.stop()


def test_what_concerns_a_whole_programme_goes_the_same_way(lived: LivedYear) -> None:
    """A bulletin is composed and approved, an item handed on, a policy adopted: through the client, to the proof."""
    year = lived.years[1]
    base = f"/v1/programmes/{year.plan.programme}"
    item = next(iter(year.plan.cast))
    bulletin: dict[str, Any] = {
        "bulletin": "2024Q4-1",
        "kind": "quarterly",
        "period": "2024Q4",
        "position": "rulings-0@1",
    }
    bulletin |= {"sha256": "0" * 64, "names_units": True}
    policy = orjson.loads(year.body)["policy"] | {"version": 2, "rectification_days": 10}
    handed = {"lead_unit": "sl-dongzhen", "cooperating": [], "leader": "sl-leader-1"}
    urls = lived.stack.urls

    def submit(client: httpx.Client, person: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        token = client.post(f"{urls['issuer']}/token", json={"person": person}).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{person}-{path}"}
        answer = client.post(f"{urls['intake']}{base}{path}", json=body, headers=headers)
        assert answer.status_code == 202, answer.text
        receipts = answer.json().get("receipts", [answer.json()])
        for receipt in receipts:
            position = f"submissions-{receipt['partition']}@{receipt['offset']}"
            auditor = client.post(f"{urls['issuer']}/token", json={"person": "auditor"}).json()["token"]
            ruled = client.get(
                f"{urls['query']}/v1/submissions/{receipt['submission_id']}",
                params={"min_position": position, "timeout": "30"},
                headers={"Authorization": f"Bearer {auditor}"},
            ).json()["submission"]
            assert ruled["status"] == "accepted", ruled
        return dict(ruled)

    with httpx.Client(trust_env=False, timeout=60) as client:
        filed = submit(client, "o1", "/submissions", {"type": "bulletin.composed", "data": bulletin})
        assert [event["type"] for event in filed["events"]] == ["bulletin.filed"]
        approved = submit(
            client, "chief", "/submissions", {"type": "bulletin.approved", "data": {"bulletin": "2024Q4-1"}}
        )
        assert [event["type"] for event in approved["events"]] == ["bulletin.published"]
        moved = submit(client, "o1", f"/items/{item}/submissions", {"type": "item.reassigned", "data": handed})
        assert [event["type"] for event in moved["events"]] == ["item.transferred"]
        adopted = submit(client, "o1", "/policies", policy)
        assert [event["type"] for event in adopted["events"]][:1] == ["policy.changed"]
    report = replay.run(lived.stack.env["KAFKA_BOOTSTRAP_SERVERS"], lived.prefix)
    assert report.verdict is AuditVerdict.PROVED, report.as_dict()


def _seen(lived: LivedYear, year: SimulatedYear) -> Counts:
    async def ask() -> Counts:
        async with ServicesClient(lived.stack.urls) as client:
            return await read_counts(client, year.plan)

    return asyncio.run(ask())


def _but_log_times(records: list[Record]) -> list[Record]:
    """Without the time of rulings about a programme itself: all but its publication is dated by the log (0017)."""
    dated = {
        one["id"]
        for topic, _, _, one in records
        if topic == SUBMISSIONS and one and split_subject(one["subject"])[1] is None and one["type"] != PUBLISHED
    }
    return [
        (topic, partition, offset, one | {"time": ""} if one.get("causeid") in dated else one)
        for topic, partition, offset, one in records
    ]


async def _everything(kafka: str, prefix: str) -> list[Record]:
    """All submissions and rulings, with their places."""
    log = KafkaLog(KafkaSettings(bootstrap_servers=kafka, topic_prefix=prefix))
    places = [(topic, partition) for topic in (SUBMISSIONS, RULINGS) for partition in range(PARTITIONS)]
    ends = {place: await log.end(*place) for place in places}
    found: dict[tuple[str, int, int], dict[str, Any]] = {}
    async with asyncio.timeout(120), log.follow(dict.fromkeys(places, 0)) as follower:
        while len(found) < sum(ends.values()):
            for (topic, partition), records in (await follower.poll(0.5)).items():
                for record in records:
                    found[topic, partition, record.offset] = orjson.loads(record.value or b"{}")
    await log.close()
    return [(*place, value) for place, value in sorted(found.items())]
