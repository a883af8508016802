"""What the network does, told as errors of this package. The same words for blocking and asyncio connections."""

from __future__ import annotations

import socket
import ssl
from typing import Any, NoReturn

from .._errors import SegOpsConnectionError, SegOpsDecodeError, SegOpsError, SegOpsTimeoutError
from .._wire.heads import CutShort, MalformedReply
from .limits import Limits

__all__ = [
    "DISCONNECTED",
    "FAILURES",
    "body_failure",
    "connect_failure",
    "exchange_failure",
    "is_disconnected",
    "is_final",
    "raise_as",
    "without_frames",
]

# What a peer that closed a kept connection looks like from here; TLS has its own way of saying it.
DISCONNECTED = (CutShort, BrokenPipeError, ConnectionResetError, ConnectionAbortedError, ssl.SSLEOFError)

FAILURES = (OSError, CutShort, MalformedReply, SegOpsError)
"""What an exchange may fail with. Anything else is somebody's mistake, and theirs to see."""

_HANDSHAKE_IS_FINAL = (
    "WRONG_VERSION_NUMBER",
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
    "NO_PROTOCOLS",
    "HANDSHAKE_FAILURE",
)


def is_disconnected(error: BaseException) -> bool:
    """Whether the peer has closed the connection. Python 3.9 has no class of its own for TLS that was cut."""
    cut = isinstance(error, ssl.SSLError) and error.reason == "UNEXPECTED_EOF_WHILE_READING"
    return cut or isinstance(error, DISCONNECTED)


def is_final(error: ssl.SSLError) -> bool:
    """Whether another handshake would end the same: the two sides do not speak the same protocol."""
    return any(reason in (error.reason or "") for reason in _HANDSHAKE_IS_FINAL)


def without_frames(error: Any) -> Any:
    """An exception to chain to, without the frames that it passed: their local variables may hold the key."""
    return error.with_traceback(None)


def raise_as(error: SegOpsError, cause: BaseException) -> NoReturn:
    """Raises an error, chained to what it tells of unless it is that itself."""
    if error is cause:
        raise error
    raise error from without_frames(cause)


def connect_failure(error: BaseException, peer: str, host: str, limits: Limits) -> SegOpsConnectionError:
    """What went wrong before anything was sent."""
    if isinstance(error, SegOpsTimeoutError):  # the deadline had passed before a step began
        return SegOpsTimeoutError(f"no connection to {peer} before the deadline", sent=False, transient=False)
    if isinstance(error, (socket.timeout, TimeoutError)):
        when = "before the deadline" if limits.over else "in time"
        return SegOpsTimeoutError(f"no connection to {peer} {when}", sent=False, transient=not limits.over)
    if isinstance(error, ssl.SSLCertVerificationError):
        return SegOpsConnectionError(_certificate(error, host), sent=False, transient=False)
    if isinstance(error, ssl.SSLError):
        final = is_final(error)
        advice = ": check the scheme and port, and which versions of TLS both sides speak" if final else ""
        reason = f"no TLS connection to {peer}: {_said(error)}{advice}"
        return SegOpsConnectionError(reason, sent=False, transient=not final)
    if isinstance(error, UnicodeError):  # a host name with an empty or an overlong label
        return SegOpsConnectionError(f"no connection to {peer}: no host has such a name", sent=False, transient=False)
    return SegOpsConnectionError(f"no connection to {peer}: {_said(error)}", sent=False)


def _said(error: BaseException) -> str:
    """What an error says; of TLS its reason alone, such as ``WRONG_VERSION_NUMBER``."""
    return getattr(error, "reason", None) or str(error) or type(error).__name__


def _timeout(reason: str, limits: Limits) -> SegOpsTimeoutError:
    return SegOpsTimeoutError("the deadline has passed", transient=False) if limits.over else SegOpsTimeoutError(reason)


def _certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    told = error.verify_message
    reason = f"the certificate of {host} does not verify: {told}"
    # Python 3.13 checks certificates more strictly than those before it (VERIFY_X509_STRICT).
    strict = ("Basic Constraints", "Key Usage", "Authority Key Identifier", "Subject Key Identifier", "keyUsage")
    if any(extension.lower() in told.lower() for extension in strict):
        return (
            f"{reason}. Python 3.13 and later check authorities strictly: have this one reissued, or pass "
            "HTTPTransport(ssl_context=...) with a context whose verify_flags lack ssl.VERIFY_X509_STRICT"
        )
    if "self" in told or "local issuer" in told:
        return f"{reason}. If a private authority or a proxy issued it, name its certificate in SSL_CERT_FILE"
    return reason


def exchange_failure(error: BaseException, peer: str, limits: Limits, *, stale: bool) -> SegOpsError:
    """What went wrong after something may have been sent, and before the reply's head was there."""
    if isinstance(error, SegOpsError):
        return error
    if isinstance(error, (socket.timeout, TimeoutError)):
        return _timeout(f"{peer} was silent for too long", limits)
    if is_disconnected(error):
        return SegOpsConnectionError(f"{peer} closed the connection", stale=stale)
    if isinstance(error, MalformedReply):
        return SegOpsDecodeError(f"what {peer} sent is not HTTP: {error}")
    return SegOpsConnectionError(f"the connection to {peer} failed: {_said(error)}")


def body_failure(error: BaseException, status: int, got: int, wanted: int | None, limits: Limits) -> SegOpsError:
    """What went wrong within a reply's body, after ``got`` bytes."""
    if isinstance(error, SegOpsError):
        return error
    if isinstance(error, (socket.timeout, TimeoutError)):
        return _timeout(f"the reply stalled after {got} bytes", limits)
    if isinstance(error, MalformedReply):
        return SegOpsDecodeError(f"its body is not HTTP: {error}", status=status)
    whole = f" of {got + wanted}" if wanted is not None else ""
    return SegOpsConnectionError(f"the reply was cut short after {got}{whole} bytes")
