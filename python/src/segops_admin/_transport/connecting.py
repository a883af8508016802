"""How a blocking connection is opened: TCP, the tunnel of a proxy, TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

from .._errors import SegOpsConnectionError, SegOpsError
from .._wire.heads import MalformedReply
from .._wire.http1 import ReplyReader
from .failures import connect_failure, without_frames
from .limits import Limits
from .origins import Origin
from .proxies import Proxy, way_to
from .tunnel import refused, tunnel_request

__all__ = ["open_socket"]


def open_socket(
    origin: Origin, proxy: Proxy | None, context: Callable[[], ssl.SSLContext], limits: Limits
) -> socket.socket:
    """A socket to a server, past the TLS handshake. Whatever fails here, the server has seen no request.

    Raises:
        SegOpsConnectionError: there is none.
    """
    sock: socket.socket | None = None
    address, peer = way_to(origin, proxy)
    try:
        sock = socket.create_connection(address, limits.step())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if origin.scheme == "https":
            if proxy is not None:
                _tunnel(sock, origin, proxy, limits)
                peer = f"{origin} through {proxy}"
            sock = _secured(sock, context(), origin.host)
            sock.settimeout(limits.step())
            sock.do_handshake()
        return sock
    except (OSError, UnicodeError, MalformedReply, SegOpsConnectionError) as error:
        failure: Exception = error
    except BaseException:
        if sock is not None:
            sock.close()
        raise
    if sock is not None:
        sock.close()
    if isinstance(failure, SegOpsError) and not limits.over:
        raise failure
    raise connect_failure(failure, peer, origin.host, limits) from without_frames(failure)


def _secured(sock: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """The socket for TLS, which has not shaken hands: an interrupt meanwhile has to find it, so as to close it."""
    return context.wrap_socket(
        sock,
        server_hostname=host,
        do_handshake_on_connect=False,
        suppress_ragged_eofs=False,  # a connection that is cut must not look like one that was closed
    )


def _tunnel(sock: socket.socket, origin: Origin, proxy: Proxy, limits: Limits) -> None:
    """Asks the proxy for a tunnel."""
    sock.sendall(tunnel_request(origin, proxy))
    reader = ReplyReader("CONNECT")
    while not reader.head():
        sock.settimeout(limits.step())
        received = sock.recv(65536)
        if not received:
            raise SegOpsConnectionError(f"{proxy} closed the connection", sent=False)
        reader.feed(received)
    refused(reader, proxy, origin)
