"""Lights: which colour a period has, and why it changes (rulebook: Lights)."""

from __future__ import annotations

from contracts.rulings import Compared, LightChanged
from contracts.values import Light
from services.rating import ladder
from services.rating.draft import Draft
from services.rating.node import compare, node_met
from services.rating.state import Item


def met_in_time(item: Item, quarter: int) -> bool:
    """Whether a period counts as met in time.

    An upheld appeal makes it so, whatever was missing (rulebook: Lights 4). Else the reports of all its parts came
    in time, which an overturned one did too, and the last part's node is met (rulebook: Lights 1, 6).
    """
    if item.quarters[quarter].upheld:
        return True
    parts = item.scheme.quarters[quarter].parts
    if any(item.periods[part].in_time is None for part in parts):
        return False
    last = parts[-1]
    return node_met(item, last, item.periods[last].in_time)


def made_up(item: Item, quarter: int) -> bool:
    """Whether everything that was missing came later: every part reported, the last one's node met (Policy)."""
    parts = item.scheme.quarters[quarter].parts
    reports = [(item.periods[part].in_time, item.periods[part].late) for part in parts]
    return all(early or late for early, late in reports) and any(
        node_met(item, parts[-1], report) for report in reports[-1]
    )


def colours(item: Item) -> list[Light]:
    """The lights of all periods as they follow from what is known, in order.

    rulebook: Lights 1 (green at once), 2 (yellow), 3 (red after a yellow or red), 8 (withdrawn: none)
    """
    lights: list[Light] = []
    misses = 0
    for index, quarter in enumerate(item.quarters):
        if item.scheme.quarters[index].void:
            lights.append("none")
        elif met_in_time(item, index) and (quarter.settled or not item.hands.withdrawn):
            lights.append("green")
            misses = 0
        elif not quarter.settled:
            lights.append("none")
        else:
            policy = quarter.policy or item.scheme.policy
            colour: Light = "red" if misses + 1 >= policy.yellows_to_red else policy.missed_light
            if policy.made_up_light is not None and made_up(item, index):
                colour = policy.made_up_light
            lights.append(colour)
            misses = 0 if colour == "green" else misses + 1
    return lights


def rederive(draft: Draft, rule: str | None = None) -> None:
    """Tell every light that changed, each with its consequences, in the order of the periods.

    rulebook: Lights 4; Escalation ladder ("Where one event re-derives several periods ...")
    """
    before = [quarter.light for quarter in draft.item.quarters]
    after = colours(draft.item)
    if before == after and not any(light == "red" for light in after):
        return
    for index, (old, new) in enumerate(zip(before, after, strict=True)):
        if old != new:
            tell_change(draft, index, old, new, rule)
        if draft.item.quarters[index].settled:
            ladder.follow_light(
                draft,
                index,
                old,
                new,
                was_second_red=_second_red(draft.item, before, index),
                is_second_red=_second_red(draft.item, after, index),
            )


def tell_change(draft: Draft, index: int, old: Light, new: Light, rule: str | None) -> None:
    """One light moves, with the values compared."""
    item = draft.item
    frame = item.scheme.quarters[index]
    last = frame.parts[-1]
    report = item.periods[last].in_time
    causes = draft.because if report is None or report.id == draft.submission.id else (*draft.because, report.id)
    compared: tuple[Compared, ...] = ()
    if report is not None:
        compared = compare(item.plan.nodes.get(item.scheme.periods[last].id), report.measures)
    draft.tell(
        LightChanged(
            period=frame.id,
            from_=old,
            to=new,
            settled=item.quarters[index].settled,
            rule=rule or _rule_of(item, index, new),
            because=causes,
            compared=compared,
        )
    )


def _rule_of(item: Item, index: int, new: Light) -> str:
    frame = item.scheme.quarters[index]
    if new == "green":
        return "Lights 6" if item.scheme.category == "livelihood" else "Lights 1"
    if new == "red":
        return "Lights 3"
    if new == "none":
        return "Lights 8" if item.hands.withdrawn else "Lights 1"
    if item.scheme.periods[frame.parts[-1]].id not in item.plan.nodes:
        return "Lights 9"
    return "Lights 6" if item.scheme.category == "livelihood" else "Lights 2"


def _second_red(item: Item, lights: list[Light], index: int) -> bool:
    """Whether the light is a red that follows a red (rulebook: Escalation ladder)."""
    if lights[index] != "red":
        return False
    for earlier in range(index - 1, -1, -1):
        if item.quarters[earlier].settled:
            return lights[earlier] == "red"
    return False
