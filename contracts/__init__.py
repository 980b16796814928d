"""What the services promise each other: the envelope, the event types of each publisher, the topics."""
