"""The simulated year: units, leaders and the office live through a programme over the services' HTTP APIs.

simulated_year         the programmes of a demo and their plans
plan                   which item behaves how, and everything that people will do; pure
behaviours(.yaml)      the table of behaviours, and the lights and escalations that must come of each
story                  one item's year as a list of acts
key_task_quarters, livelihood_quarters, disputed_quarters, rarer_acts, whole_years
                       what happens in a quarter, or beyond single quarters
days, targets, evidence
                       days, figures and files that acts name
journal                whether a demo starts afresh or goes on
run                    lives through the plans and compares
driver                 moves the clock, sends what is due, waits until the services have caught up
client                 the services' HTTP APIs as people use them
counts, observed_counts
                       what a year is compared by: as planned, and as read from query
summary                prints planned beside seen
"""
