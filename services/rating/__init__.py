"""Rating: every submission of its partitions is ruled on, and the ruling is appended (docs/flow.md).

rules/             what a ruling says: pure, used by audit too
scenario_book/     reads scenario books and runs them through the rules (docs/scenario-format.md)
app                builds everything from the settings
partition_handler  one partition: the states of its subjects, and the rulings decided ahead of them
alarm              announces the deadlines that have passed
ops                metrics, health, readiness and progress over HTTP
metrics            what Prometheus scrapes
settings           RATING_... from the environment

From a record to its ruling: partition_handler is given the record, rules/envelope reads and checks it, rules/decide
finds the act in rules/acts/table, the act's module emits the events that follow, rules/envelope encodes them.
"""
