"""Who may open a file of evidence: its uploader, and whoever sees an item in full that cites it."""

from __future__ import annotations

from services.intake.submitting.citations import EvidenceCitations
from services.intake.submitting.evidence import EvidenceStore
from services.intake.who.permission import rights_of, to_item
from services.intake.who.roster import Roster
from supervision.right import HIDDEN, Answer
from supervision.rights import answer
from web.identity import Identity


class EvidenceRights:
    """Asks the table about files: by who uploaded them, and by the items whose submissions cite them."""

    def __init__(self, roster: Roster, store: EvidenceStore, citations: EvidenceCitations) -> None:
        self._roster = roster
        self._store = store
        self._citations = citations

    def to(self, operation: str, identity: Identity, sha256: str) -> tuple[Answer, str]:
        """What the table says of an operation about a file, and the subject for whose sake; hidden as if not there."""
        rights = rights_of(self._roster, identity)
        party = self._store.uploaded(sha256, uploaders(identity))
        found = answer(operation, rights.asker, "party") if party else HIDDEN
        about = ""
        for programme, id_ in self._citations.items(sha256):
            item = self._roster.items.get((programme, id_))
            if item is not None and (said := to_item(rights, operation, item)).allowed:
                found, about = said, f"{programme}/{id_}"
        return (found if self._store.size(sha256) is not None else HIDDEN), about


def uploaders(identity: Identity) -> tuple[str, ...]:
    """As whom somebody uploads: their unit, or their role, in each of their jurisdictions."""
    owner = identity.unit or (identity.id if identity.role == "leader" else "")
    return tuple(f"{where}/{identity.role}:{owner}" for where in identity.jurisdictions or ("",))
