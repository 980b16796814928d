"""Notify: rulings give rise to notices, and notices are delivered to the people who must know.

notices/   what is told to whom: facts gathered from `rulings`, the notices due, their documents and numbers
dispatch/  one partition of `dispatches`: notices issued there, deliveries claimed, sent and resolved
delivery/  one message to one contact: its state, the outcome of a try, the channels
app        builds everything from the settings
runtime    the running parts of one process
ops        health, progress, the list of what was not delivered
metrics    what Prometheus scrapes
settings   NOTIFY_... from the environment

From a ruling to a mail: notices/gatherer takes the ruling in, notices/notice says that a notice is due,
dispatch/issue gives it number and document, dispatch/partition_worker appends it, dispatch/claim claims its
deliveries and, once the claim counts, hands each message to delivery/sender and its channel.
"""
