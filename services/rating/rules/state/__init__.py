"""What is remembered of a subject, and how an event of a ruling changes it.

state        the values: an item, and what it is made of
ladder       the values of escalations, extensions and appeals
goal         the values of a plan
frame        what of an item only its policy can change: periods, calendar, limits
evolve       the events of a ruling taken in; the memory of used keys
opening      an item as it is published, and whether it is published again
item         transitions of reports, lights, months, reminders, inspections and replies
hands        transitions of who has the item in hand, and of its leaving
frame_changes  transitions of the policy, the calendar and a moved deadline
plan         transitions of the plan, its nodes and their adjustments
escalations  transitions of escalations
limits       transitions of their limits and of extensions
appeals      transitions of appeals
programme    a programme's policies and bulletins, and their transitions
node         whether a report meets the node of its period
"""
