"""Who may submit what, before anything reaches the log (rulebook: Who)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contracts.rulings import ItemOpened, ItemTransferred, ProgrammeOpened
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned, ProgrammePublished
from programmes.programme import expand
from programmes.programme_file import load_programme
from services.intake.pages.fields import ACTIONS, FORMS
from services.intake.problem import denied
from services.intake.who import item as items
from services.intake.who.permission import permitted_item, permitted_programme, rights_of
from services.intake.who.roster import KnownProgramme, Roster
from services.rating.rules.acts.table import ABOUT_ITEMS
from supervision.rights import OPERATIONS, SUBMITTED_ABOUT_ITEMS
from tests.services.intake.running_intake import YUANCHENG
from web.identity import Identity
from web.rights import RightDenied

PROGRAMME, ITEM = "441602-2024", "K01"


@pytest.fixture
def roster() -> Roster:
    made = Roster()
    (_, published), (_, assigned) = expand(load_programme(YUANCHENG), datetime(2024, 3, 19, 1, tzinfo=UTC))[:2]
    assert isinstance(published, ProgrammePublished)
    assert isinstance(assigned, ItemAssigned)
    about = ProgrammeOpened(**{name: getattr(published, name) for name in published.__dataclass_fields__})
    made.programmes[PROGRAMME] = KnownProgramme(about, "c", 0, 0)
    made.jurisdictions.add("441602")
    opened = ItemOpened(**{name: getattr(assigned, name) for name in assigned.__dataclass_fields__}, void=())
    made.items[(PROGRAMME, ITEM)] = items.opened(PROGRAMME, ITEM, opened)
    return made


def _reason(roster: Roster, identity: Identity, name: str, item: str = ITEM, programme: str = PROGRAMME) -> str | None:
    try:
        permitted_item(roster, rights_of(roster, identity), f"submit.{name}", programme, item)
    except RightDenied as error:
        return str(denied(error).more["reason"])
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
    roles = {
        "lead_unit": {"unit"},
        "former_lead": {"unit"},
        "own_leader": {"leader"},
        "interviewer": {"office", "leader", "chief"},
    }
    rating = {SUBMISSION_TYPES.short_names[cls]: roles.get(act.right, {act.right}) for cls, act in ABOUT_ITEMS.items()}
    for expanded in ("policy.adopted", "programme.extended", "calendar.extended", "deputy.named", "deputy.ended"):
        del rating[expanded]  # from a door of its own
    assert set(rating) == set(SUBMITTED_ABOUT_ITEMS)
    for name, may in rating.items():
        for identity in own.values():
            expected = None if identity.role in may else "wrong_role"
            assert _reason(roster, identity, name) == expected, (name, identity)


@pytest.mark.parametrize("name", ["deadline.passed", "programme.published", "item.assigned", "policy.adopted"])
def test_what_only_rating_or_a_publication_writes_is_nothing_that_anyone_may_send(name: str) -> None:
    assert f"submit.{name}" not in OPERATIONS


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
    assert _reason(roster, Identity("o1", "office"), "lag.declared", "K99") == "unknown_item"
    assert _reason(roster, Identity("o1", "office"), "lag.declared", "K99", "441602-2031") == "unknown_programme"


def test_an_internal_item_of_others_is_answered_as_if_it_did_not_exist(roster: Roster) -> None:
    item = roster.items[(PROGRAMME, ITEM)]
    item.opened = replace(item.opened, classification="internal")
    for person, name in (
        (Identity("u-jiaoyu-1", "unit", "jiaoyu"), "progress.reported"),
        (Identity("leader-2", "leader"), "plan.decided"),
    ):
        assert _reason(roster, person, name) == _reason(roster, person, name, "K99") == "unknown_item"
    assert _reason(roster, Identity("u-fagai-1", "unit", "fagai"), "progress.reported") is None


@pytest.mark.parametrize("where", [("441625",), ()])
def test_the_same_ids_in_another_jurisdiction_are_somebody_else(roster: Roster, where: tuple[str, ...]) -> None:
    if not where:  # nothing is said of theirs, and two are served
        roster.jurisdictions.add("441625")
    for person, name in (
        (Identity("u-fagai-1", "unit", "fagai", where), "progress.reported"),
        (Identity("leader-1", "leader", None, where), "plan.decided"),
        (Identity("o1", "office", None, where), "lag.declared"),
        (Identity("chief", "chief", None, where), "withdrawal.decided"),
    ):
        assert _reason(roster, person, name) == _reason(roster, person, name, "K99") == "unknown_programme"
    with pytest.raises(RightDenied):
        permitted_programme(roster, rights_of(roster, Identity("o1", "office", None, where)), "policy.adopt", PROGRAMME)
    own = Identity("u-fagai-1", "unit", "fagai", ("441602", "441625"))
    assert _reason(roster, own, "progress.reported") is None


def test_every_type_that_may_be_submitted_has_a_form_and_a_name_in_both_languages() -> None:
    assert set(FORMS) == set(SUBMITTED_ABOUT_ITEMS) == set(ACTIONS)
