"""A second, independent reading of the rulebook: a naive model that the rules are compared with.

Every accepted act is kept in one list; reports, findings, nodes and lights are worked out from the whole list again
after each act. Only the escalations, which have a life of their own, are plain mutable records. It imports nothing of
the project: `story.expected(scenario)` gives the whole `expect` of a scenario.
"""
