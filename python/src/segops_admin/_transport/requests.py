"""A transport over a ``requests`` session, for programs that have one set up: adapters, client certificates.

Needs the extra: ``pip install segops_admin[requests]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from .._errors import SegOpsConfigError, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from .protocol import Headers, Request, Response

if TYPE_CHECKING:
    import requests

__all__ = ["RequestsTransport"]


class RequestsTransport:
    """A transport over a ``requests.Session``.

    The SDK retries, redirects and authenticates by itself: give the session none of that.

    Args:
        session: a session of your own, which stays yours to close; a new one unless given. A session may be shared
            between threads as far as ``requests`` allows it.

    Raises:
        SegOpsConfigError: ``requests`` is not installed.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        try:
            import requests
        except ImportError as error:
            raise SegOpsConfigError(
                "RequestsTransport needs requests: pip install 'segops_admin[requests]'."
            ) from error
        self._owns_session = session is None
        self._session = session if session is not None else requests.Session()

    def send(self, request: Request) -> Response:
        """Sends one request; see ``Transport.send``."""
        import requests

        self._refuse_retries(request)
        body = request.body
        try:
            reply = self._session.request(
                request.method,
                request.url,
                headers={name: str(value) for name, value in request.headers},
                data=body if body is None or isinstance(body, bytes) else _Stream(body),
                timeout=request.timeout,
                allow_redirects=False,
                stream=True,
                auth=_no_auth,
            )
        except requests.exceptions.SSLError as error:
            raise SegOpsConnectionError(f"TLS failed: {error}", sent=False, transient=False) from _bare(error)
        except requests.exceptions.ConnectTimeout as error:
            raise SegOpsTimeoutError(f"no connection in time: {error}", sent=False) from _bare(error)
        except requests.exceptions.Timeout as error:
            raise SegOpsTimeoutError(f"the server was silent for too long: {error}") from _bare(error)
        except requests.exceptions.RequestException as error:
            _fail(error)
        if reply.status_code < 200:
            # http.client takes it for the reply, which is still to come: whoever came next would get it.
            reply.raw.close()
            raise SegOpsDecodeError(f"it is an interim reply ({reply.status_code}), which requests cannot pass over")
        return Response(reply.status_code, Headers(reply.raw.headers.items()), _ReplyBody(reply))

    def _refuse_retries(self, request: Request) -> None:
        """Refuses a write where the session would send it again by itself, and nobody would know."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        retries = getattr(self._session.get_adapter(request.url), "max_retries", None)
        if getattr(retries, "total", 0) not in (0, False, None):
            raise SegOpsConfigError(
                "The session's adapter repeats requests by itself (max_retries): a write could be executed twice. "
                "Mount an HTTPAdapter() without max_retries; the SDK retries where that is safe."
            )

    def close(self) -> None:
        """Closes the session, if this transport made it."""
        if self._owns_session:
            self._session.close()


def _bare(error: Any) -> Any:
    """An exception without its request and the frames that it passed: both hold the key."""
    if hasattr(error, "request"):
        error.request = None
    return error.with_traceback(None)


def _fail(error: Exception) -> NoReturn:
    """Tells apart: surely not sent, perhaps sent, and answered with something that is not HTTP."""
    import http.client

    from urllib3.exceptions import NewConnectionError

    causes = list(_causes(error))
    if any(isinstance(cause, NewConnectionError) for cause in causes):
        raise SegOpsConnectionError(f"no connection: {causes[-1]}", sent=False) from _bare(error)
    for cause in causes:
        if isinstance(cause, http.client.HTTPException) and not isinstance(cause, http.client.RemoteDisconnected):
            raise SegOpsDecodeError(f"what the server sent is not HTTP ({type(cause).__name__})") from _bare(error)
    raise SegOpsConnectionError(f"the connection failed: {causes[-1]}") from _bare(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and what lies inside it: requests and urllib3 wrap theirs in ``args`` and ``reason``."""
    seen = set()
    todo: list[Any] = [error]
    while todo:
        inner = todo.pop(0)
        if not isinstance(inner, BaseException) or id(inner) in seen:
            continue
        seen.add(id(inner))
        yield inner
        todo += [*inner.args, getattr(inner, "reason", None), inner.__cause__, inner.__context__]


def _no_auth(prepared: Any) -> Any:
    """Keeps ``requests`` from replacing the Authorization header with what a .netrc file says."""
    return prepared


class _Stream:
    """A body of known length: ``requests`` sends Content-Length for it rather than chunks."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.len = body.length

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)


class _ReplyBody:
    """A reply's body as it came: the SDK unzips by itself, within its limits."""

    def __init__(self, reply: requests.Response) -> None:
        self._reply = reply
        self._got = 0
        length: str | None = reply.headers.get("Content-Length")
        bare = reply.request.method == "HEAD" or reply.status_code in (204, 304)
        self._length = int(length) if length is not None and length.isdigit() and not bare else None

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        import urllib3

        try:
            block: bytes = self._reply.raw.read(amount if amount >= 0 else None, decode_content=False)
        except urllib3.exceptions.ReadTimeoutError as error:
            self.close()
            raise SegOpsTimeoutError(f"the reply stalled after {self._got} bytes") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            self._cut_short(error)
        self._got += len(block)
        if self._length is not None and self._got < self._length and (not block or amount < 0):
            self._cut_short(None)
        return block

    def _cut_short(self, error: Exception | None) -> NoReturn:
        self.close()
        whole = f" of {self._length}" if self._length is not None else ""
        raise SegOpsConnectionError(f"the reply was cut short after {self._got}{whole} bytes") from error

    def close(self) -> None:
        """Gives up what has not been read."""
        self._reply.close()
