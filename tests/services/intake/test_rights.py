"""Who may submit what, before anything reaches the log (rulebook: Who)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from contracts.ruling import RulingEvent
from contracts.rulings import DeputyAppointed, ItemOpened, ItemTransferred, ProgrammeEnlarged, ProgrammeOpened
from contracts.submission import SUBMISSION_TYPES
from contracts.submissions import ItemAssigned, ProgrammePublished
from contracts.values import Unit
from eventlog.clock import FixedClock
from programmes.programme import expand
from programmes.programme_file import load_programme
from services.intake.pages.fields import ACTIONS, FORMS
from services.intake.problem import denied
from services.intake.who import item as items
from services.intake.who.permission import (
    permitted_item,
    permitted_programme,
    principal_of,
    require_deputy,
    rights_of,
    to_item,
)
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
    made.items.open(items.opened(PROGRAMME, ITEM, opened))
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
        "lead_or_concerned": {"unit"},
        "concerned": {"unit"},
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


FIRST, LAST = date(2024, 5, 6), date(2024, 5, 10)
DAYS = {
    datetime(2024, 5, 5, 15, 59, 59, tzinfo=UTC): False,
    datetime(2024, 5, 5, 16, tzinfo=UTC): True,
    datetime(2024, 5, 10, 15, 59, 59, tzinfo=UTC): True,
    datetime(2024, 5, 10, 16, tzinfo=UTC): False,
}
"""The days of the naming in the district, which begin eight hours before they do in Greenwich."""


def _named(roster: Roster, principal: str, deputy: str) -> None:
    named = DeputyAppointed(principal=principal, deputy=deputy, from_on=FIRST, until_on=LAST, reason="")
    roster.items[(PROGRAMME, ITEM)].evolve(named)


@pytest.mark.parametrize(
    ("principal", "deputy", "name"),
    [
        ("leader:leader-1", Identity("leader-4", "leader"), "plan.decided"),
        ("leader:leader-1", Identity("chief", "chief"), "plan.decided"),
        ("chief", Identity("leader-4", "leader"), "withdrawal.decided"),
    ],
)
def test_a_deputy_may_on_the_days_of_the_naming_what_the_principal_may(
    roster: Roster, principal: str, deputy: Identity, name: str
) -> None:
    _named(roster, principal, "chief" if deputy.role == "chief" else f"leader:{deputy.id}")
    item = roster.items[(PROGRAMME, ITEM)]
    item.opened = replace(item.opened, classification="internal")
    for instant, holds in DAYS.items():
        roster.clock = FixedClock(instant)
        assert (_reason(roster, deputy, name) is None) == holds, instant
        assert (principal_of(roster, deputy, f"submit.{name}", PROGRAMME, ITEM) == principal) == holds
        assert (to_item(rights_of(roster, deputy), "item.read_full", item).allowed) == (holds or deputy.role == "chief")
        assert _reason(roster, Identity("leader-5", "leader"), name) in ("unknown_item", "wrong_role")
    roster.clock = FixedClock(datetime(2024, 5, 7, tzinfo=UTC))
    assert principal_of(roster, deputy, "submit.lag.declared", PROGRAMME, ITEM) is None
    assert _reason(roster, replace(deputy, jurisdictions=("441625",)), name) in ("unknown_programme", "wrong_role")


def test_nobody_acts_for_a_principal_who_named_them_not_or_not_for_today(roster: Roster) -> None:
    roster.clock = FixedClock(datetime(2024, 5, 11, tzinfo=UTC))
    _named(roster, "leader:leader-1", "leader:leader-4")
    for person, principal, reason in (
        ("leader-4", "leader:leader-1", "not_own_leader"),
        ("leader-5", "leader:leader-1", "not_own_leader"),
        ("leader-4", "chief", "wrong_role"),
    ):
        with pytest.raises(RightDenied) as denial:
            require_deputy(roster, Identity(person, "leader"), "submit.plan.decided", (PROGRAMME, ITEM), principal)
        assert denial.value.said.reason == reason
    roster.clock = FixedClock(datetime(2024, 5, 7, tzinfo=UTC))
    require_deputy(roster, Identity("leader-4", "leader"), "x", (PROGRAMME, ITEM), "leader:leader-1")


def test_a_unit_that_joined_later_is_called_by_its_name(roster: Roster) -> None:
    joined = ProgrammeEnlarged(units=(Unit(id="shuili", name="区水利局"), Unit(id="fagai", name="别名")))
    event = RulingEvent(
        log="test",
        partition=0,
        subject=PROGRAMME,
        time=datetime(2024, 5, 6, tzinfo=UTC),
        causeid="c-2",
        causedigest="",
        causeoffset=9,
        ordinal=1,
        of=2,
        at=9,
        rules="3",
        policy="",
        data=joined,
    )
    before = roster.unit_name(PROGRAMME, "fagai")
    roster.evolve(event)
    assert roster.unit_name(PROGRAMME, "shuili") == "区水利局"
    assert roster.unit_name(PROGRAMME, "fagai") == before, "what it had under an id stays"
