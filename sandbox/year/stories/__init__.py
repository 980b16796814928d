"""What people are going to do: each item's year as a list of acts, and what is done about the whole programme; pure.

behaviours(.yaml)      the table of behaviours, and the lights and escalations that must come of each
story                  one item's year: what its people do, by whom and by which way
item_days              the days that a story is told by
circumstances, habits  what surrounds every story of a programme; how each unit works
key_task_quarters, livelihood_quarters, disputed_quarters, rarer_acts, whole_years
                       what happens in a quarter, or beyond single quarters
programme_acts         deputies, calendar, policy, bulletins
targets                figures that acts name
"""
