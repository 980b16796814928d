"""One partition of `dispatches`: notices are issued there, deliveries claimed, sent and resolved.

ledger            the fold of the partition: numbers given, deliveries still open
partition_worker  the loop: decide on the ledger, append, send what was claimed
issue             the notices that are due get number, document and deliveries
claim             which deliveries this process claims now; each message leaves once its claim counts
resolve           what ends a claim: its outcome, or that it lapsed
workers           a worker for every partition that this process owns
context           what the workers share
redrive           has an abandoned or held delivery tried again
"""
