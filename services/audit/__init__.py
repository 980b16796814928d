"""Audit: proves what a log says, with a client of its own and without the services' database.

- `__main__` the command, `settings` are read from the environment
- `reader` reads partitions with kafka-python, and says when a log cannot be read
- `replay` rules on a whole log again · `partition_replay` one partition, ruling by ruling
- `finding` what a replay can find, and the report of it
- `sentences` what a ruling says of lights and escalations, in words
- `text_report` a report as text, and the progress line · `as_json` states and records as JSON
- `recorded_acts` what people did in a year, read from the log or from a file
- `what_if` runs these acts again under another policy · `policy_comparison` what then differs
- `evaluation` derives the sheets of the annual evaluation, and holds exported ones against them
"""
