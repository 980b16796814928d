"""What grows with the log: 10⁴, 10⁵ and 10⁶ submissions, and what each service takes to stand on them.

comparison    `make bench ARGS=growth`: the sizes in turn on one log that grows
growing_log   a log that recorded years are appended to and that rating rules on
process_cost  seconds, CPU time and memory of a process from its start until it is ready, or ends
"""
