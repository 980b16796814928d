"""The annual evaluation of units.

sheets     a sheet per unit, from the events of a programme
record     who led an item when, and what arose then
deduction  a deduction, and the events that it follows from
"""
