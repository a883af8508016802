"""Proxies of the environment: ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in either case."""

from __future__ import annotations

import os
from typing import NamedTuple

from .._config import Secret
from .._errors import SegOpsConfigError

__all__ = ["Proxy", "proxy_for"]


class Proxy(NamedTuple):
    """Where a proxy is, the headers that it wants for itself, and the variable that names it."""

    host: str
    port: int
    headers: list[tuple[str, str]]
    variable: str

    def __str__(self) -> str:
        return f"the proxy {self.host}:{self.port} (from {self.variable})"


def proxy_for(scheme: str, host: str, port: int) -> Proxy | None:
    """The proxy for a server, or None.

    Raises:
        SegOpsConfigError: the variable does not hold an ``http://host:port`` address.
    """
    address, variable = _address(scheme)
    if not address or _bypassed(host, port):
        return None
    return _parse(address, variable)


def _address(scheme: str) -> tuple[str, str]:
    for name in (f"{scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            if variable == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
                continue  # in a CGI program this is a header of the request that it serves
            if variable in os.environ:
                if os.environ[variable]:
                    return os.environ[variable], variable
                break  # set to nothing: no proxy of that kind
    return "", ""


def _bypassed(host: str, port: int) -> bool:
    """Whether ``NO_PROXY`` names the server: by name, by domain, by address or network, with or without a port."""
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    host = host.lower().rstrip(".")
    return any(_names(entry.strip().lower(), host, port) for entry in listed.replace(",", " ").split())


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _within(entry, host)
    if entry.startswith("["):  # [::1] or [::1]:8443
        entry, _, rest = entry[1:].partition("]")
        wanted = rest[1:]
    elif entry.count(":") == 1:
        entry, _, wanted = entry.partition(":")
    else:
        wanted = ""
    if wanted and wanted != str(port):
        return False
    entry = entry[1:] if entry.startswith("*.") else entry
    name = entry.strip(".")
    if not name:
        return False
    numeric = ":" in host or host.rpartition(".")[2].isdigit()  # an address is in no domain
    return host == name or (_within(name, host) if numeric else host.endswith(f".{name}"))


def _within(network: str, host: str) -> bool:
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:  # the host is a name, or the entry no network
        return False


def _parse(address: str, variable: str) -> Proxy:
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit

    url = urlsplit(address if "://" in address else f"http://{address}")
    try:
        host, port = url.hostname, url.port or 80
    except ValueError:
        host, port = None, 0
    if url.scheme != "http" or not host:
        # The address may hold a password: name the variable, not its value.
        raise SegOpsConfigError(f"{variable} must give the proxy as http://host:port.")
    headers: list[tuple[str, str]] = []
    if url.username:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
        headers = [("Proxy-Authorization", Secret("Basic " + b64encode(login).decode("ascii")))]
    return Proxy(host, port, headers, variable)
