"""Partitions are assigned, and each owned one is worked on: questions are read, answers appended.

- `owner`: a task per assigned partition, the ticker that starts, stops and announces
- `partition_loop`: the loop of one partition, with its back-off
- `backlog`: what is known of a partition: its state, the questions read ahead, the next batch
- `partition`: what a service provides (`PartitionHandler`), what it is told (`PartitionStatus`), settings
- `assignment`, `group_assignment`: which partitions are owned, by hand or by a consumer group
"""
