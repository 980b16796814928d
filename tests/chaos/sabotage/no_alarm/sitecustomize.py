"""Without the alarm: nothing announces a deadline on a partition where nothing comes in."""

# mypy: ignore-errors

from services.rating.partition_rating import PartitionRating

PartitionRating.due = lambda self, now: []
