"""What a request over a ``requests`` session fails with, told in the words of the built-in transport."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from typing import Any

from .._errors import SegOpsConnectionError, SegOpsDecodeError, SegOpsError
from .._wire.heads import CutShort, MalformedReply
from .failures import connect_failure, exchange_failure, is_final
from .limits import Limits
from .origins import Origin

__all__ = ["bare", "failure_of"]


def failure_of(error: Exception, url: str, limits: Limits) -> SegOpsError:
    """What an exception of a session means: surely not sent, perhaps sent, or answered with what is not HTTP."""
    import requests
    from urllib3.exceptions import NewConnectionError

    origin = Origin.of(url)
    peer = origin.address
    if isinstance(error, (CutShort, MalformedReply)):
        return exchange_failure(error, peer, limits, stale=False)
    causes = list(_causes(error))
    inner = causes[-1]
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError) or (isinstance(cause, ssl.SSLError) and is_final(cause)):
            return connect_failure(cause, peer, origin.host, limits)
        # urllib3 has a class of that name of its own, at another place in each of its versions.
        if type(cause).__name__ == "CertificateError":
            reason = f"the certificate of {origin.host} does not verify: {cause}"
            return SegOpsConnectionError(reason, sent=False, transient=False)
    if isinstance(error, requests.exceptions.Timeout):
        inner = TimeoutError()  # of an adapter of somebody's own it may be bare
    is_proxy = isinstance(error, requests.exceptions.ProxyError)
    is_unsent = is_proxy or any(isinstance(cause, NewConnectionError) for cause in causes)
    if is_unsent or isinstance(error, requests.exceptions.ConnectTimeout):
        return connect_failure(inner, f"the proxy on the way to {peer}" if is_proxy else peer, origin.host, limits)
    if isinstance(inner, http.client.HTTPException) and not isinstance(inner, http.client.RemoteDisconnected):
        return SegOpsDecodeError(f"what {peer} sent is not HTTP ({type(inner).__name__})")
    return exchange_failure(inner, peer, limits, stale=False)


def bare(error: Any) -> Any:
    """An exception, and those that it wraps, without request and frames that they passed: both hold the key."""
    for each in _causes(error):
        holder: Any = each
        if hasattr(holder, "request"):
            holder.request = None
        holder.__traceback__ = None
    return error


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
