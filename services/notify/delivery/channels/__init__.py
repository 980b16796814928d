"""Ways to send a message. Only `sender` and `app` import from here: what replays the log cannot reach it."""
