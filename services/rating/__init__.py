"""Rating: rules on every submission of its partitions and appends the ruling (docs/flow.md).

- `__main__` runs the service, `app` builds it, `settings` are read from the environment
- `rules` what a ruling says: pure, used by audit too
- `partition_rating` one partition: the states of its subjects, and the rulings decided ahead of them
- `alarm` announces the deadlines that have passed
- `metrics` figures for Prometheus
- `ops` metrics, health, readiness and progress over HTTP
- `scenario_book` reads scenario books and runs them through the rules (docs/scenario-format.md)
"""
