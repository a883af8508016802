"""A transport over a ``requests`` session, for programs that have one set up: adapters, client certificates.

Needs the extra: ``pip install segops_admin[requests]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .._errors import SegOpsConfigError, SegOpsDecodeError
from .._wire.heads import CutShort, MalformedReply
from .bodies import ReplyBody
from .exact_reply import ExactReply
from .limits import Limits
from .protocol import Headers, Request, Response
from .requests_failures import bare, failure_of
from .requests_reading import Lease, UnknownBody, read_exactly

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
        read_exactly(self._session.get_adapter(request.url))
        limits = Limits(request)
        body = request.body
        try:
            reply = self._session.request(
                request.method,
                request.url,
                headers={name: str(value) for name, value in request.headers},
                data=body if body is None or isinstance(body, bytes) else _Stream(body),
                timeout=limits.step(),
                stream=True,
                auth=_no_auth,
                hooks={"response": [*self._session.hooks.get("response", ()), _stay_here]},
            )
        except (requests.exceptions.RequestException, CutShort, MalformedReply) as error:
            raise failure_of(error, request.url, limits) from bare(error)
        except BaseException as error:  # noqa: BLE001 -- Ctrl-C, for one; raised again
            # The frames of requests hold the key; a bare `raise` brings them back on Python 3.9 and 3.10.
            raise error.with_traceback(None)  # noqa: B904 -- it is the same one
        exact = getattr(reply.raw, "_original_response", None)
        if isinstance(exact, ExactReply):
            reader = exact.reader
            return Response(reader.status, reader.headers, ReplyBody(Lease(reply, exact), reader, limits, keep=True))
        if reply.status_code < 200:
            # http.client takes it for the reply, which is still to come: whoever came next would get it.
            reply.raw.close()
            raise SegOpsDecodeError(f"it is an interim reply ({reply.status_code}), which requests cannot pass over")
        return Response(reply.status_code, Headers(reply.raw.headers.items()), UnknownBody(reply))

    def _refuse_retries(self, request: Request) -> None:
        """Refuses a write where the session would send it again by itself, and nobody would know."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        retries = getattr(self._session.get_adapter(request.url), "max_retries", None)
        if getattr(retries, "total", None):
            raise SegOpsConfigError(
                "The session's adapter repeats requests by itself (max_retries): a write could be executed twice. "
                "Mount an HTTPAdapter() without max_retries; the SDK retries where that is safe."
            )

    def close(self) -> None:
        """Closes the session, if this transport made it."""
        if self._owns_session:
            self._session.close()


def _no_auth(prepared: Any) -> Any:
    """Keeps ``requests`` from replacing the Authorization header with what a .netrc file says."""
    return prepared


def _stay_here(reply: requests.Response, **_: Any) -> None:
    """Keeps ``requests`` from following a redirect: told not to, it still reads its body and looks where it leads."""
    reply.headers.pop("Location", None)


class _Stream:
    """A body of known length: ``requests`` sends Content-Length for it rather than chunks."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.len = body.length

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)
