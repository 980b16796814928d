"""The parts that a request needs, built once by `app` and found through the request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from eventlog.clock import Clock
from services.intake.metrics import Metrics
from services.intake.settings import IntakeSettings
from services.intake.submitting.append import Publishing
from services.intake.submitting.evidence import EvidenceStore
from services.intake.submitting.publication import Publication
from services.intake.submitting.reception import Reception
from services.intake.topics_check import TopicsCheck
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFollowing
from web.tokens import TokenCache


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that stands behind the doors."""

    settings: IntakeSettings
    clock: Clock
    tokens: TokenCache
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
