"""Who may submit what, before anything reaches the log (rulebook: Who)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from contracts.rulings import ItemOpened, ItemTransferred
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned
from contracts.values import Role
from programmes.programme import expand
from programmes.programme_file import load_programme
from services.intake.pages.fields import ACTIONS, FORMS
from services.intake.problem import IntakeProblem
from services.intake.who import item as items
from services.intake.who.rights import ITEM_RIGHTS, PROGRAMME_RIGHTS, check_item
from services.intake.who.roster import Roster
from services.rating.rules.acts.table import ABOUT_ITEMS
from tests.services.intake.running_intake import YUANCHENG
from web.identity import Identity

PROGRAMME, ITEM = "441602-2024", "K01"


@pytest.fixture
def roster() -> Roster:
    made = Roster()
    _, assigned = expand(load_programme(YUANCHENG), datetime(2024, 3, 19, 1, tzinfo=UTC))[1]
    assert isinstance(assigned, ItemAssigned)
    opened = ItemOpened(**{name: getattr(assigned, name) for name in assigned.__dataclass_fields__}, void=())
    made.items[(PROGRAMME, ITEM)] = items.opened(PROGRAMME, ITEM, opened)
    return made


def _reason(roster: Roster, identity: Identity, name: str, item: str = ITEM) -> str | None:
    try:
        check_item(roster, identity, PROGRAMME, item, name)
    except IntakeProblem as problem:
        return str(problem.more["reason"])
    return None


def test_every_role_may_do_exactly_what_rating_lets_it_do(roster: Roster) -> None:
    own = {
        "unit": Identity("u-fagai-1", "unit", "fagai"),
        "office": Identity("o1", "office"),
        "leader": Identity("leader-1", "leader"),
        "chief": Identity("chief", "chief"),
        "auditor": Identity("auditor", "auditor"),
        "alarm": Identity("alarm", "alarm"),
    }
    roles = {"lead_unit": "unit", "own_leader": "leader"}
    rating = {SUBMISSION_TYPES.short_names[cls]: roles.get(act.right, act.right) for cls, act in ABOUT_ITEMS.items()}
    del rating["policy.adopted"]  # expanded from a door of its own
    assert rating.keys() == ITEM_RIGHTS.keys()
    for name, role in rating.items():
        for identity in own.values():
            expected = None if identity.role == role else "wrong_role"
            assert _reason(roster, identity, name) == expected, (name, identity)


@pytest.mark.parametrize("name", ["deadline.passed", "programme.published", "item.assigned", "policy.adopted"])
@pytest.mark.parametrize("role", get_args(Role))
def test_what_only_rating_or_a_publication_writes_is_refused_from_everyone(
    roster: Roster, name: str, role: Role
) -> None:
    assert name not in PROGRAMME_RIGHTS
    assert _reason(roster, Identity("somebody", role, "fagai"), name) == "wrong_role"


def test_another_unit_even_a_cooperating_one_is_not_the_lead_unit(roster: Roster) -> None:
    assert _reason(roster, Identity("u-caizheng-1", "unit", "caizheng"), "progress.reported") == "not_lead_unit"


def test_another_leader_may_not_decide(roster: Roster) -> None:
    assert _reason(roster, Identity("leader-2", "leader"), "plan.decided") == "not_own_leader"


def test_a_person_whose_id_is_that_of_the_leader_needs_the_role_too(roster: Roster) -> None:
    assert _reason(roster, Identity("leader-1", "unit", "fagai"), "plan.decided") == "wrong_role"


def test_after_a_transfer_the_rights_have_passed_on(roster: Roster) -> None:
    item = roster.items[(PROGRAMME, ITEM)]
    item.evolve(ItemTransferred(lead_unit="caizheng", cooperating=(), leader=item.leader))
    assert _reason(roster, Identity("u-fagai-1", "unit", "fagai"), "progress.reported") == "not_lead_unit"
    assert _reason(roster, Identity("u-caizheng-1", "unit", "caizheng"), "progress.reported") is None


def test_an_item_that_is_not_known_is_not_found(roster: Roster) -> None:
    with pytest.raises(IntakeProblem) as caught:
        check_item(roster, Identity("o1", "office"), PROGRAMME, "K99", "lag.declared")
    assert (caught.value.status, caught.value.more["reason"]) == (404, "unknown_programme")


def test_every_type_that_may_be_submitted_has_a_form_and_a_name_in_both_languages() -> None:
    assert FORMS.keys() == ITEM_RIGHTS.keys() == ACTIONS.keys()
