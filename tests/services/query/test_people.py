"""The office sees to the people of its own jurisdiction's units, and to nobody else; every act is a security event."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pydantic import SecretStr

from contracts.values import Role
from directory.administration import Administration
from directory.persons import Person
from directory.store import Changes, DirectoryStore
from supervision.rights import OPERATIONS, answer
from tests.directory.accounts import AccountsInMemory
from tests.directory.people import HERE, THERE, clerk, stored, unpacking_to, workbook
from tests.services.loop_turns import measured_turns
from tests.services.query.feed import Feed
from tests.services.query.house import House, house
from web.identity import Identity

pytestmark = pytest.mark.services
ORIGIN = "http://127.0.0.1:8004"
A = clerk("p-a", "甲某", channels={"mail": "a@units.test"})
B = clerk("p-b", "乙某", head=True)
NEXT_DOOR = clerk("p-n", "邻某", jurisdiction=THERE)
LEADER = Person(id="p-l", jurisdiction=HERE, name="丁某", role="leader", leader="leader-1")
OFFICE = Person(id="p-o", jurisdiction=HERE, name="戊某", role="office")
EVERYBODY = (A, B, NEXT_DOOR, LEADER, OFFICE)
ACTS = ("change", "disable", "enable", "account", "absence", "hand-over", "erase")


@dataclass
class Browser:
    """A browser in which somebody is signed in."""

    client: httpx.AsyncClient
    cookie: dict[str, str]

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path, headers={"Accept": "text/html", **self.cookie})
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, page: str, action: str, status: int = 303, files: Any = None, **fields: str) -> httpx.Response:
        """Fill in the form of a page that goes to `action`, and send it."""
        sent = {**hidden(await self.page(page), action), **fields}
        answer = await self.client.post(action, data=sent, files=files, headers={"Accept": "text/html", **self.cookie})
        assert answer.status_code == status, answer.text
        return answer


@dataclass
class Office:
    """Query with the people of two districts, a provider of accounts, and browsers."""

    house: House
    store: DirectoryStore
    accounts: AccountsInMemory

    async def browser(self, role: str = "office", id_: str = "p-o", *where: str, unit: str | None = None) -> Browser:
        sessions = self.house.app.state.who.sessions
        identity = Identity(id_, cast("Role", role), unit, where or (HERE,))
        secret = await sessions.open(identity, "subject", None, "")
        return Browser(self.house.client, {"Cookie": f"liangdeng={secret}"})

    async def person(self, id_: str) -> Person:
        return (await self.store.load()).persons[id_]


@asynccontextmanager
async def office(postgres: Callable[[], str], folder: Path, *, reported: bool = False) -> AsyncIterator[Office]:
    """`reported`: a report waits for its review."""
    url, programme, feed = postgres(), f"{HERE}-2024", Feed()
    feed.publish(programme, items=("K01",) if reported else ())
    if reported:
        feed.green(feed.report(programme, "K01"))
    told = {"origin": ORIGIN, "oidc_client_secret": SecretStr("none")}
    async with stored(url, *EVERYBODY) as store, house(url, feed, folder, **told) as running:
        await running.app.state.who.sessions.prepare()
        accounts = AccountsInMemory()
        desk = running.app.state.people
        running.app.state.people = replace(desk, administration=Administration(desk.store, accounts))
        yield Office(running, store, accounts)


async def test_the_list_has_the_own_jurisdiction_alone_and_a_search_finds(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        page = await browser.page("/people")
        assert all(one.name in page for one in (A, B, LEADER, OFFICE))
        assert NEXT_DOOR.name not in page
        assert "模拟数据" in page.split("<header")[0], "as the jurisdiction's programme is"
        found = await browser.page("/people?q=甲")
        assert A.name in found
        assert B.name not in found
        assert "a@units.test" in await browser.page("/people?q=A%40UNITS&lang=en")


async def test_a_person_of_another_jurisdiction_is_not_found_like_one_who_is_not_there(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        foreign = await browser.page("/people/id/p-n", 404)
        nobody = await browser.page("/people/id/p-z", 404)
        assert foreign.replace("p-n", "p-z") == nobody
        for act in ACTS:
            answer = await there.house.client.post(f"/people/id/p-n/{act}", headers=browser.cookie)
            assert answer.status_code == 404
        await browser.page(f"/people?where={THERE}", 404)
        assert await there.person("p-n") == replace(NEXT_DOOR, version=1)
        both = await there.browser("office", "p-o", HERE, THERE)
        assert NEXT_DOOR.name in await both.page(f"/people?where={THERE}")
        assert NEXT_DOOR.name in await both.page("/people/id/p-n")
        there_too = f"/people/units?where={THERE}"
        for path in ("/people", "/people/units"):
            tabs = (await both.page(f"{path}?where={THERE}")).partition('class="tabs"')[2].partition("</p>")[0]
            assert f'href="{path}?where={HERE}"' in tabs, path
            assert f'href="{path}?where={THERE}" aria-current="page"' in tabs, path
        await both.send(there_too, there_too, 303, what="unit", name="区数据局", code="shuju")
        assert "区数据局" in await both.page(there_too)
        assert "区数据局" not in await both.page("/people/units"), "it is the other one's"
        assert f'<a href="{there_too}">' in await both.page(f"/people/new?where={THERE}"), "a unit is added there, too"


async def test_the_office_adds_a_unit_and_a_leaders_post_and_similar_names_are_asked_about(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()

        async def add(status: int = 303, **fields: str) -> str:
            return (await browser.send("/people/units", "/people/units", status, **fields)).text

        assert "区农业农村局" in await browser.page("/people/units")
        await add(what="unit", name="区数据局", code="shuju")
        assert "shuju" in await browser.page("/people/units?done=added")
        assert "区数据局" in await browser.page("/people/new"), "people can be added to it at once"
        assert "已有这个名称或编号" in await add(422, what="unit", name="区数据局")
        assert "编号已用于“区数据局”" in await add(422, what="unit", name="区税务局", code="shuju")
        asked = await add(422, what="unit", name="区农业农村局办")
        assert "与“区农业农村局”相近" in asked
        assert 'value="区农业农村局办"' in asked, "what was typed is not lost"
        await add(what="unit", name="区农业农村局办", same="yes")
        assert "写职务，不写姓名" in await add(422, what="leader", name="王某")
        await add(what="leader", name="分管区领导（交通）")
        known = (await there.store.load(HERE)).leaders.values()
        assert "分管区领导（交通）" in {one.label for one in known}
        for wrong in ({"name": ""}, {"name": "=1+1"}, {"name": "区审计局", "code": "a b"}, {"name": "区", "kind": "x"}):
            assert "▲" in await add(422, what="unit", **wrong)
        auditor = await there.browser("auditor", "p-x")
        assert "区数据局" in await auditor.page("/people/units")
        told = await there.house.client.post("/people/units", headers=auditor.cookie)
        assert told.status_code == 403


async def test_the_number_beside_the_desk_is_on_the_pages_about_people_too(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path, reported=True) as there:
        browser = await there.browser()
        number = re.compile(r'<b class="number">(\d+)')
        desk = number.findall(await browser.page("/desk"))
        assert desk == ["1"], "a report waits for its review"
        for path in ("/people", "/people/new", "/people/units", "/people/id/p-a"):
            assert number.findall(await browser.page(path)) == desk, path


@pytest.mark.parametrize("role", ["unit", "leader", "chief"])
async def test_nobody_but_the_office_and_auditors_sees_the_pages_and_a_refusal_is_told(
    postgres: Callable[[], str], tmp_path: Path, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(postgres, tmp_path) as there:
        assert (await there.house.client.get("/people")).status_code == 401
        browser = await there.browser(role, "x-1", unit="nongye" if role == "unit" else None)
        with caplog.at_level(logging.WARNING, "liangdeng.security"):
            for path in ("/people", "/people/new", "/people/import", "/people/id/p-a", "/people/list.xlsx"):
                await browser.page(path, 403)
        assert [one["event"] for one in events(caplog)] == ["right_denied"] * 5
        assert "/people" not in await browser.page("/")


async def test_an_auditor_looks_and_changes_nothing(postgres: Callable[[], str], tmp_path: Path) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser("auditor", "x-1")
        assert '<form class="card"' not in await browser.page("/people/id/p-a")
        await browser.page("/people/new", 403)
        for act in ACTS:
            answer = await there.house.client.post(f"/people/id/p-a/{act}", headers=browser.cookie)
            assert answer.status_code == 403


async def test_an_office_gives_nobody_a_role_and_takes_no_granted_one_away(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        for person in (LEADER, OFFICE):
            page = await browser.page(f"/people/id/{person.id}")
            assert re.findall(r'<form class="card" method="post" action="([^"]+)"', page) == [
                f"/people/id/{person.id}/change"
            ]
            for act in ("disable", "enable", "account", "hand-over", "erase"):
                answer = await there.house.client.post(f"/people/id/{person.id}/{act}", headers=browser.cookie)
                assert answer.status_code == 403
        path = f"/people/id/{LEADER.id}"
        await browser.send(path, f"{path}/change", name="别名", unit="nongye", mail="l@leaders.test")
        changed = await there.person(LEADER.id)
        assert (changed.name, changed.unit, changed.channels) == (LEADER.name, None, {"mail": "l@leaders.test"})
        await browser.send("/people/new", "/people/new", name="新", unit="nongye", role="office", post="head")
        (made,) = [one for one in (await there.store.load()).persons.values() if one.name == "新"]
        assert (made.role, made.head) == ("unit", True)


async def test_whoever_is_added_gets_a_password_that_is_shown_once(
    postgres: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        with caplog.at_level(logging.WARNING, "liangdeng.security"):
            answer = await browser.send(
                "/people/new", "/people/new", 200, name="己某", unit="shuiwu", mail="j@units.test", username="Shuiwu1"
            )
        (held,) = there.accounts.held.values()
        assert held.password in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert held.username == "shuiwu1"
        (event,) = events(caplog)
        assert (event["event"], event["person"], event["about"]) == ("person_added", "p-o", held.claims["person"])
        assert event["request_id"]
        assert held.password not in json.dumps(event)
        page = await browser.page(f"/people/id/{held.claims['person']}")
        assert held.password not in page


async def test_what_is_wrong_in_a_form_is_said_at_the_field_and_what_was_typed_stays(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        typed = {"name": "己\u202e某<b>", "unit": "gone", "mail": "nobody", "username": "x"}
        answer = await browser.send("/people/new?lang=en", "/people/new", 422, **typed)
        for name in ("name", "unit", "mail", "username"):
            assert f'id="fault-{name}"' in answer.text
        assert 'value="nobody"' in answer.text
        assert "<b>" not in answer.text
        again = await browser.send("/people/new", "/people/new", 422, name=A.name, unit="nongye")
        assert 'name="same_name"' in again.text
        await browser.send("/people/new", "/people/new", name=A.name, unit="nongye", same_name="yes")


async def test_a_form_of_another_session_another_page_or_another_site_is_refused(
    postgres: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with office(postgres, tmp_path) as there:
        mine, other = await there.browser(), await there.browser()
        sent = hidden(await mine.page("/people/id/p-a"), "/people/id/p-a/disable")
        with caplog.at_level(logging.WARNING, "liangdeng.security"):
            for path, headers in (
                ("/people/id/p-a/disable", other.cookie),
                ("/people/id/p-b/disable", mine.cookie),
                ("/people/id/p-a/disable", {**mine.cookie, "Origin": "https://elsewhere.test"}),
                ("/people/id/p-a/disable", {**mine.cookie, "Sec-Fetch-Site": "cross-site"}),
                ("/people/id/p-a/disable", there.house.headers("office:p-o")),
            ):
                answer = await there.house.client.post(path, data=sent, headers=headers)
                assert answer.status_code in (403, 404), path
        assert (await there.person("p-a")).active
        assert {one["event"] for one in events(caplog)} == {"form_forged"}


async def test_whoever_is_disabled_is_signed_out_at_once_and_not_let_in_again(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser, clerk_ = await there.browser(), await there.browser("unit", "p-a", unit="nongye")
        assert "甲某" in await clerk_.page("/")
        await browser.send("/people/id/p-a", "/people/id/p-a/disable")
        assert "甲某" not in await clerk_.page("/")
        copy = there.house.app.state.copy
        await copy.refresh()
        again = await there.browser("unit", "p-a", unit="nongye")
        assert "甲某" not in await again.page("/"), "a session that the provider still gives"
        await browser.send("/people/id/p-a", "/people/id/p-a/enable")
        await copy.refresh()
        assert "甲某" in await again.page("/")


async def test_a_change_of_unit_ends_the_sessions_that_claim_the_old_one(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser, clerk_ = await there.browser(), await there.browser("unit", "p-a", unit="nongye")
        path, same = "/people/id/p-a/change", {"name": A.name, "post": "clerk"}
        await browser.send("/people/id/p-a", path, 303, None, **same, unit="nongye", mail="new@units.test")
        assert A.name in await clerk_.page("/")
        await browser.send("/people/id/p-a", path, 303, None, **same, unit="shuiwu")
        assert A.name not in await clerk_.page("/")


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        await browser.send("/people/id/p-a", "/people/id/p-a/disable", 409, version="0")
        read = await there.person("p-a")
        await there.store.write(Changes(persons=(replace(read, name="改名"),)))
        await browser.send("/people/id/p-a", "/people/id/p-a/disable", 409, version=str(read.version))
        assert (await there.person("p-a")).active


async def test_an_absence_with_a_stand_in_is_entered_and_taken_back(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser, today = await there.browser(), date(2024, 5, 1)
        days = {"first_on": str(today), "last_on": str(today + timedelta(days=3))}
        path = "/people/id/p-a"
        await browser.send(path, f"{path}/absence", 422, None, first_on=days["last_on"], last_on=days["first_on"])
        await browser.send(path, f"{path}/absence", 422, None, **days, stand_in="p-n")
        await browser.send(path, f"{path}/absence", 422, None, **days, stand_in="p-a")
        await browser.send(path, f"{path}/absence", 303, None, **days, stand_in="p-b")
        (absence,) = (await there.person("p-a")).absences
        assert (absence.stand_in, absence.first_on) == ("p-b", today)
        assert "代班" in await browser.page("/people")
        await browser.send(path, f"{path}/absence", drop=str(today))
        assert (await there.person("p-a")).absences == ()


async def test_work_is_handed_over_to_a_colleague_of_the_same_unit(postgres: Callable[[], str], tmp_path: Path) -> None:
    async with office(postgres, tmp_path) as there:
        browser, path = await there.browser(), "/people/id/p-a"
        assert "单位的事项随单位" in await browser.page(path)
        await browser.send(path, f"{path}/hand-over", 422, successor="p-o")
        await browser.send(path, f"{path}/hand-over", successor="p-b")
        gone = await there.person("p-a")
        assert (gone.active, gone.successor) == (False, "p-b")


async def test_erasing_is_confirmed_and_leaves_a_stub(postgres: Callable[[], str], tmp_path: Path) -> None:
    async with office(postgres, tmp_path) as there:
        browser, path = await there.browser(), "/people/id/p-a"
        await browser.send(path, f"{path}/erase", 422)
        await browser.send(path, f"{path}/erase", sure="yes")
        page = await browser.page("/people")
        assert "已离任人员" in page
        assert A.name not in page
        assert "former member" in await browser.page("/people?lang=en")
        await browser.page(path, 404)


async def test_a_list_is_previewed_and_then_imported_and_the_download_changes_nothing(
    postgres: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    changed = [A.name, "区农业农村局", "", "new@units.test"]
    rows = [["姓名", "单位", "身份", "邮箱"], changed, ["庚某", "区水务局", "", ""]]
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        answer = await browser.send("/people/import", "/people/import", 200, files=xlsx(rows))
        assert "新增 1" in answer.text
        assert "变更 1" in answer.text
        assert (await there.person("p-a")).channels == A.channels, "a preview changes nothing"
        carried = hidden(answer.text, "/people/import/apply")
        apply = functools.partial(there.house.client.post, "/people/import/apply", headers=browser.cookie)
        wrong = await apply(data={**carried, "form_token": "x"})
        assert wrong.status_code == 403
        caplog.clear()
        with caplog.at_level(logging.WARNING, "liangdeng.security"):
            applied = await apply(data=carried)
        assert applied.status_code == 303, applied.text
        assert (await there.person("p-a")).channels == {"mail": "new@units.test"}
        assert sorted(one["event"] for one in events(caplog)) == ["person_added", "person_changed"]
        again = await apply(data=carried)
        assert again.status_code == 200, "the directory changed since: it is previewed again"
        downloaded = await there.house.client.get("/people/list.xlsx", headers=browser.cookie)
        files = {"file": ("list.xlsx", downloaded.content)}
        same = await browser.send("/people/import", "/people/import", 200, files=files)
        assert "没有要改动的" in same.text


async def test_a_list_with_a_problem_names_its_cell_and_one_that_is_too_large_is_refused(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    rows = [["姓名", "单位", "身份"], ["=1+1", "nongye", ""], ["辛某", "", "督查室"]]
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        answer = await browser.send("/people/import", "/people/import", 422, files=xlsx(rows))
        for cell in ("人员 A2", "人员 C3"):
            assert f"<code>{cell}</code>" in answer.text
        assert "import/apply" not in answer.text
        await browser.send("/people/import", "/people/import", 413, files={"file": ("l.xlsx", b"0" * 1_100_000)})


async def test_a_list_that_unpacks_to_a_hundred_thousand_rows_takes_no_turn_of_the_loop(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    content = unpacking_to(sheets=5, rows=19_990)
    assert len(content) < 1024 * 1024
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        await browser.send("/people/import", "/people/import", 422, {"file": ("list.xlsx", b"")})  # compiles the page
        with measured_turns() as turns:
            answer = await browser.send("/people/import", "/people/import", 422, {"file": ("list.xlsx", content)})
        assert "超过 5000 行" in answer.text
        assert turns.longest <= 0.1


async def test_names_are_drawn_for_those_who_may_see_them_alone(postgres: Callable[[], str], tmp_path: Path) -> None:
    url, programme = postgres(), f"{HERE}-2024"
    feed = Feed()
    feed.publish(programme, items=())
    feed.open(programme, "k-001", lead_unit="nongye")
    feed.green(feed.report(programme, "k-001"))
    author = Person(id="u-nongye-1", jurisdiction=HERE, name="壬某", role="unit", unit="nongye")
    async with stored(url, author) as store, house(url, feed, tmp_path) as running:
        page = f"/programmes/{programme}/items/k-001"
        assert "壬某" in await running.page(page, "unit:nongye")
        assert "壬某" in await running.page(page, "office")
        assert "壬某" not in await running.page(page)
        assert "壬某" not in await running.page(page, "unit:shuiwu")
        await Administration(store, None).erase((await store.load()).persons[author.id])
        await running.app.state.copy.refresh()
        assert "已离任人员" in await running.page(page, "office")


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to `action`."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}(?:\?[^"]*)?"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form to {action}"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))


def xlsx(rows: list[list[Any]]) -> dict[str, tuple[str, bytes]]:
    return {"file": ("list.xlsx", workbook({"人员": rows}))}


def events(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The security events so far, but for what is said of keys."""
    told = [json.loads(one.getMessage()) for one in caplog.records if one.name == "liangdeng.security"]
    return [one for one in told if one["event"] != "keys_read"]


DOORS = {
    "people.list": ("GET", "/people"),
    "people.add": ("GET", "/people/new"),
    "people.import": ("GET", "/people/import"),
    "people.change": ("POST", "/people/id/{}/change"),
    "people.disable": ("POST", "/people/id/{}/disable"),
    "people.reset": ("POST", "/people/id/{}/account"),
    "people.hand_over": ("POST", "/people/id/{}/hand-over"),
    "units.add": ("POST", "/people/units"),
}


async def test_every_cell_of_the_table_about_people_is_as_it_says(postgres: Callable[[], str], tmp_path: Path) -> None:
    assert set(DOORS) == {name for name in OPERATIONS if name.startswith(("people.", "units."))}
    wanted = {"allowed": {200, 303, 403, 409, 422}, "hidden": {404}}
    async with office(postgres, tmp_path) as there:
        for name, (method, path) in DOORS.items():
            for role, relation, _ in OPERATIONS[name].possible:
                if role == "alarm":
                    continue
                signed_in = role != "public"
                unit = "nongye" if role == "unit" else None
                cookie = (await there.browser(role, "x-1", unit=unit)).cookie if signed_in else {}
                foreign = relation == "foreign"
                where = path.format("p-n" if foreign else "p-a") + (f"?where={THERE}" if foreign else "")
                answer_ = await there.house.client.request(method, where, headers=cookie)
                said = answer(name, role, relation)
                if not signed_in:
                    assert answer_.status_code == 401, (name, role)
                elif said.outcome == "forbidden":
                    assert answer_.status_code == 403, (name, role, relation)
                else:
                    assert answer_.status_code in wanted[said.outcome], (name, role, relation)


async def test_accounts_for_many_are_opened_at_once_or_not_at_all_and_their_passwords_are_shown_once(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    async with office(postgres, tmp_path) as there:
        browser = await there.browser()
        page = await browser.page("/people/accounts")
        assert 'name="username:p-a" value=""' in page, "one letter is no user name"
        assert 'name="username:p-b"' in page
        assert "username:p-l" not in page, "the operator sees to leaders"
        assert "username:p-n" not in page, "who is next door"
        twice = {"username:p-a": "same", "username:p-b": "same"}
        answer = await browser.send("/people/accounts", "/people/accounts", 422, **twice)
        assert "写了两次" in answer.text
        answer = await browser.send("/people/accounts", "/people/accounts", 422, **{"username:p-a": "!"})
        assert not there.accounts.held
        told = await browser.send("/people/accounts", "/people/accounts", 200, **{"username:p-a": "Jia.Mou"})
        (held,) = there.accounts.held.values()
        assert held.username == "jia.mou"
        assert held.password in told.text
        assert (await there.person("p-a")).account is not None
        assert 'name="username:p-a"' not in await browser.page("/people/accounts")
        await (await there.browser("unit", "p-a", unit="nongye")).page("/people/accounts", 403)
