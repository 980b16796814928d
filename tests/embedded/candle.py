"""A part that does nothing but burn: answers /readyz, and goes out when told on /blow."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Flame(BaseHTTPRequestHandler):
    """Answers every GET with 200; on /blow the process ends with exit code 7."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/blow":
            os._exit(7)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(os.environ["CANDLE_PORT"])), Flame).serve_forever()
