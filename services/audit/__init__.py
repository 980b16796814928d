"""Audit: proves what a log says, with a client of its own and without the services' database.

replay             rules on a whole log again, and looks for rulings that are missing, surplus or different
partition_replay   the same of one partition, ruling by ruling
event_comparison   what is wrong with one event of a ruling
counted_rulings    the rulings that count, for whoever rules on the same submissions again
finding            what a replay can find, and its report
sentences          what the events of a ruling say of lights and escalations, in words
text_report        a replay's report as text; the progress line
as_json            states and records as JSON
reader             reads partitions with kafka-python
fetched_batch      decodes what it has fetched, a batch at a time
recorded_acts      what people did in a year, from the log or from a file of submissions
what_if            runs these acts again under another policy
policy_comparison  what differs under two policies
evaluation         derives the sheets of the annual evaluation, and holds exported ones against them
settings           AUDIT_... from the environment
"""
