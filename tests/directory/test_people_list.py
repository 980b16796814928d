"""A list of people: headings in any order, each problem at its cell, the same file twice changes nothing."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.people_list.export import empty_list, export_list, export_of_units
from directory.people_list.list_file import read_list
from directory.people_list.preview import ImportPreview, preview_of
from directory.persons import Person, erased
from directory.register import Register
from directory.store import DirectoryStore, pool_of
from exact import workbook as files
from programmes import FOLDER
from tests.directory.people import HERE, LEADERS, PLACES, THERE, UNITS, clerk, register, workbook

HEAD = ["序号", "邮箱", "姓 名*", "手机（必填）", "职务/身份", "工作单位"]
ROWS: list[list[Any]] = [
    HEAD,
    [1, "a@units.test", "甲", 13800138000, "主要负责人", "区农业农村局"],
    [2, None, "乙", "138-0013-8001", "", "shuiwu"],
]


def read(rows: Sequence[Sequence[Any]], known: Register | None = None, only: str | None = None) -> ImportPreview:
    listed = read_list("list.xlsx", workbook({"人员": rows}), HERE)
    return preview_of(listed, known or register(), only=only)


def places(preview: ImportPreview) -> list[tuple[str, str]]:
    assert all(problem.zh and problem.en for problem in preview.problems)
    return [(problem.sheet, problem.cell) for problem in preview.problems]


def test_headings_stand_in_any_order_in_either_language_and_a_title_may_stand_above() -> None:
    chinese = read([["2024年人员名册"], [], *ROWS])
    english = read([["Unit", "Role", "Name", "Mail", "Phone"], ["nongye", "head", "甲", "a@units.test", "13800138000"]])
    assert chinese.problems == english.problems == []
    first = chinese.persons[0].person
    assert (first.name, first.unit, first.head) == ("甲", "nongye", True)
    assert first.channels == {"mail": "a@units.test", "phone": "13800138000"}
    assert replace(english.persons[0].person, id=first.id) == first
    assert chinese.persons[1].person.channels == {"phone": "13800138001"}
    assert chinese.counts["persons"] == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ([1, "nobody", "甲", None, "经办人", "nongye"], "B2"),
        ([1, None, "张三\u202e", None, "经办人", "nongye"], "C2"),
        ([1, None, "+甲", None, "经办人", "nongye"], "C2"),
        ([1, None, "<b>甲</b>", None, "经办人", "nongye"], "C2"),
        ([1, None, None, 13800138000, "经办人", "nongye"], "C2"),
        ([1, None, '=HYPERLINK("x")', None, "经办人", "nongye"], "C2"),
        ([1, '=A1&"@x.test"', "甲", None, "经办人", "nongye"], "B2"),
        ([1, None, "甲", "123", "经办人", "nongye"], "D2"),
        ([1, None, "甲", None, "局长", "nongye"], "E2"),
        ([1, None, "甲", None, "经办人", "gone"], "F2"),
        ([1, None, "甲", None, "经办人", None], "F2"),
        ([1, None, "甲", None, "经办人", "区农业农村局\u200b"], "F2"),
    ],
)
def test_what_is_wrong_is_told_at_its_cell_and_nothing_is_imported(row: list[Any], cell: str) -> None:
    found = read([HEAD, row, [2, None, "乙", None, "", "shuiwu"]])
    assert places(found) == [("人员", cell)]
    assert found.counts["persons"]["wrong"] == 1
    assert not found.changes_anything


def test_a_control_character_that_a_file_smuggles_in_is_told_at_its_cell() -> None:
    packed = workbook({"人员": [["姓名", "单位"], ["甲MARK", "nongye"]]})
    forged = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as before, zipfile.ZipFile(forged, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"MARK", b"_x001B_[31m"))
    found = preview_of(read_list("list.xlsx", forged.getvalue(), HERE), register())
    assert places(found) == [("人员", "A2")]


def test_the_same_person_twice_in_a_list_and_a_heading_twice_are_told() -> None:
    row = ["甲", "nongye"]
    assert places(read([["姓名", "单位"], row, row])) == [("人员", "A3")]
    assert places(read([["姓名", "单位", "部门"], [*row, None]])) == [("人员", "C1")]


def test_an_office_imports_people_of_its_own_units_alone() -> None:
    head: list[Any] = ["姓名", "单位", "身份", "行政区划代码", "人员编号"]
    known = register(
        clerk("p-n", "邻", jurisdiction=THERE), Person(id="o1", jurisdiction=HERE, name="督", role="office")
    )
    rows: list[list[Any]] = [
        ["甲", "nongye", "经办人", THERE, None],
        ["乙", None, "督查室", HERE, None],
        ["邻", "nongye", "经办人", HERE, "p-n"],
        ["丙", "nongye", "经办人", HERE, "p-made-up"],
        ["督", "nongye", "经办人", HERE, "o1"],
    ]
    found = read([head, *rows], known, only=HERE)
    assert places(found) == [("人员", place) for place in ("D2", "C3", "E4", "E5", "E6")]
    told = {problem.en for problem in found.problems[2:]}
    assert len(told) == 1, "an id of the neighbours and one of nobody look the same"
    units = read_list("list.xlsx", workbook({"单位": [["单位编号", "单位名称"], ["x", "新"]]}), HERE)
    assert preview_of(units, register(), only=HERE).problems


def test_an_operator_imports_everybody_with_the_units_and_leaders_of_the_same_file() -> None:
    people: list[list[Any]] = [
        ["姓名", "身份", "单位", "领导编号"],
        ["督", "督查室", None, None],
        ["领", "分管区领导", None, "leader-9"],
        ["甲", "经办人", "新局", None],
    ]
    book: dict[str, list[list[Any]]] = {
        "人员": people,
        "单位": [["单位编号", "单位名称"], ["xin", "新局"]],
        "领导": [["领导编号", "分管"], ["leader-9", "分管新局的区领导"]],
    }
    found = preview_of(read_list("list.xlsx", workbook(book), HERE), register())
    assert found.problems == []
    assert [one.person.reference for one in found.persons] == ["office", "leader:leader-9", "unit:xin"]
    assert found.counts["units"]["new"] == found.counts["leaders"]["new"] == 1


def test_two_persons_are_not_in_charge_at_once_and_no_person_has_a_leaders_id() -> None:
    here = Person(id="p-l", jurisdiction=HERE, name="领", role="leader", leader="leader-1")
    head = ["姓名", "身份", "领导编号", "状态", "人员编号", "单位"]
    second = ["新", "leader", "leader-1", None, None, None]
    assert places(read([head, second], register(here))) == [("人员", "C2")]
    assert read([head, ["领", "leader", "leader-1", "停用", "p-l", None], second], register(here)).problems == []
    assert places(read([head, ["甲", "clerk", None, None, "leader-1", "nongye"]])) == [("人员", "E2")]


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_takes_away() -> None:
    known = register(clerk(name="甲", channels={"mail": "a@units.test", "wecom": "a1"}))
    assert read([["姓名", "单位"], ["甲", "nongye"]], known).counts["persons"]["unchanged"] == 1
    emptied = read([["姓名", "单位", "邮箱"], ["甲", "nongye", None]], known).persons[0]
    assert (emptied.effect, emptied.parts, emptied.person.channels) == ("changed", ("mail",), {"wecom": "a1"})


def test_the_empty_form_is_understood_and_says_what_may_stand_in_it() -> None:
    form = empty_list(register(), HERE)
    found = preview_of(read_list("form.xlsx", form, HERE), register(), only=HERE)
    assert found.problems == []
    assert not found.changes_anything


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"name,unit\n", workbook({"人员": [["a", "b"], [1, 2]]})])
def test_a_file_that_holds_no_list_is_told(content: bytes) -> None:
    assert read_list("list.xlsx", content, HERE).problems
    assert read_list("list.csv", content, HERE).problems


def test_a_file_that_would_unpack_to_far_more_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (files.MAX_UNPACKED + 1))
    monkeypatch.setattr(files, "load_workbook", None)
    with pytest.raises(files.UnreadableWorkbook, match="unpacks"):
        files.read_workbook(bomb.getvalue())


def test_entities_of_xml_are_not_expanded() -> None:
    packed = workbook({"人员": [["姓名", "单位"], ["MARK", "nongye"]]})
    forged = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as before, zipfile.ZipFile(forged, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if b"MARK" in content:
                doctype = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
                content = doctype + content.replace(b"MARK", b"&e;").removeprefix(b'<?xml version="1.0"?>')
            after.writestr(name, content)
    with pytest.raises(files.UnreadableWorkbook):
        files.read_workbook(forged.getvalue())


def test_todays_file_of_contacts_and_a_programme_are_imported() -> None:
    contacts = b'contacts:\n  office: o@office.test\n  "unit:*": "{id}@units.test"\n'
    listed = read_list("directory.yaml", contacts, HERE)
    assert listed.problems == []
    assert {(one.scope, one.reference) for one in listed.shared} == {(HERE, "office"), (HERE, "unit:*")}
    again = replace(register(), shared=tuple(listed.shared))
    assert preview_of(listed, again).counts["contacts"] == {"new": 0, "changed": 0, "unchanged": 2, "gone": 0}
    assert read_list("directory.yaml", b"contacts: {office: not an address}").problems
    programme = read_list("p.yaml", (FOLDER / "yuancheng-2024.yaml").read_bytes())
    assert programme.problems == []
    assert programme.jurisdictions == [("441602", "河源市源城区")]
    assert len(programme.units) > 20


names = st.text(st.characters(categories=["Lo", "Lu", "Ll"]), min_size=1, max_size=6)
mails = st.from_regex(r"\A[a-z]{1,9}@[a-z]{1,9}\.test\Z")
channels = st.fixed_dictionaries({}, optional={"mail": mails, "phone": st.from_regex(r"\A1[0-9]{10}\Z")})


@st.composite
def rows(draw: st.DrawFn) -> list[list[str | None]]:
    """Rows of a list, nobody twice."""
    listed: dict[tuple[str, str], list[str | None]] = {}
    for name in draw(st.lists(names, max_size=6)):
        unit, role, reached = (
            draw(st.sampled_from(["nongye", "shuiwu"])),
            draw(st.sampled_from(["head", "clerk"])),
            draw(channels),
        )
        status = draw(st.sampled_from(["在岗", "停用", None]))
        listed[name, unit] = [name, unit, role, status, reached.get("mail"), reached.get("phone")]
    return list(listed.values())


@pytest.mark.services
@given(listed=rows())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_import_export_import_changes_nothing(postgres: Callable[[], str], listed: list[list[str | None]]) -> None:
    content = workbook({"people": [["Name", "Unit", "Role", "Status", "Mail", "Phone"], *listed]})

    async def there_and_back() -> None:
        async with pool_of(database(postgres)) as pool:
            store = DirectoryStore(pool)
            await store.prepare()
            async with pool.connection() as connection:
                await connection.execute("TRUNCATE directory.person, directory.absence CASCADE")
            await store.write(PLACES)
            first = preview_of(read_list("list.xlsx", content, HERE), await store.load())
            if first.problems:  # names that are the same once they are composed
                assert {problem.en for problem in first.problems} == {"this person is in the list twice"}
                return
            await store.write(first.changes)
            held = await store.load()
            assert len(held.persons) == len(listed)
            for again in (content, export_list(held, {HERE, THERE}), export_of_units(held, HERE)):
                repeated = preview_of(read_list("list.xlsx", again, HERE), held)
                assert (repeated.problems, repeated.changes_anything) == ([], False)

    asyncio.run(there_and_back())


_made: list[str] = []


def database(postgres: Callable[[], str]) -> str:
    """One database for all examples."""
    if not _made:
        _made.append(postgres())
    return _made[0]


def test_an_erased_person_is_in_no_list_and_comes_back_through_none() -> None:
    gone = erased(clerk("p-gone", "甲"))
    known = register(gone)
    exported = read_list("list.xlsx", export_list(known, {HERE}), HERE)
    assert exported.persons == []
    assert [unit for _, unit in exported.units] == list(UNITS)
    assert [leader for _, leader in exported.leaders] == list(LEADERS)
    assert read([["姓名", "单位", "人员编号"], ["甲", "nongye", "p-gone"]], known).problems


def test_a_formula_is_told_as_one_whatever_its_column_and_text_that_looks_like_one_is_not() -> None:
    formulas = ["=A1", '=A1&"@x.test"', "=1+1", "=A2", "=A3", "=#REF!"]
    found = read([HEAD, [1, *formulas[1:]]])
    assert places(found) == [("人员", f"{column}2") for column in "BCDEF"]
    assert {problem.en for problem in found.problems} == {"is a formula or its error: paste it as a value"}
    book = files.write_workbook([("人员", ["姓名", "单位"], [["=1+1", "nongye"]])])
    (told,) = preview_of(read_list("list.xlsx", book, HERE), register()).problems
    assert (told.cell, told.en) == ("A2", "must not begin with = + - @")
