"""The digest of every ruling of the scenario book, for runs that differ in nothing that may matter."""

from __future__ import annotations

import hashlib

from services.rating.scenario_book.book import PROGRAMMES, read_book
from tests.rules.timelines import Timeline


def digest() -> str:
    """SHA-256 over the bytes of all rulings."""
    whole = hashlib.sha256()
    for story in read_book(PROGRAMMES / "scenarios.yaml"):
        if story.item is None or story.until is None:
            continue
        run = Timeline(story.item, now=story.item.published_at)
        for step in story.steps:
            run.announce_until(step.appended_at)
            run.now = step.appended_at
            run.submit(step.actor, step.key, step.at, step.data)
        run.announce_until(story.until)
        for value in run.written:
            whole.update(value)
    return whole.hexdigest()
