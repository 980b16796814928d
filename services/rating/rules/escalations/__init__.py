"""Escalations: rectification, interview, chief interview, blockage.

- `escalation` raised or joined, confirmed, relieved of a cause, withdrawn, closed, lapsed
- `from_lights` which of these a light that settles or changes brings about
"""
