"""What every service process logs: its own lines from INFO on, the Kafka clients' from WARNING on."""

from __future__ import annotations

import logging


def log_to_stderr() -> None:
    """Set the process's log up, once, at its start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for client in ("kafka", "aiokafka"):
        logging.getLogger(client).setLevel(logging.WARNING)
