"""The office's workbench: pages for drafts of programmes, from a ledger to the publication.

visit       whose draft a page is about, and what every page of it shares
routes      the list, a new draft, one draft, its removal
import_routes  a ledger goes in and comes out
edit_routes    the programme's own fields and its days
part_routes    units, leaders, items: a list, and a form for one of them
part_forms     those forms: fields into parts, parts into fields
check_routes   the year as a calendar, two versions compared, the programme file
directory_routes  units and leaders join the directory, or take its ids
publish_routes  the summary, the publication, and what the rulings say about it
outcome        what became of a draft that was sent: ruled on, refused, or another one has its id
"""

from __future__ import annotations

from typing import Final

from services.intake.pages.drafts import (
    check_routes,
    directory_routes,
    edit_routes,
    import_routes,
    part_routes,
    publish_routes,
    routes,
)

draft_routers: Final = tuple(
    one.router
    for one in (import_routes, edit_routes, check_routes, directory_routes, publish_routes, routes, part_routes)
)
"""In the order in which they are asked: the last ones take any word in their addresses."""
