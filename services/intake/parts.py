"""Makes the parts of intake from its settings, and joins them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from faststream.kafka import KafkaBroker

from contracts.topics import MAX_SUBMISSION_BYTES, SUBMISSIONS
from directory.copy import DirectoryCopy
from directory.store import DirectoryStore, Pool
from eventlog.clock import clock_from
from eventlog.log.kafka import KafkaLog
from services.intake.dependencies import Dependencies
from services.intake.evidence.citations import CitationsFeed, EvidenceCitations
from services.intake.evidence.disk_space import DiskSpace
from services.intake.evidence.objects import Bucket, EvidenceObjects
from services.intake.evidence.previews import Previews
from services.intake.evidence.rights import EvidenceRights
from services.intake.evidence.store import EvidenceStore
from services.intake.evidence.unreferenced import UnreferencedFiles
from services.intake.evidence.virus_scan import VirusScan
from services.intake.metrics import IntakeMetrics
from services.intake.prepared.form_drafts import FormDrafts
from services.intake.prepared.held_evidence import HeldEvidence
from services.intake.prepared.passing_on import PassingOn
from services.intake.prepared.queue_sizes import QueueSizes
from services.intake.prepared.sign_off import SignOff
from services.intake.prepared.submissions import PreparedSubmissions
from services.intake.prepared.tables import PreparedTables
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
from web.position_tokens import PositionTokens

_BATCH_BYTES = 8 * MAX_SUBMISSION_BYTES
_REQUEST_MILLISECONDS = 20_000
_GATHERED_BYTES: Final = 1024 * 1024
"""Submissions are read back for what they cite, which nobody waits for: under load twice a second, all that came."""


def parts(settings: IntakeSettings, log: KafkaLog, pool: Pool | None) -> Dependencies:
    """What the handlers use; nothing connects before it is started."""
    metrics, clock = IntakeMetrics(), clock_from(settings.clock)
    roster = Roster(clock)
    who = recognition(settings, settings.database_url, "intake", metrics.registry)
    directory = None if pool is None else DirectoryCopy(DirectoryStore(pool), settings.directory_copy)
    if directory is not None:
        who.visitors.admits = lambda one: directory.register.admits(one.jurisdictions, one.id, program=one.program)
    used_keys, waits = UsedKeys(log), RulingWaits(settings.max_ruling_waits)
    roster_feed = RosterFeed(log, roster, used_keys.note, waits.note)
    citations, objects = EvidenceCitations(), EvidenceObjects(settings.evidence_folder, _bucket(settings))
    tables, heads = PreparedTables(pool, clock), UnitHeads(directory, clock)
    prepared = PreparedSubmissions(tables)
    evidence = _evidence(settings, objects, lambda sha256: citations.is_cited(sha256) or held.holds(sha256))
    sizes = QueueSizes(prepared, PassingOn(prepared, roster, evidence))
    held = HeldEvidence(prepared, sizes)
    citations_feed = CitationsFeed(KafkaLog(replace(log.settings, gather_bytes=_GATHERED_BYTES)), citations)
    producer = SubmissionProducer(
        lambda: _broker(settings),
        settings.topic_prefix + SUBMISSIONS,
        within=settings.answer_within,
        max_waiting=settings.max_waiting,
        metrics=metrics,
        linger=settings.linger_ms / 1000,
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
        sign_off=SignOff(prepared, sizes, receiver, heads),
        queue_sizes=sizes,
        form_drafts=FormDrafts(tables),
        publisher=ProgrammePublisher(receiver, roster, roster_feed, log),
        programme_reader=ProgrammeReader(settings.library, settings.programmes_at_a_time, settings.programme_within),
        workbook_reader=WorkbookReader(),
        drafts=DraftStore(pool, clock),
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
        max_batch_size=_BATCH_BYTES,
        request_timeout_ms=_REQUEST_MILLISECONDS,
        logger=None,
    )
