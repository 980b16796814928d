"""The parts that a request needs, built once by `app` and found as `request.app.state.dependencies`."""

from __future__ import annotations

from dataclasses import dataclass

from directory.copy import DirectoryCopy
from eventlog.clock import Clock
from services.intake.evidence.citations import CitationsFeed, EvidenceCitations
from services.intake.evidence.objects import EvidenceObjects
from services.intake.evidence.previews import Previews
from services.intake.evidence.rights import EvidenceRights
from services.intake.evidence.store import EvidenceStore
from services.intake.evidence.unreferenced import UnreferencedFiles
from services.intake.metrics import IntakeMetrics
from services.intake.prepared.form_drafts import FormDrafts
from services.intake.prepared.held_evidence import HeldEvidence
from services.intake.prepared.queue_sizes import QueueSizes
from services.intake.prepared.sign_off import SignOff
from services.intake.programme_drafts.store import DraftStore
from services.intake.settings import IntakeSettings
from services.intake.submitting.came_back import CameBack
from services.intake.submitting.daily_quotas import DailyQuotas
from services.intake.submitting.producer import SubmissionProducer
from services.intake.submitting.programme_reader import ProgrammeReader
from services.intake.submitting.publisher import ProgrammePublisher
from services.intake.submitting.receipt_signing import ReceiptSigner
from services.intake.submitting.receiver import SubmissionReceiver
from services.intake.submitting.used_keys import UsedKeys
from services.intake.submitting.workbook_reader import WorkbookReader
from services.intake.topics_check import TopicsCheck
from services.intake.who.heads import UnitHeads
from services.intake.who.roster import Roster
from services.intake.who.roster_feed import RosterFeed
from services.recognition import Recognition
from web.position_tokens import PositionTokens


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything that the API, the pages and the operator's routes call."""

    settings: IntakeSettings
    clock: Clock
    who: Recognition
    roster: Roster
    roster_feed: RosterFeed
    producer: SubmissionProducer
    evidence_objects: EvidenceObjects
    evidence: EvidenceStore
    evidence_rights: EvidenceRights
    citations: EvidenceCitations
    citations_feed: CitationsFeed
    previews: Previews
    unreferenced: UnreferencedFiles
    position_tokens: PositionTokens
    receiver: SubmissionReceiver
    quotas: DailyQuotas
    receipt_signer: ReceiptSigner
    used_keys: UsedKeys
    came_back: CameBack
    heads: UnitHeads
    held: HeldEvidence
    sign_off: SignOff
    queue_sizes: QueueSizes
    form_drafts: FormDrafts
    publisher: ProgrammePublisher
    programme_reader: ProgrammeReader
    workbook_reader: WorkbookReader
    drafts: DraftStore
    topics: TopicsCheck
    metrics: IntakeMetrics
    directory: DirectoryCopy | None
    """Who people are; None where no PostgreSQL is named. Submissions are taken without it."""
