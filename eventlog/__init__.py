"""Append at an expected offset, catch up, follow: what every service does with the log; it knows no event of anybody.

- `log`: records and positions; the log on Kafka and in memory; topics provisioned and checked; quarantine
- `at`: which records count (the `at` rule), append where it is expected, catch up
- `follow`: partitions are followed apart from each other, under one policy
- `owner`: partitions are assigned, questions answered, one loop a partition
- `clock`: where a service reads the time; `backoff`: pauses between tries; `trouble_log`: trouble told once;
  `remainder`: what is left to be read, and for how long
"""
