"""What of a unit was prepared and waits to be signed, or was returned: as rows, with the days left."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from services.intake.dependencies import Dependencies
from services.intake.pages import desk
from services.intake.pages.desk import Due
from services.intake.pages.form_check import Answered, answers
from services.intake.prepared.submissions import Prepared
from services.intake.problem import IntakeProblem
from services.intake.who.item import KnownItem
from services.intake.who.permission import leads
from supervision.words import Language
from web.identity import Identity


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """Something prepared, as the queue shows it."""

    prepared: Prepared
    item: KnownItem
    due: Due | None
    answers: Sequence[Answered]
    by: str


async def prepared_rows(dependencies: Dependencies, identity: Identity, lang: Language = "zh") -> list[PreparedRow]:
    """What of one's unit waits or was returned, what is due first first; nothing while that cannot be read."""
    found: list[Prepared] = []
    with suppress(IntakeProblem):
        found = await dependencies.sign_off.open(identity)
    return rows_of(dependencies, identity, found, lang)


def rows_of(
    dependencies: Dependencies, identity: Identity, found: Sequence[Prepared], lang: Language
) -> list[PreparedRow]:
    """These as rows, what is due first first."""
    now, roster = dependencies.clock.now(), dependencies.roster
    register = dependencies.directory.register if dependencies.directory is not None else None
    names = register.person_names(identity.jurisdictions) if register is not None else {}
    rows = []
    for one in found:
        item = roster.items.get((one.programme, one.item))
        if item is None or not leads(item, identity.unit or "", f"submit.{one.type}"):
            continue
        due = desk.due_of_prepared(item, one.type, one.period, now)
        by = names[one.prepared_by].zh if one.prepared_by in names else one.prepared_by
        if register is not None and one.prepared_by in register.programs:
            by = f"{'业务系统' if lang == 'zh' else 'the system'} {by}"
        rows.append(PreparedRow(one, item, due, answers(item, roster, one.type, one.body["data"], lang), by))
    return sorted(rows, key=lambda row: (row.due is None, row.due.days if row.due else 0))
