"""Puts on record who is about to be shown an internal item, or an inspection plan before the visit."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request

from services.query.answers.request_view import RequestView
from services.query.answers.timeline import TimelineEntry
from services.query.read_model.results import HeldItem
from web.privileged_reads import PrivilegedReads


async def record_reads(
    request: Request, view: RequestView, operation: str, item: HeldItem, entries: Sequence[TimelineEntry] = ()
) -> None:
    """Record what is privileged of an item and the entries of its timeline. Raises TrailUnavailable."""
    identity = view.viewer.rights.identity
    if identity is None:
        return
    reads: PrivilegedReads = request.app.state.who.privileged_reads
    about = {"programme": item.programme, "item": item.item}
    if item.classification == "internal":
        await reads.record(request, identity, operation, "internal_item", **about)
    for plan in _unvisited(entries):
        await reads.record(request, identity, operation, "inspection_plan", about=plan, **about)


def _unvisited(entries: Sequence[TimelineEntry]) -> list[str]:
    """The plans among these entries without a recorded visit."""
    events = [event for entry in entries for event in entry.events]
    visited = {event.data.get("plan") for event in events if event.type == "verification.recorded"}
    submissions = [entry.submission for entry in entries if entry.submission.type == "inspection.planned"]
    plans = [str(one.details.data["plan"]) for one in submissions if one.details is not None]
    return [plan for plan in plans if plan not in visited]
