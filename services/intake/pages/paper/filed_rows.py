"""Files the rows of a table that was looked at: each a submission of its own, under a key of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from services.intake.dependencies import Dependencies
from services.intake.evidence.rights import uploaders
from services.intake.pages.form_post import FormPost
from services.intake.problem import IntakeProblem, denied
from services.intake.submitting.body import exact_object
from services.intake.submitting.receiver import Received
from services.intake.who.item import KnownItem
from web.identity import Identity
from web.rights import RightDenied

_AT_ONCE: Final = 8
_RULING_SECONDS: Final = 10.0
"""How long the rulings on all rows together are waited for."""


class FiledRow(NamedTuple):
    """What became of one row: received, perhaps with its ruling, or refused at the door.

    Neither: it was given to the head to sign.
    """

    item: KnownItem
    name: str
    period: str
    received: Received | None
    problem: IntakeProblem | None


async def filed_rows(
    dependencies: Dependencies, identity: Identity, items: Mapping[str, KnownItem], post: FormPost
) -> list[FiledRow]:
    """Every row that the form carries, whatever becomes of the others; sent again, each is the same submission.

    Raises IntakeProblem: more evidence than the day's quota, or no row of a table of ours.
    """
    dependencies.quotas.require_evidence(identity.actor, sum(one.file.size or 0 for one in post.uploads))
    rows = {number: _row(text, items) for number, text in post.fields.named("row:").items()}
    turn, loop = asyncio.Semaphore(_AT_ONCE), asyncio.get_running_loop()
    until = loop.time() + min(_RULING_SECONDS, dependencies.settings.max_wait)

    async def one(number: str, item: KnownItem, name: str, data: dict[str, Any]) -> FiledRow:
        period = str(data.get("period", ""))
        async with turn:
            try:
                body = await _body(dependencies, identity, name, data, number, post)
                wait, key = max(0.0, until - loop.time()), f"table-{post.key}-{number}"
                if name in item.assignment.policy.signed and not dependencies.heads.sign(identity):
                    await dependencies.signing.prepare(identity, item.programme, item.id, body, key)
                    return FiledRow(item, name, period, None, None)
                received = await dependencies.receiver.receive(identity, item.programme, item.id, body, key, wait)
                return FiledRow(item, name, period, received, None)
            except IntakeProblem as problem:
                return FiledRow(item, name, period, None, problem)
            except RightDenied as error:
                return FiledRow(item, name, period, None, denied(error))

    return await asyncio.gather(*(one(number, *row) for number, row in rows.items()))


async def _body(
    dependencies: Dependencies, identity: Identity, name: str, data: dict[str, Any], number: str, post: FormPost
) -> dict[str, Any]:
    """The body of a submission, with the files that came with its row. Raises IntakeProblem."""
    uploads = [one for one in post.uploads if one.field == f"files:{number}"]
    cited = await post.stored(dependencies.evidence, uploaders(identity), uploads)
    dependencies.quotas.use_evidence(identity.actor, sum(one.size for one in cited))
    evidence = [{"sha256": o.sha256, "name": o.name, "size": o.size, "media_type": o.media_type} for o in cited]
    prepared_by = post.fields.one("prepared_by")
    return {
        "type": name,
        "data": {**data, **({"evidence": evidence} if evidence else {})},
        **({"prepared_by": prepared_by} if prepared_by else {}),
    }


def _row(text: str, items: Mapping[str, KnownItem]) -> tuple[KnownItem, str, dict[str, Any]]:
    """Raises IntakeProblem `form_expired` for what no page of ours carries."""
    row = exact_object(text.encode())
    item, name, data = items.get(str(row.get("item"))), row.get("type"), row.get("data")
    if item is None or not isinstance(name, str) or not isinstance(data, dict):
        raise IntakeProblem("form_expired")
    return item, name, data
