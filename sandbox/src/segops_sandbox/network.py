"""Does an address stay on this machine? The sandbox listens to, and sends to, loopback addresses only."""

from __future__ import annotations

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether every address that a host name stands for is a loopback address. Raises OSError for an unknown host."""
    found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    return all(ipaddress.ip_address(str(address).partition("%")[0]).is_loopback for address in found)
