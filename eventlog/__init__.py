"""The one shared mechanism: append at an expected offset, catch up, follow, provision; records and positions only."""
