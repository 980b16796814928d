"""What the doors of the year look for stands in the pages, whatever these look like."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.year.doors import first_day, queues

PAGES = Path(__file__).parents[3] / "services" / "intake" / "pages" / "templates"


def test_the_doors_look_for_what_the_pages_have() -> None:
    doors = "".join(Path(str(one.__file__)).read_text(encoding="utf-8") for one in (first_day, queues))
    pages = "".join(one.read_text(encoding="utf-8") for one in PAGES.glob("*.html"))
    names = set(re.findall(r"data-[a-z]+=", doors))
    assert names == {"data-outcome=", "data-ledger="}
    assert all(name in pages for name in names)
    assert "class=" not in doors, "how a page looks changes"
