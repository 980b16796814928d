"""The directory in PostgreSQL: all of a change or nothing, nobody overwrites what they did not read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from contracts.values import Leader, Unit
from directory.persons import Absence, Person, disabled, erased, new_id
from directory.register import SharedContact
from directory.store import ChangedMeanwhile, Changes
from tests.directory.people import HERE, PLACES, THERE, clerk, stored

pytestmark = pytest.mark.services
AWAY = Absence(first_on=date(2024, 5, 1), last_on=date(2024, 5, 7), stand_in="p-b")
BOX = SharedContact(scope=HERE, reference="office", id="1", channels={"mail": "o@office.test"})


async def test_what_was_written_is_read_again_and_every_change_counts(postgres: Callable[[], str]) -> None:
    a, b = clerk("p-a", channels={"mail": "a@units.test"}, absences=(AWAY,)), clerk("p-b", "乙", head=True)
    async with stored(postgres(), a, b) as store:
        known = await store.load()
        assert known.persons == {"p-a": replace(a, version=1), "p-b": replace(b, version=1)}
        assert known.jurisdictions == dict(PLACES.jurisdictions)
        await store.write(Changes(shared=(BOX,), scopes=frozenset({HERE})))
        assert await store.revision() == known.revision + 1
        assert (await store.load()).shared == (BOX,)
        await store.write(Changes(scopes=frozenset({HERE})))
        assert (await store.load()).shared == ()


async def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused_whole(postgres: Callable[[], str]) -> None:
    async with stored(postgres(), clerk("p-a"), clerk("p-b", "乙")) as store:
        read = (await store.load()).persons
        await store.write(Changes(persons=(disabled(read["p-a"]),)))
        with pytest.raises(ChangedMeanwhile):
            await store.write(Changes(persons=(replace(read["p-b"], name="丙"), replace(read["p-a"], name="丁"))))
        assert {one.name for one in (await store.load()).persons.values()} == {"甲", "乙"}


async def test_a_person_is_not_moved_to_another_jurisdiction(postgres: Callable[[], str]) -> None:
    async with stored(postgres(), clerk("p-a")) as store:
        read = (await store.load()).persons["p-a"]
        with pytest.raises(ChangedMeanwhile):
            await store.write(Changes(persons=(replace(read, jurisdiction=THERE),)))


async def test_one_person_at_a_time_is_in_charge_and_a_successor_takes_over_in_one_change(
    postgres: Callable[[], str],
) -> None:
    before = Person(id="p-l", jurisdiction=HERE, name="前", role="leader", leader="leader-1")
    after = replace(before, id="p-m", name="后")
    async with stored(postgres(), before) as store:
        with pytest.raises(ChangedMeanwhile, match="person_in_charge"):
            await store.write(Changes(persons=(after,)))
        read = (await store.load()).persons["p-l"]
        await store.write(Changes(persons=(after, replace(disabled(read), successor="p-m"))))
        assert (await store.load()).persons["p-l"].successor == "p-m"


async def test_the_table_itself_holds_an_erased_person_to_an_id_and_a_role(postgres: Callable[[], str]) -> None:
    async with stored(
        postgres(), clerk("p-a", channels={"mail": "a@units.test"}, absences=(AWAY,)), clerk("p-b")
    ) as store:
        read = (await store.load()).persons["p-a"]
        with pytest.raises(psycopg.errors.CheckViolation):
            await store.write(Changes(persons=(replace(erased(read), name="甲"),)))
        await store.write(Changes(persons=(erased(read),)))
        gone = (await store.load()).persons["p-a"]
        assert (gone.name, gone.channels, gone.absences, gone.active) == ("", {}, (), False)
        assert gone.shown == ("已离任人员", "former member")
        assert (gone.id, gone.unit) == ("p-a", "nongye")


@pytest.mark.parametrize("unit", [None, "gone"])
async def test_a_clerk_has_a_unit_that_is_there(postgres: Callable[[], str], unit: str | None) -> None:
    async with stored(postgres()) as store:
        with pytest.raises(psycopg.IntegrityError):
            await store.write(Changes(persons=(clerk(unit=unit),)))


async def test_a_schema_that_is_there_is_left_as_it_is(postgres: Callable[[], str]) -> None:
    async with stored(postgres(), clerk("p-a")) as store:
        await store.prepare()
        assert list((await store.load()).persons) == ["p-a"]


def test_ids_are_opaque_and_differ() -> None:
    made = {new_id() for _ in range(1000)}
    assert len(made) == 1000
    assert all(one.startswith("p-") and len(one) == 12 and one.isascii() and one.islower() for one in made)


async def test_a_unit_that_many_people_add_at_once_is_there_once(postgres: Callable[[], str]) -> None:
    """By hand each may have given it another code."""
    async with stored(postgres()) as store:
        new = [Unit(id=f"u-{number}", name="区数据局") for number in range(8)]
        added = await asyncio.gather(*(store.extend(HERE, "", [one], []) for one in new))
        assert sorted(len(units) for units, _ in added) == [0] * 7 + [1]
        there = [
            one.id for (where, _), one in (await store.load()).units.items() if (where, one.name) == (HERE, "区数据局")
        ]
        assert [there] == [units for units, _ in added if units]
        assert await store.extend(THERE, "", [new[0]], [Leader(id="leader-1", label="别的领导")]) == (["u-0"], [])
        assert await store.extend("441699", "新区", [], [Leader(id="leader-1", label="别的领导")]) == ([], ["leader-1"])
        assert (await store.load()).jurisdictions["441699"] == "新区"
