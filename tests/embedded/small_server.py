"""A part that only answers, and ends on /crash."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class SmallServer(BaseHTTPRequestHandler):
    """Answers every GET with 200; on /crash the process ends with exit code 7."""

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/crash":
            os._exit(7)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(os.environ["SMALL_SERVER_PORT"])), SmallServer).serve_forever()
