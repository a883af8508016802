"""What happens between the socket and Django? The outermost WSGI application.

It keeps the path as it was sent (a decoded `%2F` could not be told from a slash), takes in the body, writes the request
into the journal, plays faults, and sees to it that every answer has a length, a date and a request id, even a crash.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import quote

from segops_sandbox import clock
from segops_sandbox.http import bodies, faults, journal
from segops_sandbox.http.errors import SERVER_ERROR

log = logging.getLogger("segops_sandbox")

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_GARBAGE = '<html>\x00\x1f{"results": [{"id": 1, '
_request_numbers = count(1)


@dataclass
class Answer:
    """A complete response."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def json(cls, status: int, data: Any, **headers: str) -> Answer:
        """A JSON answer; header names are given with underscores."""
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        body = json.dumps(data, separators=(",", ":")).encode()
        return cls(status_line(status), [("Content-Type", "application/json"), *named], body)


class Wire:
    """The WSGI application that the server calls, around Django's."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        raw = environ["REQUEST_URI"].partition("?")[0]
        environ["PATH_INFO"] = path = normalise(raw)
        try:
            body = bodies.spool(environ)
        except bodies.BodyTooLarge:
            limit = f"Request body exceeds {bodies.MAX_BODY} bytes."
            return _refuse(Answer.json(413, {"detail": limit}), environ, start_response)
        except bodies.BrokenBody as exc:
            return _refuse(Answer.json(400, {"detail": str(exc)}), environ, start_response)
        with body:
            if "%00" in path or "%00" in environ["QUERY_STRING"]:
                answer = Answer.json(400, {"detail": "NUL characters are not allowed in a URL."})
                return _send(answer, environ, start_response)
            if any("\x00" in value for value in environ["segops_sandbox.headers"].values()):
                answer = Answer.json(400, {"detail": "NUL characters are not allowed in a header."})
                return _send(answer, environ, start_response)
            if not path.startswith("/api/"):
                return _send(self._run(environ), environ, start_response)
            start = bodies.read_start(body, journal.BODY_LIMIT)
            entry = journal.record(
                environ["REQUEST_METHOD"], raw, environ["QUERY_STRING"], environ["segops_sandbox.headers"], start
            )
            return self._answer(path, entry, environ, start_response)

    def _answer(
        self, path: str, entry: dict[str, Any], environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        fault = faults.take(environ["REQUEST_METHOD"], path.removeprefix("/api"))
        if fault is None:
            answer = self._run(environ)
        else:
            entry["fault"] = fault.kind
            answer = self._go_wrong(fault, environ)
        entry["status"] = int(answer.status[:3])
        log.debug("%s %s: %s%s", entry["method"], entry["path"], answer.status, f" ({fault.kind})" if fault else "")
        if fault is not None and fault.kind == faults.TRUNCATE:
            return _cut_short(answer, environ, start_response)
        return _send(answer, environ, start_response)

    def _go_wrong(self, fault: faults.Fault, environ: dict[str, Any]) -> Answer:
        """Play a fault. A reset and the end of a stall raise, and the server drops the connection."""
        if fault.kind == faults.TRUNCATE:
            return self._run(environ)
        if fault.execute or fault.kind == faults.DELAY:
            if fault.kind == faults.DELAY:
                faults.wait(fault)
            answer = self._run(environ)
        if fault.kind == faults.DELAY:
            return answer
        if fault.kind == faults.STALL:
            faults.wait(fault)
        if fault.kind in (faults.RESET, faults.STALL):
            faults.reset_connection(environ["segops_sandbox.request"].conn)
        extra = {"Retry_After": fault.retry_after} if fault.retry_after is not None else {}
        if fault.kind == faults.GARBAGE:
            answer = Answer.json(200, None)
            answer.body = (_GARBAGE if fault.body is None else fault.body).encode()
            return answer
        answer = Answer.json(fault.status, {"detail": HTTPStatus(fault.status).phrase + "."}, **extra)
        if fault.body is not None:
            answer.body = fault.body.encode()
        return answer

    def _run(self, environ: dict[str, Any]) -> Answer:
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


def normalise(raw: str) -> str:
    """A path in one spelling: what needs no escape has none, what needs one is escaped, in capitals."""

    def respell(match: re.Match[str]) -> str:
        character = chr(int(match.group(1), 16))
        return character if _UNRESERVED.match(character) else match.group(0).upper()

    # The server hands over raw bytes as Latin-1 text; what is not ASCII there was not escaped by the client.
    return _ESCAPE.sub(respell, quote(raw.encode("latin-1"), safe="/%:@!$&'()*+,;=~"))


def status_line(status: int) -> str:
    """`404 Not Found` for 404."""
    return f"{status} {HTTPStatus(status).phrase}"


def completed(answer: Answer, environ: dict[str, Any]) -> list[tuple[str, str]]:
    """The headers of an answer with length and date, and an id for a request to the API (not for the controls)."""
    has_body = answer.status[:3] not in ("204", "304") and answer.status[0] != "1"
    headers = [(name, value) for name, value in answer.headers if name.lower() not in ("content-length", "date")]
    if has_body:
        headers.append(("Content-Length", str(len(answer.body))))
    headers.append(("Date", format_datetime(clock.now().replace(microsecond=0), usegmt=True)))
    if environ["PATH_INFO"].startswith("/api/"):
        headers.append(("X-Request-Id", f"req_{next(_request_numbers):08d}"))
    return headers


def restart_request_ids() -> None:
    """Number the requests from 1 again, as a clean workspace does."""
    global _request_numbers
    _request_numbers = count(1)


def _send(answer: Answer, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response(answer.status, completed(answer, environ))
    return [] if environ["REQUEST_METHOD"] == "HEAD" or answer.status[:3] in ("204", "304") else [answer.body]


def _cut_short(answer: Answer, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Announce the whole body, or one where there is none, and send half of it."""
    if answer.status[:3] in ("204", "304"):
        answer.status = status_line(200)
    answer.body = answer.body or b" " * 64
    start_response(answer.status, completed(answer, environ))
    return faults.cut_off(answer.body)


def _refuse(answer: Answer, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Answer a request whose body was not taken in, then read on a little before the connection ends."""
    request = environ["segops_sandbox.request"]
    request.close_connection = True
    start_response(answer.status, completed(answer, environ))
    yield answer.body
    bodies.drain(request.conn)
