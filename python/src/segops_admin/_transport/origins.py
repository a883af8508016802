"""Origins: scheme, host and port of a server, out of the addresses of requests."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

__all__ = ["Origin", "split_url"]


class Origin(NamedTuple):
    """Scheme, host and port of a server."""

    scheme: str
    host: str
    port: int

    @property
    def address(self) -> str:
        """Host and port, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def header(self) -> str:
        """What the Host header says: the port only where it is not the scheme's own."""
        usual = self.port == (443 if self.scheme == "https" else 80)
        return self.address.rpartition(":")[0] if usual else self.address

    def __str__(self) -> str:
        return self.address

    @classmethod
    def of(cls, address: str) -> Origin:
        """The origin of an address."""
        url = urlsplit(address)
        return cls(url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80))


def split_url(url: str) -> tuple[str, str]:
    """Scheme and host, and the request target; much cheaper than ``urlsplit``, which runs once an origin."""
    slash = url.find("/", url.index("://") + 3)
    return (url, "/") if slash < 0 else (url[:slash], url[slash:])
