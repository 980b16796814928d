"""Without the alarm: nothing announces a deadline on a partition where nothing comes in."""

# mypy: ignore-errors

from services.rating.partition_handler import RatingHandler

RatingHandler.due = lambda self, now: []
