"""``client.http``: makes calls, blocking. It is the way to reach what no method wraps."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from .._runtime import Runtime
from .._transport.protocol import Transport
from .._wire.encoding import encode_path
from .._wire.multipart import open_file
from .base import BaseHttp, Check, Form
from .call import Call, json_call
from .course import Receive, course
from .driver import run
from .options import Options
from .tracing import traced

if TYPE_CHECKING:
    from .sinks import Sink

__all__ = ["Form", "Http"]


class Http(BaseHttp):
    """Makes calls: adds the key, retries where that is safe, and turns replies into values or errors."""

    def __init__(
        self, options: Options, runtime: Runtime, transport: Transport, parent: BaseHttp | None = None
    ) -> None:
        super().__init__(options, runtime, parent)
        self._transport = transport

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Form | None = None,
        idempotent: bool = False,
        idempotency_key: str | None = None,
    ) -> Any:
        """Makes any call of the API, wrapped by a method or not.

        Args:
            method: ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
            path: the path below the base URL, such as ``/segments/``.
            query: query parameters; None values are left out.
            body: a JSON body.
            form: a file to upload in place of a body: ``(field, filename, data)``, and optionally its content type
                (``text/csv`` unless given). ``data`` is bytes, a path or an open binary file.
            idempotent: send a fresh ``Idempotency-Key``, the same on every attempt.
            idempotency_key: send this ``Idempotency-Key``.

        Returns:
            The decoded JSON, the text of a reply that is not JSON, or None for an empty one.

        Raises:
            SegOpsApiError: the server answered with anything but success.
            SegOpsConnectionError: no whole reply came back.
            SegOpsDecodeError: the reply cannot be read.
            SegOpsArgumentError: an argument cannot be sent.
        """
        call = self._raw(method, path, query, body, form, idempotent, idempotency_key)
        return self._make(call) if form is None else self._send_file(call, form, "file")

    def paginate(
        self, path: str, query: Mapping[str, Any] | None = None, *, prefetch: int = 0
    ) -> Generator[Any, None, None]:
        """Iterates over every item of a listing with ``page=1,2,…``; see ``iterate`` of the namespaces."""
        return self.iterate_pages("paginate", encode_path(path), query, prefetch)

    # What the resource methods use: the path is encoded already, and the answer is what the contract says.

    def read(self, operation: str, path: str, query: Any = None, within: float | None = None) -> Any:
        """A GET; ``within`` is the seconds that it may take."""
        return self._make(json_call(operation, "GET", path, query, safe=True, deadline=within))

    def post_read_only(self, operation: str, path: str, body: Any = None) -> Any:
        """A POST that changes nothing: it carries no key and may be repeated."""
        return self._make(json_call(operation, "POST", path, None, body, safe=True))

    def mutate(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any,
        key: str | None,
        expects: str,
        within: float | None = None,
    ) -> Any:
        """A call that changes something: it carries an ``Idempotency-Key``."""
        return self._make(self._mutation(operation, method, path, body, key, expects, within))

    def upload(
        self, operation: str, path: str, form: Form, unnamed: str, key: str | None, check: Check | None = None
    ) -> Any:
        """A POST of one file; ``unnamed`` is its name if it has none of its own."""
        self.check_open()
        return self._send_file(self._mutation(operation, "POST", path, None, key, "record"), form, unnamed, check)

    def download(self, operation: str, path: str, to: Sink) -> int:
        """A GET whose reply goes to a file as it comes. Returns the number of bytes written."""
        from .download import copy_reply
        from .sinks import open_sink

        self.check_open()
        call = Call("GET", path, safe=True, operation=operation)
        with open_sink(to) as sink:
            return int(self._make(call, lambda _, response: copy_reply(response, sink), allow_cross_origin=True))

    def iterate_pages(self, operation: str, path: str, query: Any, prefetch: int) -> Generator[Any, None, None]:
        """Iterates over a listing by its pages."""
        from .pagination import Pages, iterate

        return iterate(Pages(path, query, prefetch), partial(self._page, operation, path))

    def iterate_cursor(self, operation: str, path: str, query: Any) -> Generator[Any, None, None]:
        """Iterates over a listing by its cursor."""
        from .pagination import CursorPages, iterate

        return iterate(CursorPages(path, query), partial(self._page, operation, path))

    def _page(self, operation: str, path: str, query: str, release: Callable[[], object] | None = None) -> Any:
        call = Call("GET", path, query, safe=True, operation=operation, while_waiting=release)
        return self._make(call)

    def wait(self, what: str, look: Callable[[float], Any], state: Any, **limits: Any) -> Any:
        """Waits for a job; ``look`` polls it, within so many seconds."""
        from .waiting import waiting

        return run(waiting(what, look, state, runtime=self.runtime, **limits), self.runtime)

    def run(self, task: Any) -> Any:
        """Drives something that is made of several calls, such as an import in parts."""
        self.check_open()
        return run(task.course(), self.runtime)

    def _send_file(self, call: Call, form: Form, unnamed: str, check: Check | None = None) -> Any:
        self._check_form(form)
        with open_file(form[2]) as source:
            if check is not None:
                check(source.file)
            return self._make(self._upload(call, source, form, unnamed))

    def _make(self, call: Call, receive: Receive | None = None, *, allow_cross_origin: bool = False) -> Any:
        self.check_open()
        made = course(call, self.options, self.runtime, receive, allow_cross_origin=allow_cross_origin)
        return run(traced(made, call), self.runtime, self._transport)
