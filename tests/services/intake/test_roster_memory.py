"""What all items of a programme have alike the roster keeps once, whatever was read before or between."""

from __future__ import annotations

import asyncio
import copy
import gc
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from statistics import mean

import orjson

from contracts.ruling import ruling_from
from contracts.rulings import ItemOpened, ProgressRecorded
from eventlog.log.memory import MemoryLog
from eventlog.log.memory_topics import MemoryTopics
from eventlog.remainder import Remainder
from services import cycles
from services.intake.problem import not_caught_up
from services.intake.who.alike import once, opened_alike, programme_alike
from services.intake.who.item import KnownItem
from services.intake.who.known_items import MOST_UNPACKED
from services.intake.who.packed_item import ItemPacker
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFeed
from tests.services.notify.running_notify import programme_opened
from tests.services.rating.test_half_and_half import recorded


def folded(most_unpacked: int = MOST_UNPACKED) -> Roster:
    """The roster of a recorded partition."""
    partition, _, rulings = recorded()
    roster = Roster(most_unpacked=most_unpacked)
    for value in rulings:
        roster.evolve(ruling_from(orjson.loads(value), partition))
    return roster


async def test_what_was_folded_is_looked_through_no_more_once_the_log_was_read() -> None:
    roster, found = Roster(), list[tuple[bool, int]]()
    feed = RosterFeed(MemoryLog(MemoryTopics()), roster)
    thresholds = gc.get_threshold()

    def then() -> None:
        cycles.for_requests(*thresholds)
        found.append((roster.caught_up, gc.get_freeze_count()))

    feed.then = then
    cycles.seldom()
    following = asyncio.create_task(feed.run())
    try:
        async with asyncio.timeout(60):
            while not found:
                assert gc.get_threshold() == cycles.FOLDING
                await asyncio.sleep(0.01)
    finally:
        following.cancel()
        gc.unfreeze()
        gc.set_threshold(*thresholds)
    ((caught_up, frozen),) = found
    assert caught_up
    assert frozen > 0


def test_items_share_what_they_have_alike() -> None:
    by_programme: dict[str, list[KnownItem]] = defaultdict(list)
    for item in folded().items.values():
        by_programme[item.programme].append(item)
    for items in by_programme.values():
        first, *others = [one for one in items if one.opened.category == "key_task"]
        for other in others:
            assert other.opened.units is first.opened.units
            assert other.opened.policy is first.opened.policy
            assert other.assignment.policy is other.opened.policy
            assert other.lights.quarter_of is first.lights.quarter_of
        calendars = {id(one.opened.calendar) for one in items}
        assert len(calendars) < len(items) / 3
    planned = [item for items in by_programme.values() for item in items if item.plan_confirmed and item.last_plan]
    assert planned
    shared = [item for item in planned if item.last_plan is item.nodes]
    assert len(shared) > len(planned) / 2
    reports = [one.in_time for items in by_programme.values() for item in items for one in item.lights.periods.values()]
    evidence = [file for one in reports if isinstance(one, ProgressRecorded) for file in one.evidence]
    assert len({id(file) for file in evidence}) == len(set(evidence)) < len(evidence)


def test_what_waits_under_one_name_is_named_once() -> None:
    waiting = [one for waits in folded().waiting.values() for one in waits]
    named = {(one.act, one.name) for one in waiting}
    assert len({(one.act, id(one.name)) for one in waiting}) == len(named) < len(waiting) / 3


def test_what_is_shared_is_equal_to_what_was_read() -> None:
    partition, _, rulings = recorded()
    for value in rulings:
        data = ruling_from(orjson.loads(value), partition).data
        if isinstance(data, ItemOpened):
            assert opened_alike(data) == data


def test_programmes_share_what_they_have_alike() -> None:
    first, second = (programme_alike(copy.deepcopy(programme_opened())) for _ in range(2))
    assert first == second == programme_opened()
    assert first.units is second.units
    assert first.leaders is second.leaders
    assert first.policy is second.policy


def test_policies_that_are_equal_but_written_otherwise_stay_as_they_were_written() -> None:
    opened = next(iter(folded().items.values())).opened
    weights = replace(opened.policy.weights, base=Decimal("100.0"))
    same = replace(weights, base=Decimal(100))
    found = [opened_alike(replace(opened, policy=replace(opened.policy, weights=one))) for one in (weights, same)]
    assert [str(one.policy.weights.base) for one in found] == ["100.0", "100"]
    assert once("a" * 30) == "a" * 30


def test_who_comes_while_the_log_is_read_is_told_for_how_long_in_both_languages() -> None:
    problem = not_caught_up(Remainder(90_000, 3000.0), "rulings: catching up", 5)
    assert problem.headers["Retry-After"] == "30"
    assert "还剩90000条，约需30秒" in problem.document("r")["detail"]
    assert problem.document("r")["detail_en"] == "rulings: catching up"
    assert not_caught_up(Remainder(90_000, 0.0), "", 5).headers["Retry-After"] == "5"
    long = not_caught_up(Remainder(9_000_000, 1000.0), "", 5)
    assert long.headers["Retry-After"] == "600"
    assert "还剩9000000条，需一小时以上" in long.document("r")["detail"]
    assert not_caught_up(Remainder(0, 1000.0), "", 5).headers["Retry-After"] == "5"
    assert not_caught_up(None, "", 5).headers["Retry-After"] == "5"


def test_an_item_at_rest_is_the_same_in_a_kilobyte_and_changes_as_any_other() -> None:
    at_hand, resting = folded(), folded(most_unpacked=1)
    assert resting.items == at_hand.items
    assert len(resting.items) == len(list(resting.items)) == len(at_hand.items)
    assert resting.waiting == at_hand.waiting
    packer = ItemPacker()
    for item in at_hand.items.values():
        packed = packer.pack(item)
        assert packer.unpack(packed) == item
        assert packer.unpack(packed).opened.policy is item.opened.policy
    assert mean(len(packer.pack(item).own) for item in at_hand.items.values()) < 1000


def test_most_items_rest_once_their_year_is_over_and_those_asked_for_last_are_at_hand() -> None:
    items = folded(most_unpacked=3).items
    over = [key for key, item in items.items() if item.year_is_over]
    assert len(over) > len(items) / 2
    found = [items[key] for key in over[:4]]
    assert [items[key] is item for key, item in zip(over[1:4], found[1:], strict=True)] == [True] * 3
    assert items[over[0]] is not found[0]
    assert items[over[0]] == found[0]
    assert items.get(("441602-2024", "none")) is None


def test_what_changed_while_it_was_at_hand_is_not_forgotten() -> None:
    items = folded(most_unpacked=1).items
    first, second, *_ = [key for key, item in items.items() if item.year_is_over]
    changed = items.changing(first)
    assert changed is not None
    changed.withdrawal_waits = True
    assert items[second] is not items[first]
    assert items[first].withdrawal_waits
