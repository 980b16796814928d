"""`python -m services.query.web.people.list_check`: reads one list of people from standard input, with limits."""

from __future__ import annotations

import sys
from typing import Final

from directory.people_list.list_file import read_list
from directory.people_list.sheets import ListProblem, PeopleList
from services.limited_process import answer, body_within_limits

MOST_ROWS: Final = 5000
"""People of one list: a district has some hundreds; an operator's own import has no such limit."""


def checked_list(content: bytes, jurisdiction: str) -> PeopleList:
    """What a list says, or that it is longer than somebody waits for a page."""
    listed = read_list("list.xlsx", content, jurisdiction)
    if len(listed.persons) + listed.wrong + len(listed.units) + len(listed.leaders) <= MOST_ROWS:
        return listed
    problem = ListProblem("", "", f"超过 {MOST_ROWS} 行，请分成几份导入", f"more than {MOST_ROWS} rows: split the list")
    return PeopleList(problems=[problem])


if __name__ == "__main__":
    answer(checked_list(body_within_limits(), sys.argv[1]))
