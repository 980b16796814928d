"""What is remembered of a programme as a whole, and how the events of rulings change it."""

from __future__ import annotations

from typing import NamedTuple

from contracts.policy import Policy
from contracts.rulings import BulletinFiled, BulletinPublished, PolicyChanged, ProgrammeOpened, RulingData
from contracts.values import Identifier


class Bulletin(NamedTuple):
    """A bulletin composed by the submission `of`: its text by its digest, and whether it is published or waits."""

    id: Identifier
    sha256: str
    published: bool
    of: str = ""


class Programme(NamedTuple):
    """What concerns a whole programme: every policy adopted so far (the last one holds), and its bulletins."""

    policies: tuple[Policy, ...]
    simulated: bool
    bulletins: tuple[Bulletin, ...] = ()

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.policies[-1]


def evolve_programme(programme: Programme | None, data: RulingData, cause: str) -> Programme | None:
    """The programme after one event that answers the submission `cause`; None while it is not published."""
    if isinstance(data, ProgrammeOpened):
        return Programme((data.policy,), data.simulated)
    if programme is None:
        return None
    if isinstance(data, PolicyChanged):
        return programme._replace(policies=(*programme.policies, data.policy))
    if isinstance(data, BulletinFiled):
        filed = Bulletin(data.bulletin, data.sha256, published=False, of=cause)
        others = tuple(b for b in programme.bulletins if b.id != data.bulletin)
        return programme._replace(bulletins=(*others, filed))
    if isinstance(data, BulletinPublished):
        bulletins = tuple(b._replace(published=True) if b.id == data.bulletin else b for b in programme.bulletins)
        return programme._replace(bulletins=bulletins)
    return programme
