"""``client.http`` of the asyncio client: makes calls. It is the way to reach what no method wraps."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Callable

from .._runtime import Runtime
from .._transport.protocol import AsyncTransport
from .._wire.encoding import encode_path
from .._wire.multipart import open_file
from .base import BaseHttp, Check, Form
from .call import Call, json_call
from .course import Receive, course
from .driver import run_async
from .options import Options
from .pagination import CursorPages, Pages
from .tracing import traced

__all__ = ["AsyncHttp"]


class AsyncHttp(BaseHttp):
    """Makes calls for asyncio; see ``Http``."""

    def __init__(
        self, options: Options, runtime: Runtime, transport: AsyncTransport, parent: BaseHttp | None = None
    ) -> None:
        super().__init__(options, runtime, parent)
        self._transport = transport

    async def request(
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
        """Makes any call of the API, wrapped by a method or not; see ``Http.request``."""
        call = self._raw(method, path, query, body, form, idempotent, idempotency_key)
        return await (self._make(call) if form is None else self._send_file(call, form, "file"))

    def paginate(
        self, path: str, query: Mapping[str, Any] | None = None, *, prefetch: int = 0
    ) -> AsyncGenerator[Any, None]:
        """Iterates over every item of a listing with ``page=1,2,…``; see ``iterate`` of the namespaces."""
        return self.iterate_pages("paginate", encode_path(path), query, prefetch)

    async def read(self, operation: str, path: str, query: Any = None, within: float | None = None) -> Any:
        """A GET; ``within`` is the seconds that it may take."""
        return await self._make(json_call(operation, "GET", path, query, safe=True, deadline=within))

    async def post_read_only(self, operation: str, path: str, body: Any = None) -> Any:
        """A POST that changes nothing: it carries no key and may be repeated."""
        return await self._make(json_call(operation, "POST", path, None, body, safe=True))

    async def mutate(
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
        return await self._make(self._mutation(operation, method, path, body, key, expects, within))

    async def upload(
        self, operation: str, path: str, form: Form, unnamed: str, key: str | None, check: Check | None = None
    ) -> Any:
        """A POST of one file, which may be an async iterator of blocks."""
        self.check_open()
        call = self._mutation(operation, "POST", path, None, key, "record")
        return await self._send_file(call, form, unnamed, check)

    async def download(self, operation: str, path: str, to: Any) -> int:
        """A GET whose reply goes to a file as it comes. Returns the number of bytes written."""
        from .download import copy_reply
        from .sinks import open_sink

        self.check_open()
        call = Call("GET", path, safe=True, operation=operation)
        with open_sink(to) as sink:
            return int(await self._make(call, lambda _, response: copy_reply(response, sink), allow_cross_origin=True))

    def iterate_pages(self, operation: str, path: str, query: Any, prefetch: int) -> AsyncGenerator[Any, None]:
        """Iterates over a listing by its pages."""
        return self._iterate(operation, path, Pages(path, query, prefetch))

    def iterate_cursor(self, operation: str, path: str, query: Any) -> AsyncGenerator[Any, None]:
        """Iterates over a listing by its cursor."""
        return self._iterate(operation, path, CursorPages(path, query))

    async def wait(self, what: str, look: Callable[[float], Any], state: Any, **limits: Any) -> Any:
        """Waits for a job; ``look`` polls it, within so many seconds."""
        from .waiting import waiting

        return await run_async(waiting(what, look, state, runtime=self.runtime, **limits), self.runtime)

    async def run(self, task: Any) -> Any:
        """Drives something that is made of several calls, such as an import in parts."""
        self.check_open()
        return await run_async(task.course(), self.runtime)

    async def _iterate(self, operation: str, path: str, pages: Pages | CursorPages) -> AsyncGenerator[Any, None]:
        items = pages.take(await self._page(operation, path, pages.query()))
        under_way: deque[asyncio.Task[Any]] = deque()
        following = getattr(pages, "number", 0)
        try:
            while True:
                while isinstance(pages, Pages) and pages.more and len(under_way) < pages.ahead:
                    if under_way and following > pages.last:
                        break
                    query = pages.query(following)
                    under_way.append(asyncio.ensure_future(self._page(operation, path, query)))
                    following += 1
                for item in items:
                    yield item
                item = None
                if not pages.more:
                    return
                # A page is given up before the next one is read, which then needs no memory of its own.
                if under_way:
                    items.clear()
                    items = pages.take(await under_way.popleft())
                else:
                    items = pages.take(await self._page(operation, path, pages.query(), items.clear))
        finally:
            for task in under_way:
                task.cancel()
            if under_way:
                await asyncio.wait(under_way)

    async def _page(self, operation: str, path: str, query: str, release: Callable[[], object] | None = None) -> Any:
        call = Call("GET", path, query, safe=True, operation=operation, while_waiting=release)
        return await self._make(call)

    async def _send_file(self, call: Call, form: Form, unnamed: str, check: Check | None = None) -> Any:
        self._check_form(form)
        data: Any = form[2]
        if hasattr(data, "__aiter__"):
            import tempfile

            # Its length must be known, and a retry must be able to send it again.
            with tempfile.TemporaryFile() as copy:
                async for block in data:
                    copy.write(block)
                copy.seek(0)
                with open_file(copy) as source:
                    source.name = None
                    return await self._send_opened(call, source, form, unnamed, check)
        with open_file(data) as source:
            return await self._send_opened(call, source, form, unnamed, check)

    async def _send_opened(self, call: Call, source: open_file, form: Form, unnamed: str, check: Check | None) -> Any:
        if check is not None:
            await asyncio.get_running_loop().run_in_executor(None, check, source.file)
        return await self._make(self._upload(call, source, form, unnamed))

    async def _make(self, call: Call, receive: Receive | None = None, *, allow_cross_origin: bool = False) -> Any:
        self.check_open()
        made = course(call, self.options, self.runtime, receive, allow_cross_origin=allow_cross_origin)
        return await run_async(traced(made, call), self.runtime, self._transport)
