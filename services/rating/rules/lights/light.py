"""Lights: which colour a period has, and why it changes (rulebook: Lights)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contracts.rulings import Compared, LightChanged, LightSettled
from contracts.values import Light
from services.rating.rules.draft import Draft
from services.rating.rules.escalations.from_lights import follow_light
from services.rating.rules.state.node import compare, node_met
from services.rating.rules.state.state import Item, Quarter

NOT_COMPARED: Final[Mapping[int, tuple[Compared, ...]]] = MappingProxyType({})


def met_in_time(item: Item, quarter: int) -> bool:
    """Whether a period counts as met in time.

    An upheld appeal makes it so, whatever was missing (rulebook: Lights 4). Else the reports of all its parts came
    in time, which an overturned one did too, and the last part's node is met (rulebook: Lights 1, 6).
    """
    if item.quarters[quarter].upheld:
        return True
    periods = item.periods
    parts = item.frame.quarters[quarter].parts
    for part in parts:
        if periods[part].in_time is None:
            return False
    return node_met(periods[parts[-1]].in_time)


def made_up(item: Item, quarter: int) -> bool:
    """Whether everything that was missing came later: every part reported, the last one's node met (Policy)."""
    parts = item.frame.quarters[quarter].parts
    reports = [(item.periods[part].in_time, item.periods[part].late) for part in parts]
    return all(early or late for early, late in reports) and any(node_met(report) for report in reports[-1])


def missed_colour(item: Item, quarter: int, misses: int) -> Light:
    """The light of a settled period that was not met in time, after so many misses in a row.

    rulebook: Lights 2 (yellow), 3 (red after a yellow or red); Policy (what is late may be red, what is made up
    later another colour)
    """
    policy = item.quarters[quarter].policy or item.frame.policy
    if policy.made_up_light is not None and made_up(item, quarter):
        return policy.made_up_light
    return policy.missed(misses)


def colours(item: Item) -> list[Light]:
    """The lights of all periods as they follow from what is known, in order.

    rulebook: Lights 1 (green at once), 8 (withdrawn: none); Fine print (a void period has no light)
    """
    lights: list[Light] = []
    misses = 0
    for index, quarter in enumerate(item.quarters):
        colour: Light = "none"
        if quarter.settled:
            colour = "green" if met_in_time(item, index) else missed_colour(item, index, misses)
            misses = 0 if colour == "green" else misses + 1
        elif not item.hands.withdrawn and not item.frame.quarters[index].void and met_in_time(item, index):
            colour = "green"
        lights.append(colour)
    return lights


def rederive(draft: Draft, rule: str | None = None) -> None:
    """Emit every change of a light, each with its consequences, in the order of the periods.

    rulebook: Lights 4; Escalation ladder ("Where one event re-derives several periods ...")
    """
    before = [quarter.light for quarter in draft.item.quarters]
    _follow(draft, before, colours(draft.item), rule)


def move_open(draft: Draft, quarter: int, compared: tuple[Compared, ...] | None) -> None:
    """Emit the change of a light that has not settled, if there is one; nothing follows from it yet (Lights 1).

    `compared`: the targets beside the values just reported, where these are the ones that count.
    """
    item = draft.item
    old = item.quarters[quarter].light
    new: Light = "green" if met_in_time(item, quarter) else "none"
    if old != new:
        values = compared_of(item, quarter) if compared is None else compared
        _emit_change(draft, quarter, old, new, None, values)


def settle(draft: Draft, quarter: int, compared: tuple[Compared, ...]) -> None:
    """The deadline of a period is announced: its light settles, with its consequences (rulebook: Lights 1, 2, 3)."""
    item = draft.item
    before = [here.light for here in item.quarters]
    misses = 0
    for here in item.quarters[:quarter]:
        if here.settled:
            misses = 0 if here.light == "green" else misses + 1
    light: Light = "green" if met_in_time(item, quarter) else missed_colour(item, quarter, misses)
    draft.emit(LightSettled(period=item.frame.quarters[quarter].id, light=light))
    if any(here.settled for here in item.quarters[quarter + 1 :]):
        after = colours(draft.item)
    else:
        after = before.copy()
        after[quarter] = light
    _follow(draft, before, after, None, {quarter: compared})


def compared_of(item: Item, quarter: int) -> tuple[Compared, ...]:
    """The targets of a period beside the values of the report that counts; of a settled one they are not kept."""
    last = item.frame.quarters[quarter].parts[-1]
    report = item.periods[last].in_time
    if report is None or report.content is None:
        return ()
    return compare(item.plan.nodes.get(item.frame.periods[last].id), report.content.measures)


def _follow(
    draft: Draft,
    before: list[Light],
    after: list[Light],
    rule: str | None,
    compared: Mapping[int, tuple[Compared, ...]] = NOT_COMPARED,
) -> None:
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            values = compared[index] if index in compared else compared_of(draft.item, index)
            _emit_change(draft, index, old, new, rule, values)
        if old != new or new == "red":
            quarters = draft.item.quarters
            if quarters[index].settled:
                was, now = _second_red(quarters, before, index), _second_red(quarters, after, index)
                follow_light(draft, index, old, new, was_second_red=was, is_second_red=now)


def _emit_change(
    draft: Draft, index: int, old: Light, new: Light, rule: str | None, compared: tuple[Compared, ...]
) -> None:
    item = draft.item
    frame = item.frame.quarters[index]
    report = item.periods[frame.parts[-1]].in_time
    draft.emit(
        LightChanged(
            period=frame.id,
            from_=old,
            to=new,
            settled=item.quarters[index].settled,
            rule=rule or _rule_of(item, index, new),
            because=draft.because if report is None else tuple(dict.fromkeys((*draft.because, report.id))),
            compared=compared,
        )
    )


def _rule_of(item: Item, index: int, new: Light) -> str:
    frame = item.frame.quarters[index]
    if new == "green":
        return "Lights 6" if item.frame.category == "livelihood" else "Lights 1"
    if new == "red":
        return "Lights 3" if (item.quarters[index].policy or item.frame.policy).missed_light == "yellow" else "Policy"
    if new == "none":
        return "Lights 8" if item.hands.withdrawn else "Lights 1"
    if item.frame.periods[frame.parts[-1]].id not in item.plan.nodes:
        return "Lights 9"
    return "Lights 6" if item.frame.category == "livelihood" else "Lights 2"


def _second_red(quarters: tuple[Quarter, ...], lights: list[Light], index: int) -> bool:
    """Whether the light is a red that follows a red (rulebook: Escalation ladder)."""
    if lights[index] != "red":
        return False
    earlier = [light for light, quarter in zip(lights[:index], quarters, strict=False) if quarter.settled]
    return earlier[-1:] == ["red"]
