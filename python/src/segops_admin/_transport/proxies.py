"""Proxies of the environment: ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, in either case."""

from __future__ import annotations

import os
from typing import NamedTuple

from .._config import Secret
from .._errors import SegOpsConfigError
from .origins import Origin

__all__ = ["Proxy", "proxy_for", "way_to"]


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
    variable = _variable(scheme)
    return None if variable is None or _bypassed(host, port) else _parse(os.environ[variable], variable)


def way_to(origin: Origin, proxy: Proxy | None) -> tuple[tuple[str, int], str]:
    """Host and port to connect to for a server, and what errors call them."""
    if proxy is None:
        return (origin.host, origin.port), str(origin)
    return (proxy.host, proxy.port), f"{proxy} on the way to {origin}"


def _variable(scheme: str) -> str | None:
    for name in (f"{scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            # In a CGI program, HTTP_PROXY is a header of the request that it serves.
            is_header = variable == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ
            if variable in os.environ and not is_header:
                if os.environ[variable]:
                    return variable
                break  # set to nothing: no proxy of that kind
    return None


def _bypassed(host: str, port: int) -> bool:
    """Whether ``NO_PROXY`` names the server: by name, by domain, by address or network, with or without a port."""
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    host = host.rstrip(".")
    return any(_names(entry, host, port) for entry in listed.lower().replace(",", " ").split())


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    wanted = ""
    if entry.startswith("["):  # [::1] or [::1]:8443
        entry, _, rest = entry[1:].partition("]")
        wanted = rest[1:]
    elif entry.count(":") == 1:
        entry, _, wanted = entry.partition(":")
    name = (entry[1:] if entry.startswith("*.") else entry).strip(".")
    numeric = ":" in host or host.rpartition(".")[2].isdigit()  # an address is in no domain
    listed = _within(name, host) if numeric else f".{host}".endswith(f".{name}")
    return listed and wanted in ("", str(port))


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
    # The address may hold a password: name the variable, not its value.
    refusal = SegOpsConfigError(f"{variable} must give the proxy as http://host:port.")
    try:
        host, port = url.hostname, url.port or 80
    except ValueError:
        raise refusal from None
    if url.scheme != "http" or not host:
        raise refusal
    headers: list[tuple[str, str]] = []
    if url.username:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
        headers = [("Proxy-Authorization", Secret("Basic " + b64encode(login).decode("ascii")))]
    return Proxy(host, port, headers, variable)
