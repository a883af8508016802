"""What is left of a request that fails? Nothing: a writing view runs in one transaction.

It is undone when the view raises or answers with an error. Reads run outside, so that polling never waits for a
writer. What has to happen after the commit (jobs) waits for it with `transaction.on_commit`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class AtomicWritesMiddleware:
    """Runs views of writing methods in a transaction; a view opts out with the attribute `own_transactions`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Only `process_view` has work to do."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Call the view inside a transaction."""
        handler: Any = getattr(view, "cls", view)
        if request.method in _SAFE or getattr(handler, "own_transactions", False):
            return None
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response
