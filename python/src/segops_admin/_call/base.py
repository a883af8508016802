"""What the blocking and the asyncio side of ``client.http`` share: options, the closed state, how calls are made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional, Union

from .._errors import SegOpsArgumentError, SegOpsConfigError
from .._runtime import Runtime
from .._wire.multipart import FileData, Multipart, open_file
from .._wire.words import described
from .call import Call, idempotency_key, json_call, raw_call
from .options import Options

__all__ = ["BaseHttp", "Check", "Form"]

Form = Union[tuple[str, Optional[str], FileData], tuple[str, Optional[str], FileData, str]]

Check = Callable[[Any], object]
"""Looks at an opened file before it is sent, and raises if it is not to be."""


class BaseHttp:
    """Options and the closed state of a client, and how its calls are made up."""

    def __init__(self, options: Options, runtime: Runtime, parent: BaseHttp | None = None) -> None:
        self.options = options
        self.runtime = runtime
        self._closed = False
        self._parent = parent

    @property
    def base_url(self) -> str:
        """The API's root."""
        return self.options.base_url

    @property
    def max_retries(self) -> int:
        """How often a call is retried."""
        return self.options.max_retries

    @property
    def timeout(self) -> float:
        """Seconds without progress after which an attempt is given up."""
        return self.options.timeout

    @property
    def deadline(self) -> float | None:
        """Seconds for a whole call, or None."""
        return self.options.deadline

    def __repr__(self) -> str:
        return f"<Http {self.base_url} max_retries={self.max_retries} timeout={self.timeout:g}>"

    @property
    def closed(self) -> bool:
        """Whether this client, or the one that it shares its connections with, has been closed."""
        return self._closed or (self._parent is not None and self._parent.closed)

    def close(self) -> None:
        """Refuses further calls."""
        self._closed = True

    def check_open(self) -> None:
        """Refuses a call on a closed client.

        Raises:
            SegOpsConfigError: it is closed.
        """
        if self._closed or (self._parent is not None and self._parent.closed):
            raise SegOpsConfigError("This client is closed. Make a new one.")

    def _raw(
        self,
        method: object,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        form: object,
        idempotent: bool,
        given: str | None,
    ) -> Call:
        key = idempotency_key(given, self.runtime) if given is not None else None
        call = raw_call(method, path, query, body, form, key)
        if idempotent and not call.safe and key is None:
            call.idempotency_key = idempotency_key(None, self.runtime)
        return call

    def _mutation(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any,
        given: str | None,
        expects: str,
        within: float | None = None,
    ) -> Call:
        key = idempotency_key(given, self.runtime)
        return json_call(operation, method, path, None, body, key, safe=False, expects=expects, deadline=within)

    def _check_form(self, form: Form) -> None:
        """Before the file is opened: an asynchronous stream would be read to its end, if it has one."""
        if form[1] is not None and not isinstance(form[1], str):
            raise SegOpsArgumentError(f"A file name must be text, not {described(form[1])}.")

    def _upload(self, call: Call, source: open_file, form: Form, unnamed: str) -> Call:
        """Adds an opened file to a call."""
        import secrets

        field, filename = form[:2]
        content_type = form[3] if len(form) == 4 else "text/csv"
        part = Multipart(field, filename or source.name or unnamed, source.file, content_type, secrets.token_hex(16))
        call.headers = [("Content-Type", part.content_type), ("Content-Length", str(part.length))]
        call.body = part
        return call
