"""What waits in PostgreSQL is dated by intake's clock: a simulated year lives years ago."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from directory.store import Pool, pool_of
from eventlog.clock import FixedClock
from programmes import FOLDER
from programmes.programme_file import load_programme
from services.intake.prepared.form_drafts import FormDrafts, FormPlace
from services.intake.prepared.submissions import Prepared, PreparedSubmissions
from services.intake.prepared.tables import PreparedTables
from services.intake.programme_drafts.draft import empty_draft
from services.intake.programme_drafts.store import DraftStore

pytestmark = [pytest.mark.services, pytest.mark.asyncio]
LONG_AGO = datetime(2001, 3, 20, 9, tzinfo=UTC)
PLACE = FormPlace("441602/unit:fagai:u-1", "441602-2001", "K01", "progress.reported", "2001Q1")


@pytest_asyncio.fixture
async def pool(postgres: Callable[[], str]) -> AsyncIterator[Pool]:
    made = pool_of(postgres())
    await made.open()
    yield made
    await made.close()


def a_paper(sha256: str) -> Prepared:
    data = {"period": "2001Q1", "evidence": [{"sha256": sha256}]}
    return Prepared(
        id=uuid.uuid4(), jurisdiction="441602", unit="fagai", programme="441602-2001", item="K01",
        type="progress.reported", body={"type": "progress.reported", "data": data}, prepared_by="u-1",
    )  # fmt: skip


async def test_what_is_prepared_in_a_simulated_year_waits_for_its_signature_as_long_as_in_a_real_one(
    pool: Pool,
) -> None:
    clock = FixedClock(LONG_AGO)
    prepared, sha256 = PreparedSubmissions(PreparedTables(pool, clock)), "a" * 64
    assert (await prepared.add(a_paper(sha256))).prepared_at == LONG_AGO
    assert await prepared.cited() == {sha256}
    assert len(await prepared.open(["441602"], "fagai")) == 1, "it is as old as yesterday's"
    clock.set(LONG_AGO + timedelta(days=401))
    assert await prepared.cited() == frozenset()
    assert await prepared.open(["441602"], "fagai") == [], "nobody signs it any more"


async def test_a_form_that_is_typed_is_dated_by_the_same_clock(pool: Pool) -> None:
    forms = FormDrafts(PreparedTables(pool, FixedClock(LONG_AGO)))
    assert await forms.save(PLACE, [("narrative", "按计划推进")]) == LONG_AGO
    found = await forms.find(PLACE)
    assert found is not None
    assert found.saved_at == LONG_AGO


async def test_the_versions_of_a_draft_are_dated_by_the_same_clock(pool: Pool) -> None:
    store, policy = DraftStore(pool, FixedClock(LONG_AGO)), load_programme(FOLDER / "yuancheng-2024.yaml").policy
    await store.create(empty_draft("441602", "河源市源城区", 2024, policy, date(2024, 1, 5)), "o1", "created")
    assert [one.made_at for one in await store.versions("441602-2024")] == [LONG_AGO]
