"""Problem documents: as long as they may be, and no longer."""

from __future__ import annotations

import pytest

from exact.faults import Fault
from services.intake.problem import IntakeProblem
from services.query.answers.problem import QueryProblem
from web.problem import HttpProblem
from web.sign_in import SignInProblem


def test_a_document_lists_a_hundred_faults_and_says_how_many_more_there_are() -> None:
    faults = [Fault(("items", n), "extra_forbidden", "不认识的字段", "is not a known field") for n in range(20_000)]
    document = HttpProblem("text_invalid", faults=faults).document("r")
    assert (len(document["errors"]), document["errors_omitted"]) == (100, 19_900)
    assert document["errors"][1]["field"] == "items[1]"


def test_a_document_is_never_longer_than_64_kb() -> None:
    long = [Fault(("键" * 60_000, n), "x", "错" * 9_000, "wrong " * 9_000) for n in range(100)]
    body = HttpProblem("text_invalid", "说" * 10, faults=long).response("r").body
    assert 10_000 < len(body) < 64 * 1024


@pytest.mark.parametrize("problem", [IntakeProblem, QueryProblem, SignInProblem])
def test_what_may_be_asked_again_says_when(problem: type[HttpProblem]) -> None:
    later = {code for code, kind in problem.kinds.items() if kind.status in (408, 429, 503, 504, 507)}
    assert later
    assert {code for code in later if int(problem(code).headers["Retry-After"]) > 0} == later
    assert "Retry-After" not in problem(next(iter(problem.kinds.keys() - later))).headers
