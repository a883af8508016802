"""A transport over a ``requests`` session, for programs that have one set up: adapters, client certificates.

Needs the extra: ``pip install segops_admin[requests]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from .._errors import SegOpsConfigError, SegOpsConnectionError, SegOpsDecodeError, SegOpsTimeoutError
from .._wire.heads import CutShort, MalformedReply
from .bodies import ReplyBody
from .exact_reply import ExactReply
from .failures import exchange_failure, is_final, raise_as
from .limits import Limits
from .origins import Origin
from .protocol import Headers, Request, Response
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
                allow_redirects=False,
                stream=True,
                auth=_no_auth,
                hooks={"response": [*self._session.hooks.get("response", ()), _stay_here]},
            )
        except requests.exceptions.SSLError as error:
            _fail_tls(error)
        except requests.exceptions.ConnectTimeout as error:
            raise SegOpsTimeoutError(f"no connection in time: {error}", sent=False) from _bare(error)
        except requests.exceptions.Timeout as error:
            raise SegOpsTimeoutError(f"the server was silent for too long: {error}") from _bare(error)
        except requests.exceptions.RequestException as error:
            _fail(error)
        except (CutShort, MalformedReply) as error:
            raise_as(exchange_failure(error, Origin.of(request.url).address, limits, stale=False), error)
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


def _bare(error: Any) -> Any:
    """An exception, and those that it wraps, without request and frames that they passed: both hold the key."""
    for each in _causes(error):
        holder: Any = each
        if hasattr(holder, "request"):
            holder.request = None
        holder.__traceback__ = None
    return error


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


def _fail_tls(error: Exception) -> NoReturn:
    """Tells apart: a certificate or a handshake that fails, and a connection that is cut, perhaps after a request."""
    import ssl

    causes = list(_causes(error))
    # urllib3 has a class of that name of its own, at another place in each of its versions.
    is_certificate = any(
        isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError"
        for cause in causes
    )
    if is_certificate or any(isinstance(cause, ssl.SSLError) and is_final(cause) for cause in causes):
        raise SegOpsConnectionError(f"TLS failed: {error}", sent=False, transient=False) from _bare(error)
    _fail(error)


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


def _stay_here(reply: requests.Response, **_: Any) -> None:
    """Keeps ``requests`` from reading a redirect's body and looking where it leads, which it does without following."""
    reply.headers.pop("Location", None)


class _Stream:
    """A body of known length: ``requests`` sends Content-Length for it rather than chunks."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self.len = body.length

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)
