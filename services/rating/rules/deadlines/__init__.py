"""Deadlines: reports, plans, limits of escalations, appeals, and the reminders before them.

- `pending` what falls due next, for the alarm
- `passed` the ruling on the alarm's announcement that one has passed
"""
