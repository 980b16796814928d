"""The log: topics with partitions, to which batches are appended whole or not at all.

- `log`: its protocol and its errors; `record`: what lies on it, positions, sizes of batches
- `kafka`, `kafka_follower`: on Kafka; `stop_within`: clients that stop within a bound; `settings`: how to reach it
- `memory`: in memory, with crash points
- `provisioning`: topics created, checked for drift
- `quarantine`: copies of unreadable records in a folder
"""
