"""Files the rows of a table that was looked at: each a submission of its own, under a key of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.values import Evidence
from services.intake.dependencies import Dependencies
from services.intake.evidence.rights import uploaders
from services.intake.pages.form_post import FormPost, kept_before, name_of
from services.intake.pages.paper.filled_table import FilledRow
from services.intake.pages.row_outcomes import RowOutcome, State, done, outcome_of, together
from services.intake.prepared.submissions import Prepared
from services.intake.problem import IntakeProblem
from services.intake.submitting.body import exact_object, posted_data
from services.intake.who.item import KnownItem
from web.identity import Identity


class HandedInRow(NamedTuple):
    """What became of one row of a table.

    `number` is how the form carries it. `kept` is the evidence that is in the store for it; `lost` names the files that
    are not, and must be chosen again.
    """

    number: str
    period: str
    outcome: RowOutcome
    kept: Sequence[Evidence]
    lost: Sequence[str]


async def filed_rows(
    dependencies: Dependencies, identity: Identity, items: Mapping[str, KnownItem], post: FormPost
) -> list[HandedInRow]:
    """Every row that the form carries, whatever becomes of the others; sent again, each is the same submission.

    Raises IntakeProblem: more evidence than the day's quota, or no row of a table of ours.
    """
    dependencies.quotas.require_evidence(identity.actor, sum(one.file.size or 0 for one in post.uploads))
    rows = carried_rows(items, post)

    async def send(number: str, left: float) -> HandedInRow:
        item, name, data = rows[number]
        kept, refused = await _evidence(dependencies, identity, number, post)
        body, key = _body(name, data, kept, post), f"table-{post.key}-{number}"
        if refused:
            outcome = RowOutcome(item, name, "problem", problem=next(iter(refused.values())))
        elif name in item.assignment.policy.signed and not dependencies.heads.sign(identity):
            prepared = await done(dependencies.sign_off.prepare(identity, item.programme, item.id, body, key))
            outcome = _prepared(item, name, prepared)
        else:
            receiver = dependencies.receiver
            came = await done(receiver.receive(identity, item.programme, item.id, body, key, left))
            outcome = outcome_of(item, name, came)
        return HandedInRow(number, str(data.get("period", "")), outcome, kept, [*refused])

    return await together(dependencies, [*rows], lambda number: rows[number].item.id, send)


def _prepared(item: KnownItem, name: str, came: Prepared | IntakeProblem) -> RowOutcome:
    """Where a paper is that was given to the head: sent again, it may have been decided meanwhile."""
    if isinstance(came, IntakeProblem):
        return RowOutcome(item, name, "problem", problem=came)
    states: dict[str, State] = {"returned": "returned", "signed": "signed"}
    return RowOutcome(item, name, states.get(came.state, "unsigned"))


async def _evidence(
    dependencies: Dependencies, identity: Identity, number: str, post: FormPost
) -> tuple[list[Evidence], dict[str, IntakeProblem]]:
    """The files of a row, those of an earlier try first; and by its name why one is not taken."""
    store, owners = dependencies.evidence, uploaders(identity)
    kept, refused = await kept_before(post.fields, store, owners, f"kept:{number}"), dict[str, IntakeProblem]()
    for upload in (one for one in post.uploads if one.field == f"files:{number}"):
        came = await done(post.stored(store, owners, [upload]))
        if isinstance(came, IntakeProblem):
            refused[name_of(upload.file)] = came
        else:
            dependencies.quotas.use_evidence(identity.actor, sum(one.size for one in came))
            kept += came
    return kept, refused


def _body(name: str, data: Mapping[str, Any], cited: Sequence[Evidence], post: FormPost) -> dict[str, Any]:
    """The body of a submission, with the files that came with its row."""
    evidence = [{"sha256": o.sha256, "name": o.name, "size": o.size, "media_type": o.media_type} for o in cited]
    prepared_by = post.fields.one("prepared_by")
    return {
        "type": name,
        "data": {**data, **({"evidence": evidence} if evidence else {})},
        **({"prepared_by": prepared_by} if prepared_by else {}),
    }


def carried_rows(items: Mapping[str, KnownItem], post: FormPost) -> dict[str, FilledRow]:
    """The rows that the form carries, by their numbers. Raises IntakeProblem `form_expired`."""
    return {number: _row(text, items) for number, text in post.fields.named("row:").items()}


def _row(text: str, items: Mapping[str, KnownItem]) -> FilledRow:
    """Raises IntakeProblem `form_expired` for what no page of ours carries."""
    row = exact_object(text.encode())
    item, name, data = items.get(str(row.get("item"))), row.get("type"), row.get("data")
    if item is None or name not in ("plan.submitted", "progress.reported") or not isinstance(data, dict):
        raise IntakeProblem("form_expired")
    try:
        posted_data(name, data)
    except IntakeProblem:
        raise IntakeProblem("form_expired") from None  # what a table of ours carries was looked at before
    return FilledRow(item, name, data)
