"""A programme as the text of a file that people review and `read_programme` reads again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import yaml

from programmes.programme import ProgrammeFile


def programme_text(programme: ProgrammeFile, remarks: Sequence[str] = ()) -> str:
    """The YAML of a programme under `remarks`; its policy is named, its calendar stands in it.

    The policy `id@version` must lie in the library of whoever reads it; what stands at its default is left out.
    """
    value = programme.model_dump(mode="json", exclude_defaults=True, exclude={"policy", "calendar"})
    calendar = programme.calendar
    value["calendar"] = {
        "from": calendar.first_on.isoformat(),
        "to": calendar.last_on.isoformat(),
        "holidays": _days(calendar.holidays),
        "working_weekends": _days(calendar.working_weekends),
    }
    value["policy"] = f"{programme.policy.id}@{programme.policy.version}"
    first = (
        "programme",
        "jurisdiction",
        "title",
        "document",
        "issued_on",
        "closing_on",
        "policy",
        "calendar",
        "schedule",
    )
    ordered = {name: value[name] for name in (*first, *value) if name in value}
    body = yaml.dump(ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return "".join(f"# {line}\n" for remark in remarks for line in remark.splitlines()) + body


def _days(days: Sequence[date]) -> list[str]:
    return [day.isoformat() for day in days]


class _Dumper(yaml.SafeDumper):
    """Without anchors, which no exact reader takes."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Everything is written out."""
        return True
