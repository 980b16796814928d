"""The parts that a request needs, built once by `app` and found through the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from eventlog.clock import Clock
from services.intake.evidence import EvidenceStore
from services.intake.following import RosterFollowing
from services.intake.metrics import Metrics
from services.intake.publication import Publication
from services.intake.publishing import Publishing
from services.intake.reception import Reception
from services.intake.roster import Roster
from services.intake.settings import IntakeSettings
from services.intake.token import Tokens
from services.intake.topics_check import TopicsCheck


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that stands behind the doors."""

    settings: IntakeSettings
    clock: Clock
    tokens: Tokens
    roster: Roster
    following: RosterFollowing
    publishing: Publishing
    evidence: EvidenceStore
    reception: Reception
    publication: Publication
    topics: TopicsCheck
    metrics: Metrics


def desk_of(request: HTTPConnection) -> Desk:
    """The desk of the application that serves this request."""
    return cast(Desk, request.app.state.desk)
