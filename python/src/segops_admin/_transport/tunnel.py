"""CONNECT: how a proxy is asked for a tunnel, and what its answer means."""

from __future__ import annotations

from .._errors import SegOpsConnectionError
from .._wire.heads import SecretBytes
from .._wire.http1 import ReplyReader
from .origins import Origin
from .proxies import Proxy

__all__ = ["refusal", "refused", "tunnel_request"]


def tunnel_request(origin: Origin, proxy: Proxy) -> bytes:
    """The bytes that ask for a tunnel to a server."""
    return SecretBytes(
        "".join(
            [
                f"CONNECT {origin.address} HTTP/1.1\r\nHost: {origin.address}\r\n",
                *[f"{name}: {value}\r\n" for name, value in proxy.headers],
                "\r\n",
            ]
        ).encode("latin-1")
    )


def refused(reader: ReplyReader, proxy: Proxy, origin: Origin) -> None:
    """Raises what the answer means, unless the tunnel is open.

    Raises:
        SegOpsConnectionError: it is not; what the proxy refuses (4xx) is final.
    """
    if reader.status >= 300:
        raise refusal(reader.status, proxy, origin)
    if reader.surplus:
        raise SegOpsConnectionError(f"{proxy} sent bytes of its own into the tunnel", sent=False, transient=False)


def refusal(status: int, proxy: Proxy, origin: Origin) -> SegOpsConnectionError:
    """What a proxy's answer means when it opens no tunnel."""
    login = f": it wants a login. Give it in {proxy.variable}, as http://user:password@host:port"
    advice = {
        401: login,  # what tinyproxy says of a wrong one
        403: ": it does not allow this server. Ask for it, or name the server in NO_PROXY",
        407: login,
    }.get(status, "")
    reason = f"{proxy} answered {status} to a tunnel to {origin}{advice}"
    return SegOpsConnectionError(reason, sent=False, transient=not 400 <= status < 500)
