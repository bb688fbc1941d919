"""Serving: a folder of files, on this machine only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(SimpleHTTPRequestHandler):
    """Files as they are now: a page that was built again is not the one that the browser kept."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        """Adds that a kept copy has to be asked about."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the terminal has the address."""


def serve(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server for the folder at 127.0.0.1, on a free port by default, which is still to be run.

    >>> with serve(Path.cwd()) as server:
    ...     server.server_address[0], server.server_address[1] > 0
    ('127.0.0.1', True)
    """
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))
