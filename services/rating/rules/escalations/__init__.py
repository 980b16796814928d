"""Escalations: rectification, interview, chief interview, blockage.

escalation   raised or joined, confirmed, relieved of a cause, withdrawn, closed, overdue
from_lights  what a light that settles or changes raises, joins and takes away
"""
