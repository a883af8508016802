"""Addresses that stay on this machine: the sandbox listens to, and sends to, loopback addresses only."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether every address that a host name stands for is a loopback address. Raises OSError for an unknown host."""
    found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_loopback for address in found)


def loopback_addresses(host: str) -> tuple[str, ...]:
    """The loopback addresses that the host of a URL stands for; none for any other host.

    Nothing is looked up: asking a name server would leave this machine already, and its answer to the connection may
    differ from its answer to the check. So a name is `localhost`, or below it (RFC 6761), or refused.
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return "127.0.0.1", "::1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ()
    return (str(address),) if address.is_loopback else ()


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http(s) URL with a host."""
    if any(character.isspace() or ord(character) < 32 for character in text):
        return False
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:  # a port beyond 65535, a bracket that is never closed
        return False
