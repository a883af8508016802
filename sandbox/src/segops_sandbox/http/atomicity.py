"""One transaction for each writing request, so that one that fails leaves nothing behind.

It is undone when the view raises or answers with an error. Reads run outside, so that polling never waits for a
writer. What has to happen after the commit (jobs) waits for it with `transaction.on_commit`.

A view that has much to read before it writes anything calls `begin` itself when it comes to that (`begins_late`).
SQLite has one writer at a time: who holds it while they parse a body holds up everybody.

Where it collides with another request, on this server or another, it starts over: it then sees what the other one
wrote, and answers as it would have a moment later (a name that was free is taken, a row is gone).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase

from segops_sandbox.error_text import one_line
from segops_sandbox.http import errors, idempotency

log = logging.getLogger("segops_sandbox")

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_STACK, _BEGUN = "_segops_transaction_stack", "_segops_transaction_begun"
_TRIES = 4

View = Callable[..., HttpResponseBase]


class AtomicWritesMiddleware:
    """Runs views of writing methods in a transaction; a view opts out with the attribute `own_transactions`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Only `process_view` has work to do."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Call the view inside a transaction, and again when it met another one."""
        handler: Any = getattr(view, "cls", view)
        if request.method in _SAFE or getattr(handler, "own_transactions", False):
            return None
        for left in reversed(range(_TRIES)):
            try:
                return _call(request, view, args, kwargs, begins_late=getattr(handler, "begins_late", False))
            except DatabaseError as exc:
                if left == 0 or not errors.is_collision(exc):
                    raise
                log.info("%s %s starts over: %s", request.method, request.path, one_line(exc))
            request = _unread(request)
        raise AssertionError("the last try answers or raises")


def begin(request: HttpRequest) -> None:
    """Begin the transaction of a view that has the attribute `begins_late`. Before this, it must not write."""
    stack: ExitStack = getattr(request, _STACK)
    stack.enter_context(transaction.atomic())
    setattr(request, _BEGUN, True)


def _call(request: HttpRequest, view: View, args: Any, kwargs: Any, *, begins_late: bool) -> HttpResponseBase:
    with ExitStack() as stack:
        setattr(request, _STACK, stack)
        if not begins_late:
            begin(request)
        response = view(request, *args, **kwargs)
        if not getattr(request, _BEGUN, False):
            return response  # refused before it came to that
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            # With what the request wrote, so that a crash in between leaves neither without the other.
            idempotency.keep_with_the_writes(request, response)
    return response


def _unread(request: HttpRequest) -> HttpRequest:
    """The same request with its body at the beginning."""
    environ: dict[str, Any] = getattr(request, "environ")  # noqa: B009 - only of the request class that WSGI makes
    environ["wsgi.input"].seek(0)
    fresh = type(request)(environ)  # type: ignore[call-arg]
    fresh.resolver_match = request.resolver_match
    idempotency.hand_over(request, fresh)
    return fresh
