"""What a page offers to submit: only what could be accepted about the item as it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.rulings import (
    AppealOpened,
    CancellationFiled,
    DeadlineShifted,
    EscalationRaised,
    ExtensionFiled,
    InspectionAuthorized,
    ItemOpened,
    ItemTransferred,
    ItemWithdrawn,
    LightChanged,
    LimitMoved,
    ReplyRecorded,
    ReplyReleased,
)
from contracts.submissions import Appealed, ItemAssigned
from contracts.values import Category
from programmes import FOLDER
from programmes.programme import expand
from programmes.programme_file import load_programme
from services.intake.pages.choices import choices_of
from services.intake.pages.decision_rows import told_units
from services.intake.pages.form_values import prefilled
from services.intake.pages.overview import applies, waiting
from services.intake.who.item import KnownItem, opened
from services.intake.who.roster import Roster

PUBLISHED = datetime(2024, 3, 19, 1, 30, tzinfo=UTC)
NOW = datetime(2024, 4, 20, tzinfo=UTC)
DUE = NOW + timedelta(days=10)
RAISED = EscalationRaised(
    escalation="rectification-1",
    level="rectification",
    state="open",
    cause="2024Q1",
    raised_at=NOW,
    due_at=DUE,
    to="unit",
    copy=(),
    rule="",
    because=(),
)
YELLOW = LightChanged(period="2024Q1", from_="none", to="yellow", settled=True, rule="Lights 2", because=())


def item(*story: Any, category: Category = "key_task") -> KnownItem:
    """The first item of a category of the catalogue after these events."""
    programme = load_programme(FOLDER / "yuancheng-2024.yaml", simulated=True)
    assigned = next(
        data for _, data in expand(programme, PUBLISHED) if isinstance(data, ItemAssigned) and data.category == category
    )
    known = {name: getattr(assigned, name) for name in ItemOpened.__dataclass_fields__ if hasattr(assigned, name)}
    made = opened("441602-2024", "K01" if category == "key_task" else "L01", ItemOpened(**known, void=()))
    for data in story:
        made.evolve(data)
    return made


def test_a_unit_with_a_light_that_is_not_lit_is_not_praised_as_all_green() -> None:
    def led_by(unit: str, *lit: LightChanged) -> KnownItem:
        made = item(*lit)
        made.evolve(ItemTransferred(lead_unit=unit, cooperating=(), leader=made.leader))
        return made

    green = replace(YELLOW, to="green")
    told = told_units(
        [
            led_by("all", green), led_by("all", green), led_by("some", green), led_by("some"), led_by("none"),
            led_by("short", green), led_by("short", YELLOW),
        ],
        "2024Q1",
        str,
    )  # fmt: skip
    assert {one.name: one.praised for one in told} == {"all": True, "some": False, "none": False, "short": False}
    assert {one.name: one.none for one in told} == {"all": 0, "some": 1, "none": 1, "short": 0}
    void = item()
    void.lights = void.lights._replace(parts={"2024Q1": ()})
    assert told_units([void], "2024Q1", str) == [], "no period of the quarter binds it"


def test_an_extension_is_offered_while_the_limit_runs_and_one_is_left() -> None:
    assert not applies(item(), "extension.requested", NOW)
    assert applies(item(RAISED), "extension.requested", NOW)
    assert not applies(item(RAISED), "extension.requested", DUE)
    moved = LimitMoved(
        escalation="rectification-1", level="rectification", before=DUE, due_at=DUE + timedelta(days=9), extension="e1"
    )
    assert not applies(item(RAISED, moved), "extension.requested", NOW)
    asked = ExtensionFiled(extension="e1", escalation="rectification-1", until_on=date(2024, 5, 9), reason="")
    assert "extension.decided" in waiting(item(RAISED, asked))
    assert not applies(item(RAISED), "extension.decided", NOW)


def test_a_reply_is_offered_about_what_is_yellow_or_red_and_its_publication_once() -> None:
    assert not applies(item(), "reply.given", NOW)
    short = item(YELLOW)
    assert applies(short, "reply.given", NOW)
    assert [one.label for one in choices_of("reply.given", "about", short, Roster(), "zh")] == ["2024年第一季度 黄灯"]
    green = item(YELLOW, replace(YELLOW, from_="yellow", to="green"))
    assert choices_of("appeal.lodged", "against", green, Roster(), "zh") == []
    replied = item(YELLOW, ReplyRecorded(reply="r1", light="2024Q1", text="说明", unit="fagai"))
    assert applies(replied, "reply.published", NOW)
    replied.evolve(ReplyReleased(reply="r1"))
    assert not applies(replied, "reply.published", NOW)
    assert choices_of("reply.published", "of", replied, Roster(), "zh") == []
    assert applies(replied, "reply.withheld", NOW), "what was published can be withheld"


def test_a_deadline_is_moved_once_and_before_it_passes() -> None:
    made = item()
    assert applies(made, "deadline.moved", NOW)
    for period in made.opened.periods:
        later = period.due_at + timedelta(days=3)
        made.evolve(DeadlineShifted(period=period.id, before=period.due_at, due_at=later, ground="统计晚到"))
    assert not applies(made, "deadline.moved", NOW)
    assert made.opened.periods[0].due_at == made.deadlines.periods["2024Q1"].due_at
    assert not applies(item(), "deadline.moved", datetime(2026, 1, 1, tzinfo=UTC))


def test_what_waits_for_the_chief_leader_is_offered_only_while_it_waits() -> None:
    plan = InspectionAuthorized(
        plan="p1", from_on=date(2024, 4, 22), to_on=date(2024, 4, 24), approved=False, approval="chief"
    )
    assert applies(item(plan), "inspection.approved", NOW)
    assert not applies(item(replace(plan, approved=True, approval=None)), "inspection.approved", NOW)
    assert applies(item(CancellationFiled(reason="误发")), "cancellation.approved", NOW)
    assert not applies(item(), "cancellation.approved", NOW)


def test_a_withdrawn_item_takes_receipts_appeals_and_their_decisions_alone() -> None:
    appealed = AppealOpened(appeal="a1", against=Appealed(light="2024Q1"), due_at=DUE)
    gone = item(YELLOW, RAISED, appealed, ItemWithdrawn())
    taken = [name for name in ("appeal.lodged", "notice.acknowledged", "appeal.decided") if applies(gone, name, NOW)]
    assert taken == ["appeal.lodged", "notice.acknowledged", "appeal.decided"]
    assert not any(applies(gone, name, NOW) for name in ("progress.reported", "reply.given", "deadline.moved"))


@pytest.mark.parametrize(("chief_first", "level"), [(False, "interview"), (True, "chief_interview")])
def test_the_form_of_an_interview_begins_with_the_level_that_is_due(chief_first: bool, level: str) -> None:
    due = {"interview": DUE + timedelta(days=5), "chief_interview": DUE if chief_first else DUE + timedelta(days=9)}
    story = [replace(RAISED, escalation=one, level=one, due_at=until) for one, until in due.items()]  # type: ignore[arg-type]
    assert prefilled(item(*story), "interview.held", "", tuple(due)) == [("level", level)]
    assert prefilled(item(*story), "interview.held", "", ["interview"]) == [("level", "interview")]
    assert prefilled(item(), "interview.held", "") == []
