"""What the programmes of the lived year say: texts that are not translated, and ids that have names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from programmes import FOLDER
from programmes.programme_file import load_programme

FILES: Final = ("yuancheng-2024.yaml", "shili-2024.yaml")


def texts_and_ids() -> tuple[list[str], list[str]]:
    """The Chinese texts of both programmes, the longest first, and the ids of their units and leaders."""
    found: set[str] = set()
    ids: set[str] = set()
    for name in FILES:
        programme = load_programme(FOLDER / name)
        found |= {text for text in texts(programme.model_dump(mode="json")) if not text.isascii()}
        ids |= {one.id for one in programme.units} | {one.id for one in programme.leaders}
    return sorted(found, key=len, reverse=True), sorted(ids)


def texts(value: Any) -> Iterator[str]:
    """Every text in something read from JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
