"""How the events of rulings change who has an item in hand, and how it leaves the assessment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from contracts.rulings import (
    CancellationFiled,
    DeputyAppointed,
    DeputyReleased,
    ItemRevised,
    ItemTransferred,
    ItemWithdrawn,
    ProgrammeEnlarged,
    WithdrawalFiled,
    WithdrawalRefused,
)
from contracts.submissions import Deputy
from contracts.values import Identifier
from services.rating.rules.state.state import FormerLead, Item


@lru_cache(maxsize=4096)
def _known(ids: tuple[Identifier, ...]) -> frozenset[Identifier]:
    """Equal ids, kept once."""
    return frozenset(ids)


def known_ids(ids: tuple[Identifier, ...] | None) -> frozenset[Identifier] | None:
    """The units or leaders of a programme; None: any id is known."""
    return None if ids is None else _known(ids)


def _transferred(item: Item, at: datetime, data: ItemTransferred) -> Item:
    hands = item.hands
    former = hands.former
    if data.lead_unit != hands.lead_unit:
        former = (*former, FormerLead(hands.lead_unit, item.frame.local(at)))
    hands = hands._replace(lead_unit=data.lead_unit, cooperating=data.cooperating, leader=data.leader, former=former)
    return item._replace(hands=hands)


def _revised(item: Item, _at: datetime, data: ItemRevised) -> Item:
    if data.cooperating is None:
        return item
    return item._replace(hands=item.hands._replace(cooperating=data.cooperating))


def _enlarged(item: Item, _at: datetime, data: ProgrammeEnlarged) -> Item:
    """Where the programme's units and leaders are not listed, any id is known already."""
    hands = item.hands
    if hands.units is not None:
        hands = hands._replace(units=_known(tuple(sorted({*hands.units, *(unit.id for unit in data.units)}))))
    if hands.leaders is not None:
        hands = hands._replace(leaders=_known(tuple(sorted({*hands.leaders, *(one.id for one in data.leaders)}))))
    return item._replace(hands=hands)


def _appointed(item: Item, _at: datetime, data: DeputyAppointed) -> Item:
    naming = Deputy(principal=data.principal, deputy=data.deputy, from_on=data.from_on, until_on=data.until_on)
    return item._replace(hands=item.hands._replace(deputies=(*item.hands.deputies, naming)))


def _released(item: Item, _at: datetime, data: DeputyReleased) -> Item:
    pair = (data.principal, data.deputy)
    deputies = tuple(one for one in item.hands.deputies if (one.principal, one.deputy) != pair)
    return item._replace(hands=item.hands._replace(deputies=deputies))


def _withdrawal_filed(item: Item, _at: datetime, _data: WithdrawalFiled, cause: str) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=cause))


def _cancellation_filed(item: Item, _at: datetime, _data: CancellationFiled, cause: str) -> Item:
    return item._replace(hands=item.hands._replace(cancellation=cause))


def _withdrawal_refused(item: Item, _at: datetime, _data: WithdrawalRefused) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None))


def _withdrawn(item: Item, _at: datetime, _data: ItemWithdrawn) -> Item:
    return item._replace(hands=item.hands._replace(withdrawal=None, cancellation=None, withdrawn=True))


TRANSITIONS: Final[Mapping[type, Callable[[Item, datetime, Any], Item]]] = {
    ItemTransferred: _transferred,
    ItemRevised: _revised,
    ProgrammeEnlarged: _enlarged,
    DeputyAppointed: _appointed,
    DeputyReleased: _released,
    WithdrawalRefused: _withdrawal_refused,
    ItemWithdrawn: _withdrawn,
}

NAMED: Final[Mapping[type, Callable[[Item, datetime, Any, str], Item]]] = {
    WithdrawalFiled: _withdrawal_filed,
    CancellationFiled: _cancellation_filed,
}
