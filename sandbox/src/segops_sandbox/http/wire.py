"""The outermost application, between the server and Django: ASGI outside, WSGI inside.

It keeps the path as it was sent (a decoded `%2F` could not be told from a slash), takes in the body, writes the request
into the journal, plays faults, and sees to it that every answer has a length, a date and a request id, even a crash.
Reading and waiting happen in the server's event loop; only Django's work takes a thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime
from http import HTTPStatus
from itertools import count
from typing import IO, Any

from segops_sandbox import clock
from segops_sandbox.http import bodies, faults, guard, journal, memory
from segops_sandbox.http.answers import Answer, status_line
from segops_sandbox.http.errors import NO_SPACE, SERVER_ERROR, is_full
from segops_sandbox.http.heads import Head, NotARequest

log = logging.getLogger("segops_sandbox")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

THREADS = 16
_GARBAGE = '<html>\x00\x1f{"results": [{"id": 1, '
# Calls that never reach Django, and stand in the journal all the same. Others have heads that could fill it, or come
# from a page that has found the port.
_NOTED_REFUSALS = (400, 413, 415, 507)
_request_numbers = count(1)


class Wire:
    """The ASGI application that the server calls, around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="segops-request")

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        connection = scope["state"]["connection"]
        try:
            head = Head.of(scope, connection.head_as_sent())
            if reason := guard.wrong_host(head.host, connection.server[0]):
                raise NotARequest(reason, 421)
            body, size = await bodies.spool(receive, head.declared_length)
        except NotARequest as exc:
            return await _refuse(Answer.json(exc.status, {"detail": str(exc)}), scope, receive, send)
        except bodies.BodyTooLarge:
            answer = Answer.json(413, {"detail": f"Request body exceeds {bodies.MAX_BODY} bytes."})
            return await _refuse(answer, scope, receive, send)
        except OSError as exc:
            if not is_full(exc):
                raise
            return await _refuse(Answer.json(507, {"detail": NO_SPACE}), scope, receive, send)
        except bodies.ClientLeft:
            return None
        with body:
            environ = head.environ(scope, body, size)
            if head.path.startswith("/api/"):
                await self._answer(head, environ, connection, send)
            else:
                await _send(await self._run(environ), environ, send)
        if size > memory.LARGE:
            await asyncio.get_running_loop().run_in_executor(self._threads, memory.give_back)
        return None

    async def _answer(self, head: Head, environ: dict[str, Any], connection: Any, send: Any) -> None:
        """Answer a call of the API: note it, and let it meet its fault."""
        body: IO[bytes] = environ["segops_sandbox.body"]
        start = bodies.read_start(body, journal.BODY_LIMIT)
        entry = journal.record(head.method, head.raw_path, head.query, dict(head.as_sent), start)
        fault = faults.take(head.method, head.path.removeprefix("/api"))
        answer = await self._run(environ) if fault is None else await self._go_wrong(fault, environ, connection)
        entry["fault"] = None if fault is None else fault.kind
        if answer is None:
            return
        entry["status"] = int(answer.status[:3])
        journal.answered(entry, answer.headers, answer.body)
        log.debug("%s %s: %s%s", entry["method"], entry["path"], answer.status, f" ({fault.kind})" if fault else "")
        if fault is not None and fault.kind == faults.TRUNCATE:
            await _cut_short(answer, environ, send)
            connection.drop()
        else:
            await _send(answer, environ, send)

    async def _go_wrong(self, fault: faults.Fault, environ: dict[str, Any], connection: Any) -> Answer | None:
        """Play a fault; None when the connection has ended with it."""
        if fault.kind in (faults.DELAY, faults.STALL):
            await faults.wait(fault)
        if fault.execute or fault.kind in (faults.DELAY, faults.TRUNCATE):
            answer = await self._run(environ)
        if fault.kind in (faults.DELAY, faults.TRUNCATE):
            return answer
        if fault.kind in (faults.RESET, faults.STALL):
            connection.reset()
            return None
        extra = {"Retry_After": fault.retry_after} if fault.retry_after is not None else {}
        if fault.kind == faults.GARBAGE:
            answer = Answer.json(200, None)
            answer.body = (_GARBAGE if fault.body is None else fault.body).encode()
            return answer
        answer = Answer.json(fault.status, {"detail": HTTPStatus(fault.status).phrase + "."}, **extra)
        if fault.body is not None:
            answer.body = fault.body.encode()
        return answer

    async def _run(self, environ: dict[str, Any]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_django, environ)

    def _ask_django(self, environ: dict[str, Any]) -> Answer:
        """Django's answer, complete; a crash outside of Django's own care is a 500 in JSON too."""
        got: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            got.update(status=status, headers=headers)

        try:
            response = self.application(environ, start_response)
            try:
                body = b"".join(response)
            finally:
                if hasattr(response, "close"):
                    response.close()
        except Exception:
            log.exception("%s %s crashed", environ["REQUEST_METHOD"], environ["PATH_INFO"])
            return Answer.json(500, {"detail": SERVER_ERROR})
        return Answer(got["status"], got["headers"], body)


def restart_request_ids() -> None:
    """Number the requests from 1 again, as a clean workspace does."""
    global _request_numbers
    _request_numbers = count(1)


def _completed(answer: Answer, path: str) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with length and date, and an id for a request to the API (not for the controls)."""
    headers = [(name, value) for name, value in answer.headers if name.lower() not in ("content-length", "date")]
    if answer.may_have_a_body:
        headers.append(("Content-Length", str(len(answer.body))))
    headers.append(("Date", format_datetime(clock.now().replace(microsecond=0), usegmt=True)))
    if path.startswith("/api/"):
        headers.append(("X-Request-Id", f"req_{next(_request_numbers):08d}"))
    # Django begins the value of a cookie with a blank, which no header may have.
    return [(name.encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]


async def _start(answer: Answer, path: str, send: Any) -> None:
    start = {"type": "http.response.start", "status": int(answer.status[:3]), "headers": _completed(answer, path)}
    await send(start)


async def _send(answer: Answer, environ: dict[str, Any], send: Any) -> None:
    await _start(answer, environ["PATH_INFO"], send)
    await send({"type": "http.response.body", "body": answer.body if answer.may_have_a_body else b""})


async def _cut_short(answer: Answer, environ: dict[str, Any], send: Any) -> None:
    """Announce the whole body, or one where there is none, and send half of it."""
    if not answer.may_have_a_body:
        answer.status = status_line(200)
    answer.body = answer.body or b" " * 64
    await _start(answer, environ["PATH_INFO"], send)
    await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})


async def _refuse(answer: Answer, scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a request whose body was not taken in, then read on a little before the connection ends."""
    if scope["path"].startswith("/api/") and int(answer.status[:3]) in _NOTED_REFUSALS:
        query = scope["query_string"].decode("latin-1")
        as_sent = dict(scope["state"]["connection"].head_as_sent())
        entry = journal.record(scope["method"], scope["raw_path"].decode("latin-1"), query, as_sent, b"")
        entry["status"] = int(answer.status[:3])
        journal.answered(entry, answer.headers, answer.body)
    answer.headers.append(("Connection", "close"))
    await _start(answer, scope["path"], send)
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    await bodies.drain(receive)
    await send({"type": "http.response.body", "body": b""})
