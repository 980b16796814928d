"""Coverage leaves out the random stories where measuring them would double their time."""

import sys
from pathlib import Path

import pytest

HOT = (
    "test_second_reading.py",
    "test_properties.py",
    "test_readers.py",
    "test_explain.py",
    "test_living_again.py",
    "test_on_record.py",
    "test_robustness.py",
)
"""Nine tenths of the rules' time; they visit the lines that the scenario books visit, again and again."""
assert all((Path(__file__).parent / name).is_file() for name in HOT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before Python 3.12 every line that runs costs a call; from then on `sys.monitoring` costs next to nothing."""
    if sys.version_info >= (3, 12):
        return
    for item in items:
        if item.path.parent.name == "rules" and item.path.name in HOT:
            item.add_marker(pytest.mark.no_cover)
