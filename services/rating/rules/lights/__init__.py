"""Lights of periods and the status of months.

light  which colour a period has, and every change with what follows from it
month  met, unmet, late, missing: for the monthly bulletin
"""
