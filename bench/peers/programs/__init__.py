"""The peers themselves; each runs by itself, most of them by the peers' own Python or by Java.

quix_rating               Quix Streams with the trivial rule, or with rating's own
eventsourcing_projection  eventsourcing's ProjectionRunner with the same trivial fold
best_endpoint             HTTP to Kafka as fast as Python does it here
StreamsCount              Kafka Streams with the trivial rule, in Java
"""
