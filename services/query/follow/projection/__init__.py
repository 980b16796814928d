"""Which rows follow from a record of the log: pure rules, one row or none per table and event.

submissions  a submission: its row, also of what nobody can read
rulings      a ruling: its row, its events, and what they open, light and escalate
dispatches   a dispatch: a notice with its messages, or a step of a message
"""

from __future__ import annotations

from services.query.follow.projection.dispatches import project_dispatch
from services.query.follow.projection.rulings import project_ruling
from services.query.follow.projection.submissions import project_submission

__all__ = ["project_dispatch", "project_ruling", "project_submission"]
