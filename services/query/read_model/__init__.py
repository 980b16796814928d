"""The read model in PostgreSQL: the tables and the only SQL of this service.

schema.sql   the tables; indexes.sql their indexes
schemas      makes, checks, swaps and drops a schema
tables       a row type per table; dispatch_tables those of notices and their messages
columns      what JSON columns hold
rows         the row types by table, and rows to add
writer       rows and positions in one transaction
snapshot     one consistent state, and the queries about programmes and their items
submissions  the queries about submissions
notices      the queries about notices
unsigned     what waits for a signature, in a table of intake's
queues       the queries of desks: what waits, whose it is, which programmes run
results      what they return where it is no whole row of a table
changes      what later rulings changed of items and programmes
counts       how many lights and messages there are, for metrics
position     how far the read model has come, waiting for more, and which items changed up to there
as_of        what was asked for: a day, an instant, a position
comparison   two read models side by side
pools        connections that read, and one that writes
"""
