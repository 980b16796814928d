"""The table of rights: total by construction, and what it must say among the rest."""

from __future__ import annotations

import pytest

from contracts.values import Classification
from supervision.right import ASKERS, CLASSIFICATIONS, REASONS, Asker, Assignees, Relation, relation_of, relations
from supervision.rights import OPERATIONS, answer, role_answer
from tests.architecture.rights_page import PAGE, page

SEEING_ALL: tuple[Asker, ...] = ("office", "chief", "auditor")


def allowed(operation: str, asker: Asker, relation: Relation = "other", how: Classification = "public") -> bool:
    return answer(operation, asker, relation, how).allowed


def test_the_page_shows_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.architecture.rights_page writes it"


def test_there_is_an_answer_for_every_cell_and_a_reason_for_every_refusal() -> None:
    number = 0
    for operation in OPERATIONS.values():
        for cell in operation.possible:
            said = answer(operation.name, *cell)
            assert (said.outcome == "forbidden") == (said.reason is not None)
            assert said.reason is None or said.reason in REASONS
            number += 1
    assert number > 1500
    with pytest.raises(KeyError):
        answer("item.burn", "office")


def test_a_role_that_may_do_nothing_of_the_kind_is_told_so_whatever_is_asked_about() -> None:
    for operation in OPERATIONS.values():
        for asker in ASKERS:
            if not role_answer(operation.name, asker).allowed:
                answers = {answer(operation.name, *cell) for cell in operation.possible if cell[0] == asker}
                assert answers == {role_answer(operation.name, asker)}, (operation.name, asker)


def test_the_alarm_opens_nothing_that_asks_who_comes() -> None:
    for operation in OPERATIONS.values():
        assert operation.open or not any(cell[0] == "alarm" for cell in operation.cells), operation.name


def test_what_is_foreign_is_allowed_to_nobody_and_told_of_only_before_it_exists() -> None:
    for operation in OPERATIONS.values():
        for asker, relation, how in operation.possible:
            if relation == "foreign" and not operation.open:
                said = answer(operation.name, asker, relation, how)
                told = said.reason == "wrong_jurisdiction" and operation.name == "programme.publish"
                assert told or said.outcome == "hidden" or said.reason == "wrong_role", (operation.name, asker)


@pytest.mark.parametrize("part", ["findings.see", "appeals.see", "inspection_plans.see", "item.read_full"])
def test_a_leader_sees_lights_and_reports_of_public_items_but_these_parts_of_their_own_alone(part: str) -> None:
    for operation in ("item.read", "timeline.read"):
        assert allowed(operation, "leader", "other")
        assert not allowed(operation, "leader", "other", "internal")
    for how in CLASSIFICATIONS:
        assert not allowed(part, "leader", "other", how)
        assert allowed(part, "leader", "own_leader", how)
        assert all(allowed(part, asker, "other", how) for asker in SEEING_ALL)


def test_no_unit_sees_an_inspection_plan_before_the_visit() -> None:
    for relation in relations("unit", "item"):
        assert not allowed("inspection_plans.see", "unit", relation)


def test_evidence_is_opened_by_whoever_sees_the_item_in_full_and_by_its_uploader() -> None:
    for asker in ASKERS:
        for relation in relations(asker, "item"):
            for how in CLASSIFICATIONS:
                full = allowed("item.read_full", asker, relation, how)
                assert allowed("evidence.read", asker, relation, how) == full, (asker, relation)
    assert allowed("evidence.read", "unit", "party", "internal")
    assert not allowed("evidence.read", "public")


def test_the_public_sees_what_was_published_of_public_items() -> None:
    seen = {name for name, one in OPERATIONS.items() if not one.open and allowed(name, "public")}
    assert seen == {
        "programme.list",
        "programme.read",
        "lights.read",
        "unit.read",
        "item.list",
        "item.read",
        "timeline.read",
        "progress.read",
        "changes.follow",
    }
    assert not any(allowed(name, "public", "other", "internal") for name in seen & {"item.read", "timeline.read"})


def test_whoever_sees_nothing_of_an_item_is_not_told_that_one_must_not_act_on_it() -> None:
    for name, operation in OPERATIONS.items():
        if operation.scope == "item":
            for asker, relation, how in operation.possible:
                said = answer(name, asker, relation, how)
                if not allowed("item.read", asker, relation, how) and asker in operation.roles:
                    assert said.outcome == "hidden", (name, asker, relation, how)


def test_a_tie_counts_inside_the_own_jurisdiction_alone_and_the_closest_first() -> None:
    assignees = Assignees("fagai", ("caizheng",), "leader-1")
    assert relation_of("unit", "u", "fagai", assignees, own=True, party=True) == "lead"
    assert relation_of("unit", "u", "caizheng", assignees, own=True) == "cooperating"
    assert relation_of("unit", "u", "jiaoyu", assignees, own=True, party=True) == "party"
    assert relation_of("leader", "leader-1", None, assignees, own=True) == "own_leader"
    assert relation_of("leader", "leader-2", None, assignees, own=True) == "other"
    assert relation_of("office", "leader-1", None, assignees, own=True) == "other"
    for asker in ASKERS[1:]:
        assert relation_of(asker, "leader-1", "fagai", assignees, own=False, party=True) == "foreign"
    assert relation_of("public", None, None, assignees, own=False) == "other"
    assert relation_of("unit", "u", "fagai", Assignees(), own=True) == "other"
