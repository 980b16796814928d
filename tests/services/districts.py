"""Two districts on one installation whose units, leaders and items have the same ids, and who asks about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import yaml

from contracts.submissions import DeputyNamed
from contracts.values import Classification
from programmes import FOLDER
from sandbox.people import Account
from supervision.right import Asker, Relation, Scope

HERE, NEIGHBOUR = "441602", "441625"
PROGRAMME, NEIGHBOURS_PROGRAMME, NO_PROGRAMME = f"{HERE}-2024", f"{NEIGHBOUR}-2024", f"{HERE}-2031"
ITEMS: Final[Mapping[Classification, str]] = {"public": "K01", "internal": "K02"}
"""Both are fagai's, with caizheng, in charge leader-1."""
NO_ITEM: Final = "K97"
UNITS: Final[Mapping[Relation, str]] = {"cooperating": "caizheng", "other": "jiaoyu", "party": "nongye"}
LEADERS: Final[Mapping[Relation, str]] = {"other": "leader-2", "party": "leader-3"}
LEAD, OWN_LEADER = "fagai", "leader-1"
"""Whose both items are, and who has each tie that is not named above."""


def programme_file(district: str) -> bytes:
    """The programme of a district with two items, as JSON."""
    whole: dict[str, Any] = yaml.safe_load((FOLDER / "yuancheng-2024.yaml").read_text(encoding="utf-8"))
    first = whole["items"][0]
    whole["items"] = [
        {
            **first,
            "id": item,
            "task": f"{district} {how}",
            "cooperating_units": [UNITS["cooperating"]],
            "classification": how,
        }
        for how, item in ITEMS.items()
    ]
    whole["programme"], whole["jurisdiction"]["code"] = f"{district}-2024", district
    return json.dumps(whole, default=str, ensure_ascii=False).encode()


class Actor(NamedTuple):
    """Somebody who asks: a person or a program, a clerk or a head, a leader or who stands in for one today."""

    name: str
    person: Account | None
    program: bool = False
    head: bool = True
    deputy: bool = False


DEPUTIES: Final[Mapping[tuple[Asker, Relation], str]] = {
    ("leader", "own_leader"): "leader-4",
    ("chief", "other"): "leader-5",
}
"""Leaders who stand in for the leader of both items, and for the chief leader, yesterday, today and tomorrow."""


def namings() -> list[DeputyNamed]:
    """What names them."""
    today = datetime.now(UTC).date()
    span = {"from_on": today - timedelta(days=1), "until_on": today + timedelta(days=1)}
    principals = {"leader": f"leader:{OWN_LEADER}", "chief": "chief"}
    return [
        DeputyNamed(principal=principals[asker], deputy=f"leader:{deputy}", reason="出差", **span)
        for (asker, _), deputy in DEPUTIES.items()
    ]


def actors(asker: Asker, relation: Relation, scope: Scope) -> list[Actor]:
    """Everybody who is in this row of the table: what ties them to both items is the same."""
    found = person(asker, relation)
    if asker == "unit":
        return [Actor("clerk", found, head=False), Actor("head", found), Actor("program", found, program=True)]
    made = [Actor("public" if found is None else asker, found)]
    deputy = DEPUTIES.get((asker, relation))
    if deputy is not None and scope in ("item", "record"):
        made.append(Actor("deputy", Account(deputy, "leader", None, "", "", (HERE,)), deputy=True))
    return made


def person(asker: Asker, relation: Relation) -> Account | None:
    """Somebody with this tie to both items of this district; the neighbour has the ids of who has the closest one."""
    if asker == "public":
        return None
    where = NEIGHBOUR if relation == "foreign" else HERE
    unit, leader = UNITS.get(relation, LEAD), LEADERS.get(relation, OWN_LEADER)
    id_ = f"u-{unit}-1" if asker == "unit" else leader if asker == "leader" else f"{asker}-1"
    return Account(id_, asker, unit if asker == "unit" else None, "", "", (where,))
