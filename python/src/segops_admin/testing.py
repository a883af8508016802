"""Test doubles for code that uses this SDK: a client whose replies you write and whose clock does not run.

    from segops_admin.testing import Script, reply

    def test_it_names_the_largest_segment() -> None:
        script = Script(reply({"results": [{"id": 7, "member_count": 3}], "next": None}))
        segments = script.client().segments.iterate()
        assert max(segments, key=lambda segment: segment["member_count"])["id"] == 7
        assert script.requests[0].path == "/segments/"

``script.async_client()`` is the same for asyncio. No socket is opened, nothing sleeps, and a script that was not played
to its end can be told so (``assert_done``).
"""

from __future__ import annotations

import io
import json as _json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from ._client import SegOpsAdmin
from ._errors import SegOpsConnectionError
from ._runtime import Runtime
from ._transport.protocol import AsyncResponse, Headers, Request, Response

if TYPE_CHECKING:
    from ._async_client import AsyncSegOpsAdmin

__all__ = ["FakeTime", "Reply", "Script", "SentRequest", "member_pages", "no_connection", "pages", "reply"]

BASE_URL = "https://api.segops.test/api"
API_KEY = "sk_test_scripted"


class Reply:
    """One scripted reply; see ``reply``."""

    def __init__(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.body = body
        self.headers = dict(headers)


def reply(
    json: Any = None,
    *,
    status: int | None = None,
    text: str | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """A reply to script.

    Args:
        json: its JSON body. Without any body the reply is empty.
        status: 200 unless given, 204 for an empty reply.
        text: a body that is not JSON.
        content: a body of raw bytes.
        headers: further headers, such as ``{"Retry-After": "5"}``.
    """
    body, media_type = b"", ""
    if content is not None:
        body, media_type = content, "application/octet-stream"
    elif text is not None:
        body, media_type = text.encode("utf-8"), "text/plain; charset=utf-8"
    elif json is not None:
        body, media_type = _json.dumps(json).encode("utf-8"), "application/json"
    given = dict(headers or {})
    is_told = any(name.lower() == "content-type" for name in given)
    own = {"Content-Type": media_type} if media_type and not is_told else {}
    return Reply(status if status is not None else (200 if body else 204), body, {**own, **given})


class SentRequest:
    """A request that the client made.

    Attributes:
        method, url: as sent.
        path: the path below the base URL, without the query.
        query: the query parameters, each as a list of values.
        headers: all headers but the key.
        content: the body's bytes.
    """

    def __init__(self, request: Request) -> None:
        parts = urlsplit(request.url)
        root = urlsplit(BASE_URL).path
        self.method = request.method
        self.url = request.url
        self.path = parts.path[len(root) :] if parts.path.startswith(root) else parts.path
        self.query: dict[str, list[str]] = parse_qs(parts.query, keep_blank_values=True)
        self.headers = Headers([pair for pair in request.headers if pair[0] != "Authorization"])
        self.content = b"".join([request.body] if isinstance(request.body, bytes) else request.body or ())

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return _json.loads(self.content)

    def __repr__(self) -> str:
        return f"<SentRequest {self.method} {self.path}>"


class FakeTime(Runtime):
    """A clock that stands still but for the sleeps asked for, which take no time.

    Attributes:
        sleeps: the seconds asked for, in order.
    """

    def __init__(self, start: float = 1_700_000_000.0, random: float = 0.0) -> None:
        self.time = start
        self.sleeps: list[float] = []
        super().__init__(now=lambda: self.time, monotonic=lambda: self.time, sleep=self._sleep, random=lambda: random)

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.time += seconds


class Script:
    """A transport that answers with what was written down, in that order, to blocking and asynchronous clients.

    Args:
        replies: ``reply(...)`` values, or errors to raise in place of a reply.

    Attributes:
        requests: what the client sent, in order.
        time: the client's clock; ``time.sleeps`` are the waits it asked for.
    """

    def __init__(self, *replies: Reply | Exception) -> None:
        self._replies = list(replies)
        self.requests: list[SentRequest] = []
        self.time = FakeTime()

    def client(self, **options: Any) -> SegOpsAdmin:
        """A client that is played this script; ``options`` are those of ``SegOpsAdmin``."""
        options = {"api_key": API_KEY, "base_url": BASE_URL, **options}
        return SegOpsAdmin(**options, transport=self, _runtime=self.time)

    def async_client(self, **options: Any) -> AsyncSegOpsAdmin:
        """A client for asyncio that is played this script; ``options`` are those of ``AsyncSegOpsAdmin``."""
        from ._async_client import AsyncSegOpsAdmin

        options = {"api_key": API_KEY, "base_url": BASE_URL, **options}
        return AsyncSegOpsAdmin(**options, transport=_AsyncScript(self), _runtime=self.time)

    def send(self, request: Request) -> Response:
        """Records the request and plays the next reply."""
        self.requests.append(SentRequest(request))
        if not self._replies:
            raise AssertionError(f"{request.method} {request.url} was asked for, but the script is at its end.")
        answer = self._replies.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(answer.status, Headers(answer.headers), io.BytesIO(answer.body))

    def close(self) -> None:
        """Nothing is open."""

    def assert_done(self) -> None:
        """Fails if replies are left over.

        Raises:
            AssertionError: with their number.
        """
        if left := len(self._replies):
            raise AssertionError(f"{left} scripted {'reply was' if left == 1 else 'replies were'} never asked for.")


class _AsyncScript:
    """A script as a transport for asyncio."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def send(self, request: Request) -> AsyncResponse:
        """Records the request and plays the next reply, once other tasks have had their turn."""
        import asyncio

        await asyncio.sleep(0)
        played = self._script.send(request)
        return AsyncResponse(played.status, played.headers, _AsyncBody(played.body))

    async def close(self) -> None:
        """Nothing is open."""


class _AsyncBody:
    """A scripted reply's body, for asyncio."""

    def __init__(self, body: Any) -> None:
        self._body = body

    async def read(self, amount: int = -1, /) -> bytes:
        """The next bytes."""
        return bytes(self._body.read(amount))

    def close(self) -> None:
        """Discards the rest of the body."""
        self._body.close()


def pages(items: Sequence[Any], page_size: int = 50) -> list[Reply]:
    """The replies to ``iterate`` over these items."""
    count = max(1, -(-len(items) // page_size))
    return [
        reply(
            {
                "count": len(items),
                "next": f"{BASE_URL}/?page={number + 2}" if number + 1 < count else None,
                "previous": f"{BASE_URL}/?page={number}" if number else None,
                "results": list(items[number * page_size : (number + 1) * page_size]),
            }
        )
        for number in range(count)
    ]


def member_pages(user_ids: Sequence[str], limit: int = 1000, computed_at: str = "2026-04-25T12:00:00Z") -> list[Reply]:
    """The replies to ``iterate_members`` over these users."""
    pages = [user_ids[start : start + limit] for start in range(0, len(user_ids), limit)] or [[]]
    return [
        reply(
            {
                "count": len(user_ids),
                "results": [{"user_id": user_id, "computed_at": computed_at} for user_id in page],
                "next_cursor": f"cursor-{number + 1}" if number + 1 < len(pages) else None,
            }
        )
        for number, page in enumerate(pages)
    ]


def no_connection(message: str = "no connection to api.segops.test:443") -> SegOpsConnectionError:
    """A failure to script: nothing was sent."""
    return SegOpsConnectionError(message, sent=False)
