"""What people do in one go: together what one person does together, and an item's acts in their order."""

from __future__ import annotations

from datetime import datetime, timedelta

from contracts.topics import partition_of, subject_of
from contracts.values import Actor
from sandbox.year.days import SHANGHAI
from sandbox.year.doors.errands import EVERYWHERE, YearErrand, YearStep, errands_of, steps_of
from sandbox.year.planned_act import PlannedAct, PlannedPaper, Way

AT = datetime(2024, 3, 22, 16, 40, tzinfo=SHANGHAI)
LEADER, OTHER = Actor(role="leader", id="leader-1"), Actor(role="leader", id="leader-2")
HEAD = Actor(role="unit", id="u-fagai-1", unit="fagai", head=True, prepared_by="u-fagai-2")


def act(item: str, actor: Actor, way: Way, type_: str = "plan.decided", **more: object) -> PlannedAct:
    given: dict[str, object] = {"data": {"decision": "confirmed"}, **more}
    return PlannedAct(
        at=AT, actor=actor, programme="441602-2024", item=item, type=type_, key=f"{item}-{type_}", behaviour="x",
        way=way, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def told(errands: list[YearErrand]) -> list[list[str]]:
    return [[one.item for one in errand.acts] for errand in errands]


def done(*acts: PlannedAct) -> list[YearStep]:
    return [YearStep(AT, "do", one) for one in acts]


def test_what_one_leader_confirms_is_one_errand_and_what_is_returned_another() -> None:
    returned = act("K03", LEADER, "decisions", data={"decision": "returned", "reason": "请细化"})
    first, other, last = (act(f"K0{n}", who, "decisions") for n, who in ((1, LEADER), (2, OTHER), (4, LEADER)))
    steps = done(first, other, returned, last)
    assert told(errands_of(steps, together=True)) == [["K01", "K04"], ["K02"], ["K03"]]
    assert told(errands_of(steps, together=False)) == [["K01"], ["K02"], ["K03"], ["K04"]]


def test_an_items_acts_stay_in_their_order_though_one_of_them_would_join_an_earlier_errand() -> None:
    steps = done(
        act("K01", LEADER, "decisions"), act("K02", HEAD, "form", "plan.submitted"), act("K02", LEADER, "decisions")
    )
    assert told(errands_of(steps, together=True)) == [["K01"], ["K02"], ["K02"]]


def test_a_tables_rows_lie_on_partitions_of_their_own() -> None:
    items = [f"K{number:02d}" for number in range(1, 40)]
    found = errands_of(done(*(act(one, HEAD, "table") for one in items)), together=True)
    assert sorted(item for one in told(found) for item in one) == items
    for errand in found:
        partitions = [partition_of(subject_of(one.programme, one.item)) for one in errand.acts]
        assert len(partitions) == len(set(partitions))
    assert len(found) < len(items), "but those that can be are handed in together"


def test_what_is_about_many_items_goes_first_and_alone() -> None:
    many = act("", LEADER, "change", "deputy.named", items=("K01", "K02"))
    found = errands_of(done(act("K01", LEADER, "decisions"), many), together=True)
    assert [one.acts[0].type for one in found] == ["deputy.named", "plan.decided"]
    assert found[0].partitions == EVERYWHERE


def test_what_is_signed_was_prepared_before_and_what_was_returned_is_prepared_anew() -> None:
    hours = [AT + timedelta(minutes=minutes) for minutes in (-60, -40, -20)]
    paper = PlannedPaper(prepared_at=hours[0], returned_at=hours[1], again_at=hours[2])
    signed = act("K01", HEAD, "signed", "plan.submitted", paper=paper)
    assert [(one.at, one.kind) for one in steps_of([signed], papers=True)] == [
        (hours[0], "prepare"), (hours[1], "send_back"), (hours[2], "prepare_again"), (AT, "do"),
    ]  # fmt: skip
    assert [one.kind for one in steps_of([signed], papers=False)] == ["do"]
