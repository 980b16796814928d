"""Problem documents: as long as they may be, and no longer."""

from __future__ import annotations

import pytest

from exact.faults import Fault
from services.intake.problem import IntakeProblem, unauthenticated
from services.query.answers.problem import QueryProblem
from web.identity import Unauthenticated
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


def test_a_detail_stands_under_its_own_language_or_not_at_all() -> None:
    for_programs = HttpProblem("busy", "", "OSError").document("r")
    assert ("detail" in for_programs, for_programs["detail_en"]) == (False, "OSError")
    both = HttpProblem("busy", "稍后", "later").document("r")
    assert (both["detail"], both["detail_en"]) == ("稍后", "later")


def test_who_is_not_signed_in_is_told_so_in_both_languages() -> None:
    document = unauthenticated(Unauthenticated("token refused: expired")).document("r")
    assert document["detail"] == "没有登录或令牌，或者令牌无效、已过期"
    assert document["detail_en"] == "token refused: expired"


@pytest.mark.parametrize("problem", [IntakeProblem, QueryProblem, SignInProblem])
def test_what_may_be_asked_again_says_when(problem: type[HttpProblem]) -> None:
    later = {code for code, kind in problem.kinds.items() if kind.status in (408, 429, 503, 504, 507)}
    assert later
    assert {code for code in later if int(problem(code).headers["Retry-After"]) > 0} == later
    assert "Retry-After" not in problem(next(iter(problem.kinds.keys() - later))).headers
