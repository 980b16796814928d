"""An item's timeline: each submission, its ruling, what followed from it and why, up to the notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.query.answers.access import (
    Sight,
    event_is_seen,
    inspection_is_seen,
    published_act,
    seen_data,
    visited_plans,
)
from services.query.answers.explanations import explained
from supervision.words import Word

Found = Mapping[str, Any]
Shown = dict[str, Any]

_NOTICE: Final = (
    "notice",
    "programme",
    "item",
    "number",
    "kind",
    "title",
    "recipients",
    "causes",
    "escalation",
    "due_at",
    "simulated",
    "sha256",
)


def timeline(
    unvisited: bool,
    sight: Sight,
    submissions: Iterable[Found],
    events: Sequence[Found],
    notices: Iterable[Found],
    deliveries: Iterable[Found],
) -> list[Shown]:
    """Entries in the order of the log, as far as they are this viewer's to see; `unvisited` inspection plans, too.

    Links go both ways: an event names the submissions it follows `because` of and the notices that it caused.
    """
    visited = visited_plans(events)
    why = explained(events, published=sight != "full").changes
    following: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for event in events:
        following[(event["part"], event["cause"])].append(event)
    told = _notices_by_cause(notices, deliveries) if sight == "full" else {}
    entries = []
    for submission in submissions:
        data, verdict = submission["data"], submission["verdict"] or ""
        if not inspection_is_seen(unvisited, submission["type"], data, verdict, visited):
            continue
        shown = [
            _event({**event, "data": seen_data(sight, event["data"])}, told, why.get((event["part"], event["pos"])))
            for event in following[(submission["part"], submission["pos"])]
            if event_is_seen(sight, event["type"])
        ]
        if sight == "full":
            entries.append({**submission_view(submission, whole=True), "events": shown})
        elif shown:
            entries.append({**submission_view(submission, whole=False), "events": shown})
    _link(entries)
    return entries


def submission_view(submission: Found, *, whole: bool) -> Shown:
    """A submission with its ruling or that it waits; in part, without the person and the text, for the public."""
    type_: str = submission["type"]
    by: Found = {"role": submission["role"], "unit": submission["unit"]}
    if not whole:
        type_, by = published_act(type_, by)
    view: Shown = {
        "position": f"submissions-{submission['part']}@{submission['pos']}",
        "anchor": f"s-{submission['part']}-{submission['pos']}",
        "id": submission["id"],
        "type": type_,
        "by": dict(by),
        "received_at": submission["received_at"],
        "ruling": _ruling(submission),
    }
    if whole:
        view["by"]["person"] = submission["person"]
        view["logged_at"] = submission["logged_at"]
        view["digest"] = submission["digest"]
        view["data"] = {key: value for key, value in submission["data"].items() if key != "received_at"}
    return view


def _ruling(submission: Found) -> Shown | None:
    if not submission["ruled"]:
        return None
    return {
        "verdict": submission["verdict"],
        "codes": submission["codes"],
        "rules": submission["rules"],
        "policy": submission["policy"],
        "time": submission["ruled_for"],
        "logged_at": submission["ruled_at"],
        "position": f"rulings-{submission['part']}@{submission['ruling_end']}",
    }


def _event(event: Found, told: Mapping[str, list[Shown]], why: Word | None) -> Shown:
    return {
        "position": f"rulings-{event['part']}@{event['pos']}",
        "anchor": f"e-{event['part']}-{event['pos']}",
        "id": event["id"],
        "type": event["type"],
        "time": event["time"],
        "data": event["data"],
        "why": why._asdict() if why else None,
        "because": [],
        "notices": told.get(event["id"], []),
    }


def _notices_by_cause(notices: Iterable[Found], deliveries: Iterable[Found]) -> dict[str, list[Shown]]:
    sent: dict[str, list[Shown]] = defaultdict(list)
    for message in deliveries:
        sent[message["notice"]].append(delivery_view(message))
    told: dict[str, list[Shown]] = defaultdict(list)
    for notice in notices:
        for cause in notice["causes"]:
            told[cause].append({**notice_view(notice), "deliveries": sent[notice["notice"]]})
    return told


def notice_view(notice: Found) -> Shown:
    """A notice without its document."""
    return {
        "position": f"dispatches-{notice['part']}@{notice['pos']}",
        **{name: notice[name] for name in _NOTICE},
        "issued_at": notice["time"],
    }


def delivery_view(message: Found) -> Shown:
    """How far one message of a notice has come."""
    return {
        "delivery": message["delivery"],
        "recipient": message["recipient"],
        "channel": message["channel"],
        "outcome": message["outcome"],
        "attempt": message["attempt"],
        "at": message["logged_at"],
    }


def _link(entries: list[Shown]) -> None:
    """Give each event the entries that it follows from, and each entry the events elsewhere that follow from it."""
    by_id: dict[str, Shown] = {}
    for entry in entries:
        entry["effects"] = []
        by_id.setdefault(entry["id"], entry)
    for entry in entries:
        for event in entry["events"]:
            for cause in event["data"].get("because", ()):
                source = by_id.get(cause)
                if source is None:
                    continue
                event["because"].append(
                    {"id": cause, "type": source["type"], "anchor": source["anchor"], "here": source is entry}
                )
                if source is not entry:
                    source["effects"].append({"type": event["type"], "anchor": event["anchor"], "data": event["data"]})
