"""Which records count, and how to append one that will: compare-and-append on a log that cannot compare.

- `at_rule`: the one implementation of the rule, for topics of answers and for topics whose records stand alone
- `guarded_append`: one partition, folded; append where it is expected, catch up
- `appender`: many tasks of a process append to one partition, one after the other
"""
