"""Bulletins and their approval (rulebook: Bulletins; Fairness Art. 21)."""

from __future__ import annotations

from contracts.refusal_reasons import Reason
from contracts.rulings import BulletinFiled, BulletinPublished
from contracts.submissions import BulletinApproved, BulletinComposed
from services.rating.rules.draft import Draft
from services.rating.rules.state.programme import Programme


def compose(draft: Draft, data: BulletinComposed) -> None:
    """One that names a unit waits for the chief leader, another is published at once (rulebook: Fairness Art. 21)."""
    draft.emit(
        BulletinFiled(
            bulletin=data.bulletin,
            kind=data.kind,
            period=data.period,
            position=data.position,
            sha256=data.sha256,
            names_units=data.names_units,
        )
    )
    if not data.names_units:
        draft.emit(BulletinPublished(bulletin=data.bulletin))


def object_to_bulletin(programme: Programme, data: BulletinComposed) -> list[Reason]:
    """A published bulletin is never edited; one that waits is replaced (rulebook: Bulletins)."""
    published = any(b.id == data.bulletin and b.published for b in programme.bulletins)
    return ["already_published"] if published else []


def object_to_approval(programme: Programme, data: BulletinApproved) -> list[Reason]:
    """A bulletin must wait for approval, with the text that was read."""
    waiting = [b for b in programme.bulletins if b.id == data.bulletin and not b.published]
    if not any(data.sha256 in (None, b.sha256) for b in waiting):
        return ["nothing_to_decide"]
    return [] if any(data.of in (None, b.of) for b in waiting) else ["superseded"]


def approve(draft: Draft, data: BulletinApproved) -> None:
    """The chief leader approves (rulebook: Fairness Art. 21)."""
    draft.emit(BulletinPublished(bulletin=data.bulletin))
