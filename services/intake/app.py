"""Builds intake from its settings: the only place where its parts are made and joined."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from contracts.topics import MAX_SUBMISSION_BYTES, SUBMISSIONS
from directory.copy import DirectoryCopy
from directory.store import DirectoryStore, Pool, pool_of
from eventlog.clock import clock_from
from eventlog.log.kafka import KafkaLog
from services.application import application
from services.intake.api.routes import api_router, busiest
from services.intake.dependencies import Dependencies
from services.intake.description import operations
from services.intake.evidence.citations import CitationsFeed, EvidenceCitations
from services.intake.evidence.disk_space import DiskSpace
from services.intake.evidence.objects import Bucket, EvidenceObjects
from services.intake.evidence.previews import Previews
from services.intake.evidence.rights import EvidenceRights
from services.intake.evidence.store import EvidenceStore
from services.intake.evidence.unreferenced import UnreferencedFiles
from services.intake.evidence.virus_scan import VirusScan
from services.intake.metrics import IntakeMetrics
from services.intake.ops import operator
from services.intake.pages import decisions, form_routes, publication, reviews
from services.intake.pages import evidence as evidence_pages
from services.intake.pages import signing as signing_pages
from services.intake.pages.drafts import draft_routers
from services.intake.pages.paper import routes as tables
from services.intake.pages.programme_changes import routes as programme_changes
from services.intake.pages.renderer import problem_page
from services.intake.pages.routes import pages_router
from services.intake.prepared.form_drafts import FormDrafts
from services.intake.prepared.held_evidence import HeldEvidence
from services.intake.prepared.signing import Signing
from services.intake.prepared.submissions import PreparedSubmissions
from services.intake.prepared.tables import PreparedTables
from services.intake.problem import IntakeProblem, denied, unauthenticated
from services.intake.programme_drafts.ledger_import import LedgerReader
from services.intake.programme_drafts.store import DraftStore
from services.intake.settings import IntakeSettings
from services.intake.submitting.came_back import CameBack
from services.intake.submitting.daily_quotas import DailyQuotas
from services.intake.submitting.producer import SubmissionProducer
from services.intake.submitting.programme_reader import ProgrammeReader
from services.intake.submitting.publisher import ProgrammePublisher
from services.intake.submitting.receipt_signing import ReceiptSigner
from services.intake.submitting.receiver import Stamp, SubmissionReceiver
from services.intake.submitting.ruling_waits import RulingWaits
from services.intake.submitting.used_keys import UsedKeys
from services.intake.submitting.workbook_reader import WorkbookReader
from services.intake.topics_check import TopicsCheck
from services.intake.who.heads import UnitHeads
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFeed
from services.recognition import recognition
from web.addresses import SHARED
from web.api_page import described
from web.gate import FirstDoor, OpenMount, methods_at, tell_denied
from web.header import shared
from web.identity import Unauthenticated
from web.position_tokens import PositionTokens
from web.privileged_reads import TrailUnavailable
from web.problem import HttpProblem, wants_page
from web.request_limits import LimitReached
from web.rights import RightDenied
from web.sessions import SessionsUnavailable
from web.visitor import request_id

_BATCH_BYTES = 8 * MAX_SUBMISSION_BYTES
_REQUEST_MILLISECONDS = 20_000


def build(settings: IntakeSettings) -> FastAPI:
    """The application; nothing connects before it is started."""
    log = KafkaLog(settings.kafka)
    pool = pool_of(settings.database_url) if settings.database_url else None
    dependencies = _dependencies(settings, log, pool)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await dependencies.topics.require()
        feeds = (dependencies.roster_feed, dependencies.citations_feed)
        running = (dependencies.topics, dependencies.producer, *feeds, dependencies.held, dependencies.unreferenced)
        await dependencies.who.open()
        if pool is not None:
            await pool.open()
        # PostgreSQL may be down: submissions are taken while the directory is asked for.
        following = [dependencies.directory.run()] if dependencies.directory else []
        tasks = [asyncio.create_task(part) for part in (*(part.run() for part in running), *following)]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if pool is not None:
            await pool.close()
        await dependencies.who.close()
        await log.close()

    app = application(
        "亮灯 · intake",
        settings,
        told=_told,
        lifespan=lifespan,
        origin=settings.origin,
        hosts=settings.host_names,
        root_path=settings.intake_root_path,
    )
    # The innermost: behind the entrance and its limits.
    app.user_middleware.append(Middleware(FirstDoor, route=busiest, handlers=app.exception_handlers))
    app.state.dependencies, app.state.who = dependencies, dependencies.who
    app.state.operator = operator(app)
    app.router.routes.insert(0, busiest)
    app.include_router(api_router)
    app.include_router(evidence_pages.router)
    app.include_router(signing_pages.router)
    app.include_router(pages_router)
    app.include_router(form_routes.router)
    app.include_router(publication.router)
    app.include_router(programme_changes.router)
    app.include_router(tables.router)
    for router in draft_routers:
        app.include_router(router)
    app.include_router(decisions.router)
    app.include_router(reviews.router)
    document = operations.description(settings.intake_root_path)
    app.router.routes.extend(described(document, settings.intake_root_path, people_sign_in=bool(settings.origin)))
    app.router.routes.append(OpenMount(SHARED, shared, "assets.read"))
    _handlers(app)
    return app


def _dependencies(settings: IntakeSettings, log: KafkaLog, pool: Pool | None) -> Dependencies:
    metrics, clock = IntakeMetrics(), clock_from(settings.clock)
    roster = Roster(clock)
    who = recognition(settings, settings.database_url, "intake", metrics.registry)
    directory = None if pool is None else DirectoryCopy(DirectoryStore(pool), settings.directory_copy)
    if directory is not None:
        who.visitors.admits = lambda one: directory.register.admits(one.jurisdictions, one.id, program=one.program)
    used_keys, waits = UsedKeys(log), RulingWaits(settings.max_ruling_waits)
    roster_feed = RosterFeed(log, roster, used_keys.note, waits.note)
    citations, objects = EvidenceCitations(), EvidenceObjects(settings.evidence_folder, _bucket(settings))
    tables, heads = PreparedTables(pool), UnitHeads(directory, clock)
    prepared = PreparedSubmissions(tables)
    held = HeldEvidence(prepared)
    evidence = _evidence(settings, objects, lambda sha256: citations.is_cited(sha256) or held.holds(sha256))
    citations_feed = CitationsFeed(log, citations)
    producer = SubmissionProducer(
        lambda: _broker(settings),
        settings.topic_prefix + SUBMISSIONS,
        within=settings.answer_within,
        max_waiting=settings.max_waiting,
        metrics=metrics,
    )
    quotas = DailyQuotas(settings.quota_submissions, settings.quota_bytes, settings.quota_evidence_bytes)
    stamp = Stamp(settings.log, clock, driven=bool(settings.clock))
    receiver = SubmissionReceiver(
        stamp, roster, roster_feed, evidence, producer, used_keys, waits, quotas, metrics, settings.retry_after, heads
    )
    return Dependencies(
        settings=settings,
        clock=clock,
        who=who,
        roster=roster,
        roster_feed=roster_feed,
        producer=producer,
        evidence_objects=objects,
        evidence=evidence,
        evidence_rights=EvidenceRights(roster, evidence, citations),
        citations=citations,
        citations_feed=citations_feed,
        previews=Previews(objects),
        unreferenced=UnreferencedFiles(
            objects, evidence, citations, citations_feed, log, settings.evidence_citable_for, held.read
        ),
        position_tokens=PositionTokens(settings.position_key.get_secret_value()),
        receiver=receiver,
        quotas=quotas,
        receipt_signer=ReceiptSigner(settings.receipt_key.get_secret_value(), settings.receipt_former_keys),
        used_keys=used_keys,
        came_back=CameBack(used_keys),
        heads=heads,
        held=held,
        signing=Signing(prepared, receiver, heads),
        form_drafts=FormDrafts(tables),
        publisher=ProgrammePublisher(receiver, roster, roster_feed, log),
        programme_reader=ProgrammeReader(settings.library, settings.programmes_at_a_time, settings.programme_within),
        workbook_reader=WorkbookReader(),
        drafts=DraftStore(pool),
        ledger_reader=LedgerReader(settings.programmes_at_a_time),
        topics=TopicsCheck(settings.bootstrap_servers, settings.topic_prefix),
        metrics=metrics,
        directory=directory,
    )


def _evidence(settings: IntakeSettings, objects: EvidenceObjects, is_cited: Callable[[str], bool]) -> EvidenceStore:
    return EvidenceStore(
        objects,
        DiskSpace(settings.evidence_folder, settings.evidence_kept_free),
        VirusScan(settings.evidence_scanner, settings.evidence_scan_within),
        is_cited,
        limit=settings.evidence_limit,
        citable_for=settings.evidence_citable_for,
    )


def _bucket(settings: IntakeSettings) -> Bucket | None:
    if not settings.evidence_bucket:
        return None
    secret = settings.evidence_key_secret.get_secret_value()
    where = settings.evidence_bucket, settings.evidence_endpoint, settings.evidence_region
    return Bucket(*where, settings.evidence_key_id, secret)


def _broker(settings: IntakeSettings) -> KafkaBroker:
    return KafkaBroker(
        settings.bootstrap_servers,
        client_id="intake",
        acks="all",
        enable_idempotence=True,
        linger_ms=settings.linger_ms,
        max_batch_size=_BATCH_BYTES,
        request_timeout_ms=_REQUEST_MILLISECONDS,
        logger=None,
    )


def _handlers(app: FastAPI) -> None:
    app.add_exception_handler(IntakeProblem, _problem)
    app.add_exception_handler(LimitReached, _problem)
    app.add_exception_handler(RightDenied, _denied)
    app.add_exception_handler(Unauthenticated, _unauthenticated)
    app.add_exception_handler(SessionsUnavailable, _sessions_unavailable)
    app.add_exception_handler(TrailUnavailable, _trail_unavailable)
    app.add_exception_handler(HTTPException, _http_error)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpProblem)
    return await _told(request, error)


async def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, RightDenied)
    tell_denied(request, error)
    return await _told(request, denied(error))


async def _unauthenticated(request: Request, error: Exception) -> Response:
    assert isinstance(error, Unauthenticated)
    return await _told(request, unauthenticated(error))


async def _sessions_unavailable(request: Request, error: Exception) -> Response:
    return await _told(request, IntakeProblem("sessions_unavailable", "", str(error)))


async def _trail_unavailable(request: Request, error: Exception) -> Response:
    return await _told(request, IntakeProblem("not_recorded", "", str(error)))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method", 413: "too_large", 415: "media_type"}
    code = codes.get(error.status_code, "malformed")
    problem = IntakeProblem(code, en="" if code in codes.values() else str(error.detail), headers=error.headers)
    if code == "method":
        problem.headers["Allow"] = methods_at(request)
    return await _told(request, problem)


async def _told(request: Request, problem: HttpProblem) -> Response:
    """To a program as a document, to a person as a page."""
    if not wants_page(request):
        return problem.response(request_id(request))
    dependencies: Dependencies = request.app.state.dependencies
    await dependencies.who.visitors.glance(request)
    return problem_page(request, problem)
