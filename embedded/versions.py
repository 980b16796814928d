"""The versions of the servers that come along; compose and Kubernetes name the same, which a test holds them to."""

from typing import Final

KAFKA: Final = "4.4.0"
POSTGRES: Final = 18
"""The major version; the wheel that carries the server decides the rest."""

STRIMZI: Final = "1.2"
"""The operator on Kubernetes, at least: it takes `kafka.strimzi.io/v1` and runs Kafka 4.2.0 to 4.3.1."""
KAFKA_BY_STRIMZI: Final = "4.3.1"
"""An operator runs only the versions that it was built for: the newest of Strimzi 1.2, which knows no 4.4 yet."""

KEYCLOAK: Final = "26.7.3"
CADDY: Final = "2.11.7"
