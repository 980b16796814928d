"""What is done to people: in the directory at once, with their account as far as the provider answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest

from directory.accounts import temporary_password
from directory.administration import NO_PROVIDER, NOT_REACHED, TAKEN, Administration
from directory.people_list.list_file import read_list
from directory.people_list.preview import preview_of
from directory.persons import Absence, Person
from directory.store import ChangedMeanwhile, DirectoryStore
from tests.directory.accounts import AccountsInMemory
from tests.directory.people import HERE, clerk, stored, workbook

pytestmark = pytest.mark.services
A, B = clerk("p-a"), clerk("p-b", "乙", head=True)
DAY = date(2024, 5, 7)


@asynccontextmanager
async def desk(
    postgres: Callable[[], str], *persons: Person
) -> AsyncIterator[tuple[Administration, DirectoryStore, AccountsInMemory]]:
    async with stored(postgres(), *persons) as store:
        accounts = AccountsInMemory()
        yield Administration(store, accounts), store, accounts


async def person_of(store: DirectoryStore, id_: str = "p-a") -> Person:
    return (await store.load(HERE)).persons[id_]


async def test_somebody_new_gets_an_account_that_claims_what_the_directory_says(postgres: Callable[[], str]) -> None:
    async with desk(postgres) as (office, store, accounts):
        done = await office.add(A, "nongye1")
        assert done.issued is not None
        assert done.trouble is None
        held = accounts.held[done.issued.account]
        assert (held.role, held.claims) == (
            "unit",
            {"person": "p-a", "jurisdiction": HERE, "unit": "nongye", "head": "false"},
        )
        assert await person_of(store) == done.person
        moved = await office.edit(replace(done.person, unit="shuiwu", head=True))
        assert held.claims["unit"] == "shuiwu"
        assert await person_of(store) == moved.person


async def test_a_name_that_is_taken_leaves_the_person_without_an_account(postgres: Callable[[], str]) -> None:
    async with desk(postgres) as (office, store, _):
        await office.add(A, "nongye1")
        done = await office.add(B, "nongye1")
        assert (done.trouble, done.person.account) == (TAKEN, None)
        again = await office.open_account(done.person, "nongye2")
        assert again.person == await person_of(store, "p-b")


async def test_an_account_that_the_directory_could_not_note_is_not_left_behind(postgres: Callable[[], str]) -> None:
    async with desk(postgres, A) as (office, store, accounts):
        read = await person_of(store)
        await office.edit(replace(read, name="丙"))
        with pytest.raises(ChangedMeanwhile):
            await office.open_account(read, "nongye1")
        assert accounts.held == {}


async def test_whoever_is_disabled_is_so_here_at_once_even_while_the_provider_does_not_answer(
    postgres: Callable[[], str],
) -> None:
    async with desk(postgres) as (office, store, accounts):
        made = await office.add(A, "nongye1")
        accounts.down = True
        done = await office.disable(made.person)
        assert (done.trouble, (await person_of(store)).active) == (NOT_REACHED, False)
        accounts.down = False
        again = await office.disable(done.person)
        assert (again.trouble, accounts.held[str(made.person.account)].enabled) == (None, False)
        await office.enable(again.person)
        assert accounts.held[str(made.person.account)].enabled


async def test_a_reset_gives_another_password_and_an_installation_without_accounts_says_so(
    postgres: Callable[[], str],
) -> None:
    async with desk(postgres) as (office, store, _):
        made = await office.add(A, "nongye1")
        assert made.issued is not None
        reset = await office.reset(made.person)
        assert reset.issued is not None
        assert reset.issued.password != made.issued.password
        elsewhere = Administration(store, None)
        assert (await elsewhere.reset(made.person)).trouble == NO_PROVIDER
        assert (await elsewhere.open_account(made.person, "x")).trouble == NO_PROVIDER
        assert (await elsewhere.disable(made.person)).trouble is None


async def test_a_successor_takes_the_messages_and_the_days_of_standing_in_and_whoever_left_cannot_sign_in(
    postgres: Callable[[], str],
) -> None:
    away = Absence(first_on=DAY, last_on=DAY, stand_in="p-a")
    async with desk(postgres, B, replace(B, id="p-c", name="丁")) as (office, store, accounts):
        made = await office.add(A, "nongye1")
        for id_ in ("p-b", "p-c"):
            await office.set_absences(await person_of(store, id_), (away,))
        everybody = (await store.load(HERE)).persons
        await office.hand_over(made.person, everybody["p-b"], everybody.values())
        after = (await store.load(HERE)).persons
        assert (after["p-a"].active, after["p-a"].successor) == (False, "p-b")
        assert after["p-b"].absences == (replace(away, stand_in=None),), "nobody stands in for themselves"
        assert after["p-c"].absences == (replace(away, stand_in="p-b"),)
        assert not accounts.held[str(made.person.account)].enabled


async def test_erasing_waits_for_the_account_to_be_gone_and_then_leaves_the_id(postgres: Callable[[], str]) -> None:
    async with desk(postgres) as (office, store, accounts):
        made = await office.add(replace(A, channels={"mail": "a@units.test"}), "nongye1")
        accounts.down = True
        assert (await office.erase(made.person)).trouble == NOT_REACHED
        assert (await person_of(store)).name == A.name
        accounts.down = False
        await office.erase(made.person)
        assert accounts.held == {}
        gone = await person_of(store)
        assert (gone.erased, gone.name, gone.channels, gone.account) == (True, "", {}, None)


async def test_a_revoked_role_leaves_no_account(postgres: Callable[[], str]) -> None:
    async with desk(postgres) as (office, store, accounts):
        made = await office.add(Person(id="p-o", jurisdiction=HERE, name="督", role="office"), "ducha1")
        await office.revoke(made.person)
        gone = await person_of(store, "p-o")
        assert (gone.active, gone.account, accounts.held) == (False, None, {})


async def test_a_list_that_disables_somebody_disables_the_account(postgres: Callable[[], str]) -> None:
    async with desk(postgres) as (office, store, accounts):
        made = await office.add(A, "nongye1")
        rows = [["姓名", "单位", "状态"], [A.name, "nongye", "停用"], ["新", "nongye", ""]]
        preview = preview_of(read_list("l.xlsx", workbook({"人员": rows}), HERE), await store.load(HERE), only=HERE)
        done = await office.import_list(preview)
        assert [one.trouble for one in done] == [None, None]
        assert not accounts.held[str(made.person.account)].enabled
        assert not (await person_of(store)).active


def test_a_temporary_password_has_letters_of_both_kinds_and_digits_and_none_that_look_alike() -> None:
    made = {temporary_password() for _ in range(200)}
    assert len(made) == 200
    for one in made:
        assert re.fullmatch(r"([A-Za-z2-9]{4}-){3}[A-Za-z2-9]{4}", one)
        assert re.search(r"[a-z]", one)
        assert re.search(r"[A-Z]", one)
        assert re.search(r"[2-9]", one)
        assert not set("lIO01") & set(one)
