"""The list of passwords that nobody may choose: long enough, and among the first to be tried."""

from __future__ import annotations

import pytest

from embedded.refused_passwords import LONGEST, SHORTEST, refused_passwords


@pytest.fixture(scope="module")
def refused() -> frozenset[str]:
    return frozenset(refused_passwords(["Wuling"]))


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "111111111111",
        "yuancheng2026",
        "yuanchengqu2026",
        "heyuan@123456",
        "liangdeng2026",
        "duchashi2026",
        "guangdong@888",
        "woaini1314520",
        "qwertyuiop123",
        "1qaz2wsx3edc",
        "password1234",
        "admin@123456",
        "yuanchengquzhengfu",
        "wuling123456",
    ],
)
def test_what_people_here_think_of_first_is_on_it(refused: frozenset[str], password: str) -> None:
    assert password in refused


@pytest.mark.parametrize("password", ["twelve letters and more", "lan-huo-7-shan-mo", "5201314520"])
def test_what_nobody_would_try_first_or_what_is_too_short_anyhow_is_not(refused: frozenset[str], password: str) -> None:
    assert password not in refused


def test_it_has_more_than_three_thousand_that_the_rule_would_allow_and_is_in_lower_case(
    refused: frozenset[str],
) -> None:
    assert len(refused) > 100_000
    assert all(SHORTEST <= len(one) <= LONGEST and one == one.lower() and "\n" not in one for one in refused)
