"""Partitions are followed apart from each other, under one policy (docs/decisions/0015).

- `follow_loop`: the loop: reads from where its handler stands, hands over, finds holes and cuts, backs off
- `handler`: what a service provides (`RecordHandler`) and how it stops one partition (`PartitionStopped`)
- `stops`: the partitions that are not read on: where, why, when each is looked at again
- `counted`: the handler that folds one topic of answers in memory
"""
