"""Who is told: persons on duty before patterns, the own programme before the district, a stand-in for who is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from directory.contacts import address_of, contacts_of
from directory.persons import Absence, Person, disabled
from directory.register import Register, SharedContact
from tests.directory.people import HERE, THERE, clerk, register

P = f"{HERE}-2024"
DAY = date(2024, 5, 7)
AWAY = Absence(first_on=date(2024, 5, 1), last_on=DAY, stand_in="p-b")


def reached(person: Person, mail: str) -> Person:
    return replace(person, channels={"mail": mail, "phone": "13800138000"})


def mails(known: Register, reference: str = "unit:nongye", programme: str = P, on: date = DAY) -> list[str]:
    return sorted(one["mail"] for one in contacts_of(known, programme, reference, on).values())


A, B, C = (reached(clerk(f"p-{one}", one), f"{one}@units.test") for one in "abc")


def test_every_person_on_duty_of_the_unit_is_told_and_nobody_of_the_same_unit_next_door() -> None:
    known = register(A, B, reached(clerk("p-n", "邻", jurisdiction=THERE), "n@there.test"))
    assert mails(known) == ["a@units.test", "b@units.test"]
    assert mails(known, programme=f"{THERE}-2024") == ["n@there.test"]
    assert mails(register(A, disabled(B))) == ["a@units.test"]


def test_a_telephone_is_no_way_to_send_a_notice() -> None:
    only_phone = replace(A, channels={"phone": "13800138000"})
    box = SharedContact(scope="", reference="unit:*", id="1", channels={"mail": "{id}@units.test"})
    assert mails(replace(register(only_phone), shared=(box,))) == ["nongye@units.test"]


def test_what_was_entered_for_the_programme_goes_before_the_district_and_that_before_everywhere() -> None:
    boxes = {
        scope: SharedContact(scope=scope, reference=reference, id="1", channels={"mail": f"{{id}}@{name}.test"})
        for scope, reference, name in ((P, "unit:nongye", "own"), (HERE, "unit:*", "district"), ("", "unit:*", "all"))
    }
    known = replace(register(), shared=tuple(boxes.values()))
    assert mails(known) == ["nongye@own.test"]
    assert mails(known, "unit:shuiwu") == ["shuiwu@district.test"]
    assert mails(known, programme=f"{THERE}-2024") == ["nongye@all.test"]
    assert mails(replace(register(A), shared=(boxes[HERE], boxes[""]))) == ["a@units.test"]


def test_whoever_is_away_is_told_through_the_stand_in_at_the_address_that_holds_on_the_day() -> None:
    leader = reached(
        Person(id="p-l", jurisdiction=HERE, name="丁", role="leader", leader="leader-1", absences=(AWAY,)),
        "l@test.test",
    )
    known = register(leader, B)
    assert contacts_of(known, P, "leader:leader-1", DAY) == {"p-l": {"mail": "b@units.test"}}
    assert mails(known, "leader:leader-1", on=date(2024, 5, 8)) == ["l@test.test"]


def test_a_stand_in_who_is_told_anyway_is_told_once() -> None:
    assert list(contacts_of(register(replace(A, absences=(AWAY,)), B), P, "unit:nongye", DAY)) == ["p-b"]


def test_two_who_stand_in_for_each_other_while_both_are_away_are_still_told() -> None:
    back = Absence(first_on=AWAY.first_on, last_on=DAY, stand_in="p-a")
    known = register(replace(A, absences=(AWAY,)), replace(B, absences=(back,)))
    assert mails(known) == ["a@units.test", "b@units.test"]


def test_whoever_is_away_without_a_stand_in_or_with_one_who_left_is_told_as_before() -> None:
    alone = replace(A, absences=(replace(AWAY, stand_in=None),))
    assert mails(register(alone)) == ["a@units.test"]
    assert mails(register(replace(A, absences=(AWAY,)), disabled(B))) == ["a@units.test"]


def test_a_message_addressed_before_somebody_left_goes_to_the_successor_or_to_nobody() -> None:
    left = replace(disabled(A), successor="p-c")
    assert address_of(register(left, C), P, "unit:nongye", "mail", "p-a", DAY) == "c@units.test"
    assert address_of(register(disabled(A), C), P, "unit:nongye", "mail", "p-a", DAY) is None
    there = register(left, C)
    assert address_of(there, f"{THERE}-2024", "unit:nongye", "mail", "p-a", DAY) is None


def test_an_event_of_a_leader_names_the_leader_and_so_whoever_is_in_charge() -> None:
    before = Person(id="p-x", jurisdiction=HERE, name="前", role="leader", leader="leader-1", active=False)
    now = Person(id="p-y", jurisdiction=HERE, name="今", role="leader", leader="leader-1")
    for known in (register(before, now), register(now, before)):
        found = known.actor(HERE, "leader-1")
        assert found is not None
        assert found.name == "今"
        assert known.actor(THERE, "leader-1") is None
    assert now.actor == "leader-1"
    assert A.actor == "p-a"
