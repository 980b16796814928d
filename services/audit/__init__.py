"""Proves a log: reads it with a client of its own and rules on everything again."""
