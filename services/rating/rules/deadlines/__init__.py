"""Deadlines of plans and reports, limits of escalations and appeals, and the reminders before them.

pending  what falls due next, for the alarm
passed   the ruling on the alarm's announcement that one has passed
"""
