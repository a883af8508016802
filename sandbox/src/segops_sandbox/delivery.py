"""The delivery of a body to a receiver on this machine: one signed POST, with a deadline for all of it.

Redirects are not followed: they could lead off this machine. Nor is a proxy asked.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import logging
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from segops_sandbox import clock
from segops_sandbox.network import loopback_addresses

log = logging.getLogger("segops_sandbox.delivery")

TIMEOUT_S = 10.0
SIGNATURE = "X-SegOps-Signature"
# What a request line may hold as it is; the percent sign belongs to escapes that are there already.
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"
_LONGEST_ERROR = 500


@dataclass(frozen=True)
class Attempt:
    """What became of one delivery: the receiver's status, if it answered, and why it failed, if it did."""

    status_code: int | None
    error: str
    duration_ms: int


def sign(body: bytes, secret: str) -> str:
    """The value of `X-SegOps-Signature` for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes, *, secret: str, user_agent: str, timeout: float = TIMEOUT_S) -> Attempt:
    """Send a JSON body once; never raises.

    Args:
        url: an absolute http(s) URL on a loopback address; for any other the attempt fails before a byte is sent.
        body: encoded JSON.
        secret: signs the body; empty for no signature.
        user_agent: who is sending.
        timeout: seconds from the first look at the URL to the receiver's status line and headers.
    """
    headers = {"Content-Type": "application/json", "User-Agent": user_agent}
    if secret:
        headers[SIGNATURE] = sign(body, secret)
    started = time.monotonic()
    status: int | None = None
    error = ""
    try:
        status = _exchange(urlsplit(url), headers, body, timeout)
        if not 200 <= status < 300:
            error = f"The receiver answered {status}."
    except TimeoutError:
        error = f"The receiver did not answer within {timeout:g} s."
    except (OSError, ValueError, http.client.HTTPException) as exc:
        error = _readable(str(exc) or type(exc).__name__)
    log.info("%s: %s", user_agent, error or status)
    # The machine's time of day may be set meanwhile. Where the clock stands still, nothing takes any time.
    lasted = 0.0 if clock.is_frozen() else time.monotonic() - started
    return Attempt(status, error, int(lasted * 1000))


def _exchange(parts: SplitResult, headers: dict[str, str], body: bytes, timeout: float) -> int:
    """The status of the answer. Raises TimeoutError when it takes too long as a whole, however alive it seems."""
    deadline = time.monotonic() + timeout
    sock = _connect(parts, timeout)
    overdue = threading.Event()

    def give_up() -> None:
        overdue.set()
        with contextlib.suppress(OSError):
            # Of the plain socket: TLS would want to say goodbye.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), give_up)
    timer.daemon = True
    timer.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        status = _send(sock, parts, headers, body)
    except (OSError, ValueError, http.client.HTTPException):
        if overdue.is_set():
            raise TimeoutError from None
        raise
    else:
        if overdue.is_set():  # cut off amid its headers, an answer passes for a complete one
            raise TimeoutError
        return status
    finally:
        timer.cancel()
        sock.close()


def _connect(parts: SplitResult, timeout: float) -> socket.socket:
    """A connection to the loopback address that a URL names, by that address and never by a name."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    failure: OSError = PermissionError(
        f"Not sent: {host} is not a loopback address, and the sandbox sends nowhere else."
    )
    for address in loopback_addresses(host):
        try:
            sock = socket.create_connection((address, port), timeout)
        except OSError as exc:
            failure = exc
            continue
        if parts.scheme != "https":
            return sock
        # A receiver on this machine has a certificate of its own making.
        context = ssl._create_unverified_context()
        return context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    raise failure


def _send(sock: socket.socket, parts: SplitResult, headers: dict[str, str], body: bytes) -> int:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.sock = sock
    connection.auto_open = 0  # it would look the name up
    if parts.scheme == "https":
        connection.default_port = 443  # leaves it out of the Host header
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_IT_IS)
    connection.request("POST", target, body=body, headers=headers)
    with connection.getresponse() as response:
        return response.status


def _readable(text: str) -> str:
    """What a receiver sent may be in it: no control characters (a database refuses some), and not without end."""
    return "".join(character if character.isprintable() else "?" for character in text)[:_LONGEST_ERROR]
