"""`liangdeng programme publish` against a real intake: a summary, a confirmation, and one publication however often."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cli.programme_drafts import Asked, import_ledger, next_year_of
from cli.programme_publication import TOKEN, publish_file
from contracts.submissions import ItemAssigned, ProgrammePublished
from embedded.child_process import LOOPBACK, free_port
from programmes import FOLDER
from programmes.ledger.writing import write_ledger
from programmes.programme_file import load_programme
from tests.services.intake.running_intake import RunningIntake, make_topics, running, settings_for
from web.doors import beside

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
SHIPPED = FOLDER / "yuancheng-2024.yaml"


class Door:
    """A running intake at an address, and the command that publishes there as whoever a token says."""

    def __init__(self, intake: RunningIntake, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.intake = intake
        self.address = address
        self._monkeypatch = monkeypatch

    async def publish(self, file: Path, person: str = "o1", *, yes: bool = True) -> int:
        """Its exit code."""
        self._monkeypatch.setenv(TOKEN, self.intake.token(person) if person else "")
        return await asyncio.to_thread(publish_file, file, address=self.address, yes=yes, as_json=True)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def served(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[RunningIntake, str]]:
    prefix, folder, port = f"t{uuid.uuid4().hex[:10]}-", tmp_path_factory.mktemp("publication"), free_port()
    make_topics(kafka, prefix)
    settings = settings_for(kafka, prefix, folder, hosts=f"intake,{LOOPBACK}")
    async with running(settings, folder) as intake, beside(intake.app, LOOPBACK, port, lifespan="off"):
        yield intake, f"http://{LOOPBACK}:{port}"


@pytest.fixture
def door(served: tuple[RunningIntake, str], monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setenv("NO_PROXY", LOOPBACK)
    return Door(*served, monkeypatch)


async def test_a_ledger_is_imported_and_published_with_all_that_it_says(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, draft = tmp_path / "台账.xlsx", tmp_path / "draft.yaml"
    ledger.write_bytes(write_ledger(load_programme(SHIPPED)))
    asked = Asked(
        year=2024, jurisdiction="441602", policy="yuancheng-2024", name="河源市源城区", title="", document="",
        issued_on=None,
    )  # fmt: skip
    assert import_ledger(ledger, draft, asked, known=None, force=False) == 0
    assert await door.publish(draft) == 1, "the number of the paper is not filled in"
    draft.write_text(draft.read_text(encoding="utf-8").replace("（待填写）", "源府办〔2024〕1号"), encoding="utf-8")
    assert await door.publish(draft, yes=False) == 2, "nobody confirmed it"
    assert await door.publish(draft, "") == 2, "nobody says who publishes"
    assert await door.publish(draft, "u-fagai-1") == 1, "a unit publishes nothing"
    assert not await door.intake.rating.submissions()
    capsys.readouterr()
    assert await door.publish(draft) == 0
    told = capsys.readouterr()
    assert len(json.loads(told.out)["receipts"]) == 109
    assert "重点任务 key tasks" in told.err
    data = [one.data for one in await door.intake.rating.submissions()]
    items = {one.title: one for one in data if isinstance(one, ItemAssigned)}
    assert len(items) == 108
    assert sum(isinstance(one, ProgrammePublished) for one in data) == 1
    shipped = load_programme(SHIPPED)
    for item in shipped.items:
        goals = [(one.indicator, one.value) for one in items[item.task].annual_targets]
        assert goals == [(one.name, one.target) for one in item.indicators]


async def test_the_same_file_sent_again_is_the_same_publication_and_another_one_is_refused(
    door: Door, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, other = tmp_path / "next.yaml", tmp_path / "other.yaml"
    assert next_year_of(SHIPPED, file, issued_on=None, force=False) == 0
    text = file.read_text(encoding="utf-8").replace("（待填写）", "源府办〔2025〕1号")
    file.write_text(text, encoding="utf-8")
    assert await door.publish(file) == 0
    first = len(await door.intake.rating.submissions())
    await door.intake.rating.rule()
    capsys.readouterr()
    assert await door.publish(file) == 0
    assert len(json.loads(capsys.readouterr().out)["receipts"]) == 109
    assert len({one.id for one in await door.intake.rating.submissions()}) == first, "no other submission"
    other.write_text(text.replace("〔2025〕1号", "〔2025〕2号"), encoding="utf-8")
    assert await door.publish(other) == 1, "the programme is there already"
    assert "已经发布" in capsys.readouterr().err


async def test_an_address_where_nobody_answers_is_told_and_may_be_asked_again(door: Door, tmp_path: Path) -> None:
    file = tmp_path / "again.yaml"
    file.write_bytes(SHIPPED.read_bytes())
    door.address = f"http://{LOOPBACK}:{free_port()}"
    assert await door.publish(file) == 2
