"""What two lives of an item have to agree in."""

from typing import Any

from services.rating.rules.state.state import Item


def kept(item: Item) -> Any:
    """What is known of an item; how far reminders went is left aside: those of passed hours are no use."""
    return (
        item.quarters,
        tuple(period._replace(reminded_until=None) for period in item.periods),
        tuple(one._replace(reminded_until=None) for one in item.escalations),
        item.appeals,
        item.plan,
        item.hands,
        item.particulars,
        item.involved,
    )
