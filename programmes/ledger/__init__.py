"""An office's ledger (台账) as an .xlsx: read with every problem at its cell, made into a draft, written.

headings   which column a heading names, in any order, and the period whose target stands in it
heading_rows  one to three rows of headings as one
grid       a sheet's cells with what merged cells say in each of them, its tables and the rows below
chapters   rows that are no items: headings of chapters, totals, what is signed or remarked at the foot
amounts    a target as offices write it: a number, how it is compared, its unit
numbers    the number of an item as offices write it, and the id that comes of it
cells      what a cell may hold: texts of a length, days, categories, names of units
model      what a ledger says
reading    the rows of a ledger as items: chapters, remarks, rows that belong together
item_rows  the rows of one item as what they say, each problem at its cell
parties    who takes part in an item: the unit that leads, those that cooperate, the leader
persons    whether a leader is named as a person or as an office
spelling   names that differ in spaces and the width of signs alone are one name
indicator_rows  the goals and milestones in those rows
names      units, leaders and aspects of a ledger: those of a known programme, or made
draft      a programme file made of a ledger, or of last year's programme
comparison what a draft would change in a known programme
writing    a programme as a ledger that can be read again, and the template
"""
