"""Whoever follows one submission through the house passes few files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.walks import told, walked, ways

NAMES = [way.name for way in ways("", "", "")]


@pytest.mark.services
@pytest.mark.parametrize("name", NAMES)
async def test_a_walk_passes_no_more_files_than_it_may(
    name: str, kafka: str, topic_prefix: str, postgres: Callable[[], str], tmp_path: Path
) -> None:
    (way,) = [way for way in ways(kafka, topic_prefix, postgres()) if way.name == name]
    files = await walked(way, tmp_path)
    assert 0 < len(files) <= max(way.aim, way.most), told(way, files)
