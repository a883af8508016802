"""``http.client`` as a tracer leaves it: a method of its connections replaced, which counts what goes through it."""

from __future__ import annotations

import http.client
from typing import Any

__all__ = ["Tracer"]


class Tracer:
    """Counts the requests that ``http.client`` sends. It stays in place for good."""

    def __init__(self) -> None:
        self._requests = 0
        sends = http.client.HTTPConnection.putrequest

        def putrequest(connection: Any, *args: Any, **named: Any) -> None:
            self._requests += 1
            sends(connection, *args, **named)

        http.client.HTTPConnection.putrequest = putrequest  # type: ignore[method-assign, assignment]

    def taken(self) -> int:
        """How many there were since this was asked last."""
        taken, self._requests = self._requests, 0
        return taken
