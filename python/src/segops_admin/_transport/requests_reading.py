"""How replies that come through a ``requests`` session are read: by our own reader, wherever urllib3 brings them."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from .._errors import SegOpsConnectionError, SegOpsTimeoutError
from .exact_reply import ExactReply
from .failures import DISCONNECTED
from .limits import Limits
from .tls import noticing_cuts, overlooking_cuts

if TYPE_CHECKING:
    import requests

__all__ = ["Lease", "UnknownBody", "read_exactly"]

_BLOCK = 64 * 1024
_exact: dict[type, type] = {}
"""urllib3's classes of connections, each with one of its own whose replies are read by our reader."""


def read_exactly(adapter: Any) -> None:
    """Makes an adapter's connections read replies with our reader; what is no adapter of urllib3's stays as it is.

    ``http.client`` would take an interim reply for the reply, and whoever comes next would get the one that was meant.
    """
    for name in ("get_connection_with_tls_context", "get_connection"):
        original = getattr(adapter, name, None)
        if original is not None and not isinstance(original, _ExactPool):
            setattr(adapter, name, _ExactPool(original))


class _ExactPool:
    """An adapter's way to a pool of connections, which are made to read exactly."""

    def __init__(self, original: Callable[..., Any]) -> None:
        self._original = original

    def __call__(self, *args: Any, **options: Any) -> Any:
        pool = self._original(*args, **options)
        kind: Any = getattr(type(pool), "ConnectionCls", None)
        if _is_plain(kind):
            if kind not in _exact:
                ours = {"response_class": ExactReply, "send": _sender(kind), **_noticing(kind)}
                _exact[kind] = type(kind.__name__, (kind,), ours)
            pool.ConnectionCls = _exact[kind]
        elif vars(pool).get("ConnectionCls") in _exact.values():
            del pool.ConnectionCls  # a recorder has replaced the class meanwhile
        for kept in getattr(getattr(pool, "pool", None), "queue", ()):
            if _is_plain(type(kept)):
                kept.response_class = ExactReply
        return pool


def _sender(kind: Any) -> Callable[..., None]:
    """How a class of connections sends. Where that breaks, a reply may have come before (413, 401).

    urllib3 looks for it behind a broken pipe, and behind nothing else: not a reset, nor TLS that is cut.
    """

    def send(connection: Any, data: Any) -> None:
        was_open = connection.sock is not None
        try:
            kind.send(connection, data)
        except DISCONNECTED as error:
            if not was_open:
                raise
            raise BrokenPipeError("the connection is closed") from error

    return send


def _noticing(kind: Any) -> dict[str, Any]:
    """What a class of connections needs to tell a TLS connection that was cut from one that was closed.

    Where contexts overlook the difference, so does the one that urllib3 makes if it is given none.
    """
    if not hasattr(kind, "cert_reqs") or not overlooking_cuts():
        return {}

    def connect(connection: Any) -> None:
        from urllib3.util import ssl_

        if connection.ssl_context is None:
            context: Any = ssl_.create_urllib3_context(
                ssl_version=ssl_.resolve_ssl_version(connection.ssl_version),
                cert_reqs=ssl_.resolve_cert_reqs(connection.cert_reqs),
            )
            if not (connection.ca_certs or connection.ca_cert_dir or connection.ca_cert_data):
                context.load_default_certs()
            connection.ssl_context = context
        noticing_cuts(connection.ssl_context)
        kind.connect(connection)

    return {"connect": connect}


def _is_plain(kind: Any) -> bool:
    """Whether it is a class of connections that reads replies as ``http.client`` does."""
    return getattr(kind, "response_class", None) is http.client.HTTPResponse


class Lease:
    """The connection that an exact reply comes over: urllib3's, for as long as the reply is being read."""

    def __init__(self, reply: requests.Response, exact: ExactReply) -> None:
        self._reply = reply
        self._exact = exact

    def receive(self, limits: Limits) -> bytes:
        """What comes next; nothing at the end of the connection."""
        sock = getattr(getattr(self._reply.raw, "_connection", None), "sock", None)
        if sock is not None:
            sock.settimeout(limits.step())
        received: bytes = self._exact.fp.read1(_BLOCK)
        return received

    def give_back(self) -> None:
        """The next request may have the connection, unless more than the reply has come over it."""
        if not self._exact.in_step():
            self.close()
            return
        self._exact.close()
        self._reply.raw.release_conn()

    def close(self) -> None:
        """Closes the connection."""
        self._reply.raw.close()
        self._reply.close()


class UnknownBody:
    """The body of a reply that something else than urllib3 brought (a recorder, a mock): read by its own methods."""

    def __init__(self, reply: requests.Response) -> None:
        self._reply = reply
        self._got = 0
        length: str | None = reply.headers.get("Content-Length")
        bare = reply.request.method == "HEAD" or reply.status_code in (204, 304)
        self._length = int(length) if length is not None and length.isdigit() and not bare else None

    def read(self, amount: int = -1, /) -> bytes:
        """The next bytes; see ``Body.read``."""
        import urllib3

        if amount < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
        try:
            block: bytes = self._reply.raw.read(amount, decode_content=False)  # which closes it where this fails
        except urllib3.exceptions.ReadTimeoutError as error:
            raise SegOpsTimeoutError(f"the reply stalled after {self._got} bytes") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            self._cut_short(error)
        self._got += len(block)
        if not block and self._length is not None and self._got < self._length:
            self._cut_short(None)
        return block

    def _cut_short(self, error: Exception | None) -> NoReturn:
        whole = f" of {self._length}" if self._length is not None else ""
        raise SegOpsConnectionError(f"the reply was cut short after {self._got}{whole} bytes") from error

    def close(self) -> None:
        """Discards what has not been read."""
        self._reply.close()
