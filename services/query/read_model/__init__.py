"""The read model in PostgreSQL: the only SQL of this service, one module per way of touching it."""
