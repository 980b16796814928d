"""What is remembered of a subject, and how an event of a ruling changes it.

state        the values: an item, and what it is made of
frame        what of an item only its policy can change: periods, calendar, limits
evolve       one event taken in; the memory of used keys
item         transitions of reports, lights, months, and of who has the item in hand
plan         transitions of the plan, its nodes and their adjustments
escalations  transitions of escalations and appeals
programme    a programme's policies and bulletins, and their transitions
node         whether a report meets the node of its period
"""
