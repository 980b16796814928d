"""Coverage leaves out the random stories where measuring them would double their time."""

import sys

import pytest

HOT = ("test_second_reading.py", "test_properties.py", "test_explain.py", "test_living_again.py")
"""Three quarters of the rules' time; they visit the lines that the scenario book visits, again and again."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before Python 3.12 every line that runs costs a call; from then on `sys.monitoring` costs next to nothing."""
    if sys.version_info >= (3, 12):
        return
    for item in items:
        if item.path.parent.name == "rules" and item.path.name in HOT:
            item.add_marker(pytest.mark.no_cover)
