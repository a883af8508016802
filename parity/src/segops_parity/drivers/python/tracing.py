"""``http.client`` as a tracer leaves it: a method of its connections replaced, which counts what goes through it."""

from __future__ import annotations

import http.client
from typing import Any

__all__ = ["Tracer"]


class Tracer:
    """Counts the requests that ``http.client`` sends, once it has been put in place."""

    def __init__(self) -> None:
        self._requests = 0
        self._sends: Any = None

    @property
    def is_there(self) -> bool:
        """Whether it has been put in place."""
        return self._sends is not None

    def begin(self) -> None:
        """Take the place of the method, for good."""
        if self._sends is not None:
            return
        self._sends = sends = http.client.HTTPConnection.putrequest

        def putrequest(connection: Any, *args: Any, **named: Any) -> None:
            self._requests += 1
            sends(connection, *args, **named)

        http.client.HTTPConnection.putrequest = putrequest  # type: ignore[method-assign, assignment]

    def taken(self) -> int:
        """How many there were since this was asked last."""
        taken, self._requests = self._requests, 0
        return taken
