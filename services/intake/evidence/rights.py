"""Who may open a file of evidence: its uploader, and whoever sees an item in full that cites it."""

from __future__ import annotations

from typing import NamedTuple

from services.intake.evidence.citations import EvidenceCitations
from services.intake.evidence.store import EvidenceStore, StoredFile
from services.intake.who.permission import rights_of, to_item
from services.intake.who.roster import Roster
from supervision.right import HIDDEN, Answer
from supervision.rights import answer
from web.identity import Identity


class EvidenceAnswer(NamedTuple):
    """What the table says; of a file that may be opened: the subject for whose sake, and its name as cited there."""

    said: Answer
    file: StoredFile | None = None
    subject: str = ""
    name: str = ""


class EvidenceRights:
    """Asks the table about files: by who uploaded them, and by the items whose submissions cite them."""

    def __init__(self, roster: Roster, store: EvidenceStore, citations: EvidenceCitations) -> None:
        self._roster = roster
        self._store = store
        self._citations = citations

    async def to(self, operation: str, identity: Identity, sha256: str) -> EvidenceAnswer:
        """What the table says of an operation about a file; hidden as if it were not there."""
        rights = rights_of(self._roster, identity)
        party = await self._store.uploaded(sha256, uploaders(identity))
        file = await self._store.find(sha256)
        if file is None:
            return EvidenceAnswer(HIDDEN)
        found = EvidenceAnswer(answer(operation, rights.asker, "party") if party else HIDDEN, file)
        for (programme, id_), name in self._citations.items(sha256).items():
            item = self._roster.items.get((programme, id_))
            if item is not None and (said := to_item(rights, operation, item)).allowed:
                found = EvidenceAnswer(said, file, f"{programme}/{id_}", name)
        return found


def uploaders(identity: Identity) -> tuple[str, ...]:
    """As whom somebody uploads: their unit, or their role, in each of their jurisdictions."""
    owner = identity.unit or (identity.id if identity.role == "leader" else "")
    return tuple(f"{where}/{identity.role}:{owner}" for where in identity.jurisdictions or ("",))
