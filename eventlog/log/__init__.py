"""The log: topics with partitions, to which batches are appended whole or not at all.

- `log`: its protocol and its errors; `record`: what lies on it, positions, sizes of batches
- `kafka`: on Kafka; `kafka_follower`, `partition_reader`: reading it, each partition apart from the others;
  `stop_within`: clients that stop within a bound; `client_logs`: what they say, said once; `settings`: how to reach it
- `memory`, `memory_topics`: in memory, with crash points and damage
- `provisioning`: topics created, checked for drift
- `quarantine`: copies of unreadable records in a folder
"""
