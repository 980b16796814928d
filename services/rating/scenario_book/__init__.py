"""Scenario books (docs/scenario-format.md): stories of one item, and what the rules must make of them.

book         reads a book from YAML
form         every field known and of its kind, or told with its line
aliases      writes out the aliases of the YAML
steps        reads one step as a submission
runner       runs books through the rules, the alarm included
outcome      what came out: verdicts, changes of lights, reminders
expectation  compares that with what a scenario expects
"""
