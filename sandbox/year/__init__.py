"""The simulated year: units, leaders and the office live through a programme, at their pages or through the API.

simulated_year         the programmes of a demo and their plans
plan                   which item behaves how, and everything that people will do; pure
planned_act            one of these acts, and by which way it comes in
stories/               what the people of an item and of a programme are going to do
doors/                 how they do it: their browsers, forms, queues, tables
days, evidence         days and files that acts name
journal                whether a demo starts afresh or goes on
run                    lives through the plans and compares
driver                 moves the clock, has done what is due, waits until the services have caught up
client, retries        the services' HTTP APIs as programs use them; asked again while a service is away
counts, observed_counts
                       what a year is compared by: as planned, and as read from query
summary                prints planned beside seen
"""
