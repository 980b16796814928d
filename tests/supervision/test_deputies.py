"""Deputies: a naming holds on its days, first and last included, until an end takes the pair away."""

from __future__ import annotations

from datetime import date

from contracts.rulings import DeputyAppointed, DeputyReleased, PlanReturned
from supervision.deputies import Namings, evolve, in_force
from supervision.right import Assignees, StandsIn, capacities

FIRST, LAST = date(2024, 5, 6), date(2024, 5, 10)


def appointed(principal: str, deputy: str, namings: Namings = ()) -> Namings:
    named = DeputyAppointed(principal=principal, deputy=deputy, from_on=FIRST, until_on=LAST, reason="出差")
    return evolve(namings, named)


def test_a_naming_holds_from_its_first_day_to_its_last() -> None:
    named = appointed("leader:leader-1", "leader:leader-2")
    pair = (StandsIn("leader:leader-1", "leader:leader-2"),)
    days = (date(2024, 5, 5), FIRST, LAST, date(2024, 5, 11))
    assert [in_force(named, day) for day in days] == [(), pair, pair, ()]


def test_an_end_takes_all_namings_of_the_pair_and_nothing_else_does() -> None:
    named = appointed("chief", "leader:leader-2", appointed("leader:leader-1", "leader:leader-2"))
    assert evolve(named, PlanReturned()) == named
    left = evolve(named, DeputyReleased(principal="leader:leader-1", deputy="leader:leader-2"))
    assert in_force(left, FIRST) == (StandsIn("chief", "leader:leader-2"),)


def test_a_deputy_stands_before_an_item_as_each_principal_too_and_nobody_else_does() -> None:
    pairs = (StandsIn("leader:leader-1", "leader:leader-2"), StandsIn("chief", "leader:leader-2"))
    assignees = Assignees("fagai", (), "leader-1", (*pairs, StandsIn("leader:leader-1", "chief")))
    assert list(capacities("leader", "leader-2", assignees)) == [
        ("leader", "leader-2"),
        ("leader", "leader-1"),
        ("chief", None),
    ]
    assert list(capacities("leader", "leader-3", assignees)) == [("leader", "leader-3")]
    assert list(capacities("chief", "c-1", assignees)) == [("chief", "c-1"), ("leader", "leader-1")]
    assert list(capacities("office", "leader-2", assignees)) == [("office", "leader-2")]
    assert list(capacities("public", None, assignees)) == [("public", None)]
